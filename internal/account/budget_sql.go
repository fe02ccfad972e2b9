package account

import (
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// mailBudgetPeriod is the time in which invitation mails count.
const mailBudgetPeriod = 24 * time.Hour

// usageOf returns what the company of a transaction uses and may use.
func usageOf(tx *db.Tx) (u Usage, err error) {
	own, err := ownBudgets(tx)
	if err != nil {
		return u, err
	}
	of := tx.Budgets()
	for i, most := range []int64{
		of.Tasks, of.Bytes, of.Members, of.Invitations, of.InvitationMails, of.Requests,
	} {
		b := u.All()[i]
		if b.Own = own[i] != nil; b.Own {
			most = *own[i]
		}
		if most > 0 {
			b.Limit = &most
		}
	}
	if err := db.Exists(tx, func(r db.Row) error { return r.Scan(&u.Tasks.Used, &u.Bytes.Used, &u.Members.Used) },
		`SELECT tasks, bytes, members FROM heads WHERE company_id = $1`); err != nil {
		return u, err
	}
	if u.Invitations.Used, err = db.One(tx, db.Column[int64], `SELECT count(*) FROM invitations
		WHERE company_id = $1 AND created_at > $2 AND `+invitationOpen+`$3`,
		tx.Now.Add(-InvitationTTL), tx.Now); err != nil {
		return u, err
	}
	u.InvitationMails.Used, err = mailsSince(tx, tx.Now.Add(-mailBudgetPeriod), 0)
	return u, err
}

// mailsSince returns how many invitations with an address were made after an instant, by one member or with 0 by all.
func mailsSince(tx *db.Tx, after db.Time, by int64) (int64, error) {
	return db.One(tx, db.Column[int64], `SELECT count(*) FROM invitations
		WHERE company_id = $1 AND created_at > $2 AND email <> '' AND (created_by = $3 OR $3 = 0)`, after, by)
}

// ownBudgets returns the budgets that the company has of its own, in the order of Usage; nil is the installation's.
func ownBudgets(tx *db.Tx) (own [6]*int64, err error) {
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&own[0], &own[1], &own[2], &own[3], &own[4], &own[5])
	}, `SELECT max_tasks, max_bytes, max_members, max_invitations, max_invitation_mails, max_requests
		FROM heads WHERE company_id = $1`)
	return own, err
}

func writeBudgets(tx *db.Tx, own [6]*int64) error {
	_, err := tx.Exec(`UPDATE heads SET max_tasks = $2, max_bytes = $3, max_members = $4, max_invitations = $5,
		max_invitation_mails = $6, max_requests = $7 WHERE company_id = $1`,
		own[0], own[1], own[2], own[3], own[4], own[5])
	return err
}

// lockHead locks the head row until the transaction ends, as every event does.
func lockHead(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE heads SET seq = seq WHERE company_id = $1`)
	return err
}
