package zone_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/zone"
)

// TestDaysBeginWhenClocksShowThem checks each quarter of an hour of some years. Its zones change their clocks at
// midnight, have two midnights in a day, odd offsets, or a skipped day.
func TestDaysBeginWhenClocksShowThem(t *testing.T) {
	for name, years := range map[string][2]int{
		"UTC": {2025, 2025}, "Europe/Berlin": {2024, 2026}, "America/New_York": {2024, 2026},
		"Asia/Beirut": {2023, 2026}, "Africa/Cairo": {2023, 2026},
		"America/Havana": {2023, 2026}, "Atlantic/Azores": {2023, 2026}, "Australia/Lord_Howe": {2023, 2026},
		"Asia/Kathmandu":    {2025, 2025},
		"America/Sao_Paulo": {2016, 2019}, "Pacific/Apia": {2011, 2012}, "Pacific/Kiritimati": {2025, 2025},
		"Pacific/Chatham":   {2024, 2025},
		"Africa/Casablanca": {2024, 2026}, "Antarctica/Troll": {2024, 2025}, "America/Asuncion": {2022, 2025},
	} {
		in, err := zone.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		date := func(at time.Time) string { return at.In(in).Format(time.DateOnly) }
		at := time.Date(years[0]-1, 12, 25, 0, 0, 0, 0, time.UTC)
		for day := time.Date(years[0], 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= years[1]; day = day.AddDate(0, 0, 1) {
			for date(at) < day.Format(time.DateOnly) {
				at = at.Add(15 * time.Minute)
			}
			if got := zone.Begin(day.Year(), day.Month(), day.Day(), in); !got.Equal(at) {
				t.Errorf("%s of %s begins at %v, want %v", day.Format(time.DateOnly), name, got.UTC(), at)
			}
		}
	}
}

// TestDaysOfInstantsInEveryZone checks the days around each change of the clocks in every zone, from 2008 to 2037: each
// instant lies in the day that DayOf names, and the days follow each other without a gap.
func TestDaysOfInstantsInEveryZone(t *testing.T) {
	names, err := os.ReadFile("names.txt")
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	for name := range strings.Lines(string(names)) {
		in, err := zone.Load(strings.TrimSpace(name))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC).In(in)
		for _, end := at.ZoneBounds(); !end.IsZero() && end.Year() < 2038; _, end = end.ZoneBounds() {
			changes++
			for _, minutes := range []int{-1500, -61, -1, 0, 1, 61, 1500} {
				at := end.Add(time.Duration(minutes) * time.Minute)
				day := zone.DayOf(at, in)
				begin, next := zone.BeginOf(day, in), zone.BeginOf(zone.Shift(day, 1), in)
				// Clocks that go back over midnight show the day before for a while, and the new day has begun.
				_, before := next.In(in).Zone()
				_, after := at.Zone()
				again := after < before
				if at.Before(begin) || !at.Before(next) && !again {
					t.Fatalf("%s: %v is on %s, which lasts from %v to %v", name, at, day, begin, next)
				}
				if got := zone.DayOf(begin, in); got != day {
					t.Fatalf("%s: %s begins at %v, which is on %s", name, day, begin, got)
				}
				if got := zone.DayOf(begin.Add(-time.Nanosecond), in); got >= day {
					t.Fatalf("%s: %s begins at %v, and it is that day before", name, day, begin)
				}
				moved := zone.At(day, at.AddDate(0, 0, 40), in)
				if got := zone.DayOf(moved, in); got != day && got != zone.Shift(day, 1) {
					t.Fatalf("%s: a time of %s is on %s", name, day, got)
				}
			}
		}
	}
	if changes < 3000 {
		t.Errorf("only %d changes of clocks were seen", changes)
	}
}
