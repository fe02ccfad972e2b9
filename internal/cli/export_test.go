package cli

// Failures returns the lines that Main prints of an error.
var Failures = failures

// Cell quotes a text for a CSV.
var Cell = cell
