package app

import (
	"io"
	"log/slog"
)

// TerminalLogger is what NewLogger gives for a terminal, which a test has not.
func TerminalLogger(w io.Writer) *slog.Logger { return slog.New(terminalHandler(w, slog.LevelInfo)) }

// Failures are the lines that Main prints of an error.
var Failures = failures

// Cell is a text as a cell of a CSV.
var Cell = cell
