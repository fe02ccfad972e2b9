package demo_test

import (
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/demo"
)

// TestTheSampleCompanyHasEveryTask plans histories that end at every hour of a week, nights and Sundays included. No
// task is created outside working hours, and none after the end, because it would be missing.
func TestTheSampleCompanyHasEveryTask(t *testing.T) {
	monday := time.Date(2026, 3, 2, 0, 30, 0, 0, time.UTC)
	for hour := range 7 * 24 {
		end := monday.Add(time.Duration(hour) * time.Hour)
		for n, at := range demo.Creations(end, demo.Options{Weeks: 1, Tasks: 60, Seed: uint64(hour)}) {
			if !at.Before(end) || at.Hour() < 7 || at.Hour() > 17 || at.Weekday() == time.Sunday {
				t.Errorf("with an end on %s, task %d is made on %s", end.Format("Mon 15:04"), n, at.Format("Mon 15:04"))
			}
		}
	}
}
