package task

// Exports for the tests of ranks.
var (
	Between = between
	RankOf  = rankOf
)
