package auth

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// What a session is of.
const (
	webSession = "web"
	apiSession = "api"
)

// Session is a sign-in to a company that can still be used, as people see it. Its id opens nothing.
type Session struct {
	ID          string  `json:"id"`
	Kind        string  `json:"kind" enum:"web,api" doc:"web: the web app's cookie; api: a pair of tokens."`
	Agent       string  `json:"agent" doc:"What the client said it was when it signed in (User-Agent), 200 characters at most."`
	Current     bool    `json:"current" doc:"Whether it is the one that asks."`
	CreatedAt   db.Time `json:"created_at"`
	RefreshedAt db.Time `json:"refreshed_at" doc:"When it was opened, or last renewed."`
	ExpiresAt   db.Time `json:"expires_at" doc:"When it ends, if it is not renewed until then."`
}

// SessionQuery is which sessions are listed.
type SessionQuery struct{ Page page.Request }

// Read reads the query.
func (q *SessionQuery) Read(f *form.Form) { q.Page = page.Read(f) }

// maxAgent is how much is kept of what a client calls itself, in characters.
const maxAgent = 200

// clipAgent returns the first maxAgent characters of a User-Agent header as valid text.
func clipAgent(agent string) string {
	agent = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(agent, "\x00", ""), ""))
	for i, n := 0, 0; i < len(agent); n++ {
		if n == maxAgent {
			return agent[:i]
		}
		_, size := utf8.DecodeRuneInString(agent[i:])
		i += size
	}
	return agent
}

// Sessions are the caller's in this company, the newest first.
func (s *Service) Sessions(ctx context.Context, who account.Caller, q SessionQuery) (list *page.List[Session], err error) {
	return s.sessionsOf(ctx, who, who.Actor(), q)
}

// MemberSessions are a member's.
func (s *Service) MemberSessions(ctx context.Context, who account.Caller, user int64, q SessionQuery) (*page.List[Session], error) {
	return s.sessionsOf(ctx, who, user, q)
}

func (s *Service) sessionsOf(ctx context.Context, who account.Caller, user int64, q SessionQuery) (list *page.List[Session], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		if _, err := account.FindMember(tx, user); err != nil {
			return err
		}
		count, err := countSessions(tx, user)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("sessions %d %d", tx.Company(), user), page.Down, q.Page, count, func(p page.Slice) ([]Session, error) {
			all, err := listSessions(tx, user, p)
			for i := range all {
				all[i].Current = all[i].ID == who.Session
			}
			return all, err
		}, func(v *Session) int64 { return int64(v.CreatedAt) })
		return err
	})
	return list, err
}

// EndSession ends one of the caller's sessions, which may be the one that asks: whoever uses it is signed out with the next request.
func (s *Service) EndSession(ctx context.Context, who account.Caller, id string) error {
	return who.Write(ctx, func(tx *db.Tx) error {
		ended, err := endSession(tx, sessionRow{id: id, user: who.Actor()})
		if err != nil {
			return err
		}
		if !ended {
			return fail.NotFound()
		}
		return s.revoke(tx)
	})
}

// EndOtherSessions ends all of the caller's sessions in this company but the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context, who account.Caller) error {
	return who.Write(ctx, func(tx *db.Tx) error {
		if n, err := account.EndSessions(tx, who.Actor(), who.Session); err != nil || n == 0 {
			return err
		}
		return s.revoke(tx)
	})
}

// EndMemberSession ends one session of a member, as EndMemberSessions does all.
func (s *Service) EndMemberSession(ctx context.Context, who account.Caller, user int64, id string) error {
	return s.signOutMember(ctx, who, user, func(tx *db.Tx, p account.Member) (string, error) {
		ended, err := endSession(tx, sessionRow{id: id, user: user})
		if err == nil && !ended {
			err = fail.NotFound()
		}
		return "A session of " + p.Name() + " was ended", err
	})
}

// EndMemberSessions signs a member out everywhere in this company. It is an event, and nothing where nobody was signed in. Only owners
// sign out owners.
func (s *Service) EndMemberSessions(ctx context.Context, who account.Caller, user int64) error {
	return s.signOutMember(ctx, who, user, func(tx *db.Tx, p account.Member) (string, error) {
		n, err := account.EndSessions(tx, user, "")
		if n == 0 {
			return "", err
		}
		return p.Name() + " was signed out", err
	})
}

// signOutMember ends sessions of a member, with the message of its event.
func (s *Service) signOutMember(ctx context.Context, who account.Caller, user int64, end func(*db.Tx, account.Member) (message string, err error)) error {
	return s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
		p, err := account.FindMember(tx, user)
		if err != nil {
			return event.None, err
		}
		if p.Role == account.Owner && who.Role != account.Owner {
			return event.None, fail.Forbidden()
		}
		message, err := end(tx, p)
		if err != nil || message == "" {
			return event.None, err
		}
		return account.MemberEvent(event.MemberSignedOut, who.PublicView(&p), nil, message), nil
	})
}
