package task

// What the tests of ranks look at.
var (
	Between = between
	RankOf  = rankOf
)
