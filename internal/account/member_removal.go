package account

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// MemberRemoval says how a member is removed.
type MemberRemoval struct {
	ReassignTo form.Optional[int64]
}

// Read reads the query of a removal.
func (in *MemberRemoval) Read(f *form.Form) {
	in.ReassignTo = f.ID("reassign_to",
		form.Doc("The member who takes over the tasks; without it they become unassigned."))
}

// RemoveMember removes a member from the company. The member's tasks stay, unassigned or handed over to a named active
// member, and so do its other contributions. The steps are durable one by one: deactivate the member, hand over the
// tasks, remove the member. If one fails, a second call finishes the removal.
func (s *Service) RemoveMember(ctx context.Context, who Caller, id int64, in MemberRemoval) error {
	if in.ReassignTo.Set && in.ReassignTo.V == id {
		return fail.Invalid("reassign_to", "Name somebody else than the member who is removed.")
	}
	err := event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		if in.ReassignTo.Set {
			if _, err := ActiveMember(tx, in.ReassignTo.V, "reassign_to"); err != nil {
				return nil, err
			}
		}
		p, err := FindMember(tx, id)
		if err != nil {
			return nil, err
		}
		old := p
		p.State = StateInactive
		if err := mayChange(tx, who, old, p); err != nil {
			return nil, err
		}
		return recordChange(tx, who, old, p)
	})
	if err != nil {
		return err
	}
	// The first step has moved the company's epoch. So the caller is verified again, and the rest runs with current
	// rights.
	fresh := func() (err error) {
		if who, err = who.Again(ctx); err == nil && !who.Role.AtLeast(Admin) {
			err = fail.Forbidden()
		}
		return err
	}
	for {
		if err := fresh(); err != nil {
			return err
		}
		if err := s.tasks.HandOver(ctx, who, id, in.ReassignTo.Ptr()); err != nil && !stale(err) {
			return err
		} else if stale(err) {
			continue
		}
		err := event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
			p, err := FindMember(tx, id)
			if err != nil {
				return event.None, err
			}
			p.State = StateRemoved
			tx.Use(db.Use{Members: -1})
			u := who.PublicView(&p)
			return MemberEvent(event.MemberRemoved, u, nil, p.Name()+" was removed"), updateMember(tx, p)
		})
		if !stale(err) {
			return err
		}
	}
}
