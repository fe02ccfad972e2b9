package account

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// Company is a company as its members see it.
type Company struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	CreatedAt   db.Time `json:"created_at"`

	// Calendar is shown by CompanyDetail only: the company is part of each of its members, and they are in each task.
	Calendar Calendar `json:"-"`
}

// CompanyDetail is a company with its settings.
type CompanyDetail struct {
	Company
	TimeZone    string    `json:"time_zone" doc:"A name of the IANA time zone database."`
	WeekStart   Weekday   `json:"week_start" doc:"The first day of the week."`
	WorkingDays []Weekday `json:"working_days" doc:"In the order of the week from Monday."`
}

// Detail returns the company with its settings.
func (c Company) Detail() CompanyDetail {
	return CompanyDetail{c, c.Calendar.TimeZone, c.Calendar.WeekStart, c.Calendar.days()}
}

// companyNameTaken is the message for a company name that is in use.
const companyNameTaken = "A company with this name already exists. Ask one of its admins for an invitation."

// Company returns the caller's company.
func (s *Service) Company(ctx context.Context, who Caller) (CompanyDetail, error) {
	c, err := db.Read(ctx, who, CompanyOf)
	return c.Detail(), err
}

// CompanyChange holds the fields of the company that an owner or admin changes.
type CompanyChange struct {
	Name        form.Optional[string]
	Description form.Optional[string]
	TimeZone    form.Optional[string]
	WeekStart   form.Optional[Weekday]
	WorkingDays form.Optional[[]string]
}

// Read reads the change from a body.
func (in *CompanyChange) Read(f *form.Form) {
	in.Name = f.Text("name", form.Max(100))
	in.Description = f.Text("description", form.Blank, form.Multiline, form.Max(2000))
	if in.Name.Set && in.Name.V != "" && !f.Failed("name") && CompanyKey(in.Name.V) == "" {
		f.Fail("name", "This field may not be blank.")
	}
	in.TimeZone = f.Text("time_zone", form.Max(64),
		form.Doc("A name of the IANA time zone database, such as Europe/Berlin."))
	if _, err := zone.Load(in.TimeZone.V); in.TimeZone.V != "" && err != nil {
		f.Fail("time_zone", "This is no time zone.")
	}
	in.WeekStart = form.ChoiceOf[Weekday](f, "week_start", form.Doc("The first day of the week."))
	in.WorkingDays = f.Choices("working_days", weekdays)
}

// ChangeCompany changes the name, the description or the settings of the company. It rejects a name that equals or
// resembles the name of another company.
func (s *Service) ChangeCompany(ctx context.Context, who Caller, in CompanyChange) (CompanyDetail, error) {
	var c Company
	err := event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		var version int64
		var err error
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
		in.calendar(&c.Calendar, changes)
		if len(changes) == 0 {
			return event.None, nil
		}
		return event.Event{
			Kind: event.CompanyUpdated, ID: c.ID, Version: version + 1, Message: "Company updated: " + c.Name,
			Changes: changes, Data: c,
		}, updateCompany(tx, c)
	})
	if isUnique(err) { // the only unique key here is the name
		err = fail.Invalid("name", companyNameTaken)
	}
	return c.Detail(), err
}

// FoundCompany creates a company with p as its owner.
func (s *Service) FoundCompany(tx *db.SystemTx, p Member, name string) (u MemberView, err error) {
	c, err := insertCompany(tx, name)
	if err != nil {
		return MemberView{}, err
	}
	p.Role, p.State, p.Joined = Owner, StateActive, tx.Now
	err = tx.In(c.ID, p.ID, func(tx *db.Tx) error {
		if _, err := joinMember(tx, p); err != nil {
			return err
		}
		created := event.Event{
			Kind: event.CompanyCreated, ID: c.ID, Version: 1, Message: "Company created: " + c.Name, Data: c,
		}
		joined := MemberEvent(event.MemberJoined, p.View(c, false), nil, p.Name()+" joined as "+string(p.Role))
		return s.Log.Append(tx, created, joined)
	})
	return p.View(c, true), err
}

// CheckCompanyNameFree adds a message to field if the name equals or resembles the name of a company. An empty name is
// free.
func CheckCompanyNameFree(tx *db.SystemTx, f *form.Form, field, name string) error {
	if name == "" {
		return nil
	}
	n, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM companies WHERE name_key = $1`, CompanyKey(name))
	if n > 0 {
		f.Fail(field, companyNameTaken)
	}
	return err
}
