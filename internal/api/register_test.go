package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	required  = "This field is required."
	notNull   = "This field may not be null."
	notBlank  = "This field may not be blank."
	notString = "Not a valid string."
	takenUser = "A user with that username already exists."
	badUser   = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
	badEmail  = "Enter a valid email address."
	takenName = "A company with this name already exists. Ask one of its admins for an invitation."
	noInvite  = "This invitation is not valid: it may have expired, been used or be for another e-mail address. " +
		"Ask for a new one."
	noNUL     = "Null characters are not allowed."
	noControl = "Control characters are not allowed."
)

func tooLong(n int) string {
	return fmt.Sprintf("Ensure this field has no more than %d characters.", n)
}

// registration returns a valid body with some fields changed; nil removes a field.
func registration(change body) body {
	b := body{
		"username": "new.person", "email": "new@mail.example", "password": password, "password_confirm": password,
		"first_name": "Ada", "last_name": "Byron", "phone": "+44 20 123", "company_name": "Analytical Engines",
	}
	maps.Copy(b, change)
	for k, v := range b {
		if v == nil {
			delete(b, k)
		}
	}
	return b
}

// null is JSON's null, because nil removes the field.
var null = (*int)(nil)

func TestRegisterFoundsACompany(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.call(t, "POST", "/api/auth/register/", registration(nil)).want(t, 201)
		want := []string{
			"company", "date_joined", "email", "first_name", "id", "is_active", "is_service", "last_name", "phone",
			"role", "username",
		}
		if got := sorted(a.json.(map[string]any)); !slices.Equal(got, want) {
			t.Errorf("the user has %q, want %q", got, want)
		}
		got := sorted(a.at("company").(map[string]any))
		if !slices.Equal(got, []string{"created_at", "description", "id", "name"}) {
			t.Errorf("the company has %q", got)
		}
		for where, want := range map[string]any{
			"username": "new.person", "email": "new@mail.example", "first_name": "Ada", "last_name": "Byron",
			"phone": "+44 20 123",
			"role":  "owner", "is_active": true, "company.name": "Analytical Engines", "company.description": "",
		} {
			if got := a.at(where); got != want {
				t.Errorf("%s is %v, want %v", where, got, want)
			}
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", a.text("date_joined")); err != nil {
			t.Error(err)
		}
		p := s.login(t, "new.person", password)
		if got := p.get(t, "/api/auth/profile/").want(t, 200); string(got.body) != string(a.body) {
			t.Errorf("the profile is\n%s\nand the answer to registering was\n%s", got.body, a.body)
		}
		got = p.get(t, "/api/events/").want(t, 200).list("type")
		if !slices.Equal(got, []string{"company_created", "member_joined"}) {
			t.Errorf("the log begins with %q", got)
		}
	})
}

// login signs in over HTTP.
func (s *server) login(t *testing.T, username, password string) actor {
	t.Helper()
	a := s.call(t, "POST", "/api/auth/login/", body{"username": username, "password": password}).want(t, 200)
	if got := sorted(a.json.(map[string]any)); !slices.Equal(got, []string{"access", "refresh"}) {
		t.Errorf("a sign-in gives %q", got)
	}
	p := actor{s: s, username: username, access: a.text("access"), token: a.text("refresh")}
	profile := p.get(t, "/api/auth/profile/").want(t, 200)
	p.id, p.company = profile.id("id"), profile.id("company.id")
	return p
}

func TestThreat_A16_A20_A22_A23_I10_I17_RegisterRefuses(t *testing.T) {
	long := strings.Repeat("x", 300)
	type c struct {
		name   string
		change body
		errors []string
	}
	cases := []c{
		{"nothing", body{
			"username": nil, "email": nil, "password": nil, "password_confirm": nil, "company_name": nil,
		}, []string{
			"username", required, "email", required, "password", required, "password_confirm", required, "company_name",
			required,
		}},
		{"all null", body{
			"username": null, "email": null, "password": null, "password_confirm": null, "first_name": null,
			"last_name": null, "phone": null, "company_name": null,
		}, []string{
			"username", notNull, "email", notNull, "password", notNull, "password_confirm", notNull, "first_name",
			notNull, "last_name", notNull, "phone", notNull, "company_name", notNull,
		}},
		{"all empty", body{
			"username": "", "email": "", "password": "", "password_confirm": "", "company_name": "",
		}, []string{
			"username", notBlank, "email", notBlank, "password", notBlank, "password_confirm", notBlank, "company_name",
			notBlank,
		}},
		{"only white space", body{"username": " \t", "email": "  ", "company_name": " \u00a0 "}, []string{
			"username", notBlank, "email", notBlank, "company_name", notBlank,
		}},
		{"all too long", body{
			"username": long, "first_name": long, "last_name": long, "phone": long, "company_name": long,
		}, []string{
			"username", tooLong(150), "first_name", tooLong(150), "last_name", tooLong(150), "phone", tooLong(20),
			"company_name", tooLong(100),
		}},
		{"wrong types", body{
			"username": []int{1}, "email": body{}, "password": true, "password_confirm": []string{},
			"first_name": false, "phone": body{"a": 1}, "company_name": []int{},
		}, []string{
			"username", notString, "email", notString, "password", notString, "password_confirm", notString,
			"first_name", notString, "phone", notString, "company_name", notString,
		}},
		{"NUL everywhere", body{
			"username": "a\x00b", "email": "a\x00@mail.example", "first_name": "\x00", "last_name": "a\x00",
			"phone": "1\x002", "company_name": "A\x00",
		}, []string{
			"username", noNUL, "email", noNUL, "first_name", noNUL, "last_name", noNUL, "phone", noNUL, "company_name",
			noNUL,
		}},
		{"control characters", body{
			"first_name": "a\u0007b", "last_name": "a\u001bb", "phone": "1\u009b2", "company_name": "A\u0008Bcc: x",
		}, []string{
			"first_name", noControl, "last_name", noControl, "phone", noControl, "company_name", noControl,
		}},
		{"username with a blank", body{"username": "new person"}, []string{"username", badUser}},
		{"username with a slash", body{"username": "new/person"}, []string{"username", badUser}},
		{"username with a zero-width space", body{"username": "acme\u200bowner"}, []string{"username", badUser}},
		{"username turned around", body{"username": "\u202eacme"}, []string{"username", badUser}},
		{"username taken", body{"username": "acme.owner"}, []string{"username", takenUser}},
		{"username taken in capitals", body{"username": "ACME.Owner"}, []string{"username", takenUser}},
		{"username taken in full-width letters", body{"username": "ａｃｍｅ.owner"}, []string{"username", takenUser}},
		{"e-mail without @", body{"email": "mail.example"}, []string{"email", badEmail}},
		{"e-mail quoted", body{"email": `"a b>"@mail.example`}, []string{"email", badEmail}},
		{"e-mail with a line break", body{"email": "a@mail.example\nBcc: b@mail.example"}, []string{
			"email", badEmail,
		}},
		{"e-mail with a name", body{"email": "Ada <a@mail.example>"}, []string{"email", badEmail}},
		{"e-mail without a domain", body{"email": "a@"}, []string{"email", badEmail}},
		{"e-mail with two dots", body{"email": "a@mail..example"}, []string{"email", badEmail}},
		{"password short", body{"password": "x7!", "password_confirm": "x7!"}, []string{
			"password", "This password is too short. It must contain at least 8 characters.",
		}},
		{"password common", body{"password": "password1", "password_confirm": "password1"}, []string{
			"password", "This password is too common.",
		}},
		{"password of digits", body{"password": "8305729164", "password_confirm": "8305729164"}, []string{
			"password", "This password is entirely numeric.",
		}},
		{"password short, common and of digits", body{"password": "123456", "password_confirm": "123456"}, []string{
			"password", "This password is too short. It must contain at least 8 characters.", "password",
			"This password is too common.", "password", "This password is entirely numeric.",
		}},
		{"password like the username", body{"password": "new.person1", "password_confirm": "new.person1"}, []string{
			"password", "The password is too similar to the username.",
		}},
		{"password confirmed otherwise", body{"password_confirm": password + "!"}, []string{
			"password_confirm", "Passwords don't match",
		}},
		{"password confirmed with a blank more", body{"password_confirm": password + " "}, []string{
			"password_confirm", "Passwords don't match",
		}},
		{"company and invitation", body{"invitation_token": "x"}, []string{
			"non_field_errors", "Give either company_name or invitation_token, not both.",
		}},
		{"invitation forged", body{"company_name": nil, "invitation_token": "AAAAAAAAAAAAAAAAAAAAAAAAAA"}, []string{
			"invitation_token", noInvite,
		}},
		{"username and company taken", body{"username": "acme.owner", "company_name": "globex"}, []string{
			"company_name", takenName, "username", takenUser,
		}},
	}
	for name, company := range map[string]string{
		"as it is": "Acme Wombat Works", "in lower case": "acme wombat works", "in capitals": "ACME WOMBAT WORKS",
		"with a blank at the end": "Acme Wombat Works ",
		"with two blanks":         "Acme  Wombat Works", "with a Cyrillic a": "\u0410cme Wombat Works",
		"with a zero-width space": "Acme\u200b Wombat Works",
		"in full-width letters":   "Ａｃｍｅ Ｗｏｍｂａｔ Ｗｏｒｋｓ", "with a no-break space": "Acme\u00a0Wombat Works",
		"with a soft hyphen": "Acme Wom\u00adbat Works",
		"with a Greek o":     "Acme W\u03bfmbat Works",
	} {
		cases = append(cases,
			c{"company taken, " + name, body{"company_name": company}, []string{"company_name", takenName}})
	}
	each(t, func(t *testing.T, s *server) {
		s.unchanged(t, 0, func() {
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					s.call(t, "POST", "/api/auth/register/", registration(c.change)).wantErrors(t, c.errors...)
				})
			}
		})
	})
}

func TestThreat_A16_ATakenAddressDoesNotShow(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		fresh := s.call(t, "POST", "/api/auth/register/", registration(body{
			"username": "fresh", "company_name": "Fresh", "email": "nobody-has-it@mail.example",
		})).want(t, 201)
		taken := s.call(t, "POST", "/api/auth/register/",
			registration(body{
				"username": "taken", "company_name": "Taken", "email": s.acme.owner.email,
				"password": theirs("taken"), "password_confirm": theirs("taken"),
			})).want(t, 201)
		same(t, fresh, taken, 0)
		// The registration takes nothing over: the address still signs its first owner in.
		if got := s.login(t, s.acme.owner.email, password); got.id != s.acme.owner.id {
			t.Errorf("the address %s now signs in user %d", s.acme.owner.email, got.id)
		}
	})
}

func TestThreat_A22_RegisterSetsNothingElse(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.unchanged(t, s.acme.id, func() {
			a := s.call(t, "POST", "/api/auth/register/", registration(body{
				"id": s.acme.owner.id, "role": "guest", "is_active": false, "is_staff": true, "is_superuser": true,
				"company": s.acme.id, "company_id": s.acme.id,
				"date_joined": "2001-01-01T00:00:00Z", "created_at": "2001-01-01T00:00:00Z", "state": "removed",
				"user_id": s.acme.owner.id, "COMPANY_NAME": "Other",
			})).want(t, 201)
			if a.text("role") != "owner" || a.at("is_active") != true || a.id("company.id") == s.acme.id ||
				a.id("id") == s.acme.owner.id || strings.HasPrefix(a.text("date_joined"), "2001") {
				t.Errorf("a field that is not the client's was taken: %s", a.body)
			}
			p := s.login(t, "new.person", password)
			b := p.patch(t, "/api/auth/profile/", body{
				"id": s.acme.owner.id, "username": "other", "role": "guest", "is_active": false, "is_superuser": true,
				"company": s.acme.id, "company_id": s.acme.id, "date_joined": "2001-01-01T00:00:00Z",
			}).want(t, 200)
			if string(a.body) != string(b.body) {
				t.Errorf("the profile is now\n%s\nand was\n%s", b.body, a.body)
			}
			if !isPlain(t, s, p.id) {
				t.Error("a registration made a superuser")
			}
		})
	})
}

// isPlain reports whether an account is no superuser, in either engine's format of false.
func isPlain(t *testing.T, s *server, id int64) bool {
	t.Helper()
	for line := range strings.SplitSeq(s.snapshot(t, 0), "\n") {
		if strings.HasPrefix(line, fmt.Sprintf("users: %d|", id)) {
			return strings.Contains(line, "|0|") || strings.Contains(line, "|false|")
		}
	}
	return false
}

func TestRegisterAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		answers := atOnce(8, func(i int) answer {
			return s.call(t, "POST", "/api/auth/register/", registration(body{"username": fmt.Sprint("racer", i)}))
		})
		made := 0
		for _, a := range answers {
			if a.status == 201 {
				made++
				continue
			}
			a.wantErrors(t, "company_name", takenName)
		}
		if made != 1 {
			t.Errorf("%d of 8 founded the same company", made)
		}
		if n := strings.Count(s.snapshot(t, 0), "users: ") - 8; n != 1 {
			t.Errorf("%d accounts were made by one registration and seven refused ones", n)
		}
	})
}

// atOnce runs fn n times at the same moment and returns the results in order.
func atOnce[T any](n int, fn func(i int) T) []T {
	out, start, done := make([]T, n), make(chan struct{}), make(chan struct{})
	for i := range n {
		go func() {
			defer func() { done <- struct{}{} }()
			<-start
			out[i] = fn(i)
		}()
	}
	close(start)
	for range n {
		<-done
	}
	return out
}
