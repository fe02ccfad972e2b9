package demo

import (
	"math/rand/v2"
	"time"
)

// Creations returns when the tasks are created of a sample company whose history ends at an instant.
func Creations(end time.Time, o Options) (made []time.Time) {
	h := &maker{options: o, random: rand.New(rand.NewPCG(o.Seed, 7))}
	h.until(end)
	for n := range o.Tasks {
		made = append(made, h.creation(n))
	}
	return made
}
