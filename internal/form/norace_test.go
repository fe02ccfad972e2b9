//go:build !race

package form_test

// slowdown is the factor by which the race detector slows a test down.
const slowdown = 1
