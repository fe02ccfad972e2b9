package api_test

import "testing"

func TestNobodyTakesASignInOver(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		// A person registers with another person's e-mail address as the username, and with the username as the
		// address.
		s.call(t, "POST", "/api/auth/register/", registration(body{
			"username": o.email, "password": theirs("o"), "password_confirm": theirs("o"),
		})).want(t, 201)
		s.call(t, "POST", "/api/auth/register/",
			registration(body{"username": "late@mail.example", "company_name": "Late"})).want(t, 201)
		s.call(t, "POST", "/api/auth/register/",
			registration(body{"username": "later", "email": "late@mail.example", "company_name": "Later"})).want(t, 201)

		if got := s.login(t, o.email, password); got.id != o.id {
			t.Errorf("the address signs in %d, not its owner %d", got.id, o.id)
		}
		first := s.login(t, "late@mail.example", password)
		if first.username != "late@mail.example" ||
			first.get(t, "/api/auth/profile/").want(t, 200).text("username") != "late@mail.example" {
			t.Error("the name signs in who has it as an address")
		}
		// A change of password concerns the caller's own account, whatever names other accounts have.
		first.post(t, "/api/auth/password/", body{"current_password": password, "new_password": "another-good-one-7"}).
			want(t, 204)
		s.tryLogin(t, "later", password).want(t, 200)
		s.tryLogin(t, "late@mail.example", "another-good-one-7").want(t, 200)
	})
}
