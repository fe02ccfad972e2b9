package account

import (
	"slices"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// Calendar holds a company's settings of time, as they are stored. The zero Calendar is UTC with weeks from Monday.
type Calendar struct {
	TimeZone    string
	WeekStart   Weekday
	WorkingDays string // separated by commas
}

// newCalendar is the calendar of a new company, as its table has it by default.
var newCalendar = Calendar{
	TimeZone: "UTC", WeekStart: "monday", WorkingDays: "monday,tuesday,wednesday,thursday,friday",
}

// Weekday is a day of the week.
type Weekday string

// Values returns the days of a week; see form.Enum.
func (Weekday) Values() []string { return weekdays }

// weekdays lists the days of a week, in the order of ISO 8601.
var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// Zone returns the company's time zone. It is UTC if this version does not know the zone: another version, which knew
// it, has stored it.
func (c Company) Zone() *time.Location {
	if z, err := zone.Load(c.Calendar.TimeZone); err == nil {
		return z
	}
	return time.UTC
}

// FirstDay returns the first day of the company's week.
func (c Company) FirstDay() time.Weekday {
	return time.Weekday((max(0, slices.Index(weekdays, string(c.Calendar.WeekStart))) + 1) % 7)
}

func (c Calendar) days() []Weekday {
	days := []Weekday{}
	for _, day := range weekdays {
		if slices.Contains(strings.Split(c.WorkingDays, ","), day) {
			days = append(days, Weekday(day))
		}
	}
	return days
}

// calendar changes a calendar and notes the changes.
func (in CompanyChange) calendar(c *Calendar, changes event.Changes) {
	if in.TimeZone.Set && event.Set(changes, "time_zone", c.TimeZone, in.TimeZone.V) {
		c.TimeZone = in.TimeZone.V
	}
	if in.WeekStart.Set && event.Set(changes, "week_start", c.WeekStart, in.WeekStart.V) {
		c.WeekStart = in.WeekStart.V
	}
	if days := strings.Join(in.WorkingDays.V, ","); in.WorkingDays.Set && days != c.WorkingDays {
		old := c.days()
		c.WorkingDays = days
		changes["working_days"] = event.Change{Old: old, New: c.days()}
	}
}
