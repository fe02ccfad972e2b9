package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/taskhouse/taskhouse/internal/app"
)

// hostile breaks lines, moves cursors, sets colours and titles, and turns the direction of writing.
const hostile = "a\nlevel=ERROR msg=forged\r\x1b[2J\x1b]0;title\a\u009b31m\u202e\u2028\x7f\x00\xff" + `","msg":"forged`

var formats = []struct {
	name string
	log  func(io.Writer) *slog.Logger
}{
	{"text", func(w io.Writer) *slog.Logger { return app.NewLogger(w, slog.LevelInfo, "text") }},
	{"json", func(w io.Writer) *slog.Logger { return app.NewLogger(w, slog.LevelInfo, "json") }},
	{"auto without a terminal", func(w io.Writer) *slog.Logger { return app.NewLogger(w, slog.LevelInfo, "auto") }},
	{"terminal", app.TerminalLogger},
}

// TestThreat_I16_LogInjection checks that a record is one line of printable characters, whatever was logged.
func TestThreat_I16_LogInjection(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			var out bytes.Buffer
			log := f.log(&out)
			log.With("with", hostile).Info(hostile, "text", hostile, hostile, "key", "err", errors.New(hostile),
				"any", struct{ Name string }{hostile}, slog.Group("group", "inner", hostile))
			text := out.String()
			if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
				t.Errorf("more than one line:\n%q", text)
			}
			for _, r := range withoutColours(strings.TrimSuffix(text, "\n")) {
				if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
					t.Errorf("%q is not escaped in\n%q", r, text)
				}
			}
			if f.name == "json" {
				var record map[string]any
				if err := json.Unmarshal(out.Bytes(), &record); err != nil {
					t.Errorf("the record is not JSON: %v", err)
				}
			}
		})
	}
}

// withoutColours removes the escape sequences that tint writes.
func withoutColours(s string) string {
	return strings.NewReplacer("\x1b[0m", "", "\x1b[2m", "", "\x1b[92m", "", "\x1b[91m", "").Replace(s)
}

func TestThreat_A24_LogRedacts(t *testing.T) {
	const canary = "hunter2"
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			var out bytes.Buffer
			log := f.log(&out)
			for _, key := range []string{
				"password", "Password", "new_password", "password_confirm", "token", "refresh_token",
				"invitation-token", "Authorization", "Set-Cookie", "secret", "client.secret", "api_key",
				"DATABASE_URL", "dsn",
			} {
				log.Info("by name", key, canary)
				log.Info("in a group", slog.Group("request", key, canary))
				log.WithGroup(key).Info("of a group", "value", canary)
				log.With(key, canary).Info("before")
			}
			log.Info("by form postgres://u:"+canary+"@h/d",
				"url", "postgres://u:"+canary+"@h/d",
				"path", "/ws/tasks/?token="+canary+"&since=1",
				"header", "Bearer "+jwt,
				"err", fmt.Errorf("dial redis://:%s@h: %w", canary, io.EOF))
			for _, secret := range []string{canary, jwt, "c2lnbmF0dXJl"} {
				if strings.Contains(out.String(), secret) {
					t.Errorf("%q was not redacted in\n%s", secret, out.String())
				}
			}
			for _, kept := range []string{"since=1", "@h/d", "EOF"} {
				if !strings.Contains(out.String(), kept) {
					t.Errorf("%q is missing in\n%s", kept, out.String())
				}
			}
		})
	}
}

func TestLogKeepsHarmlessText(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			var out bytes.Buffer
			f.log(&out).Warn("Grüße 任務 done",
				"request_id", "abc", "status", 200, "name", "Zoë", "err", error((*os.PathError)(nil)))
			for _, kept := range []string{"Grüße 任務 done", "abc", "200", "Zoë", "nil"} {
				if !strings.Contains(out.String(), kept) {
					t.Errorf("no %q in %s", kept, out.String())
				}
			}
		})
	}
}

func TestLogLevels(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := app.NewLogger(&out, slog.LevelWarn, format)
		log.Info("quiet")
		log.Warn("loud")
		if strings.Contains(out.String(), "quiet") || !strings.Contains(out.String(), "loud") {
			t.Errorf("%s: %s", format, out.String())
		}
	}
}

// TestLogToAFileHasNoColours checks that a log that is redirected to a file has no colours.
func TestLogToAFileHasNoColours(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	app.NewLogger(f, slog.LevelInfo, "auto").Info("hello")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(body), "msg=hello") || strings.Contains(string(body), "\x1b") {
		t.Errorf("%q, %v", body, err)
	}
}
