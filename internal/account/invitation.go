package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// InvitationTTL limits the time in which an invitation can be accepted.
const InvitationTTL = 7 * 24 * time.Hour

// Invitation lets one person join a company, once.
type Invitation struct {
	ID        int64   `json:"id"`
	Token     string  `json:"token,omitempty" doc:"Shown once, in the answer that creates it; only its hash is kept."`
	URL       string  `json:"url,omitempty" format:"uri-reference" doc:"The link to send; shown once."`
	Email     string  `json:"email" doc:"The account that accepts must have it; empty: any account."`
	Role      Role    `json:"role" enum:"admin,member,guest"` // every role but Owner
	CreatedAt db.Time `json:"created_at"`
	ExpiresAt db.Time `json:"expires_at"`
}

// NewInvitation is the body of a request for an invitation.
type NewInvitation struct {
	Email form.Optional[string]
	Role  Role
}

// Read reads it from a body.
func (in *NewInvitation) Read(f *form.Form) {
	in.Email = ReadEmail(f,
		form.Doc("Gets the invitation by mail. An account must have this address to accept, "+
			"but addresses are not confirmed: the token is the secret."))
	role := f.Choice("role", roles[1:], form.Default(Ordinary))
	if in.Role = Ordinary; role.Set {
		in.Role = Role(role.V)
	}
}

// Invite creates an invitation and queues its mail if it has an address. It works without a mail server, because the
// answer has the link too.
func (s *Service) Invite(ctx context.Context, who Caller, in NewInvitation) (v Invitation, err error) {
	mailed := in.Email.V != ""
	if mailed && s.MailsToAddress != nil {
		if ok, wait := s.MailsToAddress.Allow(EmailKey(in.Email.V)); !ok {
			over := fail.OverBudget("invitation_mails")
			over.RetryAfter = wait
			return v, over
		}
	}
	token := rand.Text()
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		v = Invitation{Email: in.Email.V, Role: in.Role, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(InvitationTTL)}
		if v.ID, err = insertInvitation(tx, v, hashToken(token)); err != nil {
			return event.None, err
		}
		if err := s.checkInvitations(tx, mailed); err != nil {
			return event.None, err
		}
		if s.mailer != nil && v.Email != "" {
			if err := s.mailer.Invite(tx, v, token); err != nil {
				return event.None, err
			}
		}
		return invitationEvent(event.InvitationCreated, v.ID, v.Role, "Somebody was invited as "+string(v.Role)), nil
	})
	v.Token, v.URL = token, InvitationURL(s.PublicURL, token)
	return v, err
}

// InvitationURL returns the link to an invitation. The token is in the fragment, which browsers send to no server. So
// it is in no request log, of this server or a proxy, and in no Referer header.
func InvitationURL(publicURL, token string) string { return publicURL + "/invitations/#" + token }

// InvitationQuery selects the invitations of a list.
type InvitationQuery struct{ Page page.Request }

// Read reads the query.
func (q *InvitationQuery) Read(f *form.Form) { q.Page = page.Read(f) }

// Invitations lists the invitations that can still be accepted, newest first.
func (s *Service) Invitations(ctx context.Context, who Caller, q InvitationQuery) (*page.List[Invitation], error) {
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[Invitation], error) {
		count, err := countInvitations(tx)
		if err != nil {
			return nil, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("invitations %d", tx.Company()), page.Down, q.Page, count,
			func(p page.Slice) ([]Invitation, error) { return listInvitations(tx, p) },
			func(v *Invitation) int64 { return v.ID })
	})
}

// RevokeInvitation revokes an invitation. An invitation that was accepted, was revoked or has expired is fail.NotFound.
func (s *Service) RevokeInvitation(ctx context.Context, who Caller, id int64) error {
	return event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		role, err := revokeInvitation(tx, id)
		return invitationEvent(event.InvitationRevoked, id, role, "An invitation was revoked"), err
	})
}

// InvitationToken is a body with the token of an invitation.
type InvitationToken struct{ Token string }

// Read reads it from a body.
func (in *InvitationToken) Read(f *form.Form) {
	in.Token = f.Text("token", form.Required, form.WriteOnly, form.Max(100)).V
}

// noInvitation is the one message for a token that is forged, expired, used, revoked or for another address, and for
// one whose creator may not invite any more.
const noInvitation = "This invitation is not valid: it may have expired, been used or be for another e-mail address. " +
	"Ask for a new one."

// Accept makes the caller's account a member of the company that invited it. Signing in with that company's id then
// leads there.
func (s *Service) Accept(ctx context.Context, who Caller, in InvitationToken) (Company, error) {
	door := s.DB.System("an invitation leads into another company")
	return db.Write(ctx, door, func(tx *db.SystemTx) (Company, error) {
		if err := tx.Verify(who.Scope); err != nil {
			return Company{}, err
		}
		joined, err := s.JoinByInvitation(tx, *who.self, in.Token, "token")
		return joined.Company, err
	})
}

// JoinByInvitation makes p a member of the company whose invitation has this token, and uses the invitation up. If the
// token cannot be used, it fails with a message on field.
func (s *Service) JoinByInvitation(tx *db.SystemTx, p Member, token, field string) (MemberView, error) {
	inv, err := invitationBy(tx, hashToken(token))
	if err == nil {
		var c Company
		if p, c, err = s.join(tx, inv, p); err == nil {
			return p.View(c, true), nil
		}
	}
	if fail.Is(err, fail.KindNotFound) {
		err = fail.Invalid(field, noInvitation)
	}
	return MemberView{}, err
}

// invitationRow is the row of an invitation that can be accepted.
type invitationRow struct {
	id, company int64
	email       string
	role        Role
}

// join makes p a member by an invitation and uses it up. If p is a member already, join fails with fail.Conflict: the
// member keeps its role, and the invitation stays unused.
func (s *Service) join(tx *db.SystemTx, inv invitationRow, p Member) (_ Member, c Company, err error) {
	if inv.email != "" && EmailKey(inv.email) != EmailKey(p.Email) {
		return p, c, fail.NotFound()
	}
	p.Role, p.State = inv.role, StateActive
	err = tx.In(inv.company, p.ID, func(tx *db.Tx) error {
		p.Joined = tx.Now
		if c, _, err = loadCompany(tx); err != nil {
			return err
		}
		joined, err := joinMember(tx, p)
		if err != nil {
			return err
		}
		if !joined {
			return fail.Conflict("You are a member of this company already.")
		}
		if err := useInvitation(tx, inv.id, p.ID); err != nil {
			return err
		}
		return s.Log.Append(tx,
			invitationEvent(event.InvitationAccepted, inv.id, inv.role, p.Name()+" accepted an invitation"),
			MemberEvent(event.MemberJoined, p.View(c, false), nil, p.Name()+" joined as "+string(p.Role)))
	})
	return p, c, err
}

func hashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// invitationEvent makes an event about an invitation. It has neither the token nor the address, because every member
// reads the log.
func invitationEvent(k event.Kind, id int64, role Role, message string) event.Event {
	return event.Event{Kind: k, ID: id, Message: message, Data: invitationData{id, role}}
}

// invitationData is an invitation as the log carries it.
type invitationData struct {
	ID   int64 `json:"id"`
	Role Role  `json:"role"`
}
