package analytics

// Begin is when a day begins in a zone.
var Begin = begin
