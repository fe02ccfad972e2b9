package testenv

import (
	"os/exec"
	"testing"
)

// Chromium gives the program of a browser that runs without a screen, or skips the test where there is none; with CI
// set the test fails instead.
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
