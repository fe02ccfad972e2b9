package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func TestNames(t *testing.T) {
	for text, want := range map[string][]string{
		"":                               nil,
		"@bob":                           {"bob"},
		"ask @bob, @jane.doe and (@Zoë)": {"bob", "jane.doe", "Zoë"},
		"@bob @bob":                      {"bob"},
		"mail bob@example.com":           nil,
		"at @ noon, @":                   nil,
		"@bob's":                         {"bob"},
		"npm i @types/node @bob":         {"bob"},
		"line\n@bob\nline":               {"bob"},
	} {
		if got := notify.MentionedNames(text); !slices.Equal(got, want) {
			t.Errorf("%q mentions %q, want %q", text, got, want)
		}
	}
}

func TestThreat_I9_CleanIsOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()),
			func(b []byte) string { return string(b) })).Draw(t, "text")
		got := notify.Clean(s, 50)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 50 || strings.ContainsFunc(got, unicode.IsControl) ||
			strings.ContainsAny(got, "\u2028\u2029\u202e") {
			t.Fatalf("%q becomes %q", s, got)
		}
	})
	if got := notify.Clean("a\r\nBcc: eve@example.com\n\n\tb", 100); got != "a Bcc: eve@example.com b" {
		t.Errorf("it is %q", got)
	}
	if got := notify.Clean(strings.Repeat("ä", 200), 150); utf8.RuneCountInString(got) != 150 ||
		!strings.HasSuffix(got, "ä…") {
		t.Errorf("a long one is %q", got)
	}
}

// TestDigestIsOnceADay walks through a year of digests in zones that change their clocks.
func TestDigestIsOnceADay(t *testing.T) {
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu",
		"America/Sao_Paulo", "Pacific/Kiritimati",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, hour := range []int64{0, 2, 8, 23} {
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
			days := map[string]bool{}
			for at.Year() < 2027 {
				next := notify.NextDigest(hour, name, db.At(at))
				if next == nil {
					t.Fatalf("%s: never", name)
				}
				then := next.Std().In(zone)
				if day := then.Format(time.DateOnly); !then.After(at) || days[day] {
					t.Fatalf("%s: after %v comes %v", name, at, then)
				} else {
					days[day] = true
				}
				if h := int64(then.Hour()); h < hour-1 || h > hour+1 { // a skipped hour is one off
					t.Errorf("%s: %v, want the hour %d", name, then, hour)
				}
				at = then
			}
			if len(days) < 365 {
				t.Errorf("%s at %d: %d mails in a year", name, hour, len(days))
			}
		}
	}
}
