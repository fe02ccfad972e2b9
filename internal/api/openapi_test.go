package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi/utils"

	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/api/apitest"
)

var update = flag.Bool("update", false, "write the golden files")

// bare returns the API without a database, for answers that are the same for everyone.
func bare() *api.API {
	return &api.API{
		PublicURL: publicURL, MaxBody: maxBody, Version: "1.2.3 go1.26 linux/amd64", Log: slog.New(slog.DiscardHandler),
	}
}

// ask sends a request to a handler.
func ask(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// openAPI is the document as its readers decode it.
type openAPI struct {
	Info    struct{ Version string }
	Servers []struct{ URL string }
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Description string
		Tags        []string
		Security    []map[string][]string
		Parameters  []struct{ Name, In string }
		Responses   map[string]any
	}
}

func readDocument(t *testing.T) (raw []byte, doc openAPI) {
	t.Helper()
	raw = ask(bare().Handler(), "GET", "/api/schema/").Body.Bytes()
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return raw, doc
}

// Threat M3: a route without documentation.
func TestThreat_M3_EveryRouteIsDocumentedAndEveryDocumentedRouteServes(t *testing.T) {
	_, doc := readDocument(t)
	documented := map[string]string{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			documented[strings.ToUpper(method)+" "+path] = o.OperationID
		}
	}
	routes := map[string]string{}
	for _, r := range bare().Routes() {
		routes[r.Method+" "+r.Path] = r.Name
	}
	if d := cmp.Diff(routes, documented); d != "" {
		t.Errorf("routes (-) and document (+) differ:\n%s", d)
	}
	h := bare().Handler()
	for path, methods := range doc.Paths {
		want := []string{"OPTIONS"}
		for method := range methods {
			if want = append(want, strings.ToUpper(method)); method == "get" {
				want = append(want, "HEAD")
			}
		}
		slices.Sort(want)
		w := ask(h, "OPTIONS", strings.NewReplacer("{id}", "1", "{company}", "1", "{session}", "SESSION").Replace(path))
		if got := w.Header().Get("Allow"); w.Code != 204 || got != strings.Join(want, ", ") {
			t.Errorf("OPTIONS %s: %d, it takes %q, and documented are %q", path, w.Code, got, want)
		}
	}
}

// The route table is documented, so a pattern that is registered with a mux elsewhere would be a hidden route. api.go
// registers two: one serves the table, the other refuses all other paths.
func TestThreat_M3_PatternsAreRegisteredInOnePlaceOnly(t *testing.T) {
	register := regexp.MustCompile(`\.(Handle|HandleFunc)\(`)
	var places []string
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			// the operators' own listener
			strings.Contains(path, "apitest") || strings.HasSuffix(path, "app/ops_listener.go") ||
			!strings.HasPrefix(filepath.ToSlash(path), "../../internal/") &&
				!strings.HasPrefix(filepath.ToSlash(path), "../../cmd/") {
			return err
		}
		b, err := os.ReadFile(path)
		b = bytes.ReplaceAll(b, []byte("Handler.Handle(ctx, r)"), nil) // slog's method, not a mux
		for range register.FindAll(b, -1) {
			places = append(places, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"../../internal/api/api.go", "../../internal/api/api.go"}; !slices.Equal(places, want) {
		t.Errorf("patterns are registered in %v, not in %v: routes.go is the table of them all", places, want)
	}
}

// A change of the parts that clients rely on shows up in reviews as a change of this file.
func TestInventory(t *testing.T) {
	_, doc := readDocument(t)
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			o := doc.Paths[path][method]
			var params []string
			for _, p := range o.Parameters {
				params = append(params, p.Name)
			}
			_, _ = fmt.Fprintf(&b, "%s %s\n\t%s: %s\n\tanswers %s\n", strings.ToUpper(method), path, o.OperationID,
				o.Description,
				strings.Join(slices.Sorted(maps.Keys(o.Responses)), " "))
			if params != nil {
				_, _ = fmt.Fprintf(&b, "\ttakes %s\n", strings.Join(params, " "))
			}
		}
	}
	golden(t, "testdata/inventory.golden", b.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs; if that is meant, run with -update:\n%s", path, d)
	}
}

func TestDocumentIsOpenAPI31(t *testing.T) {
	raw, _ := readDocument(t)
	d, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(d)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Error(e)
		}
	}
}

func TestDocumentIsComplete(t *testing.T) {
	raw, doc := readDocument(t)
	if got := doc.Info.Version; got != "1.2.3" {
		t.Errorf("version %q: what the program was built with is nobody's business", got)
	}
	if got := doc.Servers[0].URL; got != publicURL {
		t.Errorf("server %q, not %q", got, publicURL)
	}
	ids := map[string]string{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			where := method + " " + path
			if ids[o.OperationID] != "" {
				t.Errorf("%s and %s have one operationId", where, ids[o.OperationID])
			}
			ids[o.OperationID] = where
			if o.Summary == "" || o.Description == "" || len(o.Tags) != 1 {
				t.Errorf("%s lacks a summary, a description or its tag", where)
			}
			if anyone := o.Description == "For anyone, without a token."; anyone != (len(o.Security) == 0) {
				t.Errorf("%s: %q, and security %v", where, o.Description, o.Security)
			}
		}
	}
	var all any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	walkSchemas(all, "", func(where string, s map[string]any) {
		if s["type"] == nil && s["$ref"] == nil && s["anyOf"] == nil {
			t.Errorf("%s has no type", where)
		}
	})
}

// walkSchemas visits every schema of a document, nested ones too.
func walkSchemas(v any, where string, visit func(where string, s map[string]any)) {
	m, ok := v.(map[string]any)
	if !ok {
		if list, ok := v.([]any); ok {
			for i, e := range list {
				walkSchemas(e, where+"/"+strconv.Itoa(i), visit)
			}
		}
		return
	}
	for name, e := range m {
		at := where + "/" + name
		switch name {
		case "examples":
			continue
		case "schema", "items", "additionalProperties":
			visit(at, e.(map[string]any))
		case "schemas", "properties":
			for field, s := range e.(map[string]any) {
				visit(at+"/"+field, s.(map[string]any))
			}
		}
		walkSchemas(e, at, visit)
	}
}

// The order of routes, fields and parameters comes from the table and the types, not from a map: the ETag of the
// document must be the same on every node.
func TestDocumentIsAlwaysTheSame(t *testing.T) {
	first, _ := readDocument(t)
	page := ask(bare().Handler(), "GET", "/api/docs/").Body.Bytes()
	for range 10 {
		h := bare().Handler()
		if next := ask(h, "GET", "/api/schema/").Body.Bytes(); !bytes.Equal(first, next) {
			t.Fatalf("it changes:\n%s", cmp.Diff(string(first), string(next)))
		}
		if next := ask(h, "GET", "/api/docs/").Body.Bytes(); !bytes.Equal(page, next) {
			t.Fatal("the page changes")
		}
	}
}

func TestSchemaFormats(t *testing.T) {
	h := bare().Handler()
	for _, test := range []struct{ name, query, accept, want string }{
		{"nothing said", "", "", "application/json"},
		{"anything", "", "*/*", "application/json"},
		{"a browser", "", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"},
		{"yaml asked for", "?format=yaml", "", "application/yaml"},
		{"the query goes first", "?format=json", "application/yaml", "application/json"},
		{"yaml accepted", "", "application/yaml", "application/yaml"},
		{"the type of OpenAPI", "", "application/vnd.oai.openapi;version=3.1", "application/yaml"},
		{"json named first", "", "application/json, application/yaml", "application/json"},
		{"yaml refused", "", "application/yaml;q=0, application/json", "application/json"},
		{"rubbish", "", ";;,=", "application/json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := ask(h, "GET", "/api/schema/"+test.query, "Accept", test.accept)
			if got := w.Header().Get("Content-Type"); w.Code != 200 || got != test.want {
				t.Errorf("%d %s, not %s", w.Code, got, test.want)
			}
		})
	}
	for _, query := range []string{"?format=xml", "?format=", "?formt=yaml"} {
		if w := ask(h, "GET", "/api/schema/"+query); w.Code != 400 {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
}

func TestYAMLSaysTheSame(t *testing.T) {
	raw, _ := readDocument(t)
	yaml := ask(bare().Handler(), "GET", "/api/schema/?format=yaml").Body.Bytes()
	again, err := utils.ConvertYAMLtoJSON(yaml)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDocumentsAreNotSentTwice(t *testing.T) {
	h := bare().Handler()
	for _, target := range []string{"/api/schema/", "/api/schema/?format=yaml", "/api/docs/", "/api/docs/style/"} {
		w := ask(h, "GET", target)
		tag := w.Header().Get("ETag")
		if w.Code != 200 || tag == "" || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", target, w.Code, w.Header())
		}
		if w := ask(h, "GET", target, "If-None-Match", tag); w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("%s again: %d with %d bytes", target, w.Code, w.Body.Len())
		}
	}
}

func TestDocsPage(t *testing.T) {
	w := ask(bare().Handler(), "GET", "/api/docs")
	page := w.Body.String()
	const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if got := w.Header().Get("Content-Security-Policy"); got != policy {
		t.Errorf("policy %q", got)
	}
	if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("type %q", got)
	}
	for _, bad := range []string{
		"<script", "javascript:", " style=", "<style", "<img", " on", "ZgotmplZ", "<no value>", "&lt;nil&gt;",
	} {
		if bad == " on" {
			if m := regexp.MustCompile(`<[^>]* on\w+=`).FindString(page); m != "" {
				t.Errorf("the page has %q", m)
			}
		} else if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\bid="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %q is there twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\b(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		anchor, inPage := strings.CutPrefix(m[1], "#")
		if inPage && !ids[anchor] || !inPage && !strings.HasPrefix(m[1], "/api/") {
			t.Errorf("%q leads nowhere, or away from here", m[1])
		}
	}
	for _, r := range bare().Routes() {
		if !ids[r.Name] {
			t.Errorf("the page lacks %s", r.Name)
		}
	}
}

func TestDocsPageEscapes(t *testing.T) {
	a := bare()
	a.Version, a.PublicURL = `<b>"'`, `https://x.example/<script>'"`
	page := ask(a.Handler(), "GET", "/api/docs/").Body.String()
	for _, bad := range []string{"<b>", "<script"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

// The document allows the examples of the page.
func TestDocsExamplesKeepTheContract(t *testing.T) {
	raw, _ := readDocument(t)
	contract, err := apitest.Load(raw)
	if err != nil {
		t.Fatal(err)
	}
	examples, err := bare().DocsExamples()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		t.Run(e.ID, func(t *testing.T) {
			if !strings.Contains(e.Command, publicURL+"/") {
				t.Errorf("the command does not lead to %s: %s", publicURL, e.Command)
			}
			r := httptest.NewRequest(e.Method, strings.NewReplacer("{id}", "1", "{company}", "1", "{session}",
				"SESSION").Replace(e.Path), bytes.NewReader(e.Body))
			r.Header.Set("Authorization", "Bearer x")
			if e.Body != nil {
				r.Header.Set("Content-Type", "application/json")
			}
			resp := &http.Response{Header: http.Header{
				"X-Request-Id": {"x"}, "Etag": {`"1-x"`}, "Location": {"/x/"}, "Set-Cookie": {"taskhouse=x"},
			}}
			resp.StatusCode, _ = strconv.Atoi(e.Status)
			if e.Answer != nil {
				resp.Header.Set("Content-Type", "application/json")
			} else if e.Body == nil {
				return // no JSON in either direction
			}
			for _, wrong := range contract.Check(r, e.Body, resp, e.Answer) {
				t.Errorf("%v\n%s\n%s", wrong, e.Body, e.Answer)
			}
		})
	}
}
