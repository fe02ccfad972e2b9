package task

import (
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// condition is a condition of a list.
type condition interface {
	// on returns the condition on a column, with a question mark for each of its values.
	on(column string, r *reading) (sql string, values []any)
	of() storedField
	// sent returns the condition as the client sent it if its values depend on the time, otherwise "".
	sent() string
	// counted returns the condition on a column of task_counts, or "" if the counters do not know it.
	counted(r *reading) (sql string, values []any)
}

// reading holds the facts about a read on which conditions depend: the caller, and the time where the caller is.
type reading struct {
	tx    *db.Tx
	who   account.Caller
	in    *time.Location
	today string // in that zone
}

// reading returns the facts for the conditions of q.
func (s *Service) reading(tx *db.Tx, who account.Caller, q Query) (*reading, error) {
	r := &reading{tx: tx, who: who}
	for _, c := range q.conditions {
		if c.sent() != "" {
			return r, s.locate(r, q.zone)
		}
	}
	return r, nil
}

// locate finds the zone of the caller: the one that the query names, else the caller's own choice, else the company's.
func (s *Service) locate(r *reading, name string) (err error) {
	if name == "" && s.ZoneOf != nil && r.who.Actor() != 0 {
		if name, err = s.ZoneOf(r.tx, r.who.Actor()); err != nil {
			return err
		}
	}
	if r.in, err = zone.Load(name); err != nil {
		r.in = r.who.Company.Zone()
	}
	r.today = zone.DayOf(r.tx.Now.Std(), r.in)
	return nil
}

// begin returns the first instant of a day where the caller is.
func (r *reading) begin(day string) db.Time { return db.At(zone.BeginOf(day, r.in)) }

// week returns the first and the last day of the present week.
func (r *reading) week() (first, last string) {
	back := (int(zone.WeekdayOf(r.today)) - int(r.who.Company.FirstDay()) + 7) % 7
	first = zone.Shift(r.today, -back)
	return first, zone.Shift(first, 6)
}

// compare is the condition that a field compares with a value. op is <=, >= or =.
type compare struct {
	field storedField
	op    string
	value any
}

func (c compare) of() storedField { return c.field }
func (c compare) sent() string    { return "" }

func (c compare) on(column string, _ *reading) (sql string, values []any) {
	return column + ` ` + c.op + ` ?`, []any{c.value}
}

func (c compare) counted(*reading) (sql string, values []any) { return "", nil }

// among is the condition that a field has one of several values.
type among struct {
	field    storedField
	values   []any
	none, me bool   // whether null and the caller are values too
	and      string // the condition of a partial index, which follows from the values
}

func (c among) of() storedField { return c.field }
func (c among) sent() string    { return "" }

func (c among) on(column string, r *reading) (sql string, values []any) {
	sql, values = c.oneOf(column, r)
	switch {
	case !c.none:
		return sql + c.and, values
	case sql == "":
		return column + ` IS NULL`, nil
	}
	return `(` + column + ` IS NULL OR ` + sql + `)`, values
}

func (c among) counted(r *reading) (sql string, values []any) {
	if c.field.counter() == "" {
		return "", nil
	}
	if c.none { // the counters have 0 for no one
		c.values = append([]any{int64(0)}, c.values...)
	}
	return c.oneOf(c.field.counter(), r)
}

// fewValues is up to how many values a statement has a parameter for each. Enumerations have no more.
const fewValues = 5

func (c among) oneOf(column string, r *reading) (sql string, values []any) {
	values = c.values
	if c.me {
		values = append([]any{r.who.Actor()}, values...)
	}
	switch n := len(values); {
	case n == 0:
		return "", nil
	case n == 1:
		return column + ` = ?`, values
	case n <= fewValues:
		return column + ` IN (?` + strings.Repeat(`, ?`, n-1) + `)`, values
	}
	ids := make([]int64, len(values))
	for i, v := range values {
		ids[i], _ = v.(int64)
	}
	return column + ` ` + r.tx.OneOf(`?`), []any{db.IDs(ids)}
}

// dated is a condition whose values depend on the time and the place of the caller.
type dated struct {
	field storedField
	text  string // as the client sent it
	build func(column string, r *reading) (sql string, values []any)
}

func (c dated) of() storedField                                         { return c.field }
func (c dated) sent() string                                            { return c.text }
func (c dated) on(column string, r *reading) (sql string, values []any) { return c.build(column, r) }
func (c dated) counted(*reading) (sql string, values []any)             { return "", nil }
