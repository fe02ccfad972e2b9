//go:build race

package form_test

// slowdown is what the race detector costs.
const slowdown = 20
