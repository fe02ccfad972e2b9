package demo

import (
	"math/rand/v2"
	"time"
)

// Creations are when the tasks of a sample company are made whose history ends at an instant.
func Creations(end time.Time, o Options) (made []time.Time) {
	h := &demo{options: o, random: rand.New(rand.NewPCG(o.Seed, 7))}
	h.until(end)
	for n := range o.Tasks {
		made = append(made, h.creation(n))
	}
	return made
}
