package account

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// InstallationEntry is an act of an operator or a command, as operators read it.
type InstallationEntry struct {
	ID        int64    `json:"id"`
	At        db.Time  `json:"at"`
	LastAt    db.Time  `json:"last_at" doc:"The time of the last repetition."`
	Times     int64    `json:"times" doc:"How often; repeated reads and failed sign-ins share an entry for 10 minutes."`
	Via       string   `json:"via" enum:"api,command"`
	Operator  *NamedID `json:"operator" nullable:"true" doc:"null: a command, or a name that no account has."`
	Act       string   `json:"act"`
	Company   *NamedID `json:"company" nullable:"true" doc:"Its name is empty if it was erased."`
	Subject   string   `json:"subject" doc:"What was read or changed."`
	SubjectID *int64   `json:"subject_id" nullable:"true"`
	Detail    string   `json:"detail" doc:"Of a sign-in, the User-Agent."`
}

// NamedID is an id with the name that it has now.
type NamedID struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// InstallationQuery selects a part of the installation's log.
type InstallationQuery struct {
	page     page.Request
	operator form.Optional[int64]
	company  form.Optional[int64]
	act, via string
	from, to db.Time
}

// Read reads the query.
func (q *InstallationQuery) Read(f *form.Form) {
	q.page = page.Read(f)
	q.operator = f.ID("operator", form.Doc("Only acts of this account."))
	q.company = f.ID("company", form.Doc("Only acts on this company, also an erased one."))
	q.act = f.Choice("act", event.Acts(), form.Doc("Only acts of this name.")).V
	q.via = f.Choice(
		"via",
		[]string{event.ViaAPI, event.ViaCommand},
		form.Doc("Only acts by requests, or by commands."),
	).V
	if t := f.Time("from", form.Doc("Only from this time on.")); t.Set {
		q.from = db.At(t.V)
	}
	if t := f.Time("to", form.Doc("Only up to this time.")); t.Set {
		q.to = db.At(t.V)
	}
}

func (q InstallationQuery) where() db.Where {
	w := db.SystemWhere()
	if q.operator.Set {
		w.And(`l.operator_id = ?`, q.operator.V)
	}
	if q.company.Set {
		w.And(`l.company = ?`, q.company.V)
	}
	if q.act != "" {
		w.And(`l.act = ?`, q.act)
	}
	if q.via != "" {
		w.And(`l.via = ?`, q.via)
	}
	if q.from != 0 {
		w.And(`l.last_at >= ?`, q.from)
	}
	if q.to != 0 {
		w.And(`l.at <= ?`, q.to)
	}
	return w
}

// InstallationLog lists the acts of operators and commands, newest first.
func (s *Service) InstallationLog(ctx context.Context, q InstallationQuery) (*page.List[InstallationEntry], error) {
	door := s.DB.System("the log of the installation belongs to no company")
	return db.Read(ctx, door, func(tx *db.SystemTx) (*page.List[InstallationEntry], error) {
		w := q.where()
		count, err := db.One(tx, db.Column[int64],
			`SELECT count(*) FROM installation_log l WHERE TRUE`+w.SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("installation log %s %v", w.SQL(), w.Args()), page.Down, q.page, count,
			func(p page.Slice) ([]InstallationEntry, error) { return installationEntries(tx, w, p) },
			func(e *InstallationEntry) int64 { return e.ID })
	})
}

func installationEntries(tx *db.SystemTx, w db.Where, p page.Slice) ([]InstallationEntry, error) {
	slice, args := w.Slice("l.id", p)
	return db.All(tx, func(r db.Row, e *InstallationEntry) error {
		var operator, company NamedID
		var subject int64
		err := r.Scan(&e.ID, &e.At, &e.LastAt, &e.Times, &e.Via, &operator.ID, &operator.Name, &e.Act, &company.ID,
			&company.Name, &e.Subject, &subject, &e.Detail)
		e.Operator, e.Company = orNone(operator), orNone(company)
		if subject != 0 {
			e.SubjectID = &subject
		}
		return err
	}, `SELECT l.id, l.at, l.last_at, l.times, l.via, l.operator_id, coalesce(u.username, ''), l.act, l.company,
			coalesce(c.name, ''), l.subject, l.subject_id, l.detail
		FROM installation_log l LEFT JOIN users u ON u.id = l.operator_id
			LEFT JOIN companies c ON c.company_id = l.company
		WHERE TRUE`+slice, args...)
}

func orNone(n NamedID) *NamedID {
	if n.ID == 0 {
		return nil
	}
	return &n
}

// NoteRead notes that an operator reads something, of one company or of all (0), before the answer is sent. The company
// reads in its own log that an operator has read something of this kind, once in event.ActsTogether.
func (s *Service) NoteRead(ctx context.Context, operator, company int64, what string, id int64) error {
	a := event.Act{Name: event.ActRead, Operator: operator, Company: company, Subject: what, SubjectID: id}
	door := s.DB.System("an operator's read is noted in the installation's log")
	return door.Write(ctx, func(tx *db.SystemTx) error {
		lately, err := event.ReadLately(tx, operator, company, what)
		if err != nil {
			return err
		}
		if err := event.NoteRepeated(tx, a); err != nil || lately || company == 0 {
			return err
		}
		return tx.InAsOperator(company, operator, func(tx *db.Tx) error {
			c, err := CompanyOf(tx)
			if err != nil {
				return err
			}
			return s.Log.Append(tx, event.Event{
				Kind: event.OperatorRead, ID: c.ID, Message: "An operator read data of the company: " + what, Data: c,
			})
		})
	})
}
