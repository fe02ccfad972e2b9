package openapi

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

// The page runs no script. It loads nothing but its style sheet, from the same server.

//go:embed docs.html
var pageHTML string

// Style is the style sheet of the page.
//
//go:embed docs.css
var Style []byte

// page writes the page.
func (a *API) page(d *document) ([]byte, error) {
	p := pageView{document: d, Guide: a.guide()}
	t, err := template.New("docs").Funcs(template.FuncMap{
		"operations": p.operations, "resolve": p.resolve, "title": statusText, "objects": p.objects,
		"type": p.typeName, "limits": limits, "sample": p.sample, "curl": p.curl, "in": parametersIn,
		"needs": slices.Contains[[]string], "json": indentedJSON, "prose": prose, "inline": inline,
	}).Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("parse the template of the docs page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("write the docs page: %w", err)
	}
	return b.Bytes(), nil
}

// pageView is the document as the template sees it. Its methods are the functions of the template.
type pageView struct {
	*document
	Guide []section
}

// pageOperation is an operation with its path and method.
type pageOperation struct {
	*operationDoc
	Method, Path string
}

// Body returns the schema of the request's body, or nil.
func (o pageOperation) Body() *schema {
	if o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Content[0].Value.Schema
}

// operations returns the operations of a tag.
func (p pageView) operations(tag string) (os []pageOperation) {
	for _, path := range p.Paths {
		for _, op := range path.Value.operations {
			if op.Value.Tags[0] == tag {
				os = append(os, pageOperation{op.Value, strings.ToUpper(op.Name), path.Name})
			}
		}
	}
	return os
}

// objects returns the named schemas of answers in the order of their names. Those of bodies appear with their
// operations.
func (p pageView) objects() ordered[*schema] {
	ofBody := func(m member[*schema]) bool { return strings.HasSuffix(m.Name, "Request") }
	os := slices.DeleteFunc(slices.Clone(p.Components.Schemas), ofBody)
	slices.SortFunc(os, func(a, b member[*schema]) int { return strings.Compare(a.Name, b.Name) })
	return os
}

// resolve returns the schema that s refers to, or s.
func (p pageView) resolve(s *schema) *schema {
	if s.Ref == "" {
		return s
	}
	return p.Components.Schemas.get(strings.TrimPrefix(s.Ref, schemaPrefix))
}

// parametersIn returns the parameters of one place: path, query or header.
func parametersIn(ps []parameter, place string) []parameter {
	return slices.DeleteFunc(slices.Clone(ps), func(p parameter) bool { return p.In != place })
}

// typeName names a type and links to objects.
func (p pageView) typeName(s *schema) template.HTML {
	switch {
	case s.Ref != "":
		name := template.HTMLEscapeString(strings.TrimPrefix(s.Ref, schemaPrefix))
		return template.HTML(`<a href="#object-` + name + `">` + name + `</a>`) //nolint:gosec // escaped above
	case s.AnyOf != nil:
		all := p.typeName(s.AnyOf[0])
		for _, one := range s.AnyOf[1:] {
			all += " or " + p.typeName(one)
		}
		return all
	case s.Items != nil:
		return "list of " + p.typeName(s.Items)
	case s.AdditionalProperties != nil:
		return "object of " + p.typeName(s.AdditionalProperties)
	}
	of := slices.Clone(s.Type)
	if s.Format != "" && s.Format != "int64" {
		of[0] = s.Format
	}
	return template.HTML(template.HTMLEscapeString(strings.Join(of, " or "))) //nolint:gosec // escaped here
}

// limits describes the rules of a field.
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

// statusText describes a status.
func statusText(status string) string {
	n, _ := strconv.Atoi(status)
	return http.StatusText(n)
}

// curl returns the request of an operation as a command.
func (p pageView) curl(o pageOperation) (string, error) {
	lines := []string{"curl "}
	if o.Method != http.MethodGet {
		lines[0] += "-X " + o.Method + " "
	}
	path := strings.NewReplacer("{id}", "1", "{company}", "1", "{session}", "SESSION").Replace(o.Path)
	lines[0] += shellQuote(strings.TrimSuffix(p.Servers[0].URL, "/") + path)
	if len(o.Security) > 0 {
		lines = append(lines, `-H "Authorization: Bearer $ACCESS"`)
	}
	if body := o.Body(); body != nil {
		b, err := indentedJSON(p.bodyExample(p.resolve(body)))
		if err != nil {
			return "", err
		}
		lines = append(lines, "-H 'Content-Type: application/json'", "-d "+shellQuote(b))
	}
	return strings.Join(lines, " \\\n  "), nil
}

// shellQuote quotes s for a shell if necessary.
func shellQuote(s string) string {
	if !strings.ContainsAny(s, " \t\n'\"\\$&|;<>()*?[]{}#~`!") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// sample returns an example of a schema as JSON.
func (p pageView) sample(s *schema) (string, error) { return indentedJSON(p.example(s)) }

func indentedJSON(v any) (string, error) {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	return string(b), err
}

// bodyExample returns an example of a body: the required fields, and the optional ones that have an example.
func (p pageView) bodyExample(s *schema) (o ordered[any]) {
	for _, f := range s.Properties {
		if slices.Contains(s.Required, f.Name) || f.Value.Examples != nil {
			o.add(f.Name, p.example(f.Value))
		}
	}
	return o
}

// example returns a value that a schema allows.
func (p pageView) example(s *schema) any {
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

// plainExamples has the examples by type and format.
var plainExamples = map[string]any{
	"string": "text", "stringdate-time": "2026-03-14T09:26:53.589Z", "stringuri": "https://tasks.example.com/",
	"stringdate": "2026-03-14", "integer": 1, "integerint64": 1, "number": 12.5, "boolean": true,
}

// inline returns a text as HTML, with the parts in backticks as code.
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

// prose returns a text as paragraphs of HTML.
func prose(s string) (h template.HTML) {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		h += "<p>" + inline(paragraph) + "</p>\n"
	}
	return h
}

// Example is the example of an operation on the page, with bodies as JSON.
type Example struct {
	Method, Path, ID string
	Status           string
	Body, Answer     []byte // nil: there is none
	Command          string
}

// Examples returns those of all operations, so that a test can hold them against the document.
func (a *API) Examples() (all []Example, err error) {
	p := pageView{document: a.document()}
	for _, t := range tags {
		for _, o := range p.operations(t.Name) {
			e := Example{Method: o.Method, Path: o.Path, ID: o.OperationID, Status: o.Responses[0].Name}
			if body := o.Body(); body != nil {
				if e.Body, err = json.Marshal(p.bodyExample(p.resolve(body))); err != nil {
					return nil, err
				}
			}
			if content := o.Responses[0].Value.Content; len(content) > 0 && content[0].Value.Schema.Ref != "" {
				if e.Answer, err = json.Marshal(p.example(content[0].Value.Schema)); err != nil {
					return nil, err
				}
			}
			if e.Command, err = p.curl(o); err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	return all, nil
}
