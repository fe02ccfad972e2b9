package api_test

import (
	"strings"
	"testing"
)

func TestThreat_I11_I12_MarkdownIsShownSafely(t *testing.T) {
	s := newServer(t, "sqlite")
	guest := s.acme.guest
	for _, c := range []struct{ name, text, want string }{
		{"emphasis", "White, **two** coats", "<p>White, <strong>two</strong> coats</p>\n"},
		{"a script", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		{"a link that runs", "[a](javascript:alert(1))", "<p>a</p>\n"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := guest.post(t, "/api/markdown/", body{"text": c.text}).want(t, 200).at("html"); got != c.want {
				t.Errorf("%q gives %q", c.text, got)
			}
		})
	}
	guest.post(t, "/api/markdown/", body{"text": strings.Repeat("a", 65_537)}).want(t, 400)
	guest.post(t, "/api/markdown/", body{}).want(t, 400)
}
