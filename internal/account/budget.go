package account

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Budget is what a company uses of one thing, and what it may use.
type Budget struct {
	Used  int64  `json:"used"`
	Limit *int64 `json:"limit" nullable:"true" doc:"null: there is no limit."`
	Own   bool   `json:"own" doc:"Whether an operator has set the limit for this company."`
}

// Usage is what a company uses of all that it has a budget of. Members has the deactivated ones too.
type Usage struct {
	Tasks           Budget `json:"tasks"`
	Bytes           Budget `json:"bytes" doc:"Of the texts of tasks, and of the log."`
	Members         Budget `json:"members" doc:"Deactivated members count, removed ones do not."`
	Invitations     Budget `json:"invitations" doc:"The open ones."`
	InvitationMails Budget `json:"invitation_mails" doc:"In the last 24 hours."`
	Requests        Budget `json:"requests" doc:"At this moment, on the node that answers."`
}

// All returns the budgets with the names of their columns, in the order of the columns.
func (u *Usage) All() []*Budget {
	return []*Budget{&u.Tasks, &u.Bytes, &u.Members, &u.Invitations, &u.InvitationMails, &u.Requests}
}

// BudgetNames are the names of the budgets, in the order of Usage.
var BudgetNames = []string{"tasks", "bytes", "members", "invitations", "invitation_mails", "requests"}

// MaxBudget is the largest budget that can be set.
const MaxBudget = 1 << 50

// BudgetChange holds the budgets of a company that an operator sets. null is the installation's, 0 is no limit.
type BudgetChange [6]form.Optional[int64]

// Read reads it from a body.
func (in *BudgetChange) Read(f *form.Form) {
	for i, name := range BudgetNames {
		in[i] = f.Int(name, 0, MaxBudget, form.Nullable,
			form.Doc("null: the installation's limit. 0: no limit. Left out: as it is."))
	}
}

// Usage returns what the caller's company uses and may use.
func (s *Service) Usage(ctx context.Context, who Caller) (Usage, error) {
	return db.Read(ctx, who, usageOf)
}

// SetBudgets sets budgets of the company that an operator is in. It is an event in the company's log.
func (s *Service) SetBudgets(ctx context.Context, who Caller, in BudgetChange) (u Usage, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (e event.Event, err error) {
		u, e, err = setBudgets(tx, in)
		return e, err
	})
	return u, err
}

// SetBudgetsOf is SetBudgets for a command: the system itself does it.
func (s *Service) SetBudgetsOf(ctx context.Context, company int64, in BudgetChange) (u Usage, err error) {
	door := s.DB.System("an operator's command sets the budgets of a company")
	return db.Write(ctx, door, func(tx *db.SystemTx) (u Usage, err error) {
		err = tx.In(company, 0, func(tx *db.Tx) error {
			var e event.Event
			if u, e, err = setBudgets(tx, in); err != nil || e.Kind == event.None.Kind {
				return err
			}
			return s.Log.Append(tx, e)
		})
		return u, err
	})
}

func setBudgets(tx *db.Tx, in BudgetChange) (u Usage, e event.Event, err error) {
	c, version, err := loadCompany(tx)
	if err != nil {
		return u, e, err
	}
	own, err := ownBudgets(tx)
	if err != nil {
		return u, e, err
	}
	changes := event.Changes{}
	for i, o := range in {
		if o.Set && !sameNumber(own[i], o.Ptr()) {
			changes["budget_"+BudgetNames[i]] = event.Change{Old: own[i], New: o.Ptr()}
			own[i] = o.Ptr()
		}
	}
	if len(changes) > 0 {
		if err := updateCompany(tx, c); err != nil {
			return u, e, err
		}
		if err := writeBudgets(tx, own); err != nil {
			return u, e, err
		}
		e = event.Event{
			Kind: event.CompanyUpdated, ID: c.ID, Version: version + 1,
			Message: "The budgets of the company were changed", Changes: changes, Data: c,
		}
	}
	u, err = usageOf(tx)
	return u, e, err
}

func sameNumber(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// checkInvitations fails if the invitation that this transaction has made passes a budget. It locks the head row, so
// that of two invitations at once the second one sees the first.
func (s *Service) checkInvitations(tx *db.Tx, mailed bool) error {
	if err := lockHead(tx); err != nil {
		return err
	}
	u, err := usageOf(tx)
	if err != nil {
		return err
	}
	mine, err := mailsSince(tx, tx.Now.Add(-mailBudgetPeriod), tx.Actor())
	switch {
	case err != nil:
		return err
	case u.Invitations.passed():
		return fail.OverBudget("invitations")
	case mailed && u.InvitationMails.passed(), mailed && s.MailsPerMember > 0 && mine > s.MailsPerMember:
		return fail.OverBudget("invitation_mails")
	}
	return nil
}

func (b Budget) passed() bool { return b.Limit != nil && b.Used > *b.Limit }

// MaxRequests returns how many requests of the caller's company may be inside the gate at once; 0 is no limit. It is
// cached until the company's epoch moves, as it does when the budget changes.
func (s *Service) MaxRequests(ctx context.Context, who Caller) (int64, error) {
	if n := who.members.requests.Load(); n != nil {
		return *n, nil
	}
	n, err := db.Read(ctx, who, func(tx *db.Tx) (int64, error) {
		own, err := ownBudgets(tx)
		if n := own[len(own)-1]; n != nil {
			return *n, err
		}
		return tx.Budgets().Requests, err
	})
	if err == nil {
		who.members.requests.Store(&n)
	}
	return n, err
}
