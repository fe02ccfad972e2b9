package task

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// bound is a day that a client names, or an instant.
type bound struct {
	day      string
	days     int  // from today, if relative
	relative bool // day is not set
	at       db.Time
	exact    bool // at is set, and day is not
}

var relativeDay = regexp.MustCompile(`^([+-]?)([0-9]{1,4})([dw])$`)

// parseBound reads a bound. A plus sign may be missing, because a query turns it into a space.
func parseBound(s string, instants bool) (b bound, ok bool) {
	if s == "today" {
		return bound{relative: true}, true
	}
	if m := relativeDay.FindStringSubmatch(s); m != nil {
		days, _ := strconv.Atoi(m[1] + m[2]) // at most four digits
		if m[3] == "w" {
			days *= 7
		}
		return bound{relative: true, days: days}, true
	}
	if form.IsDate(s) {
		return bound{day: s}, true
	}
	if t, ok := form.ParseTime(s); ok && instants {
		return bound{at: db.At(t), exact: true}, true
	}
	return bound{}, false
}

func (b bound) on(r *reading) string {
	if b.relative {
		return zone.Shift(r.today, b.days)
	}
	return b.day
}

const boundForms = "YYYY-MM-DD, `today`, or days or weeks from today such as `+7d` and `-2w`"

// readSpan reads the filters name_before and name_after of a field with dates or instants. Both exclude the day that
// they name.
func readSpan(f *form.Form, field storedField, name string, instants bool) (both []condition) {
	forms := boundForms
	if instants {
		forms += "; or an instant"
	}
	read := func(which, doc string, build func(b bound) func(string, *reading) (string, []any)) {
		param := name + "_" + which
		o := f.Text(param, form.Max(40), form.Doc(doc+": "+forms+"."))
		if !o.Set || f.Failed(param) {
			return
		}
		b, ok := parseBound(o.V, instants)
		if !ok {
			f.Fail(param, "This is no date. Use "+strings.ReplaceAll(forms, "`", "")+".")
			return
		}
		both = append(both, dated{field, param + "=" + o.V, build(b)})
	}
	read("before", "Before this day", func(b bound) func(string, *reading) (string, []any) {
		return func(column string, r *reading) (string, []any) {
			switch {
			case b.exact:
				return column + ` < ?`, []any{b.at}
			case instants:
				return column + ` < ?`, []any{r.begin(b.on(r))}
			}
			return column + ` < ?`, []any{b.on(r)}
		}
	})
	read("after", "After this day", func(b bound) func(string, *reading) (string, []any) {
		return func(column string, r *reading) (string, []any) {
			switch {
			case b.exact:
				return column + ` > ?`, []any{b.at}
			case instants:
				return column + ` >= ?`, []any{r.begin(zone.Shift(b.on(r), 1))}
			}
			return column + ` > ?`, []any{b.on(r)}
		}
	})
	return both
}

// The values of the filter due, and their conditions.
var dueWords = []string{"overdue", "today", "week", wordNone}

// readDue reads the filter due, whose values are joined by "or".
func readDue(f *form.Form) []condition {
	o := f.Listed("due", form.Field{Type: "string", Enum: dueWords}, form.OneOf(dueWords),
		form.Doc("`overdue`: open and late; `today` and `week`: due on this day, or in this calendar week; `none`: "+
			"without a due date. Days are those of the time zone `tz`."))
	if !o.Set || f.Failed("due") {
		return nil
	}
	build := func(_ string, r *reading) (sql string, values []any) {
		either := make([]string, len(o.V))
		for i, word := range o.V {
			one, args := due(word, r)
			either[i], values = one, append(values, args...)
		}
		return `(` + strings.Join(either, ` OR `) + `)`, values
	}
	return []condition{dated{columnNamed["due_date"], "due=" + strings.Join(o.V, ","), build}}
}

// zonesApart is how many days the dates of one instant differ at most between two time zones, and one more.
const zonesApart = 2

// due returns the condition of one word. A task with a due_at is due at that instant; due_date, its day in the
// company's zone, only lets an index find it.
func due(word string, r *reading) (sql string, values []any) {
	from, to := r.today, r.today
	switch word {
	case wordNone:
		return `due_date IS NULL`, nil
	case "overdue":
		return unfinished + ` AND due_date <= ? AND (due_at IS NULL AND due_date < ? OR due_at < ?)`,
			[]any{zone.Shift(r.today, zonesApart), r.today, r.tx.Now}
	case "week":
		from, to = r.week()
	}
	sql = `due_date BETWEEN ? AND ? AND (due_at IS NULL AND due_date BETWEEN ? AND ? OR due_at >= ? AND due_at < ?)`
	after := zone.Shift(to, 1)
	return sql, []any{
		zone.Shift(from, -zonesApart), zone.Shift(to, zonesApart), from, to, r.begin(from), r.begin(after),
	}
}
