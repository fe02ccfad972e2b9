package account

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Company is a company as its members see it.
type Company struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	CreatedAt   db.Time `json:"created_at"`
}

// companyNameTaken is the message for a company name that is in use.
const companyNameTaken = "A company with this name already exists. Ask one of its admins for an invitation."

// Company is the caller's company as it is now.
func (s *Service) Company(ctx context.Context, who Caller) (c Company, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		c, _, err = loadCompany(tx)
		return err
	})
	return c, err
}

// CompanyChange is what an owner or admin changes of the company.
type CompanyChange struct {
	Name        form.Optional[string]
	Description form.Optional[string]
}

// Read reads the change from a body.
func (in *CompanyChange) Read(f *form.Form) {
	in.Name = f.Text("name", form.Max(100))
	in.Description = f.Text("description", form.Blank, form.Multiline, form.Max(2000))
	if in.Name.Set && in.Name.V != "" && !f.Failed("name") && CompanyKey(in.Name.V) == "" {
		f.Fail("name", "This field may not be blank.")
	}
}

// ChangeCompany renames or describes the company. A name that another company has, or nearly has, is refused.
func (s *Service) ChangeCompany(ctx context.Context, who Caller, in CompanyChange) (c Company, err error) {
	err = s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
		var version int64
		if c, version, err = loadCompany(tx); err != nil {
			return event.None, err
		}
		changes := event.Changes{}
		if in.Name.Set && event.Set(changes, "name", c.Name, in.Name.V) {
			c.Name = in.Name.V
		}
		if in.Description.Set && event.Set(changes, "description", c.Description, in.Description.V) {
			c.Description = in.Description.V
		}
		if len(changes) == 0 {
			return event.None, nil
		}
		return event.Event{
			Kind: event.CompanyUpdated, ID: c.ID, Version: version + 1, Message: "Company updated: " + c.Name, Changes: changes, Data: c,
		}, updateCompany(tx, c)
	})
	if isUnique(err) { // the only unique key here is the name
		err = fail.Invalid("name", companyNameTaken)
	}
	return c, err
}
