package api

import (
	"bytes"
	_ "embed" // the page's template and style sheet
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The page for people is written on the server out of the document for programs. It runs no script, and loads nothing but its
// style sheet, from here.

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS []byte

// docsPolicy lets a browser load the style sheet and nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docs sends the document for people.
func (a *API) docs(w http.ResponseWriter, r *http.Request) error {
	d, err := a.describe()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", docsPolicy)
	writeDocument(w, r, "text/html; charset=utf-8", d.page)
	return nil
}

// docsStyle sends its style sheet.
func (a *API) docsStyle(w http.ResponseWriter, r *http.Request) error {
	writeDocument(w, r, "text/css; charset=utf-8", docsCSS)
	return nil
}

// docsPage writes the page.
func (a *API) docsPage(d *document) ([]byte, error) {
	p := docsView{document: d, Guide: a.guide()}
	t, err := template.New("docs").Funcs(template.FuncMap{
		"operations": p.operations, "resolve": p.resolve, "title": title, "objects": p.objects,
		"type": p.words, "limits": limits, "sample": p.sample, "curl": p.curl, "in": in, "needs": needs, "json": indented, "prose": prose, "inline": inline,
	}).Parse(docsHTML)
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	return b.Bytes(), nil
}

// docsView is the document as the template sees it; its methods are what the template asks about it.
type docsView struct {
	*document
	Guide []section
}

// placed is an operation with the path and method that it stands under.
type placed struct {
	*operationDoc
	Method, Path string
}

// Body is the schema of the request's body, or nil.
func (o placed) Body() *schema {
	if o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Content[0].Value.Schema
}

// operations are those under a tag.
func (p docsView) operations(tag string) (os []placed) {
	for _, path := range p.Paths {
		for _, op := range path.Value.operations {
			if op.Value.Tags[0] == tag {
				os = append(os, placed{op.Value, strings.ToUpper(op.Name), path.Name})
			}
		}
	}
	return os
}

// objects are the named schemas of answers, by name; those of bodies stand with their operations.
func (p docsView) objects() ordered[*schema] {
	os := slices.DeleteFunc(slices.Clone(p.Components.Schemas), func(m member[*schema]) bool { return strings.HasSuffix(m.Name, "Request") })
	slices.SortFunc(os, func(a, b member[*schema]) int { return strings.Compare(a.Name, b.Name) })
	return os
}

// resolve is the schema that s refers to, or s.
func (p docsView) resolve(s *schema) *schema {
	if s.Ref == "" {
		return s
	}
	return p.Components.Schemas.get(strings.TrimPrefix(s.Ref, schemaPrefix))
}

// in are the parameters at one place: path, query or header.
func in(ps []parameter, place string) []parameter {
	return slices.DeleteFunc(slices.Clone(ps), func(p parameter) bool { return p.In != place })
}

func needs(required []string, name string) bool { return slices.Contains(required, name) }

// words name a type, with links to the objects.
func (p docsView) words(s *schema) template.HTML {
	switch {
	case s.Ref != "":
		name := template.HTMLEscapeString(strings.TrimPrefix(s.Ref, schemaPrefix))
		return template.HTML(`<a href="#object-` + name + `">` + name + `</a>`) //nolint:gosec // escaped above
	case s.AnyOf != nil:
		return p.words(s.AnyOf[0]) + " or null"
	case s.Items != nil:
		return "list of " + p.words(s.Items)
	case s.AdditionalProperties != nil:
		return "object of " + p.words(s.AdditionalProperties)
	}
	of := slices.Clone(s.Type)
	if s.Format != "" && s.Format != "int64" {
		of[0] = s.Format
	}
	return template.HTML(template.HTMLEscapeString(strings.Join(of, " or "))) //nolint:gosec // escaped here
}

// limits are the rules of a field in words.
func limits(s *schema) string {
	var l []string
	if s.Enum != nil {
		l = append(l, "`"+strings.Join(s.Enum, "`, `")+"`")
	}
	if s.MaxLength > 0 {
		l = append(l, fmt.Sprintf("at most %d characters", s.MaxLength))
	}
	if s.Minimum != nil && s.Maximum != nil {
		l = append(l, fmt.Sprintf("%d to %d", *s.Minimum, *s.Maximum))
	}
	if s.Default != nil {
		l = append(l, fmt.Sprintf("default `%v`", s.Default))
	}
	if len(l) == 0 {
		return ""
	}
	all := strings.Join(l, "; ")
	return strings.ToUpper(all[:1]) + all[1:] + "."
}

// title is a status in words.
func title(status string) string {
	n, _ := strconv.Atoi(status)
	return http.StatusText(n)
}

// curl is the request of an operation as a command.
func (p docsView) curl(o placed) (string, error) {
	lines := []string{"curl "}
	if o.Method != http.MethodGet {
		lines[0] += "-X " + o.Method + " "
	}
	lines[0] += shellQuote(strings.TrimSuffix(p.Servers[0].URL, "/") + strings.NewReplacer("{id}", "1", "{company}", "1", "{session}", "SESSION").Replace(o.Path))
	if len(o.Security) > 0 {
		lines = append(lines, `-H "Authorization: Bearer $ACCESS"`)
	}
	if body := o.Body(); body != nil {
		b, err := indented(p.bodyExample(p.resolve(body)))
		if err != nil {
			return "", err
		}
		lines = append(lines, "-H 'Content-Type: application/json'", "-d "+shellQuote(b))
	}
	return strings.Join(lines, " \\\n  "), nil
}

// shellQuote quotes s for a shell where it needs it.
func shellQuote(s string) string {
	if !strings.ContainsAny(s, " \t\n'\"\\$&|;<>()*?[]{}#~`!") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// sample is an example of a schema, as JSON.
func (p docsView) sample(s *schema) (string, error) { return indented(p.example(s)) }

func indented(v any) (string, error) {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	return string(b), err
}

// bodyExample is an example of a body: what is required, and of the rest what has an example of its own.
func (p docsView) bodyExample(s *schema) (o ordered[any]) {
	for _, f := range s.Properties {
		if slices.Contains(s.Required, f.Name) || f.Value.Examples != nil {
			o.add(f.Name, p.example(f.Value))
		}
	}
	return o
}

// example is a value that a schema allows.
func (p docsView) example(s *schema) any {
	s = p.resolve(s)
	switch {
	case s.Examples != nil:
		return s.Examples[0]
	case s.AnyOf != nil:
		return p.example(s.AnyOf[0])
	case s.Enum != nil:
		return s.Enum[0]
	case len(s.Type) > 1:
		return nil
	case s.Type[0] == "object":
		o := ordered[any]{}
		for _, f := range s.Properties {
			if s.MaxProperties == 0 || len(o) < s.MaxProperties {
				o.add(f.Name, p.example(f.Value))
			}
		}
		return o
	case s.Type[0] == "array":
		return []any{p.example(s.Items)}
	}
	return plainExamples[s.Type[0]+s.Format]
}

// plainExamples are by type and format.
var plainExamples = map[string]any{
	"string": "text", "stringdate-time": "2026-03-14T09:26:53.589Z", "stringuri": "https://tasks.example.com/",
	"stringdate": "2026-03-14", "integer": 1, "integerint64": 1, "number": 12.5, "boolean": true,
}

// inline is a text with what stands in backticks as code.
func inline(s string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(s, "`") {
		if part = template.HTMLEscapeString(part); i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		b.WriteString(part)
	}
	return template.HTML(b.String()) //nolint:gosec // escaped part by part
}

// prose is inline in paragraphs.
func prose(s string) (h template.HTML) {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		h += "<p>" + inline(paragraph) + "</p>\n"
	}
	return h
}
