package task

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// maxBulk is how many tasks one request changes.
const maxBulk = 200

// Bulk changes several tasks in the same way, or deletes them.
type Bulk struct {
	ids    []int64
	query  *Query // in place of ids: all tasks that match
	change Change
	remove bool
}

// Read reads the change from a body.
func (in *Bulk) Read(f *form.Form) {
	in.readTasks(f)
	some := false
	for _, c := range columns {
		c.readBulk(f, &in.change.Fields)
		some = some || c.given(&in.change.Fields)
	}
	in.remove = f.Bool("delete", form.Doc("true: they are deleted.")).V
	if some == in.remove && f.Err() == nil {
		f.Fail(fail.NonField, "Say what to change, or delete: true.")
	}
}

// readTasks reads the tasks: their ids, or a query that they match.
func (in *Bulk) readTasks(f *form.Form) {
	text := f.Text("query", form.Max(2000),
		form.Doc("In place of ids: the filters of a list, as in its address. At most 200 tasks may match."))
	ids := f.IDs("ids", maxBulk, form.Doc("The tasks, unless there is a query."))
	switch {
	case !text.Set && !ids.Set:
		f.Fail("ids", "This field is required.")
	case !text.Set:
		in.ids = numbers(f, "ids", ids.V)
	case ids.Set:
		f.Fail("query", "Send ids or a query, not both.")
	}
	if !text.Set || f.Failed("query") {
		return
	}
	values, err := url.ParseQuery(text.V)
	if err != nil {
		f.Fail("query", "This is not the query of an address.")
		return
	}
	in.query = &Query{}
	sub := form.Query(values)
	in.query.readConditions(sub)
	sub.Strict()
	var failed *fail.Error
	if errors.As(sub.Err(), &failed) {
		for _, name := range slices.Sorted(maps.Keys(failed.Fields)) {
			f.Fail("query", name+": "+failed.Fields[name][0])
		}
	}
}

// matching returns the tasks that a query finds.
func (s *Service) matching(tx *db.Tx, who account.Caller, q Query) ([]item, error) {
	r, err := s.reading(tx, who, q)
	if err != nil {
		return nil, err
	}
	tx.MayScan()
	rows, args := q.where(r).Limit("created_at, id", maxBulk+1, 0)
	items, err := db.All(tx, scanItem, `SELECT id, `+textSize+fromTasks+rows, args...)
	if err == nil && len(items) > maxBulk {
		err = fail.Invalid("query", "More than 200 tasks match. Narrow the query.")
	}
	return items, err
}

// readNumbers reads at least one number, and returns them in ascending order without duplicates. Every transaction
// locks its rows in this order, so no two of them deadlock.
func readNumbers(f *form.Form, name, doc string) []int64 {
	return numbers(f, name, f.IDs(name, maxBulk, form.Required, form.Doc(doc)).V)
}

// numbers does the work of readNumbers on a list that has been read.
func numbers(f *form.Form, name string, list []*int64) (all []int64) {
	for _, n := range list {
		all = append(all, *n)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 && !f.Failed(name) {
		f.Fail(name, "This list may not be empty.")
	}
	return all
}

// Outcome reports the result of a change of several tasks.
type Outcome struct {
	Changed int       `json:"changed" doc:"Number of tasks that were changed or restored."`
	Deleted int       `json:"deleted" doc:"Number of tasks that were deleted."`
	Refused []Refusal `json:"refused" doc:"The tasks that stayed as they are, and why."`
	Seqs    []int64   `json:"seqs" doc:"The numbers of the events, for POST /api/tasks/undo/."`
}

// Refusal gives the reason why a task stayed as it is.
type Refusal struct {
	ID     int64  `json:"id"`
	Detail string `json:"detail"`
}

// collector collects the results of several tasks in one transaction.
type collector struct {
	Outcome
	events []event.Event
}

func (o *collector) refuse(id int64, detail string) {
	o.Refused = append(o.Refused, Refusal{id, detail})
}

func (o *collector) add(e event.Event) {
	switch e.Kind {
	case "": // nothing to change
		return
	case event.TaskDeleted:
		o.Deleted++
	default:
		o.Changed++
	}
	o.events = append(o.events, e)
}

// recordOutcome runs fn in one transaction, records its events and returns the results.
func (s *Service) recordOutcome(
	ctx context.Context, who account.Caller, fn func(*db.Tx, *collector) error,
) (Outcome, error) {
	var o collector
	err := event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		o = collector{Outcome: Outcome{Refused: []Refusal{}}}
		err := fn(tx, &o)
		return o.events, err
	})
	o.Seqs = make([]int64, len(o.events))
	for i, e := range o.events {
		o.Seqs[i] = *e.Seq
	}
	return o.Outcome, err
}

// Bulk changes several tasks, in parts (parts.go), and records an event for each. It refuses the ids that no task has.
func (s *Service) Bulk(ctx context.Context, who account.Caller, in Bulk) (Outcome, error) {
	items, err := db.Read(ctx, who, func(tx *db.Tx) ([]item, error) {
		if in.query != nil {
			return s.matching(tx, who, *in.query)
		}
		sizes, err := db.All(tx, scanItem, `SELECT id, `+textSize+fromTasks+` AND id `+tx.OneOf("$2"), db.IDs(in.ids))
		if err != nil {
			return nil, err
		}
		bytes := make(map[int64]int64, len(sizes))
		for _, v := range sizes {
			bytes[v.id] = v.bytes
		}
		items := make([]item, len(in.ids))
		for i, id := range in.ids {
			items[i] = item{id: id, bytes: bytes[id]}
		}
		return items, nil
	})
	if err != nil {
		return Outcome{}, err
	}
	if len(items) == 0 { // no task matches the query
		return Outcome{Refused: []Refusal{}, Seqs: []int64{}}, nil
	}
	return s.inParts(ctx, who, items, func(tx *db.Tx, part []item, o *collector) error {
		ids := idsOf(part)
		tasks, err := lockAll(tx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			i, ok := slices.BinarySearchFunc(tasks, id,
				func(t Task, id int64) int { return int(min(max(t.ID-id, -1), 1)) })
			if !ok {
				o.refuse(id, "Not found.")
				continue
			}
			var e event.Event
			if in.remove {
				e, err = s.remove(tx, who, &tasks[i])
			} else {
				e, err = s.change(tx, who, &tasks[i], in.change)
			}
			if reason, refused := datesRefused(err); refused {
				o.refuse(id, reason)
				continue
			}
			if err != nil {
				return err
			}
			o.add(e)
		}
		return nil
	})
}
