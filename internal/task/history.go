package task

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Moment describes one change of a task: the actor, the time, and the old and new value of each field.
type Moment struct {
	Seq        int64               `json:"seq" doc:"The number of the event in the company's log."`
	Type       event.Kind          `json:"type"`
	At         db.Time             `json:"at"`
	Actor      *account.MemberView `json:"actor" nullable:"true" doc:"null: the system, or an operator."`
	ByOperator bool                `json:"operator,omitzero" doc:"true where an operator did it, who is no member."`
	Version    int64               `json:"version" doc:"The task's version after it."`
	Changes    jsontext.Value      `json:"changes" doc:"By field, its old and new value."`
}

// HistoryQuery selects a page of a history.
type HistoryQuery struct{ Page page.Request }

// Read reads the query.
func (q *HistoryQuery) Read(f *form.Form) { q.Page = page.Read(f) }

// History returns the changes of a task, newest first. It does not find a deleted task, although the log still has its
// events.
func (s *Service) History(
	ctx context.Context, who account.Caller, id int64, q HistoryQuery,
) (list *page.List[Moment], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		if _, err := find(tx, id); err != nil {
			return err
		}
		count, err := event.CountOfSubject(tx, event.Task, id)
		if err != nil {
			return err
		}
		read := func(p page.Slice) ([]Moment, error) {
			entries, err := event.PageOfSubject(tx, event.Task, id, p)
			if err != nil {
				return nil, err
			}
			return withActors(tx, who, entries)
		}
		about := fmt.Sprintf("history %d %d", tx.Company(), id)
		list, err = page.Keyed(s.Cursors, about, page.Down, q.Page, count, read, func(m *Moment) int64 { return m.Seq })
		return err
	})
	return list, err
}

func withActors(tx *db.Tx, who account.Caller, entries []event.Entry) ([]Moment, error) {
	actors, err := account.Actors(tx, who, entries, func(e *event.Entry) *int64 { return e.Actor })
	if err != nil {
		return nil, err
	}
	moments := make([]Moment, len(entries))
	for i, e := range entries {
		moments[i] = Moment{
			Seq: e.Seq, Type: e.Kind, At: e.At, Version: e.Version, Changes: e.Changes, ByOperator: e.Operator != nil,
		}
		if e.Actor != nil {
			moments[i].Actor = actors[*e.Actor]
		}
	}
	return moments, nil
}
