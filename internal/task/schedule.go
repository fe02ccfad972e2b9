package task

import (
	"errors"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// maxEstimate is the greatest estimate, in points.
const maxEstimate = 1000

// settle adds the fields that follow from others to a change of now: the day of due_at, the instant of a moved
// due_date, and completed_at.
func (in *Fields) settle(who account.Caller, now *Task, at db.Time) error {
	if err := in.settleDue(who.Company, now); err != nil {
		return err
	}
	status := now.Status
	if in.Status.Set {
		status = in.Status.V
	}
	if done := status == Done; !in.completedAt.Set && done != (now.Status == Done) {
		in.completedAt = form.Optional[db.Time]{Set: true, Null: !done, V: clientTime(at)}
	}
	return nil
}

// settleDue keeps due_date and due_at together. A field that is sent with its present value counts as not sent.
func (in *Fields) settleDue(company account.Company, now *Task) error {
	atSent := in.DueAt.Set && !columnNamed["due_at"].holds(now, in)
	daySent := in.DueDate.Set && !columnNamed["due_date"].holds(now, in)
	in.DueAt.V = clientTime(in.DueAt.V)
	switch {
	case in.logged: // an undo restores what was there
	case atSent && !in.DueAt.Null:
		day := zone.DayOf(in.DueAt.V.Std(), company.Zone())
		if daySent && in.DueDate.V != day {
			return fail.Invalid("due_date", "due_at is on "+day+" in the company's time zone. Send one of the two.")
		}
		in.DueDate = form.Sent(day)
	case daySent && !atSent && now.DueAt != nil:
		in.DueAt = form.Optional[db.Time]{Set: true, Null: in.DueDate.Null}
		if !in.DueDate.Null {
			in.DueAt.V = db.At(zone.At(in.DueDate.V, now.DueAt.Std(), company.Zone()))
		}
	}
	return nil
}

// clientTime cuts an instant to milliseconds, which is what clients and the log see of it.
func clientTime(t db.Time) db.Time { return db.At(t.Std().Truncate(time.Millisecond)) }

// inOrder rejects, as Invalid, a task that starts after it is due. The message is about the field that in sets.
func (t *Task) inOrder(in *Fields) error {
	switch {
	case t.StartDate == nil || t.DueDate == nil || *t.StartDate <= *t.DueDate:
		return nil
	case in.StartDate.Set:
		return fail.Invalid("start_date", "This is after the due date, "+*t.DueDate+".")
	case in.DueAt.Set:
		return fail.Invalid("due_at", "This is before the start date, "+*t.StartDate+".")
	}
	return fail.Invalid("due_date", "This is before the start date, "+*t.StartDate+".")
}

// datesRefused returns the reason if err comes from settle or inOrder. Such an error is about one task: a change of
// several refuses this one and goes on.
func datesRefused(err error) (reason string, refused bool) {
	var f *fail.Error
	if !errors.As(err, &f) || f.Kind != fail.KindInvalid {
		return "", false
	}
	for _, field := range []string{"start_date", "due_date", "due_at"} {
		if m := f.Fields[field]; len(m) > 0 {
			return columnNamed[field].key() + ": " + m[0], true
		}
	}
	return "", false
}
