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

// SessionKind says which kind of client has a session.
type SessionKind string

const (
	webSession SessionKind = "web"
	apiSession SessionKind = "api"
)

// Values returns all kinds.
func (SessionKind) Values() []string { return []string{string(webSession), string(apiSession)} }

// Session is an open session of a member, as the API shows it. Its id gives no access.
type Session struct {
	ID          string      `json:"id"`
	Kind        SessionKind `json:"kind" doc:"web: the web app's cookie; api: a pair of tokens."`
	Agent       string      `json:"agent" doc:"The User-Agent header of the sign-in, at most 200 characters."`
	Current     bool        `json:"current" doc:"Whether it is the session of this request."`
	CreatedAt   db.Time     `json:"created_at"`
	RefreshedAt db.Time     `json:"refreshed_at" doc:"When it was opened, or last renewed."`
	ExpiresAt   db.Time     `json:"expires_at" doc:"When it expires unless it is renewed before."`
}

// SessionQuery selects the sessions of a list.
type SessionQuery struct{ Page page.Request }

// Read reads the query.
func (q *SessionQuery) Read(f *form.Form) { q.Page = page.Read(f) }

// maxAgent bounds the stored part of a User-Agent header, in characters.
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

// Sessions lists the caller's open sessions in this company, newest first.
func (s *Service) Sessions(ctx context.Context, who account.Caller, q SessionQuery) (*page.List[Session], error) {
	return s.MemberSessions(ctx, who, who.Actor(), q)
}

// MemberSessions lists a member's open sessions in this company, newest first.
func (s *Service) MemberSessions(
	ctx context.Context, who account.Caller, user int64, q SessionQuery,
) (*page.List[Session], error) {
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[Session], error) {
		if _, err := account.FindMember(tx, user); err != nil {
			return nil, err
		}
		count, err := countSessions(tx, user)
		if err != nil {
			return nil, err
		}
		read := func(p page.Slice) ([]Session, error) {
			all, err := listSessions(tx, user, p)
			for i := range all {
				all[i].Current = all[i].ID == who.Session
			}
			return all, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("sessions %d %d", tx.Company(), user), page.Down, q.Page, count, read,
			func(v *Session) int64 { return int64(v.CreatedAt) })
	})
}

// EndSession ends one of the caller's sessions. It may be the session of this request; the next request is then
// rejected.
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

// EndOtherSessions ends all of the caller's sessions in this company but the session of this request.
func (s *Service) EndOtherSessions(ctx context.Context, who account.Caller) error {
	return who.Write(ctx, func(tx *db.Tx) error {
		if n, err := account.EndSessions(tx, who.Actor(), who.Session); err != nil || n == 0 {
			return err
		}
		return s.revoke(tx)
	})
}

// EndMemberSession ends one session of a member, under the rules of EndMemberSessions.
func (s *Service) EndMemberSession(ctx context.Context, who account.Caller, user int64, id string) error {
	return s.signOutMember(ctx, who, user, func(tx *db.Tx, p account.Member) (string, error) {
		ended, err := endSession(tx, sessionRow{id: id, user: user})
		if err == nil && !ended {
			err = fail.NotFound()
		}
		return "A session of " + p.Name() + " was ended", err
	})
}

// EndMemberSessions ends all sessions of a member in this company. It records an event if there was an open one. Only
// owners may sign out owners.
func (s *Service) EndMemberSessions(ctx context.Context, who account.Caller, user int64) error {
	return s.signOutMember(ctx, who, user, func(tx *db.Tx, p account.Member) (string, error) {
		n, err := account.EndSessions(tx, user, "")
		if n == 0 {
			return "", err
		}
		return p.Name() + " was signed out", err
	})
}

// signOutMember ends sessions of a member and records an event. end ends them and returns the event's message; an empty
// message records none.
func (s *Service) signOutMember(
	ctx context.Context, who account.Caller, user int64, end func(*db.Tx, account.Member) (message string, err error),
) error {
	return event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
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
