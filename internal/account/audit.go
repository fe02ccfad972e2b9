package account

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// AuditEntry is one event of the company's log in the audit log that its managers read.
type AuditEntry struct {
	Seq        int64          `json:"seq" doc:"The number of the event in the company's log."`
	Type       event.Kind     `json:"type"`
	At         db.Time        `json:"at"`
	Actor      *MemberView    `json:"actor" nullable:"true" doc:"null: the system, or an operator."`
	ByOperator bool           `json:"operator" doc:"true where an operator did it, who is no member."`
	Subject    string         `json:"subject" enum:"task,member,company,invitation,job" doc:"What it happened to."`
	SubjectID  int64          `json:"subject_id"`
	Message    string         `json:"message" doc:"One line for people, in English."`
	Changes    jsontext.Value `json:"changes" doc:"By field, its old and new value; null where the values are not for everybody."`
}

// AuditQuery is which part of the log is read.
type AuditQuery struct {
	page   page.Request
	filter event.Filter
}

// Read reads the query.
func (q *AuditQuery) Read(f *form.Form) {
	q.page = page.Read(f)
	q.filter.Kind = event.Kind(f.Choice("kind", event.Kinds(), form.Doc("Only events of this kind.")).V)
	q.filter.Actor = f.ID("actor", form.Doc("Only what this member did.")).Ptr()
	q.filter.Subject = f.Choice("subject", event.Subjects, form.Doc("Only what happened to a subject of this sort.")).V
	q.filter.SubjectID = f.ID("subject_id", form.Doc("And to the one with this id.")).Ptr()
	if task := f.ID("task", form.Doc("Only what happened to this task, also after it was deleted.")); task.Set {
		if q.filter.Subject != "" || q.filter.SubjectID != nil {
			f.Fail("task", "Give either task or subject, not both.")
		}
		q.filter.Subject, q.filter.SubjectID = event.Task, task.Ptr()
	}
	if q.filter.SubjectID != nil && q.filter.Subject == "" {
		f.Fail("subject_id", "Say of which subject.")
	}
	if t := f.Time("from", form.Doc("Only from this time on.")); t.Set {
		q.filter.From = db.At(t.V)
	}
	if t := f.Time("to", form.Doc("Only up to this time.")); t.Set {
		q.filter.To = db.At(t.V)
	}
}

// Audit is a part of the company's log for people, newest first.
func (s *Service) Audit(ctx context.Context, who Caller, q AuditQuery) (list *page.List[AuditEntry], err error) {
	if !who.Role.AtLeast(Admin) {
		return nil, fail.Forbidden()
	}
	err = who.Read(ctx, func(tx *db.Tx) error {
		tx.MayScan()
		found, err := event.Find(tx, q.filter)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("audit %d %s", tx.Company(), q.filter), page.Down, q.page, found.Count, func(p page.Slice) ([]AuditEntry, error) {
			entries, err := found.Rows(tx, p)
			if err != nil {
				return nil, err
			}
			return auditEntries(tx, who, entries)
		}, func(d *AuditEntry) int64 { return d.Seq })
		return err
	})
	return list, err
}

// auditEntries adds the actors, as the caller may see them, to events of the log.
func auditEntries(tx *db.Tx, who Caller, entries []event.Entry) ([]AuditEntry, error) {
	var ids []int64
	for _, e := range entries {
		if e.Actor != nil {
			ids = append(ids, *e.Actor)
		}
	}
	people, err := who.People(tx, ids...)
	if err != nil {
		return nil, err
	}
	all := make([]AuditEntry, len(entries))
	for i, e := range entries {
		all[i] = AuditEntry{
			Seq: e.Seq, Type: e.Kind, At: e.At, ByOperator: e.Operator != nil, Subject: e.Kind.Subject(), SubjectID: e.SubjectID, Message: e.Message, Changes: e.Changes,
		}
		if e.Actor != nil && people[*e.Actor] != nil {
			all[i].Actor = who.See(people[*e.Actor])
		}
	}
	return all, nil
}
