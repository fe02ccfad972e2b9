package auth_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/auth"
)

// Each case of testdata/django_passwords.json was answered by the four validators of Django 3.2.25, with the company
// added to the attributes of the similarity validator.
func TestThreat_A23_AsDjangoAnswered(t *testing.T) {
	text, err := os.ReadFile("testdata/django_passwords.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Password  string
		Username  string
		Email     string
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Company   string
		Messages  []string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		about := auth.PasswordContext{
			Username:  c.Username,
			Email:     c.Email,
			FirstName: c.FirstName,
			LastName:  c.LastName,
			Company:   c.Company,
		}
		if d := cmp.Diff(c.Messages, append([]string{}, auth.CheckPassword(c.Password, about)...)); d != "" {
			t.Errorf("%q of %+v: %s", c.Password, about, d)
		}
	}
	t.Logf("%d cases", len(cases))
}

func TestThreat_A23_WeakPasswords(t *testing.T) {
	const (
		long    = "Ensure this field has no more than 128 characters."
		short   = "This password is too short. It must contain at least 8 characters."
		common  = "This password is too common."
		numeric = "This password is entirely numeric."
		nul     = "Null characters are not allowed."
	)
	about := auth.PasswordContext{
		Username: "wanda", Email: "w.maximoff@westview.example", FirstName: "Wanda", LastName: "Maximoff",
		Company: "Hexagon Bakery",
	}
	for _, c := range []struct {
		name, password string
		want           []string
	}{
		{"the README's", "securepass123", nil},
		{"8 characters", "kq7vz0pd", nil},
		{"7 characters", "kq7vz0p", []string{short}},
		{"empty", "", []string{short}},
		{"128 characters", strings.Repeat("kq7vz0pd", 16), nil},
		{"129 characters", strings.Repeat("kq7vz0pd", 16) + "k", []string{long}},
		{"128 characters of four bytes", strings.Repeat("😀🐢", 64), nil},
		{"129 characters of four bytes", strings.Repeat("😀", 129), []string{long}},
		{"a megabyte", strings.Repeat("1", 1<<20), []string{long}},
		{"common", "trustno1", []string{common}},
		{"common in capitals", "TRUSTNO1", []string{common}},
		{"common with blanks around it", "  trustno1\t", []string{common}},
		{"common and short and digits", "12345", []string{short, common, numeric}},
		{"digits", "73920174620", []string{numeric}},
		{"like the username", "wanda123", []string{"The password is too similar to the username."}},
		{"like username and first name", "adnaW123", []string{"The password is too similar to the username."}},
		{"like the last name", "maximof1", []string{"The password is too similar to the last name."}},
		{
			"like the e-mail address", "w.maximoff@westview",
			[]string{"The password is too similar to the email address."},
		},
		{"like a part of it", "example9", []string{"The password is too similar to the email address."}},
		{"like the company", "hexagonbakery", []string{"The password is too similar to the company name."}},
		{"like the company, short", "bakery1", []string{"The password is too similar to the company name.", short}},
		{"NUL", "kq7vz\x000pd", []string{nul}},
		{"composed, 8 characters", strings.Repeat("é", 8), nil},
		{"decomposed, 8 characters", strings.Repeat("e\u0301", 4), nil},
		{"decomposed, 7 characters", strings.Repeat("e\u0301", 3) + "e", []string{short}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, auth.CheckPassword(c.password, about)); d != "" {
				t.Error(d)
			}
		})
	}
}

// The lines of the list are found, and a text between two lines is not.
func TestCommonPasswordsAreFound(t *testing.T) {
	common := func(password string) bool {
		return slices.Contains(auth.CheckPassword(password, auth.PasswordContext{}), "This password is too common.")
	}
	lines := commonList(t)
	for i, line := range lines {
		if i > 0 && line <= lines[i-1] {
			t.Fatalf("%q after %q: not sorted", line, lines[i-1])
		}
		if line != strings.ToLower(strings.TrimSpace(line)) || line == "" {
			t.Errorf("%q is not as the list must be", line)
		}
		if i%397 != 0 && i != len(lines)-1 {
			continue // each takes 2 ms
		}
		if !common(line) {
			t.Errorf("%q is not found", line)
		}
		if common(line + "\x01") {
			t.Errorf("%q is found with a character more", line)
		}
	}
	if len(lines) < 19_000 {
		t.Errorf("%d lines", len(lines))
	}
	for _, end := range []string{"\x01", "\U0010ffff"} {
		if common(end) {
			t.Errorf("%q is found", end)
		}
	}
}

func commonList(t *testing.T) (lines []string) {
	t.Helper()
	packed, err := os.ReadFile("common.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	list, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(list)
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return lines
}

// A check allocates only memory for reading, and keeps none of it.
func TestCheckPasswordIsLight(t *testing.T) {
	check := func() { auth.CheckPassword("zzzzzzzzzzzz", auth.PasswordContext{}) }
	check()
	if spent := allocated(check); spent > 128<<10 {
		t.Errorf("%d bytes allocated", spent)
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	about := auth.PasswordContext{
		Username:  "wanda",
		Email:     "w.maximoff@westview.example",
		FirstName: "Wanda",
		LastName:  "Maximoff",
		Company:   "Hexagon",
	}
	b.ReportAllocs()
	for b.Loop() {
		auth.CheckPassword("securepass123", about)
	}
}
