// Package web holds the web app: its sources, the output of Vite (dist, committed, so that the program builds without
// Node), and the handler that serves it.
//
// It knows nothing of tasks or people: the app in the browser speaks to the API like any other client.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/taskhouse/taskhouse/internal/compress"
)

//go:embed all:dist
var dist embed.FS

// Policy is the Content-Security-Policy of the app's pages: they run and load only resources of this installation.
// Strings become markup only through the two named Trusted Types policies: the framework's own templates and the
// sanitiser.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; " +
	"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html dompurify"

// Values of Cache-Control. The name of an asset contains a hash of its content, so a browser caches it for good. The
// page that names the assets is revalidated each time, and answered with 304 if it has not changed.
const (
	cacheAssets = "public, max-age=31536000, immutable"
	cachePage   = "no-cache"
)

// file is one file of dist as it is sent. The first request for it reads and compresses it: this keeps the start fast,
// and costs nothing on a server that only programs use.
type file struct {
	read         func() body
	media, cache string
}

// body is the content of a file. zipped is nil if compression saves nothing.
type body struct {
	content, zipped []byte
	tag             string
}

// pages are the paths of the app's pages, as src/routes.ts has them. A part in braces stands for any text.
var pages = []string{
	"/", "/login", "/register", "/forgot-password", "/reset-password", "/confirm-address", "/cancel-address",
	"/invitations", "/invitations/{token}", "/board", "/list", "/mine", "/inbox",
	"/dashboard", "/settings", "/company", "/company/{section}", "/admin", "/admin/{section}",
}

// HasPage reports whether the app has a page at a path.
func HasPage(p string) bool {
	parts := strings.Split(strings.TrimSuffix(p, "/"), "/")
	for _, page := range pages {
		want := strings.Split(strings.TrimSuffix(page, "/"), "/")
		fits := len(want) == len(parts)
		for i := 0; fits && i < len(want); i++ {
			fits = want[i] == parts[i] || strings.HasPrefix(want[i], "{") && parts[i] != ""
		}
		if fits {
			return true
		}
	}
	return false
}

// Handler serves the app to GET and HEAD: the files of dist, and the page for every other path. The page itself finds
// the view of its path. At a path without a page the status is 404, and the view says so.
func Handler() (http.Handler, error) {
	files := map[string]file{}
	err := fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[strings.TrimPrefix(name, "dist")] = newFile(name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the web app: %w", err)
	}
	page, ok := files["/index.html"]
	if !ok {
		return nil, fmt.Errorf("read the web app: web/dist has no index.html")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimSuffix(r.URL.Path, "/")
		f, ok := files[name]
		status := http.StatusOK
		switch {
		case ok && name != "/index.html":
		case name != "" && strings.Contains(path.Base(name), ".") &&
			!strings.Contains(r.Header.Get("Accept"), "text/html"): // an asset of another version
			http.NotFound(w, r)
			return
		default:
			f = page
			if !HasPage(r.URL.Path) && name != "/index.html" {
				status = http.StatusNotFound
			}
		}
		f.serve(w, r, status)
	}), nil
}

func newFile(name string) file {
	f := file{media: mime.TypeByExtension(path.Ext(name)), cache: cachePage}
	if m, ok := media[path.Ext(name)]; ok {
		f.media = m
	}
	if strings.HasPrefix(name, "dist/assets/") {
		f.cache = cacheAssets
	}
	f.read = sync.OnceValue(func() body {
		content, _ := dist.ReadFile(name) // WalkDir found it
		sum := sha256.Sum256(content)
		return body{content, compress.Once(content), hex.EncodeToString(sum[:12])}
	})
	return f
}

// media maps extensions to types that a machine's own table may lack, or define differently.
var media = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
}

func (f file) serve(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	b := f.read()
	content, tag := b.content, `"`+b.tag+`"`
	h.Set("Vary", "Accept-Encoding")
	if b.zipped != nil && compress.Accepts(r.Header) {
		content, tag = b.zipped, `"`+b.tag+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Cache-Control", f.cache)
	h.Set("Content-Security-Policy", Policy)
	h.Set("Content-Type", f.media)
	h.Set("ETag", tag)
	for t := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if status == http.StatusOK && strings.TrimPrefix(strings.TrimSpace(t), "W/") == tag {
			h.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // an error means that the client is gone
	}
}
