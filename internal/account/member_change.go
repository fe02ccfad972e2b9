package account

import (
	"context"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// MemberChange holds the fields of a member that an admin changes.
type MemberChange struct {
	Role     form.Optional[string]
	IsActive form.Optional[bool]
}

// Read reads the change from a body.
func (in *MemberChange) Read(f *form.Form) {
	in.Role = f.Choice("role", roles, form.Doc("What the member may do: "+strings.Join(roles, ", ")+"."))
	in.IsActive = f.Bool("is_active", form.Doc("false deactivates: signed out everywhere at once, tasks stay."))
}

// ChangeMember changes the role of a member, or deactivates or reactivates it. Admins may change members, guests and
// other admins; owners may change every member. The last active owner stays one. A change takes effect with the
// member's next request.
func (s *Service) ChangeMember(ctx context.Context, who Caller, id int64, in MemberChange) (u MemberView, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		p, err := FindMember(tx, id)
		if err != nil {
			return nil, err
		}
		old := p
		in.apply(&p)
		if err := mayChange(tx, who, old, p); err != nil {
			return nil, err
		}
		u = who.viewMember(&p)
		return recordChange(tx, who, old, p)
	})
	return u, err
}

func (in MemberChange) apply(p *Member) {
	if in.Role.Set {
		p.Role = Role(in.Role.V)
	}
	if in.IsActive.Set {
		p.State = StateInactive
		if in.IsActive.V {
			p.State = StateActive
		}
	}
}

// recordChange stores a changed role or state, and returns an event for each. A member who may not invite any more
// loses its open invitations, and the tokens beyond its new role end, with an event for each.
func recordChange(tx *db.Tx, who Caller, old, p Member) (events []event.Event, err error) {
	if old.Role != p.Role {
		c := event.Changes{}
		event.Set(c, "role", old.Role, p.Role)
		events = append(events,
			MemberEvent(event.MemberRole, who.PublicView(&p), c, p.Name()+" is now "+string(p.Role)))
	}
	if old.State != p.State {
		kind, what := event.MemberReactivated, " was reactivated"
		if p.State == StateInactive {
			kind, what = event.MemberDeactivated, " was deactivated"
			if _, err := EndSessions(tx, p.ID, ""); err != nil {
				return nil, err
			}
		}
		c := event.Changes{}
		event.Set(c, "is_active", old.State == StateActive, p.State == StateActive)
		events = append(events, MemberEvent(kind, who.PublicView(&p), c, p.Name()+what))
	}
	if len(events) == 0 {
		return nil, nil
	}
	if p.State != StateActive || !p.Role.MayInvite() {
		revoked, err := RevokeInvitationsBy(tx, p.ID)
		if err != nil {
			return nil, err
		}
		events = append(events, revoked...)
	}
	left := p.Role
	if p.State != StateActive {
		left = "" // no token survives
	}
	revoked, err := RevokeTokens(tx, &p, who.Company, left)
	if err != nil {
		return nil, err
	}
	return append(events, revoked...), updateMember(tx, p)
}

// mayChange rejects a change of a member from old to p that the caller may not make.
func mayChange(tx *db.Tx, who Caller, old, p Member) error {
	if who.Role != Owner && (old.Role == Owner || p.Role == Owner) {
		return fail.Forbidden()
	}
	if p.Service && p.Role == Owner {
		return fail.Invalid("role", "A service account cannot be an owner.")
	}
	if old.ID == who.Actor() && p.State != StateActive {
		return fail.Conflict("You cannot deactivate or remove yourself: ask another owner or admin.")
	}
	loses := old.Role == Owner && old.State == StateActive && (p.Role != Owner || p.State != StateActive)
	if !loses {
		return nil
	}
	owners, err := countOwners(tx)
	if err != nil {
		return err
	}
	if owners <= 1 {
		return fail.Conflict("The company needs an owner: make somebody else one first.")
	}
	return nil
}
