package account

import (
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/page"
)

// invitationOpen ends with the present time.
const invitationOpen = `accepted_at IS NULL AND revoked_at IS NULL AND expires_at > `

// inviterMayInvite is a condition on the member m who created an invitation: an invitation is worth what its creator
// may give now. Owners and admins may give every role that an invitation has (Role.MayInvite).
const inviterMayInvite = `m.state = 'active' AND m.role IN ('owner', 'admin')`

// byInviter limits the invitations of company $1 to those whose creator may still invite.
const byInviter = ` AND EXISTS (SELECT 1 FROM members m
	WHERE m.company_id = $1 AND m.user_id = invitations.created_by AND ` + inviterMayInvite + `)`

func insertInvitation(tx *db.Tx, v Invitation, hash string) (int64, error) {
	return db.One(tx, db.Column[int64],
		`INSERT INTO invitations (company_id, email, role, token_hash, created_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		v.Email, string(v.Role), hash, tx.Actor(), v.CreatedAt, v.ExpiresAt)
}

func countInvitations(tx *db.Tx) (int64, error) {
	return db.One(tx, db.Column[int64],
		`SELECT count(*) FROM invitations WHERE company_id = $1 AND `+invitationOpen+`$2`+byInviter, tx.Now)
}

func listInvitations(tx *db.Tx, p page.Slice) ([]Invitation, error) {
	var w db.Where
	w.And(invitationOpen+`?`, tx.Now)
	slice, args := w.Slice("id", p)
	return db.All(tx, func(r db.Row, v *Invitation) error {
		return r.Scan(&v.ID, &v.Email, (*string)(&v.Role), &v.CreatedAt, &v.ExpiresAt)
	}, `SELECT id, email, role, created_at, expires_at FROM invitations WHERE company_id = $1`+byInviter+slice, args...)
}

// OpenInvitation returns an invitation that can still be accepted, without its token, and the name of its creator.
func OpenInvitation(tx *db.Tx, id int64) (v Invitation, by string, err error) {
	var p Member
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&v.ID, &v.Email, (*string)(&v.Role), &v.CreatedAt, &v.ExpiresAt, &p.Username, &p.FirstName,
			&p.LastName)
	}, `SELECT i.id, i.email, i.role, i.created_at, i.expires_at, m.username, m.first_name, m.last_name
		FROM invitations i
		JOIN members m ON m.company_id = i.company_id AND m.user_id = i.created_by
		WHERE i.company_id = $1 AND i.id = $2 AND i.`+invitationOpen+`$3 AND `+inviterMayInvite, id, tx.Now)
	return v, p.Name(), err
}

// InvitedBy returns the id of the member who created an invitation.
func InvitedBy(tx *db.Tx, id int64) (user int64, err error) {
	return db.One(tx, db.Column[int64], `SELECT created_by FROM invitations WHERE company_id = $1 AND id = $2`, id)
}

func revokeInvitation(tx *db.Tx, id int64) (Role, error) {
	return db.One(tx, func(r db.Row, v *Role) error { return r.Scan((*string)(v)) },
		`UPDATE invitations SET revoked_at = $3
		WHERE company_id = $1 AND id = $2 AND `+invitationOpen+`$3 RETURNING role`,
		id, tx.Now)
}

// RevokeInvitationsBy revokes the open invitations that a member created, and returns an event for each.
func RevokeInvitationsBy(tx *db.Tx, user int64) (events []event.Event, err error) {
	err = tx.Query(func(r db.Row) error {
		var id int64
		var role Role
		if err := r.Scan(&id, (*string)(&role)); err != nil {
			return err
		}
		events = append(events, invitationEvent(event.InvitationRevoked, id, role,
			"An invitation was revoked: the member who created it may not invite any more"))
		return nil
	}, `UPDATE invitations SET revoked_at = $3
		WHERE company_id = $1 AND created_by = $2 AND `+invitationOpen+`$3 RETURNING id, role`, user, tx.Now)
	return events, err
}

// invitationBy returns an invitation that can still be accepted. Its creator must be an active member with an account
// that is not closed, and have a role that may invite.
func invitationBy(tx *db.SystemTx, hash string) (v invitationRow, err error) {
	err = db.Exists(tx, func(r db.Row) error { return r.Scan(&v.id, &v.company, &v.email, (*string)(&v.role)) },
		`SELECT i.id, i.company_id, i.email, i.role FROM invitations i
		JOIN members m ON m.company_id = i.company_id AND m.user_id = i.created_by
		JOIN users u ON u.id = i.created_by
		WHERE i.token_hash = $1 AND i.`+invitationOpen+`$2 AND u.is_active AND `+inviterMayInvite,
		hash, tx.Now)
	return v, err
}

// useInvitation marks an invitation as accepted. Of two concurrent calls the second fails with fail.NotFound.
func useInvitation(tx *db.Tx, id, user int64) error {
	return db.Found(tx.Exec(`UPDATE invitations SET accepted_by = $3, accepted_at = $4
		WHERE company_id = $1 AND id = $2 AND `+invitationOpen+`$4`, id, user, tx.Now))
}
