package api_test

import (
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

// TestFault_P3_HostBehindAProxy signs in behind a proxy that sends another Host. Over plain HTTP a browser sends no
// Sec-Fetch-Site.
func TestFault_P3_HostBehindAProxy(t *testing.T) {
	const origin = "http://tasks.example.net:8235"
	s := newServer(t, "sqlite", func(s *server) {
		s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		s.api.PublicURL = "http://127.0.0.1:8000"
	})
	credentials := body{"username": s.acme.member.username, "password": password}
	s.call(t, "POST", "/api/session/", credentials, "Origin", origin, "X-Forwarded-Host", "tasks.example.net:8235").
		want(t, 200)
	refused := s.call(t, "POST", "/api/session/", credentials, "Origin", origin).want(t, 403).text("detail")
	for _, part := range []string{origin, strings.TrimPrefix(s.url, "http://"), "TASKHOUSE_PUBLIC_URL"} {
		if !strings.Contains(refused, part) || !strings.Contains(s.logs.String(), part) {
			t.Errorf("the answer or the log does not name %q: %s", part, refused)
		}
	}
	s.call(t, "POST", "/api/session/", credentials, "Origin", origin, "X-Forwarded-Host", "evil.example").want(t, 403)
	s.api.TrustedProxies = nil
	s.call(t, "POST", "/api/session/", credentials, "Origin", origin, "X-Forwarded-Host", "tasks.example.net:8235").
		want(t, 403)
}

// TestFault_P7_LinksWithoutAConfiguredAddress asks for links under a name that the server does not know: they are
// relative, and the log names the setting. They never have the client's host (threat I19).
func TestFault_P7_LinksWithoutAConfiguredAddress(t *testing.T) {
	s := newServer(t, "sqlite", func(s *server) { s.api.GuessedURL = true })
	owner := s.acme.owner
	owner.tasks(t, "a", "b", "c")
	s.api.PublicURL = s.url // the address that it listens on
	for _, c := range []struct{ name, host, base string }{
		{"its own address", strings.TrimPrefix(s.url, "http://"), s.url},
		{"another name", "tasks.example.net:8235", ""},
		{"a made-up name", "evil.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ask := func(method, path, in string) answer {
				req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(in))
				if err != nil {
					t.Fatal(err)
				}
				req.Host = c.host
				req.Header.Set("Authorization", "Bearer "+owner.access)
				req.Header.Set("Content-Type", "application/json")
				return s.send(t, req)
			}
			next := ask("GET", "/api/tasks/?page_size=1", "").want(t, 200).text("next")
			if next != c.base+"/api/tasks/?page=2&page_size=1" {
				t.Errorf("next is %q", next)
			}
			made := ask("POST", "/api/auth/invitations/", "{}").want(t, 201)
			if made.text("url") != c.base+"/invitations/#"+made.text("token") {
				t.Errorf("the link is %q", made.text("url"))
			}
		})
	}
	for _, part := range []string{"TASKHOUSE_PUBLIC_URL", "tasks.example.net:8235", s.url} {
		if !strings.Contains(s.logs.String(), part) {
			t.Errorf("the log does not name %q", part)
		}
	}
}

// TestFault_P3_DefaultPortsBehindAProxy has proxies that name the port that browsers leave out, or leave out one that
// browsers name.
func TestFault_P3_DefaultPortsBehindAProxy(t *testing.T) {
	s := newServer(t, "sqlite", func(s *server) {
		s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		s.api.PublicURL = "http://127.0.0.1:8000" // so that the cookie is not Secure
	})
	credentials := body{"username": s.acme.member.username, "password": password}
	for _, c := range []struct {
		name, origin string
		headers      []string
		status       int
	}{
		{"https, port named", "https://tasks.example.net", []string{"X-Forwarded-Host", "tasks.example.net:443"}, 200},
		{"http, port named", "http://tasks.example.net", []string{"X-Forwarded-Host", "tasks.example.net:80"}, 200},
		{
			"port apart", "http://tasks.example.net:8235",
			[]string{"X-Forwarded-Host", "tasks.example.net", "X-Forwarded-Port", "8235"},
			200,
		},
		{
			"default port apart", "https://tasks.example.net",
			[]string{"X-Forwarded-Host", "tasks.example.net", "X-Forwarded-Port", "443"},
			200,
		},
		{"another port", "http://tasks.example.net:8236", []string{"X-Forwarded-Host", "tasks.example.net:8235"}, 403},
		{"http's on https", "https://tasks.example.net", []string{"X-Forwarded-Host", "tasks.example.net:80"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.call(t, "POST", "/api/session/", credentials, append([]string{"Origin", c.origin}, c.headers...)...).
				want(t, c.status)
		})
	}
}

// TestFault_P3_SecureCookieOnAPlainPage signs in on a page that is open by http, while the configured address is https:
// the browser would drop the cookie without a word, so the answer says which address to open.
func TestFault_P3_SecureCookieOnAPlainPage(t *testing.T) {
	s := newServer(t, "sqlite")
	credentials := body{"username": s.acme.member.username, "password": password}
	host := strings.TrimPrefix(s.url, "http://")
	plain := []string{"Origin", "http://tasks.example.net", "Sec-Fetch-Site", "same-origin"}
	refused := s.call(t, "POST", "/api/session/", credentials, plain...).want(t, 403).text("detail")
	if !strings.Contains(refused, publicURL) || !strings.Contains(s.logs.String(), publicURL) {
		t.Errorf("the answer or the log does not name %s: %s", publicURL, refused)
	}
	s.call(t, "POST", "/api/session/", credentials, "Origin", "http://"+host).want(t, 200) // kept on this machine
	s.call(t, "POST", "/api/session/", credentials, "Origin", publicURL).want(t, 200)
}

// TestFault_P4_WeakenedETags changes a task with the tag that a compressing proxy has weakened.
func TestFault_P4_WeakenedETags(t *testing.T) {
	s := newServer(t, "sqlite")
	m := s.acme.member
	path := taskPath(m.task(t, body{"title": "Paint"}))
	for i := range 2 {
		tag := m.get(t, path).want(t, 200).header.Get("ETag")
		m.call(t, "PATCH", path, body{"title": "Paint " + strconv.Itoa(i)}, "If-Match", "W/"+tag).want(t, 200)
		m.call(t, "PATCH", path, body{"title": "Lost"}, "If-Match", "W/"+tag).want(t, 412)
	}
}

// TestFault_P14_P17_AddressesThatProgramsAskFor asks as link previews, password managers and scanners do.
func TestFault_P14_P17_AddressesThatProgramsAskFor(t *testing.T) {
	s := newServer(t, "sqlite", func(s *server) { s.api.Site = s.site })
	for path, want := range map[string]struct {
		status int
		part   string // of the body, or the address of a redirect
	}{
		"/":                                 {200, "<div id=\"app\">"},
		"/invitations/ABCDEF":               {200, "<div id=\"app\">"},
		"/board":                            {200, "<div id=\"app\">"},
		"/nothing":                          {404, "Not found."},
		"/nothing.js":                       {404, ""},
		"/robots.txt":                       {200, "Disallow: /"},
		"/favicon.ico":                      {302, "/icon.svg"},
		"/.well-known/change-password":      {302, "/settings"},
		"/.well-known/security.txt":         {200, "Contact: mailto:security@"},
		"/.well-known/openid-configuration": {404, "Not found."},
		"/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200": {404, "Not found."},
	} {
		for _, accept := range []string{"*/*", "", "text/html,*/*"} {
			for _, method := range []string{"GET", "HEAD"} {
				if accept == "text/html,*/*" && path == "/nothing" { // a browser shows the app's own page
					want.part = "<div id=\"app\">"
				}
				status, text := s.ask(t, method, path, accept)
				if status != want.status || method == "GET" && !strings.Contains(text, want.part) {
					t.Errorf("%s %s with Accept %q: %d %.200s", method, path, accept, status, text)
				}
			}
		}
	}
	if status, _ := s.ask(t, "POST", "/.well-known/security.txt", "*/*"); status != 404 {
		t.Errorf("a POST is answered with %d", status)
	}
}

// ask sends a request without a client's habits, and returns the status and the body, or where a redirect leads.
func (s *server) ask(t *testing.T, method, path, accept string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	res, err := carrier.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b) + res.Header.Get("Location")
}
