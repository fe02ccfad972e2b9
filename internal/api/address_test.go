package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// moveTo changes the actor's address, with the password.
func (a actor) moveTo(t *testing.T, email, password string) {
	t.Helper()
	a.patch(t, "/api/auth/profile/", body{"email": email, "current_password": password}).want(t, 200)
}

// register makes a person with a password of their own, and signs them in by username.
func (s *server) register(t *testing.T, username, email, password string) actor {
	t.Helper()
	s.call(t, "POST", "/api/auth/register/", registration(body{
		"username": username, "email": email, "password": password, "password_confirm": password,
		"company_name": "Company of " + username,
	})).want(t, 201)
	return s.login(t, username, password)
}

// theirs returns a password that only this person has.
func theirs(name string) string { return "battery of " + name + " 7 staple" }

// The order in which people get accounts and addresses does not matter: each signs in with the names of before.
func TestThreat_A30_NoOrderOfStepsTakesASignIn(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		const x = "jane@mail.example"
		bob := s.register(t, "bob", "bob@mail.example", theirs("bob"))
		jane := s.register(t, "jane", x, theirs("jane"))
		bob.moveTo(t, x, theirs("bob"))                                        // the older account takes the address
		mallory := s.register(t, x, "mallory@mail.example", theirs("mallory")) // and one takes it as a username (P5)
		late := s.register(t, "late", x, theirs("late"))
		for _, c := range []struct {
			name, password string
			want           int64
		}{
			{x, theirs("jane"), jane.id},
			{strings.ToUpper(x), theirs("jane"), jane.id},
			{"jane", theirs("jane"), jane.id},
			{x, theirs("bob"), bob.id},
			{"bob", theirs("bob"), bob.id},
			{x, theirs("mallory"), mallory.id},
			{"mallory@mail.example", theirs("mallory"), mallory.id},
			{x, theirs("late"), late.id},
		} {
			if got := s.login(t, c.name, c.password); got.id != c.want {
				t.Errorf("%s with the password of %d signs in %d", c.name, c.want, got.id)
			}
		}
		for _, name := range []string{x, "jane", "bob@mail.example"} {
			s.tryLogin(t, name, theirs("nobody")).wantDetail(t, 401, noLogin)
		}
		s.tryLogin(t, "bob@mail.example", theirs("bob")).wantDetail(t, 401, noLogin) // the address that bob left
		// A username that matches wins.
		both := theirs("both")
		s.register(t, "first", "z@mail.example", both)
		named := s.register(t, "z@mail.example", "other@mail.example", both)
		if got := s.login(t, "z@mail.example", both); got.id != named.id {
			t.Errorf("the name signs in %d", got.id)
		}
	})
}

func TestThreat_A30_AnOperatorKeepsItsSignIn(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		bob := s.acme.owner // an account before the operator's
		s.operator(t, "root")
		try := func(name string) {
			t.Helper()
			s.call(t, "POST", "/api/operator/login/", body{"username": name, "password": password}).want(t, 200)
		}
		try("root@mail.example")
		b := body{"current_password": password, "new_password": theirs("bob")}
		bob.post(t, "/api/auth/password/", b).want(t, 204)
		bob.moveTo(t, "root@mail.example", theirs("bob"))
		try("root@mail.example")
		try("root")
	})
}

// TestThreat_A30_AsManyAsLike has many accounts on one address. A bound would tell how many others have it: it is
// reached one account earlier if the owner of the address is registered.
func TestThreat_A30_AsManyAsLike(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		const x = "jane@mail.example"
		var squatters []actor
		for i := range 8 {
			squatters = append(squatters, s.person(t, s.globex.id, fmt.Sprint("squatter", i), account.Guest))
		}
		jane := s.register(t, "jane", x, theirs("jane"))
		for i, p := range squatters {
			own := theirs(p.username)
			p.post(t, "/api/auth/password/", body{"current_password": password, "new_password": own}).want(t, 204)
			p.moveTo(t, x, own)
			if got := s.login(t, x, own); got.id != p.id {
				t.Errorf("number %d signs in %d", i, got.id)
			}
		}
		if got := s.login(t, x, theirs("jane")); got.id != jane.id {
			t.Errorf("jane signs in %d", got.id)
		}
	})
}

// The cost and the answer of a sign-in do not depend on whether an address is registered, how often, and since when.
func TestThreat_A16_A30_CostDoesNotTellAnAddress(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		attacker := s.register(t, "attacker", "attacker@mail.example", theirs("attacker"))
		s.register(t, "one", "one@mail.example", theirs("one"))
		for i := range 3 {
			s.register(t, fmt.Sprint("many", i), "many@mail.example", theirs(fmt.Sprint(i)))
		}
		s.register(t, "named@mail.example", "elsewhere@mail.example", theirs("named"))
		s.person(t, s.acme.id, "before", account.Ordinary) // its hash has a salt of its own, as all had once
		s.login(t, "attacker", theirs("attacker"))
		cost := func(name, password string) (int64, answer) {
			before := s.auth.Hasher.Computed()
			a := s.tryLogin(t, name, password)
			return s.auth.Hasher.Computed() - before, a
		}
		wrong, unknown := cost("unknown@mail.example", theirs("x"))
		own := int64(0)
		for i, x := range []string{
			"unknown@mail.example", "one@mail.example", "many@mail.example", "before@mail.example",
			"named@mail.example",
		} {
			n, a := cost(x, theirs("x"))
			same(t, a, unknown, 0)
			if n != wrong {
				t.Errorf("a wrong password at %s costs %d, at an unknown address %d", x, n, wrong)
			}
			// The question of hole 8: take the address, and watch the attacker's own sign-in.
			attacker.moveTo(t, x, theirs("attacker"))
			n, a = cost(x, theirs("attacker"))
			a.want(t, 200)
			if own == 0 {
				own = n
			}
			// A username that is an address costs one more. Registering tells that it is taken anyway.
			if want := own + int64(i/4); n != want {
				t.Errorf("one's own sign-in at %s costs %d, want %d", x, n, want)
			}
		}
	})
}

// Accounts whose hashes were made before addresses had salts sign in as before, and get the salt when they do.
func TestThreat_A30_OldHashes(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.person(t, s.acme.id, "old", account.Ordinary)
		stored := func() (hash string) {
			err := s.db.System("a test").Read(t.Context(), func(tx *db.SystemTx) error {
				return tx.Query(func(r db.Row) error { return r.Scan(&hash) },
					`SELECT password FROM users WHERE id = $1`, p.id)
			})
			if err != nil {
				t.Fatal(err)
			}
			return hash
		}
		before := stored()
		if got := s.login(t, "old@mail.example", password); got.id != p.id {
			t.Fatalf("signs in %d", got.id)
		}
		after := stored()
		if after == before {
			t.Error("the hash has the salt of before")
		}
		s.login(t, "old", password)
		if stored() != after {
			t.Error("the hash changes with every sign-in")
		}
		// Another account's damaged hash does not stop a sign-in.
		q := s.person(t, s.acme.id, "broken", account.Ordinary)
		err := s.db.System("a test").Write(t.Context(), func(tx *db.SystemTx) error {
			_, err := tx.Exec(
				`UPDATE users SET password = 'damaged', email_key = 'old@mail.example' WHERE id = $1`, q.id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.login(t, "old@mail.example", password)
		s.tryLogin(t, "old@mail.example", "wrong").wantDetail(t, 401, noLogin)
	})
}

func TestThreat_A30_ANewAddressNeedsThePassword(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.member
		change := func(b body) answer { return p.patch(t, "/api/auth/profile/", b) }
		s.unchanged(t, 0, func() {
			change(body{"email": "new@mail.example"}).wantErrors(t,
				"current_password", "Enter your current password to change the e-mail address.")
			change(body{"email": "new@mail.example", "current_password": "wrong"}).wantErrors(t,
				"current_password", "Your old password was entered incorrectly. Please enter it again.")
			change(body{"email": "new@mail.example", "current_password": ""}).wantErrors(t,
				"current_password", notBlank)
			change(body{"email": strings.ToUpper(p.email)}).want(t, 400) // another one, as mail servers may see it
		})
		// A client that sends the address back unchanged needs no password.
		change(body{"email": p.email, "first_name": "Grace"}).want(t, 200)
		change(body{"first_name": "Ada", "current_password": "unused"}).want(t, 200)
		if mails := s.sent(t); len(mails) != 0 {
			t.Errorf("mails %v", addresses(mails))
		}
		a := change(body{"email": "new@mail.example", "last_name": "Byron", "current_password": password}).want(t, 200)
		if a.text("email") != "new@mail.example" || a.text("last_name") != "Byron" ||
			a.text("company.name") != s.acme.name {
			t.Errorf("the answer is %s", a.body)
		}
		mails := s.sent(t)
		equalStrings(t, "told", addresses(mails), p.email)
		m := mails[0]
		if !strings.Contains(m.Text, p.username) || strings.Contains(m.Text+m.HTML, "new@mail") || m.Unsubscribe != "" {
			t.Errorf("the mail is %+v", m)
		}
		s.tryLogin(t, p.email, password).wantDetail(t, 401, noLogin)
		s.login(t, "new@mail.example", password)
		s.login(t, p.username, password)
		p.alive(t) // the sessions go on: the password is the same
	})
}

// Guessing the password with changes of the address counts as guessing it with changes of the password.
func TestThreat_A17_A30_AddressChangesCount(t *testing.T) {
	s := newServer(t, "sqlite", func(s *server) {
		s.auth.Limits.LoginByDevice = limit.New(limit.Rate{Burst: 4, Per: time.Minute}, s.clock.Now)
	})
	guess := body{"email": "new@mail.example", "current_password": "wrong"}
	for range 3 {
		s.acme.member.patch(t, "/api/auth/profile/", guess).want(t, 400)
	}
	s.acme.member.post(t, "/api/auth/password/",
		body{"current_password": "wrong", "new_password": "another " + password}).want(t, 400)
	s.acme.member.patch(t, "/api/auth/profile/", guess).want(t, 429)
	s.acme.member.patch(t, "/api/auth/profile/", body{"first_name": "Grace"}).want(t, 200)
}

// The salts go with the database: a second node, and the command line, make the same.
func TestThreat_A30_EveryNodeHasTheSalts(t *testing.T) {
	s := newServer(t, "postgres")
	other := s.second(t)
	jane := s.register(t, "jane", "jane@mail.example", theirs("jane"))
	if got := other.login(t, "jane@mail.example", theirs("jane")); got.id != jane.id {
		t.Errorf("signs in %d", got.id)
	}
	hasher := auth.NewHasher(1, time.Minute)
	tool, err := auth.New(auth.Options{DB: s.db, Log: s.auth.Log, Accounts: s.accounts, Hasher: hasher})
	if err != nil {
		t.Fatal(err)
	}
	if err := tool.ResetPassword(t.Context(), "jane", theirs("jane again")); err != nil {
		t.Fatal(err)
	}
	before := other.auth.Hasher.Computed()
	other.login(t, "jane@mail.example", theirs("jane again"))
	if n := other.auth.Hasher.Computed() - before; n != 1 {
		t.Errorf("%d hashes", n)
	}
}
