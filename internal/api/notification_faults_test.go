package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// TestThreat_R24_OneDigestStopsNoOther plants a digest that cannot be enqueued and one in a zone of another version.
// The other companies get theirs at the same time.
func TestThreat_R24_OneDigestStopsNoOther(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, m := range []actor{s.acme.member, s.acme.admin, s.globex.member} {
			m.task(t, body{"title": "Paint", "assigned_to": m.id})
			m.patch(t, "/api/notifications/preferences/",
				body{"digest": true, "digest_hour": 12, "time_zone": "UTC"}).want(t, 200)
		}
		s.later(t, notifyDelay)
		s.sent(t)
		plant := func(a actor, set string) {
			t.Helper()
			err := s.db.SystemScope(a.company, "a test").Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE digests SET `+set+` WHERE company_id = $1 AND user_id = $2`, a.id)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		plant(s.acme.member, "enabled = FALSE")
		plant(s.acme.admin, "time_zone = 'posix/UTC'")
		s.clock.advance(4 * time.Hour)
		for range 2 { // the planted one stays due, waits for its backoff, and fails again
			err := s.notices.Digests(t.Context())
			if again := s.notices.Digests(t.Context()); again != nil {
				t.Errorf("retried at once: %v", again)
			}
			s.clock.advance(time.Minute)
			if err == nil || strings.Count(err.Error(), "digest for user") != 1 {
				t.Errorf("the errors are %v", err)
			}
		}
		equalStrings(t, "mails", addresses(s.sent(t)), s.acme.admin.email, s.globex.member.email)
	})
}

func TestFault_P10_ZonesOfTheMachine(t *testing.T) {
	s := newServer(t, "sqlite")
	m := s.acme.member
	for _, zone := range []string{"posix/UTC", "localtime", "Europe//Berlin", "Etc/Unknown", "Local"} {
		m.patch(t, "/api/notifications/preferences/", body{"time_zone": zone}).
			wantErrors(t, "time_zone", "This is no time zone.")
	}
	m.patch(t, "/api/notifications/preferences/", body{"time_zone": "Europe/Kyiv"}).want(t, 200)
}

func TestFault_P13_NamesInCodeAreNoMentions(t *testing.T) {
	s := newServer(t, "sqlite")
	name := s.acme.member.username
	s.acme.owner.task(t, body{"title": "Review", "description": "`@" + name + "` and\n\n```\n@" + name + "\n```\n" +
		"https://example.com/@" + name + " @" + name + "/types"})
	s.later(t, notifyDelay)
	equalStrings(t, "notifications", s.acme.member.kinds(t))
	s.acme.owner.task(t, body{"title": "Review", "description": "`code` for **@" + name + "**."})
	s.later(t, notifyDelay)
	equalStrings(t, "notifications", s.acme.member.kinds(t), "mentioned")
}
