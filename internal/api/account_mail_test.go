package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/secret"
)

// confirms makes a server ask for the confirmation of new addresses, as one with a mail server does.
func confirms(s *server) { s.auth.AskConfirm, s.auth.MustConfirm = true, true }

// eachConfirming runs fn once for each engine, with a server that asks for the confirmation of new addresses.
func eachConfirming(t *testing.T, fn func(t *testing.T, s *server)) {
	t.Helper()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, newServer(t, engine, confirms))
		})
	}
}

// link matches the link of a mail to an account.
var link = regexp.MustCompile(regexp.QuoteMeta(publicURL) + `/(confirm-address|reset-password|cancel-address)#(\w+)`)

// tokenIn returns the token in the one mail to an address that has a link to this page.
func tokenIn(t *testing.T, mails []notify.Message, to, page string) string {
	t.Helper()
	var found []string
	for _, m := range mails {
		text, html := link.FindStringSubmatch(m.Text), link.FindStringSubmatch(m.HTML)
		if m.To != to || text == nil || text[1] != page {
			continue
		}
		if html == nil || html[2] != text[2] {
			t.Errorf("the HTML of the mail to %s has another link", to)
		}
		found = append(found, text[2])
	}
	if len(found) != 1 {
		t.Fatalf("%d links to %s in the mails to %s: %+v", len(found), page, to, mails)
	}
	return found[0]
}

const badLink = "This link was used before, has expired or is incomplete. Ask for a new one."

func (s *server) confirm(t *testing.T, token string) answer {
	t.Helper()
	return s.call(t, "POST", "/api/auth/address/confirm/", body{"token": token})
}

func (s *server) askReset(t *testing.T, identifier string) answer {
	t.Helper()
	return s.call(t, "POST", "/api/auth/password/reset/", body{"identifier": identifier})
}

func (s *server) reset(t testing.TB, token, password string) answer {
	t.Helper()
	return s.call(t, "POST", "/api/auth/password/reset/confirm/", body{"token": token, "new_password": password})
}

// confirmed makes a person whose address is confirmed.
func (s *server) confirmed(t *testing.T, username, email, password string) actor {
	t.Helper()
	p := s.register(t, username, email, password)
	s.confirm(t, tokenIn(t, s.sent(t), email, "confirm-address")).want(t, 204)
	return p
}

func TestThreat_A36_AnAddressIsConfirmedByItsReader(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		const x = "jane@mail.example"
		s.call(t, "POST", "/api/auth/register/", registration(body{
			"username": "jane", "email": x, "password": theirs("jane"), "password_confirm": theirs("jane"),
			"company_name": "Jane Ltd", "language": "de",
		})).want(t, 201)
		jane := s.login(t, "jane", theirs("jane")) // the account works at once
		account := func() string { return string(jane.get(t, "/api/auth/account/").want(t, 200).body) }
		if got, want := account(),
			`{"email":"jane@mail.example","email_confirmed":false,"email_works":false,"language":"de"}`; got != want {
			t.Errorf("before: %s", got)
		}
		s.tryLogin(t, x, theirs("jane")).wantDetail(t, 401, noLogin)
		mails := s.sent(t)
		equalStrings(t, "mails", addresses(mails), x)
		if m := mails[0]; m.Subject != "Bestätigen Sie Ihre E-Mail-Adresse" || !strings.Contains(m.HTML, `lang="de"`) ||
			!strings.Contains(m.Text, "jane") || m.From != "Taskhouse" {
			t.Errorf("the mail is %+v", m)
		}
		token := tokenIn(t, mails, x, "confirm-address")

		// Mails about tasks wait for the confirmation.
		jane.task(t, body{"title": "Paint", "assigned_to": jane.id})
		s.later(t, notifyDelay)
		equalStrings(t, "mails before", addresses(s.sent(t)))

		// No link of one purpose is one of another, and a damaged one is none.
		for _, wrong := range []string{token[:31], strings.ToLower(token), "", token + "A", strings.Repeat("A", 32)} {
			if wrong != "" {
				s.confirm(t, wrong).wantErrors(t, "token", badLink)
			}
		}
		s.reset(t, token, theirs("new")).wantErrors(t, "token", badLink)
		s.call(t, "POST", "/api/auth/address/cancel/", body{"token": token}).wantErrors(t, "token", badLink)
		s.confirm(t, token).want(t, 204)
		s.confirm(t, token).wantErrors(t, "token", badLink) // a replay
		if got := account(); !strings.Contains(got, `"email_confirmed":true,"email_works":true`) {
			t.Errorf("after: %s", got)
		}
		if got := s.login(t, x, theirs("jane")); got.id != jane.id {
			t.Errorf("the address signs in %d", got.id)
		}
		jane.task(t, body{"title": "Varnish", "assigned_to": jane.id})
		s.later(t, notifyDelay)
		equalStrings(t, "mails after", addresses(s.sent(t)), x)
		jane.post(t, "/api/auth/address/resend/", nil).want(t, 409)

		jane.patch(t, "/api/auth/account/", body{"language": "fr"}).want(t, 200)
		jane.patch(t, "/api/auth/account/", body{"language": "xx"}).want(t, 400)
		s.askReset(t, "jane").want(t, 202)
		if mails := s.sent(t); len(mails) != 1 || mails[0].Subject != "Définir un nouveau mot de passe" {
			t.Errorf("the mails are %+v", mails)
		}
	})
}

func TestThreat_A36_ALinkExpires(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		s.register(t, "jane", "jane@mail.example", theirs("jane"))
		token := tokenIn(t, s.sent(t), "jane@mail.example", "confirm-address")
		s.clock.advance(3*24*time.Hour + time.Second)
		s.confirm(t, token).wantErrors(t, "token", badLink)
		jane := s.login(t, "jane", theirs("jane"))
		// The link of an address that the account has left confirms nothing.
		jane.post(t, "/api/auth/address/resend/", nil).want(t, 204)
		token = tokenIn(t, s.sent(t), "jane@mail.example", "confirm-address")
		jane.moveTo(t, "new@mail.example", theirs("jane"))
		s.confirm(t, token).wantErrors(t, "token", badLink)
		fresh := tokenIn(t, s.sent(t), "new@mail.example", "confirm-address")
		jane.moveTo(t, "jane@mail.example", theirs("jane")) // and back: the old link stays void
		s.confirm(t, token).wantErrors(t, "token", badLink)
		s.confirm(t, fresh).wantErrors(t, "token", badLink)
		// A node of an earlier release changes the address, and knows nothing of links and of what was confirmed.
		reset := func() string {
			s.askReset(t, "jane").want(t, 202)
			return tokenIn(t, s.sent(t), "jane@mail.example", "reset-password")
		}
		s.confirm(t, tokenIn(t, s.sent(t), "jane@mail.example", "confirm-address")).want(t, 204)
		toReset := reset()
		err := s.db.System("a test").Write(t.Context(), func(tx *db.SystemTx) error {
			_, err := tx.Exec(`UPDATE users SET email = $2, email_key = $2 WHERE id = $1`, jane.id,
				"other@mail.example")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.reset(t, toReset, theirs("late")).wantErrors(t, "token", badLink)
		if got := jane.get(t, "/api/auth/account/").want(t, 200); got.at("email_confirmed") != false {
			t.Errorf("an address that was never confirmed: %s", got.body)
		}
	})
}

// Whether an account signs in by its address depends on this account alone: one's own sign-in does not tell whether
// another account has the address, or has confirmed it.
func TestThreat_A30_A36_ConfirmingTellsNothing(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		s.confirmed(t, "jane", "jane@mail.example", theirs("jane"))
		s.register(t, "bob", "bob@mail.example", theirs("bob"))
		mallory := s.register(t, "mallory", "mallory@mail.example", theirs("mallory"))
		cost := func(name, password string) (int64, answer) {
			before := s.auth.Hasher.Computed()
			a := s.tryLogin(t, name, password)
			return s.auth.Hasher.Computed() - before, a
		}
		want, refused := cost("unknown@mail.example", theirs("mallory"))
		for _, x := range []string{"unknown@mail.example", "bob@mail.example", "jane@mail.example"} {
			mallory.moveTo(t, x, theirs("mallory"))
			n, a := cost(x, theirs("mallory"))
			same(t, a, refused, 0)
			if n != want {
				t.Errorf("one's own sign-in at %s costs %d hashes, at a free address %d", x, n, want)
			}
		}
		// No sign-in was lost. Of two that read one mailbox, each keeps its own.
		s.login(t, "jane@mail.example", theirs("jane"))
		s.sent(t)
		second := s.confirmed(t, "second", "jane@mail.example", theirs("second"))
		if got := s.login(t, "jane@mail.example", theirs("second")); got.id != second.id {
			t.Errorf("signs in %d", got.id)
		}
		s.login(t, "jane@mail.example", theirs("jane"))
	})
}

// An account from before this rule keeps its sign-in and its mails.
func TestThreat_A36_OldAddressesWork(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		m := s.acme.member // its row is as an earlier release makes it
		s.login(t, m.email, password)
		m.task(t, body{"title": "Paint", "assigned_to": m.id})
		s.later(t, notifyDelay)
		equalStrings(t, "mails", addresses(s.sent(t)), m.email)
		if got := m.get(t, "/api/auth/account/").want(t, 200); got.at("email_works") != true ||
			got.at("email_confirmed") != false || got.text("language") != "en" {
			t.Errorf("the account is %s", got.body)
		}
	})
}

func TestThreat_A16_A37_ARequestToResetTellsNothing(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		s.confirmed(t, "jane", "jane@mail.example", theirs("jane"))
		s.register(t, "mike", "mike@mail.example", theirs("mike"))
		mallory := s.register(t, "mala", "mala@mail.example", theirs("mala"))
		mallory.moveTo(t, "jane@mail.example", theirs("mala")) // claims an address that another has confirmed
		s.sent(t)
		queued := func() (rows []int) {
			err := s.db.System("a test").Read(t.Context(), func(tx *db.SystemTx) (err error) {
				rows, err = db.All(tx, db.Column[int], `SELECT length(args) FROM account_mails ORDER BY created_at`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		unknown := s.askReset(t, "nobo@mail.example").want(t, 202)
		base := queued()[0] - encoded(len("nobo@mail.example"))
		for _, c := range []struct{ name, mailTo string }{
			{"jane@mail.example", "jane@mail.example"}, // jane alone: she has confirmed it
			{"mike@mail.example", "mike@mail.example"}, // the link itself proves the address
			{"jane", "jane@mail.example"},
			{"JANE", "jane@mail.example"},
			{"nobody", ""},
			{"none@mail.example", ""},
			{"mala@mail.example", ""}, // left
		} {
			s.sent(t)
			hashes := s.auth.Hasher.Computed()
			s.unchanged(t, 0, func() { same(t, s.askReset(t, c.name), unknown, 0) })
			if n := s.auth.Hasher.Computed() - hashes; n != 0 {
				t.Errorf("%s costs %d hashes", c.name, n)
			}
			// The request did the same for each name: one sealed row, whose length is that of the name.
			if got := queued(); len(got) != 1 || abs(got[0]-base-encoded(len(c.name))) > 2 {
				t.Errorf("%s queues %v", c.name, got)
			}
			var want []string
			if c.mailTo != "" {
				want = []string{c.mailTo}
			}
			equalStrings(t, "mails for "+c.name, addresses(s.sent(t)), want...)
			s.clock.advance(time.Hour)
		}
		// A closed account gets none.
		op := s.operator(t, "root")
		mike := s.login(t, "mike", theirs("mike"))
		op.patch(t, path("/api/operator/users/%d/", mike.id), body{"is_active": false}).want(t, 200)
		same(t, s.askReset(t, "mike"), unknown, 0)
		equalStrings(t, "mails for a closed account", addresses(s.sent(t)))
	})
}

// encoded returns the length of n bytes in unpadded base64.
func encoded(n int) int { return (n*8 + 5) / 6 }

func abs(n int) int { return max(n, -n) }

func TestThreat_A13_A37_AResetEndsEverything(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		m := s.acme.member
		s.join(t, m, s.globex)
		elsewhere := actor{s: s, id: m.id, company: s.globex.id, username: m.username}.again(t)
		s.askReset(t, m.username).want(t, 202)
		first := tokenIn(t, s.sent(t), m.email, "reset-password")
		s.askReset(t, m.email).want(t, 202)
		second := tokenIn(t, s.sent(t), m.email, "reset-password")
		m.alive(t)
		s.login(t, m.username, password) // the old password works until then

		s.reset(t, first, "12345678").want(t, 400) // weak: the link stays as it was
		s.reset(t, first, theirs("me")).want(t, 204)
		m.dead(t)
		elsewhere.dead(t)
		s.tryLogin(t, m.username, password).wantDetail(t, 401, noLogin)
		s.tryLogin(t, m.email, password).wantDetail(t, 401, noLogin)
		s.login(t, m.username, theirs("me"))
		now := s.login(t, m.email, theirs("me"))
		s.reset(t, first, theirs("replay")).wantErrors(t, "token", badLink)
		s.reset(t, second, theirs("other link")).wantErrors(t, "token", badLink)
		mails := s.sent(t)
		equalStrings(t, "told", addresses(mails), m.email)
		if mails[0].Subject != "Your password was changed" || link.MatchString(mails[0].Text+mails[0].HTML) {
			t.Errorf("the mail is %+v", mails[0])
		}
		if got := now.get(t, "/api/auth/account/").want(t, 200); got.at("email_confirmed") != true {
			t.Errorf("the link proves the address: %s", got.body)
		}

		// A changed password voids the links that were sent before, and an hour does.
		s.askReset(t, m.username).want(t, 202)
		third := tokenIn(t, s.sent(t), m.email, "reset-password")
		now.post(t, "/api/auth/password/", body{"current_password": theirs("me"), "new_password": theirs("mine")}).
			want(t, 204)
		s.reset(t, third, theirs("late")).wantErrors(t, "token", badLink)
		s.clock.advance(2 * time.Hour)
		s.askReset(t, m.username).want(t, 202)
		fourth := tokenIn(t, s.sent(t), m.email, "reset-password")
		s.clock.advance(time.Hour + time.Second)
		s.reset(t, fourth, theirs("late")).wantErrors(t, "token", badLink)

		// An operator's sessions end too, and an operator is in no company.
		op := s.operator(t, "root")
		printed, err := s.auth.CreateResetLink(t.Context(), "ROOT")
		if err != nil {
			t.Fatal(err)
		}
		op.get(t, "/api/operator/users/").want(t, 200)
		s.reset(t, strings.TrimPrefix(printed, "/reset-password#"), theirs("root")).want(t, 204)
		op.get(t, "/api/operator/users/").wantDetail(t, 401, badToken)
	})
}

// join makes a person a member of another company.
func (s *server) join(t *testing.T, m actor, c cast) {
	t.Helper()
	token := c.owner.post(t, "/api/auth/invitations/", body{}).want(t, 201).text("token")
	m.post(t, "/api/auth/invitations/accept/", body{"token": token}).want(t, 200)
}

// together calls all functions at once and waits for them.
func together(fns ...func()) {
	var all sync.WaitGroup
	for _, fn := range fns {
		all.Go(fn)
	}
	all.Wait()
}

func TestThreat_A37_RacesOfResets(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		m := s.acme.member
		ask := func() string {
			s.clock.advance(time.Hour)
			s.askReset(t, m.username).want(t, 202)
			return tokenIn(t, s.sent(t), m.email, "reset-password")
		}
		// The same link twice, and two links: one of two wins, and its password holds.
		for _, two := range []bool{false, true} {
			tokens := [2]string{ask()}
			tokens[1] = tokens[0]
			if two {
				s.askReset(t, m.username).want(t, 202)
				tokens[1] = tokenIn(t, s.sent(t), m.email, "reset-password")
			}
			var got [2]answer
			together(
				func() { got[0] = s.reset(t, tokens[0], theirs(fmt.Sprint("first", two))) },
				func() { got[1] = s.reset(t, tokens[1], theirs(fmt.Sprint("second", two))) },
			)
			if got[0].status+got[1].status != 204+400 {
				t.Fatalf("two links %v: %d and %d", two, got[0].status, got[1].status)
			}
			winner, loser := theirs(fmt.Sprint("first", two)), theirs(fmt.Sprint("second", two))
			if got[1].status == 204 {
				winner, loser = loser, winner
			}
			s.login(t, m.username, winner)
			s.tryLogin(t, m.username, loser).wantDetail(t, 401, noLogin)
			s.sent(t)
		}
		// A reset against sign-ins with the old password: no session of theirs lives on.
		for i := range 3 {
			old, now := theirs(fmt.Sprint("old", i)), theirs(fmt.Sprint("now", i))
			s.reset(t, ask(), old).want(t, 204)
			s.sent(t)
			token := ask()
			var in [4]answer
			var set answer
			fns := []func(){func() { set = s.reset(t, token, now) }}
			for k := range in {
				fns = append(fns, func() { in[k] = s.tryLogin(t, m.username, old) })
			}
			together(fns...)
			set.want(t, 204)
			for _, a := range in {
				if a.status == 200 {
					actor{s: s, access: a.text("access")}.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
				}
			}
			s.sent(t)
		}
		// Two confirmations.
		jane := s.register(t, "jane", "jane@mail.example", theirs("jane"))
		a := tokenIn(t, s.sent(t), "jane@mail.example", "confirm-address")
		jane.post(t, "/api/auth/address/resend/", nil).want(t, 204)
		b := tokenIn(t, s.sent(t), "jane@mail.example", "confirm-address")
		var got [2]answer
		together(func() { got[0] = s.confirm(t, a) }, func() { got[1] = s.confirm(t, b) })
		if got[0].status+got[1].status != 204+400 {
			t.Errorf("two confirmations: %d and %d", got[0].status, got[1].status)
		}
	})
}

func TestThreat_A38_TheOldAddressCancelsAChange(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		const x = "jane@mail.example"
		jane := s.confirmed(t, "jane", x, theirs("jane"))
		s.join(t, jane, s.acme)
		cancel := func(token string) answer {
			return s.call(t, "POST", "/api/auth/address/cancel/", body{"token": token})
		}
		// A thief with the password moves the account away, and confirms the new address.
		jane.moveTo(t, "thief@mail.example", theirs("jane"))
		mails := s.sent(t)
		equalStrings(t, "told", addresses(mails), x, "thief@mail.example")
		token := tokenIn(t, mails, x, "cancel-address")
		s.confirm(t, tokenIn(t, mails, "thief@mail.example", "confirm-address")).want(t, 204)
		jane.post(t, "/api/auth/password/",
			body{"current_password": theirs("jane"), "new_password": theirs("thief")}).want(t, 204)
		s.askReset(t, "jane").want(t, 202)
		theirLink := tokenIn(t, s.sent(t), "thief@mail.example", "reset-password")

		s.clock.advance(6 * 24 * time.Hour)
		thief := s.login(t, "thief@mail.example", theirs("thief"))
		proof := cancel(token).want(t, 200).text("token")
		thief.dead(t)
		s.tryLogin(t, "thief@mail.example", theirs("thief")).wantDetail(t, 401, noLogin)
		cancel(token).wantErrors(t, "token", badLink)
		s.reset(t, theirLink, theirs("thief again")).wantErrors(t, "token", badLink)
		equalStrings(t, "told", addresses(s.sent(t)), x)
		s.reset(t, proof, theirs("jane again")).want(t, 204)
		s.tryLogin(t, "jane", theirs("thief")).wantDetail(t, 401, noLogin)
		jane = s.login(t, x, theirs("jane again"))
		if got := jane.get(t, "/api/auth/profile/").want(t, 200); got.text("email") != x {
			t.Errorf("the address is %s", got.text("email"))
		}
		// Every company sees it, without the address.
		s.acme.owner = s.acme.owner.again(t)
		e := s.last(t, s.acme)
		if e.text("results.0.type") != "member_address_restored" || strings.Contains(string(e.body), "thief") ||
			strings.Contains(string(e.body), x) {
			t.Errorf("the last event is %s", e.body)
		}

		// The link expires, and an address that was not confirmed gets none: it may be a stranger's.
		s.sent(t)
		jane.moveTo(t, "second@mail.example", theirs("jane again"))
		token = tokenIn(t, s.sent(t), x, "cancel-address")
		jane.moveTo(t, "third@mail.example", theirs("jane again"))
		for _, m := range s.sent(t) {
			if m.To == "second@mail.example" && link.MatchString(m.Text+m.HTML) {
				t.Errorf("an unconfirmed address gets %s", m.Text)
			}
		}
		s.clock.advance(7*24*time.Hour + time.Second)
		cancel(token).wantErrors(t, "token", badLink)
	})
}

func TestThreat_A17_A37_MailsAreBounded(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			s := newServer(t, engine, confirms, func(s *server) {
				s.auth.Limits.MailsByAccount = limit.New(limit.Rate{Burst: 3, Per: time.Hour}, s.clock.Now)
			})
			m := s.acme.member
			for range 5 {
				s.askReset(t, m.username).want(t, 202)
			}
			if n := len(s.sent(t)); n != 3 {
				t.Errorf("%d mails to reset within an hour, want 3", n)
			}
			s.clock.advance(time.Hour + time.Second)
			s.askReset(t, m.username).want(t, 202)
			if n := len(s.sent(t)); n != 1 {
				t.Errorf("%d mails an hour later, want 1", n)
			}
			// Many accounts on one address do not get more.
			for i := range 4 {
				s.register(t, fmt.Sprint("many", i), "many@mail.example", theirs(fmt.Sprint(i)))
			}
			s.sent(t)
			for i := range 4 {
				s.askReset(t, fmt.Sprint("many", i)).want(t, 202)
				s.askReset(t, fmt.Sprint("many", i)).want(t, 202)
			}
			if n := len(s.sent(t)); n != 6 {
				t.Errorf("%d mails to one address within an hour, want 6", n)
			}
			jane := s.register(t, "jane", "jane@mail.example", theirs("jane"))
			for range 3 {
				jane.post(t, "/api/auth/address/resend/", nil).want(t, 204)
			}
			jane.post(t, "/api/auth/address/resend/", nil).want(t, 429)
			s.sent(t)
			// A network that asks too often is refused for every name alike.
			s.auth.Limits.ResetByAddress = limit.New(limit.Rate{Burst: 2, Per: time.Hour}, s.clock.Now)
			s.askReset(t, "jane").want(t, 202)
			s.askReset(t, "nobody").want(t, 202)
			known, unknown := s.askReset(t, "jane").want(t, 429), s.askReset(t, "nobody").want(t, 429)
			if known.text("code") != unknown.text("code") {
				t.Errorf("%s and %s", known.body, unknown.body)
			}
		})
	}
}

// flaky is a mailer that takes a mail and then reports a failure, as a connection that breaks does.
type flaky struct {
	*mailbox

	failures int
}

func (m *flaky) Send(ctx context.Context, msg notify.Message) error {
	if err := m.mailbox.Send(ctx, msg); err != nil {
		return err
	}
	if m.failures--; m.failures >= 0 {
		return errors.New("the connection broke")
	}
	return nil
}

// A mail that is sent again, after a failure or after the death of its worker, has the same id and the same link. Once
// the link is used, it is not sent again.
func TestThreat_F10_A37_AMailThatComesAgain(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		mailer := &flaky{mailbox: s.mails, failures: 1}
		s.letters.Mailer = mailer
		m := s.acme.member
		s.askReset(t, m.username).want(t, 202)
		first := s.sent(t)
		if again := s.sent(t); len(first) != 1 || len(again) != 0 {
			t.Fatalf("%d mails, and %d before the wait is over", len(first), len(again))
		}
		s.clock.advance(6 * time.Second)
		second := s.sent(t)
		token := tokenIn(t, second, m.email, "reset-password")
		if first[0].ID != second[0].ID || tokenIn(t, first, m.email, "reset-password") != token {
			t.Errorf("the first is %+v, the second %+v", first[0], second[0])
		}
		// A worker that died between the steps: another takes the mail over when the lease is over.
		s.askReset(t, m.username).want(t, 202)
		held, err := s.letters.Queue.Claim(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		made, err := s.letters.Queue.Prepare(t.Context(), held)
		if err != nil || len(made) != 1 {
			t.Fatalf("%v, %v", made, err)
		}
		if early := s.sent(t); len(early) != 0 {
			t.Errorf("sent while another worker holds it: %+v", early)
		}
		s.clock.advance(2*time.Minute + time.Second)
		token = tokenIn(t, s.sent(t), m.email, "reset-password")
		if made[0].Path != "/reset-password#"+token {
			t.Errorf("the links differ: %s", made[0].Path)
		}
		// The link of a mail that came and was not recorded is used before the next attempt.
		mailer.failures = 1
		s.askReset(t, m.username).want(t, 202)
		s.reset(t, tokenIn(t, s.sent(t), m.email, "reset-password"), theirs("me")).want(t, 204)
		s.clock.advance(6 * time.Second)
		for _, again := range s.sent(t) {
			if link.MatchString(again.Text) {
				t.Errorf("a used link is sent again: %+v", again)
			}
		}
	})
}

// The canary: no log line, row or answer has a token of a link, nor an address that only a mail has.
func TestThreat_A24_A36_TokensAreInMailsAlone(t *testing.T) {
	eachConfirming(t, func(t *testing.T, s *server) {
		jane := s.confirmed(t, "jane", "jane@mail.example", theirs("jane"))
		jane.moveTo(t, "moved@mail.example", theirs("jane"))
		s.askReset(t, "jane").want(t, 202)
		s.askReset(t, "canary-in-a-request@mail.example").want(t, 202)
		var args []string
		err := s.db.System("a test").Read(t.Context(), func(tx *db.SystemTx) (err error) {
			args, err = db.All(tx, db.Column[string], `SELECT args FROM account_mails`)
			return err
		})
		if err != nil || len(args) == 0 {
			t.Fatalf("%d queued mails, %v", len(args), err)
		}
		for _, a := range args {
			if strings.Contains(a, "mail.example") || strings.Contains(a, "jane") {
				t.Errorf("a queued mail is readable: %s", a)
			}
		}
		mails := s.sent(t)
		var tokens []string
		for _, m := range mails {
			if found := link.FindStringSubmatch(m.Text); found != nil {
				tokens = append(tokens, found[2])
			}
		}
		if len(tokens) != 3 { // to confirm, to cancel, to reset
			t.Fatalf("%d tokens in %+v", len(tokens), mails)
		}
		for _, token := range tokens {
			s.confirm(t, token)
			s.reset(t, token, "short")
			s.call(t, "GET", "/api/auth/password/reset/confirm/", nil).want(t, 405)
		}
		rows := s.snapshot(t, 0)
		for _, token := range tokens {
			if strings.Contains(rows, token) {
				t.Errorf("the database has the token %s", token)
			}
			if strings.Contains(s.logs.String(), token) {
				t.Errorf("the log has the token %s", token)
			}
		}
		if strings.Contains(s.logs.String(), "canary-in-a-request") {
			t.Error("the log has the name of a request to reset a password")
		}
	})
}

// A worker whose key is gone drops a mail instead of stopping at it.
func TestAccountMailsWithoutTheirKey(t *testing.T) {
	s := newServer(t, "postgres", confirms)
	s.askReset(t, s.acme.member.username).want(t, 202)
	box, err := secret.New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	other := *s.letters.Queue
	other.Secrets = box
	gone := *s.letters
	gone.Queue = &other
	if err := gone.SendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if mails := s.sent(t); len(mails) != 0 || !strings.Contains(s.logs.String(), "the key that sealed it is gone") {
		t.Errorf("mails %+v", mails)
	}
}
