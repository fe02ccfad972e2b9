package zone

import "time"

// DayOf returns the date that clocks of a zone show at an instant, as YYYY-MM-DD.
func DayOf(t time.Time, in *time.Location) string { return t.In(in).Format(time.DateOnly) }

// Shift returns the date that lies so many days after a date, or before it if days is negative. Both are YYYY-MM-DD.
func Shift(day string, days int) string { return date(day).AddDate(0, 0, days).Format(time.DateOnly) }

// WeekdayOf returns the day of the week of a date.
func WeekdayOf(day string) time.Weekday { return date(day).Weekday() }

// BeginOf does the same as Begin for a date of the form YYYY-MM-DD.
func BeginOf(day string, in *time.Location) time.Time {
	d := date(day)
	return Begin(d.Year(), d.Month(), d.Day(), in)
}

// At returns the instant of a date at the time of day that clocks of a zone show at t. If the zone skips that time of
// day, At returns the instant that lies as far after the gap as the time lies after its beginning.
func At(day string, t time.Time, in *time.Location) time.Time {
	d, clock := date(day), t.In(in)
	return time.Date(d.Year(), d.Month(), d.Day(), clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), in)
}

// date parses a date that is well-formed: form.Date has read it, or DayOf has made it. For any other text it returns
// the zero time.
func date(day string) time.Time {
	d, _ := time.Parse(time.DateOnly, day)
	return d
}

// Begin returns the first instant at which clocks show a date. If the zone skipped the day, it returns the first
// instant with a later date. A day need not begin at midnight, and it can have two midnights.
func Begin(year int, month time.Month, dayOfMonth int, in *time.Location) time.Time {
	want := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
	reached := func(t time.Time) bool {
		y, m, d := t.In(in).Date()
		return !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Before(want)
	}
	// Each offset around the date gives a midnight, and a change of the offset may jump over it.
	best := want.Add(26 * time.Hour)
	for t := want.Add(-26 * time.Hour); ; {
		local := t.In(in)
		_, offset := local.Zone()
		_, change := local.ZoneBounds()
		midnight := want.Add(-time.Duration(offset) * time.Second)
		if !midnight.Before(t) && (change.IsZero() || midnight.Before(change)) && midnight.Before(best) {
			best = midnight
		}
		if change.IsZero() || change.After(want.Add(26*time.Hour)) {
			return best
		}
		if reached(change) && change.Before(best) {
			best = change
		}
		t = change
	}
}
