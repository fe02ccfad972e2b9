package cli

// Failures are the lines that Main prints of an error.
var Failures = failures

// Cell is a text as a cell of a CSV.
var Cell = cell
