package analytics_test

import (
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/analytics"
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
		zone, err := time.LoadLocation(name)
		must(t, err)
		date := func(at time.Time) string { return at.In(zone).Format(time.DateOnly) }
		at := time.Date(years[0]-1, 12, 25, 0, 0, 0, 0, time.UTC)
		for day := time.Date(years[0], 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= years[1]; day = day.AddDate(0, 0, 1) {
			for date(at) < day.Format(time.DateOnly) {
				at = at.Add(15 * time.Minute)
			}
			if got := analytics.Begin(day.Year(), day.Month(), day.Day(), zone); !got.Equal(at) {
				t.Errorf("%s of %s begins at %v, want %v", day.Format(time.DateOnly), name, got.UTC(), at)
			}
		}
	}
}
