package auth_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/fail"
)

func TestHashAndVerify(t *testing.T) {
	h := auth.NewHasher(1, time.Minute)
	hash, err := h.Hash(t.Context(), "securepass123")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	for password, want := range map[string]bool{"securepass123": true, "securepass124": false, "": false} {
		if ok, rehash, err := h.Verify(t.Context(), hash, password); ok != want || rehash || err != nil {
			t.Errorf("%q: %v, rehash %v, %v", password, ok, rehash, err)
		}
	}
	again, _ := h.Hash(t.Context(), "securepass123")
	if again == hash {
		t.Error("two hashes of a password are the same: no salt")
	}
}

func TestDjangosHashesVerifyAndAreReplaced(t *testing.T) {
	// Django's own algorithm returns this for securepass123 with the salt abcdefgh.
	const django = "pbkdf2_sha256$1000$abcdefgh$9xRLhJdWa27E1r3+TBzV1xmQ49+iaAw9MO3NApejXdM="
	h := auth.NewHasher(1, time.Minute)
	if ok, rehash, err := h.Verify(t.Context(), django, "securepass123"); !ok || !rehash || err != nil {
		t.Errorf("the right password: %v, rehash %v, %v", ok, rehash, err)
	}
	if ok, _, err := h.Verify(t.Context(), django, "securepass124"); ok || err != nil {
		t.Errorf("a wrong password: %v, %v", ok, err)
	}
}

func TestAHostileHashIsRefusedBeforeItCosts(t *testing.T) {
	h := auth.NewHasher(1, time.Minute)
	for _, hash := range []string{
		"", "x", "$argon2id$v=19$m=19456,t=2,p=1$$",
		"$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=19456,t=4294967295,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5",
		"pbkdf2_sha256$999999999999$s$9xRLhJdWa27E1r3+TBzV1xmQ49+iaAw9MO3NApejXdM=", "pbkdf2_sha256$1000$s$",
		"pbkdf2_sha256$0$s$AAAA",
	} {
		if ok, _, err := h.Verify(t.Context(), hash, ""); ok || err == nil {
			t.Errorf("%q: %v, %v", hash, ok, err)
		}
	}
	if n := h.Computed(); n != 0 {
		t.Errorf("%d hashes were computed", n)
	}
}

func TestThreat_R8_HashesWaitForAPlaceAndNotForEver(t *testing.T) {
	h := auth.NewHasher(1, time.Millisecond)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done, refused := 0, 0
	for range 16 {
		wg.Go(func() {
			err := h.VerifyNobody(context.Background(), "x")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case fail.Is(err, fail.KindUnavailable):
				refused++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done == 0 || refused == 0 || int64(done) != h.Computed() {
		t.Errorf("%d done, %d refused, %d computed", done, refused, h.Computed())
	}
}

func TestThreat_A23_PasswordsAsDjangoSeesThem(t *testing.T) {
	const (
		short   = "This password is too short. It must contain at least 8 characters."
		common  = "This password is too common."
		numeric = "This password is entirely numeric."
	)
	similar := func(to string) string { return "The password is too similar to the " + to + "." }
	me := auth.PasswordContext{
		Username:  "johndoe",
		Email:     "john@acme.example",
		FirstName: "John",
		LastName:  "Doe",
		Company:   "Acme Corp",
	}
	for _, c := range []struct {
		name, password string
		about          auth.PasswordContext
		want           []string
	}{
		{"the README's", "securepass123", auth.PasswordContext{
			Username: "jane", Email: "jane@example.com",
			FirstName: "Jane", LastName: "Doe", Company: "Acme Corp",
		}, nil},
		{"a sentence", "correct horse battery staple", me, nil},
		{"short", "xkcd936", me, []string{short}},
		{"all at once", "123456", me, []string{short, common, numeric}},
		{"numeric", "73019264858", me, []string{numeric}},
		{"other digits", "٧٣٠١٩٢٦٤٨", me, []string{numeric}},
		{"common", "password", me, []string{common}},
		{"common in capitals", "PASSWORD", me, []string{common}},
		{"the last of the list", "brady12a", me, nil},
		{"the username", "johndoe1", me, []string{similar("username")}},
		{"the username turned round", "eodnhoj9", me, []string{similar("username")}},
		{"a part of the address", "acme.example", me, []string{similar("email address")}},
		{"the company", "acmecorp", me, []string{similar("company name")}},
		{"seven emoji", strings.Repeat("😀", 7), me, []string{short}},
		{"eight emoji", strings.Repeat("😀", 8), me, nil},
		{"the longest", strings.Repeat("xyz!", 32), me, nil},
		{
			"longer", strings.Repeat("xyz!", 32) + "x", me,
			[]string{"Ensure this field has no more than 128 characters."},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := auth.CheckPassword(c.password, c.about); !slices.Equal(got, c.want) {
				t.Errorf("%q: %q, want %q", c.password, got, c.want)
			}
		})
	}
}
