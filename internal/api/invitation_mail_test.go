package api_test

import (
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
)

func TestInvitationIsMailed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner := s.acme.owner
		open := owner.post(t, "/api/auth/invitations/", body{}).want(t, 201)
		made := owner.post(t, "/api/auth/invitations/", body{"email": "ada@mail.example", "role": "guest"}).want(t, 201)
		gone := owner.post(t, "/api/auth/invitations/", body{"email": "bob@mail.example"}).want(t, 201)
		owner.delete(t, path("/api/auth/invitations/%d/", gone.id("id"))).want(t, 204)
		// The database alone gives a reader no way to accept an invitation.
		err := s.db.System("a test reads all").Read(t.Context(), func(tx *db.SystemTx) error {
			return tx.Query(func(r db.Row) error {
				var args string
				err := r.Scan(&args)
				for _, token := range []string{open.text("token"), made.text("token"), gone.text("token")} {
					if strings.Contains(args, token) {
						t.Errorf("a job shows the token: %s", args)
					}
				}
				return err
			}, `SELECT args FROM jobs`)
		})
		if err != nil {
			t.Fatal(err)
		}
		mails := s.sent(t)
		equalStrings(t, "invited", addresses(mails), "ada@mail.example")
		m := mails[0]
		if m.Subject != "acme.owner invites you to Acme Wombat Works" || !strings.Contains(m.Text, made.text("url")) ||
			!strings.Contains(m.HTML, made.text("url")) || m.Unsubscribe != "" || m.ID == "" {
			t.Errorf("the mail is %+v", m)
		}
		if strings.Contains(s.logs.String(), made.text("token")) {
			t.Error("the log shows the token")
		}
		equalStrings(t, "once more", addresses(s.sent(t)))
	})
}
