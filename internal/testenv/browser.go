package testenv

import (
	"os/exec"
	"testing"
)

// Chromium returns the path of a headless browser. Without one it skips the test, or fails it if CI is set.
func Chromium(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	without(tb, "chromium", &missing{what: "a Chromium browser", hint: "apt install chromium"})
	return ""
}
