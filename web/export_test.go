package web

// Pages returns the paths of the app's pages, for tests.
func Pages() []string { return pages }
