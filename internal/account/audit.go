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
	ByOperator bool           `json:"operator" doc:"true if an operator did it, who is not a member."`
	Subject    string         `json:"subject" enum:"task,member,company,invitation,job" doc:"The kind of the subject."`
	SubjectID  int64          `json:"subject_id"`
	Message    string         `json:"message" doc:"One line for people, in English."`
	Changes    jsontext.Value `json:"changes" doc:"By field, its old and new value; null if the values are private."`
}

// AuditQuery selects a part of the log.
type AuditQuery struct {
	page   page.Request
	filter event.Filter
}

// Read reads the query.
func (q *AuditQuery) Read(f *form.Form) {
	q.page = page.Read(f)
	q.filter.Kind = event.Kind(f.Choice("kind", event.Kinds(), form.Doc("Only events of this kind.")).V)
	q.filter.Actor = f.ID("actor", form.Doc("Only events of this actor.")).Ptr()
	q.filter.Subject = f.Choice("subject", event.Subjects, form.Doc("Only events of subjects of this kind.")).V
	q.filter.SubjectID = f.ID("subject_id", form.Doc("Only events of the subject with this id.")).Ptr()
	if task := f.ID("task", form.Doc("Only events of this task, also of a deleted one.")); task.Set {
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

// Audit returns a part of the company's audit log, newest first.
func (s *Service) Audit(ctx context.Context, who Caller, q AuditQuery) (*page.List[AuditEntry], error) {
	if !who.Role.AtLeast(Admin) {
		return nil, fail.Forbidden()
	}
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[AuditEntry], error) {
		tx.MayScan()
		found, err := event.Find(tx, q.filter)
		if err != nil {
			return nil, err
		}
		read := func(p page.Slice) ([]AuditEntry, error) {
			entries, err := found.Rows(tx, p)
			if err != nil {
				return nil, err
			}
			return auditEntries(tx, who, entries)
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("audit %d %s", tx.Company(), q.filter), page.Down, q.page, found.Count,
			read, func(e *AuditEntry) int64 { return e.Seq })
	})
}

// auditEntries adds the actors, as the caller may see them, to events of the log.
func auditEntries(tx *db.Tx, who Caller, entries []event.Entry) ([]AuditEntry, error) {
	actors, err := Actors(tx, who, entries, func(e *event.Entry) *int64 { return e.Actor })
	if err != nil {
		return nil, err
	}
	all := make([]AuditEntry, len(entries))
	for i, e := range entries {
		all[i] = AuditEntry{
			Seq: e.Seq, Type: e.Kind, At: e.At, ByOperator: e.Operator != nil,
			Subject: e.Kind.Subject(), SubjectID: e.SubjectID, Message: e.Message, Changes: e.Changes,
		}
		if e.Actor != nil {
			all[i].Actor = actors[*e.Actor]
		}
	}
	return all, nil
}
