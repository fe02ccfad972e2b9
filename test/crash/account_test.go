package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/notify/smtptest"
	"github.com/taskhouse/taskhouse/test/server"
)

// resetLink matches the token of a link that sets a new password.
var resetLink = regexp.MustCompile(`/reset-password#([A-Z2-7]{32})`)

// TestThreat_F10_A37_KillAroundAReset kills the program at each step of a reset: while its mail is handed over, taken
// or recorded, and while the link is used. The next try completes each of them.
func TestThreat_F10_A37_KillAroundAReset(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{NoTLS: true})
	var mu sync.Mutex
	var at string
	var kill func()
	s.On(func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if kill != nil && point == at {
			kill()
			kill = nil
		}
	})
	o := mailing(server.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "data")}, s, "0s")
	running := server.Start(t, o)
	const name, first = "jane", "the first battery 7 staple"
	client := func() server.Client { return server.Client{URL: running.URL} }
	client().Must(t, "POST", "/api/auth/register/", map[string]any{
		"username": name, "email": "jane@mail.example", "password": first, "password_confirm": first,
		"company_name": "Jane Ltd",
	}, nil)
	signsIn := func(password string) bool {
		status, err := client().Call(t.Context(), "POST", "/api/auth/login/",
			map[string]any{"username": name, "password": password}, nil)
		return err == nil && status == 200
	}
	for i, point := range []string{"mail", "taken", "reset"} {
		before := len(s.Mails())
		dead := make(chan struct{})
		mu.Lock()
		at = point
		kill = func() {
			if err := running.Signal(syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			close(dead)
		}
		mu.Unlock()
		client().Must(t, "POST", "/api/auth/password/reset/", map[string]any{"identifier": name}, nil)
		select {
		case <-dead:
		case <-time.After(30 * time.Second):
			t.Fatalf("no mail has come to the point %q", point)
		}
		running.Kill9()
		running = server.Start(t, o)
		token := awaitReset(t, s, before)

		// The link is used, and the program dies at a moment that nothing in it decides.
		now := fmt.Sprintf("the next battery %d staple", i)
		use := func() (int, error) {
			return client().Call(context.WithoutCancel(t.Context()), "POST", "/api/auth/password/reset/confirm/",
				map[string]any{"token": token, "new_password": now}, nil)
		}
		var done sync.WaitGroup
		done.Go(func() { _, _ = use() })
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		running.Kill9()
		done.Wait()
		running = server.Start(t, o)
		switch status, err := use(); {
		case err != nil || status != 204 && status != 400:
			t.Fatalf("the next try: %d, %v", status, err)
		case status == 400 && !signsIn(now):
			t.Fatal("the link is used up, and the new password does not sign in")
		}
		if !signsIn(now) || signsIn(first) {
			t.Error("after the reset another password than the new one signs in")
		}
	}
	if code := running.Stop(t); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}

// awaitReset waits for a mail with a link after the first n mails, and returns its token. All such mails have the same.
func awaitReset(t *testing.T, s *smtptest.Server, n int) (token string) {
	t.Helper()
	limit := time.After(60 * time.Second)
	for {
		for _, m := range s.Mails()[n:] {
			found := resetLink.FindStringSubmatch(strings.ReplaceAll(m.Raw, "=\r\n", ""))
			if found == nil {
				continue
			}
			if token != "" && found[1] != token {
				t.Fatal("a mail that came again has another link")
			}
			token = found[1]
		}
		if token != "" {
			return token
		}
		select {
		case <-s.Fresh():
		case <-limit:
			t.Fatal("the mail never came")
		}
	}
}
