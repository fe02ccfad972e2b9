//go:build race

package event_test

// slowdown is what the race detector costs.
const slowdown = 20
