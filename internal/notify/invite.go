package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
)

// inviteKind is the job that mails an invitation to the one it is for.
const inviteKind = "invite"

// inviteArgs name an invitation of the job's company, with its token sealed: whoever reads the jobs must not be able to accept.
type inviteArgs struct {
	Invitation int64  `json:"invitation"`
	Token      string `json:"token"`
}

func aboutInvitation(company, id int64) string {
	return fmt.Sprintf("company %d invitation %d", company, id)
}

// Invite has an invitation mailed to the address that it is for, once tx is committed.
func (s *Service) Invite(tx *db.Tx, v account.Invitation, token string) error {
	return s.Queue.Add(tx, inviteKind, fmt.Sprint(v.ID), inviteArgs{v.ID, s.Secrets.Seal(aboutInvitation(tx.Company(), v.ID), []byte(token))})
}

// mailInvitation sends an invitation, if it can still be accepted when the job runs.
func (s *Service) mailInvitation(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a inviteArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	var m Message
	err := j.Scope.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = s.composeInvitation(tx, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return nil, s.send(ctx, m)
}

func (s *Service) composeInvitation(tx *db.Tx, a inviteArgs) (m Message, err error) {
	token, ok := s.Secrets.Open(aboutInvitation(tx.Company(), a.Invitation), a.Token)
	if !ok {
		return m, job.Dead(errors.New("the key that sealed this invitation is gone: revoke the invitation and invite again"))
	}
	v, by, err := account.OpenInvitation(tx, a.Invitation)
	if absent(err) {
		return m, job.Drop("the invitation was accepted or revoked, or has expired")
	}
	if err != nil {
		return m, err
	}
	company, err := account.CompanyOf(tx)
	if err != nil {
		return m, err
	}
	c := content{Name: by, Company: company.Name, Message: v.ExpiresAt.Std().Format("2 January 2006"), Link: s.PublicURL + "/invitations/" + string(token)}
	m = Message{
		ID: fmt.Sprintf("%d.invitation.%d.%d", tx.Company(), v.ID, int64(v.CreatedAt)), To: v.Email, From: clean(company.Name, 60) + " via Taskhouse",
		Subject: clean(by+" invites you to "+company.Name, 150), Date: tx.Now.Std(),
	}
	var text, html bytes.Buffer
	if err := errors.Join(texts.ExecuteTemplate(&text, "invitation.txt", c), pages.ExecuteTemplate(&html, "invitation.html", c)); err != nil {
		return m, fmt.Errorf("write the mail: %w", err)
	}
	m.Text, m.HTML = text.String(), html.String()
	return m, nil
}

// inviteTimeout bounds one attempt at sending an invitation.
const inviteTimeout = 30 * time.Second
