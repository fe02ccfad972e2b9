package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/web"
)

func get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPagesAreOneDocument(t *testing.T) {
	first := ""
	for _, path := range []string{"/", "/board", "/board/", "/invitations/abc", "/nothing/at/all", "/index.html"} {
		res := get(t, path, "Accept", "text/html")
		body := text(t, res.Body)
		if first == "" {
			first = body
		}
		status := 200
		if path == "/nothing/at/all" {
			status = 404
		}
		if res.Code != status || body != first || !strings.Contains(body, `<div id="app">`) ||
			res.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", path, res.Code, body)
		}
		if got := res.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got := res.Header().Get("Content-Security-Policy"); got != web.Policy || strings.Contains(got, "unsafe") ||
			!strings.HasPrefix(got, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, got)
		}
	}
	if regexp.MustCompile(`<script(?:[^>]*)>[^<]|\son\w+=|<style|\sstyle=`).MatchString(first) {
		t.Errorf("the document has scripts or styles in it:\n%s", first)
	}
	if res := get(t, "/assets/of-another-version.js", "Accept", "*/*"); res.Code != 404 {
		t.Errorf("a file of another version: %d", res.Code)
	}
}

func TestFilesAreKeptForever(t *testing.T) {
	page := text(t, get(t, "/").Body)
	script := regexp.MustCompile(`/assets/[^"]+\.js`).FindString(page)
	if script == "" {
		t.Fatalf("no script in\n%s", page)
	}
	plain := get(t, script)
	if got := plain.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control %q", got)
	}
	if got := plain.Header().Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	zipped := get(t, script, "Accept-Encoding", "br, gzip;q=0.5")
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := text(t, plain.Body); text(t, z) != want || zipped.Header().Get("Content-Encoding") != "gzip" ||
		zipped.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("compressed it is something else, or says so wrongly: %v", zipped.Header())
	}
	if res := get(t, script, "Accept-Encoding", "gzip;q=0"); res.Header().Get("Content-Encoding") != "" {
		t.Error("compressed for who refuses it")
	}
	tag := plain.Header().Get("ETag")
	if res := get(t, script, "If-None-Match", `"x", W/`+tag); res.Code != http.StatusNotModified ||
		text(t, res.Body) != "" {
		t.Errorf("with its tag: %d", res.Code)
	}
	if res := get(t, script, "If-None-Match", tag, "Accept-Encoding", "gzip"); res.Code != 200 {
		t.Errorf("with the tag of the other encoding: %d", res.Code)
	}
}

// TestPagesAreThoseOfTheRouter compares the paths with the router's.
func TestPagesAreThoseOfTheRouter(t *testing.T) {
	source, err := os.ReadFile("src/routes.ts")
	if err != nil {
		t.Skipf("the sources are not here: %v", err)
	}
	want := map[string]bool{"/": true}
	for _, m := range regexp.MustCompile(`\bpath: '([^']+)'`).FindAllStringSubmatch(string(source), -1) {
		want[m[1]] = true
	}
	if len(want) < 10 {
		t.Fatalf("the router has %d pages", len(want))
	}
	got := web.Pages()
	for _, p := range got {
		if !want[p] {
			t.Errorf("%s is no page of the router", p)
		}
		delete(want, p)
	}
	for p := range want {
		t.Errorf("%s is missing in embed.go", p)
	}
	for path, has := range map[string]bool{
		"/": true, "/board": true, "/board/": true, "/invitations/ABC": true, "/invitations/": true,
		"/company/audit": true, "/admin/a": true,
		"/company/a/b": false, "/nothing": false, "": true,
	} {
		if web.HasPage(path) != has {
			t.Errorf("HasPage(%q) is %v", path, !has)
		}
	}
}
