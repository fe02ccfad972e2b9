package auth

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// AccountChange holds the fields of an account that an operator changes.
type AccountChange struct {
	IsActive    form.Optional[bool]
	IsSuperuser form.Optional[bool]
}

// Read reads it from a body.
func (in *AccountChange) Read(f *form.Form) {
	in.IsActive = f.Bool("is_active",
		form.Doc("false: the account cannot sign in to any of its companies, and all its sessions end at once."))
	in.IsSuperuser = f.Bool("is_superuser", form.Doc("Whether it is an operator."))
}

// ChangeAccount closes an account or opens it again, and grants or revokes an operator's rights. Closing and opening
// records an event in each of the account's companies. Operators cannot close or demote themselves, so that one always
// remains.
func (s *Service) ChangeAccount(
	ctx context.Context, op Operator, id int64, in AccountChange,
) (account.AccountView, error) {
	door := s.DB.System("accounts belong to no company")
	return db.Write(ctx, door, func(tx *db.SystemTx) (account.AccountView, error) {
		if err := s.changeAccount(tx, op, id, in); err != nil {
			return account.AccountView{}, err
		}
		return account.FindAccount(tx, id)
	})
}

func (s *Service) changeAccount(tx *db.SystemTx, op Operator, id int64, in AccountChange) error {
	if _, err := operatorOf(tx, op); err != nil {
		return fail.BadToken()
	}
	old, err := account.LockAccount(tx, id)
	if err != nil {
		return err
	}
	if op.ID == id && (in.IsActive.Set && !in.IsActive.V || in.IsSuperuser.Set && !in.IsSuperuser.V) {
		return fail.Conflict("You cannot close your own account or give up being an operator: ask another operator.")
	}
	if in.IsSuperuser.Set && in.IsSuperuser.V != old.IsSuperuser {
		if old.IsService {
			return refuseServiceAccount()
		}
		if err := setSuperuser(tx, id, in.IsSuperuser.V); err != nil {
			return err
		}
		if err := endOperatorSessions(tx, id, ""); err != nil {
			return err
		}
		if err := noteOnAccount(tx, op, id, in.IsSuperuser.V, event.ActPromoted, event.ActDemoted); err != nil {
			return err
		}
	}
	if in.IsActive.Set && in.IsActive.V != old.IsActive {
		if err := noteOnAccount(tx, op, id, in.IsActive.V, event.ActOpened, event.ActClosed); err != nil {
			return err
		}
		return s.setActive(tx, op, id, in.IsActive.V)
	}
	return nil
}

// noteOnAccount notes that an operator gave an account something or took it away.
func noteOnAccount(tx *db.SystemTx, op Operator, id int64, given bool, gave, took string) error {
	a := event.Act{Name: took, Operator: op.ID, Subject: event.Account, SubjectID: id}
	if given {
		a.Name = gave
	}
	return event.Note(tx, a)
}

// setActive closes or opens an account, and records an event in each of its companies.
func (s *Service) setActive(tx *db.SystemTx, op Operator, user int64, active bool) error {
	if _, err := tx.Exec(`UPDATE users SET is_active = $2 WHERE id = $1`, user, active); err != nil {
		return err
	}
	what := " may sign in again"
	if !active {
		what = " may no longer sign in"
		if err := s.revokeAllTokens(tx, op.ID, user); err != nil {
			return err
		}
		if err := s.endEverywhere(tx, user, ""); err != nil {
			return err
		}
	}
	return account.EachCompanyAsOperator(tx, op.ID, user, func(tx *db.Tx) error {
		var revoked []event.Event
		if !active {
			var err error
			if revoked, err = account.RevokeInvitationsBy(tx, user); err != nil {
				return err
			}
		}
		c, err := account.CompanyOf(tx)
		if err != nil {
			return err
		}
		p, err := account.FindMember(tx, user)
		if err != nil {
			return err
		}
		changes := event.Changes{"account_is_active": {Old: !active, New: active}}
		closed := account.MemberEvent(event.MemberUpdated, p.View(c, false), changes, p.Name()+what)
		return s.Log.Append(tx, append([]event.Event{closed}, revoked...)...)
	})
}
