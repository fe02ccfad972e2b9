package event

import (
	"context"
	"slices"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// The log of the installation says what operators and commands did. An act is one row, written in the transaction of
// the act. An act inside a company is an event there as well.

// Act is one entry of the installation's log. A zero id stands for none.
type Act struct {
	Name      string // an act of the installation, or a kind of event
	Operator  int64  // the account; 0: a command, or a failed sign-in with an unknown name
	Company   int64
	Subject   string // what the act was on
	SubjectID int64
	Detail    string
	Command   bool // a command on the machine did it, and no request
}

// The acts of the installation itself. Those inside a company have the name of their event.
const (
	ActSignedIn        = "signed_in"
	ActSignInFailed    = "sign_in_failed"
	ActSignedOut       = "signed_out"
	ActPasswordChanged = "password_changed"
	ActSessionsEnded   = "sessions_ended"
	ActPromoted        = "operator_promoted"
	ActDemoted         = "operator_demoted"
	ActClosed          = "account_closed"
	ActOpened          = "account_opened"
	ActRead            = "read"
	ActImported        = "company_imported"
	ActErased          = "company_erased"
)

// Account is the subject of acts on accounts.
const Account = "account"

// Acts returns the names of all acts, sorted.
func Acts() []string {
	all := append(Kinds(), ActSignedIn, ActSignInFailed, ActSignedOut, ActPasswordChanged, ActSessionsEnded,
		ActPromoted, ActDemoted, ActClosed, ActOpened, ActRead, ActImported, ActErased)
	all = slices.DeleteFunc(all, func(name string) bool { return name == string(OperatorRead) })
	slices.Sort(all)
	return all
}

// The two ways of an act.
const (
	ViaAPI     = "api"
	ViaCommand = "command"
)

// ActsTogether is the time in which a repeated read or failed sign-in counts in the entry of the first one.
const ActsTogether = 10 * time.Minute

// KeepActs is how long the installation's log keeps an entry.
const KeepActs = 2 * 365 * 24 * time.Hour

// Note adds an act to the installation's log.
func Note(tx *db.SystemTx, a Act) error { return NoteAt(tx, tx.Now, a) }

// NoteAt adds an act to the installation's log, for maintenance that passes the companies' doors.
func NoteAt(tx interface {
	Exec(sql string, args ...any) (int64, error)
}, now db.Time, a Act,
) error {
	_, err := tx.Exec(actInto+`VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8)`,
		append([]any{a.Company}, a.row(now)...)...)
	return err
}

const actInto = `INSERT INTO installation_log
		(company, at, last_at, times, via, operator_id, act, subject, subject_id, detail)
	`

func (a Act) row(now db.Time) []any {
	via := ViaAPI
	if a.Command {
		via = ViaCommand
	}
	return []any{now, via, a.Operator, a.Name, a.Subject, a.SubjectID, a.Detail}
}

// NoteRepeated counts an act in the entry of the same act within ActsTogether, or adds one.
func NoteRepeated(tx *db.SystemTx, a Act) error {
	n, err := tx.Exec(`UPDATE installation_log SET times = times + 1, last_at = $1 WHERE id = (
			SELECT max(id) FROM installation_log WHERE operator_id = $2 AND act = $3 AND company = $4 AND subject = $5
			AND last_at > $6 AND at > $6 AND subject_id = $7)`,
		tx.Now, a.Operator, a.Name, a.Company, a.Subject, tx.Now.Add(-ActsTogether), a.SubjectID)
	if err != nil || n > 0 {
		return err
	}
	return Note(tx, a)
}

// ReadLately reports whether an operator has read something of a company within ActsTogether.
func ReadLately(tx *db.SystemTx, operator, company int64, subject string) (bool, error) {
	n, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM installation_log
		WHERE operator_id = $1 AND act = $2 AND company = $3 AND subject = $4 AND last_at > $5 AND at > $5`,
		operator, ActRead, company, subject, tx.Now.Add(-ActsTogether))
	return n > 0, err
}

// noteInside adds an event of an operator or a command inside a company to the installation's log.
func (l *Log) noteInside(tx *db.Tx, e Event) error {
	if tx.Operator() == 0 && (!l.OfCommand || tx.Actor() != 0) || e.Kind == OperatorRead {
		return nil
	}
	a := Act{
		Name: string(e.Kind), Operator: tx.Operator(), Subject: e.Kind.Subject(), SubjectID: e.ID,
		Command: tx.Operator() == 0,
	}
	return tx.AtCommit(actInto+`SELECT company_id, $2, $2, 1, $3, $4, $5, $6, $7, $8
		FROM companies WHERE company_id = $1`, a.row(tx.Now)...)
}

// ForgetActs deletes the entries of the installation's log that are no longer kept.
func ForgetActs(ctx context.Context, d *db.DB) error {
	return d.System("the housekeeper sweeps the installation's log").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM installation_log WHERE last_at < $1`, tx.Now.Add(-KeepActs))
		return err
	})
}
