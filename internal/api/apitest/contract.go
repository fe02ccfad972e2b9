package apitest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	liberrors "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi/datamodel"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// Contract is a document to check requests and answers against.
type Contract struct {
	operations        map[string]map[string]*operation // by path and method
	templates         *http.ServeMux                   // the paths, to find that of a request
	requests, answers held

	mu sync.Mutex // guards operation.seen
}

// operation is one operation of the document.
type operation struct {
	OperationID string
	Parameters  []struct{ Name, In string }
	Responses   map[string]struct {
		Ref     string `json:"$ref"`
		Content map[string]any
	}

	path string
	seen bool
}

// held is one model of the document.
type held struct {
	model     *v3.Document
	validator validator.Validator
}

// outside is a path that the contract adds. It has the two answers to undocumented requests, so that these are checked
// too.
const outside = "/-/outside/"

var (
	contracts   = map[[32]byte]*Contract{}
	contractsMu sync.Mutex
)

// Load parses a document, once in a process.
func Load(document []byte) (*Contract, error) {
	var doc map[string]any
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	doc["servers"] = []any{map[string]any{"url": "/"}}
	doc["info"] = map[string]any{"title": "API", "version": "0"}
	same, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(same)
	contractsMu.Lock()
	defer contractsMu.Unlock()
	if contracts[key] == nil {
		c, err := load(same, doc)
		if err != nil {
			return nil, err
		}
		contracts[key] = c
	}
	return contracts[key], nil
}

func load(document []byte, doc map[string]any) (c *Contract, err error) {
	c = &Contract{templates: http.NewServeMux()}
	if err := c.readOperations(document); err != nil {
		return nil, err
	}
	// Formats are checked in answers only, because clients may write a time in more formats than we do.
	if c.requests, err = hold(doc); err != nil {
		return nil, err
	}
	addOutside(doc)
	closeObjects(doc["components"])
	c.answers, err = hold(doc, config.WithFormatAssertions())
	return c, err
}

func (c *Contract) readOperations(document []byte) error {
	var doc struct {
		Paths map[string]map[string]*operation
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return err
	}
	if len(doc.Paths) == 0 {
		return errors.New("it has no paths")
	}
	c.operations = map[string]map[string]*operation{}
	for p, methods := range doc.Paths {
		c.templates.HandleFunc(p+"{$}", http.NotFound)
		c.operations[p] = map[string]*operation{}
		for method, o := range methods {
			o.path = p
			c.operations[p][strings.ToUpper(method)] = o // methods are case-sensitive
		}
	}
	return nil
}

func hold(doc map[string]any, opts ...config.Option) (h held, err error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return h, err
	}
	d, err := libopenapi.NewDocumentWithConfiguration(b, datamodel.NewDocumentConfiguration())
	if err != nil {
		return h, err
	}
	m, err := d.BuildV3Model()
	if err != nil {
		return h, err
	}
	h.model = &m.Model
	h.validator = validator.NewValidatorFromV3Model(h.model, opts...)
	return h, nil
}

// addOutside adds the path with the answers to undocumented requests.
func addOutside(doc map[string]any) {
	response := func(name string) any { return map[string]any{"$ref": "#/components/responses/" + name} }
	doc["paths"].(map[string]any)[outside] = map[string]any{"get": map[string]any{"responses": map[string]any{
		"404": response("NotFound"), "405": response("MethodNotAllowed"),
	}}}
}

// closeObjects forbids other fields in every object with named fields. Clients must accept new fields, but a test must
// not see an undocumented one.
func closeObjects(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			closeObjects(e)
		}
	case map[string]any:
		_, named := v["properties"].(map[string]any)
		if named && v["type"] == "object" && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, e := range v {
			closeObjects(e)
		}
	}
}

// Check checks a request and its answer, with their bodies, and returns the differences from the document.
func (c *Contract) Check(r *http.Request, body []byte, resp *http.Response, answer []byte) []error {
	template, method := c.find(r)
	o := c.operations[template][method]
	if o == nil {
		return c.checkOutside(r, template, resp, answer)
	}
	described, ok := o.Responses[strconv.Itoa(resp.StatusCode)]
	if !ok {
		return []error{fmt.Errorf("%s has no status %d", o.OperationID, resp.StatusCode)}
	}
	c.note(o, resp.StatusCode)
	hasBody := described.Ref != "" || described.Content != nil
	switch {
	case len(answer) > 0 && (!hasBody || r.Method == http.MethodHead):
		return []error{fmt.Errorf("a body where none is described: %.200q", answer)}
	case r.Method == http.MethodHead:
		return nil
	case len(answer) == 0 && hasBody:
		return []error{errors.New("no body where one is described")}
	}
	wrong := c.answers.checkAnswer(r.Method, template, resp, answer)
	if resp.StatusCode < 300 {
		wrong = append(wrong, c.checkRequest(r, o, body)...)
	}
	return wrong
}

// note records that a request of an operation succeeded.
func (c *Contract) note(o *operation, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o.seen = o.seen || status < 400
}

// find returns the documented path of a request, or "", and the documented method.
func (c *Contract) find(r *http.Request) (template, method string) {
	method = r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	p := r.URL.Path
	if !strings.HasSuffix(p, "/") {
		p += "/"
	}
	if clean := path.Clean(p); clean != "/" && clean+"/" != p || clean == "/" && p != "/" || r.URL.RawPath != "" {
		return "", method // the server does not clean paths, but the mux here would
	}
	u := *r.URL
	u.Path = p
	_, pattern := c.templates.Handler(&http.Request{Method: http.MethodGet, URL: &u, Host: "localhost"})
	return strings.TrimSuffix(pattern, "{$}"), method
}

// checkOutside checks the answer to an undocumented request, which must be a rejection.
func (c *Contract) checkOutside(r *http.Request, template string, resp *http.Response, answer []byte) []error {
	want := http.StatusNotFound
	if template != "" {
		want = http.StatusMethodNotAllowed
		if r.Method == http.MethodOptions && resp.StatusCode == http.StatusNoContent {
			return c.checkAllow(template, resp)
		}
	}
	if resp.StatusCode != want {
		return []error{fmt.Errorf("the route is not documented (a %d would be right)", want)}
	}
	var wrong []error
	if template != "" {
		wrong = c.checkAllow(template, resp)
	}
	if r.Method == http.MethodHead {
		return wrong
	}
	return append(wrong, c.answers.checkAnswer(http.MethodGet, outside, resp, answer)...)
}

// checkAllow compares the methods in Allow with the documented ones.
func (c *Contract) checkAllow(template string, resp *http.Response) []error {
	want := []string{http.MethodOptions}
	for method := range c.operations[template] {
		if want = append(want, method); method == http.MethodGet {
			want = append(want, http.MethodHead)
		}
	}
	slices.Sort(want)
	if got, want := resp.Header.Get("Allow"), strings.Join(want, ", "); got != want {
		return []error{fmt.Errorf("the header Allow is %q, and documented are %q", got, want)}
	}
	return nil
}

func (h held) checkAnswer(method, template string, resp *http.Response, answer []byte) []error {
	r, err := http.NewRequest(method, template, http.NoBody) //nolint:noctx // it is never sent
	if err != nil {
		return []error{err}
	}
	copied := *resp
	copied.Body = io.NopCloser(bytes.NewReader(answer))
	item := h.model.Paths.PathItems.GetOrZero(template)
	_, wrong := h.validator.GetResponseBodyValidator().ValidateResponseBodyWithPathItem(r, &copied, item, template)
	return readable(wrong)
}

// checkRequest checks a request that succeeded.
func (c *Contract) checkRequest(r *http.Request, o *operation, body []byte) (wrong []error) {
	for name := range r.URL.Query() {
		if name == "_" || name == "format" { // accepted everywhere, without effect
			continue
		}
		named := func(p struct{ Name, In string }) bool { return p.In == "query" && p.Name == name }
		if !slices.ContainsFunc(o.Parameters, named) {
			wrong = append(wrong, fmt.Errorf("%s has no parameter %q", o.OperationID, name))
		}
	}
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.Contains(media, "form") {
		return wrong // forms are read as well, and the document describes JSON
	}
	copied := r.Clone(r.Context())
	if r.Method == http.MethodHead {
		copied.Method = http.MethodGet
	}
	copied.URL.Path = strings.TrimSuffix(copied.URL.Path, "/") + "/"
	copied.Body = io.NopCloser(bytes.NewReader(trimmed(body)))
	item := c.requests.model.Paths.PathItems.GetOrZero(o.path)
	_, more := c.requests.validator.ValidateHttpRequestSyncWithPathItem(copied, item, o.path)
	return append(wrong, readable(more)...)
}

// trimmed returns a body without the white space around its texts, which does not count against limits.
func trimmed(body []byte) []byte {
	var fields map[string]json.RawMessage // numbers stay unchanged
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	for name, v := range fields {
		var text string
		if v[0] != '"' || json.Unmarshal(v, &text) != nil {
			continue
		}
		if quoted, err := json.Marshal(strings.TrimSpace(text)); err == nil {
			fields[name] = quoted
		}
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return b
}

// readable describes an error and its place, without line numbers of the generated document.
func readable(wrong []*liberrors.ValidationError) (all []error) {
	for _, w := range wrong {
		s := w.Message + ": " + w.Reason
		for _, f := range w.SchemaValidationErrors {
			s += fmt.Sprintf("\n\t/%s: %s", strings.Join(f.InstancePath, "/"), f.Reason)
		}
		all = append(all, errors.New(s))
	}
	return all
}

// Unseen returns the operations without a successful request in this process, sorted.
func (c *Contract) Unseen() (ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, methods := range c.operations {
		for o := range maps.Values(methods) {
			if !o.seen {
				ids = append(ids, o.OperationID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}
