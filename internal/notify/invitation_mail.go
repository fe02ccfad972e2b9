package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
)

// invitationArgs name an invitation of the job's company. Its token is sealed, so that read access to the jobs does not
// allow to accept the invitation.
type invitationArgs struct {
	Invitation int64  `json:"invitation"`
	Token      string `json:"token"`
}

// invitationPurpose binds a sealed token to its invitation.
func invitationPurpose(company, id int64) string {
	return fmt.Sprintf("company %d invitation %d", company, id)
}

// Invite enqueues the mail of an invitation in tx.
func (s *Service) Invite(tx *db.Tx, v account.Invitation, token string) error {
	sealed := s.Secrets.Seal(invitationPurpose(tx.Company(), v.ID), []byte(token))
	return s.Queue.Add(tx, invitationJob, fmt.Sprint(v.ID), invitationArgs{v.ID, sealed})
}

// mailInvitation sends an invitation if it can still be accepted when the job runs.
func (s *Service) mailInvitation(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a invitationArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	return nil, s.composeAndSend(ctx, j, func(tx *db.Tx) (Message, error) { return s.composeInvitation(tx, a) })
}

var errKeyGone = errors.New("the key that sealed this mail is gone: revoke an invitation and invite again")

func (s *Service) composeInvitation(tx *db.Tx, a invitationArgs) (m Message, err error) {
	token, ok := s.Secrets.Open(invitationPurpose(tx.Company(), a.Invitation), a.Token)
	if !ok {
		return m, job.Dead(errKeyGone)
	}
	v, by, err := account.OpenInvitation(tx, a.Invitation)
	if isNotFound(err) {
		return m, job.Drop("the invitation was accepted or revoked, or has expired")
	}
	if err != nil {
		return m, err
	}
	company, err := account.CompanyOf(tx)
	if err != nil {
		return m, err
	}
	m = Message{
		ID:      fmt.Sprintf("%d.invitation.%d.%d", tx.Company(), v.ID, int64(v.CreatedAt)),
		To:      v.Email,
		From:    senderOf(company.Name),
		Subject: clean(by+" invites you to "+company.Name, 150), Date: tx.Now.Std(),
	}
	m.Text, m.HTML, err = render("invitation", content{
		Name: by, Company: company.Name, Message: v.ExpiresAt.Std().Format("2 January 2006"),
		Link: account.InvitationURL(s.PublicURL, string(token)),
	})
	return m, err
}
