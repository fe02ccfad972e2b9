// Package apitest checks requests and answers of the API against its OpenAPI document. With a Validator in a test's
// client, every request checks the document, whatever the test is about.
//
// It checks every answer: path, method and status must be documented, headers and body must match, and no other fields
// may appear. It checks only requests that succeeded, so a test may send anything that must be rejected.
//
// It is for tests only.
package apitest

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Validator is an http.RoundTripper that fails its test if a request or an answer does not match the document. It is
// safe for concurrent use.
type Validator struct {
	t        testing.TB
	contract *Contract
	next     http.RoundTripper
}

// NewValidator returns a Validator for a document of GET /api/schema/. It sends requests through next; nil means
// http.DefaultTransport. A test with several Validators calls Load once, and Contract.Validator for each.
func NewValidator(t testing.TB, document []byte, next http.RoundTripper) *Validator {
	t.Helper()
	c, err := Load(document)
	if err != nil {
		t.Fatalf("read the OpenAPI document: %v", err)
	}
	return c.Validator(t, next)
}

// Validator returns a Validator for the contract; see NewValidator.
func (c *Contract) Validator(t testing.TB, next http.RoundTripper) *Validator {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Validator{t: t, contract: c, next: next}
}

// RoundTrip sends the request, reads the whole answer and checks it.
func (v *Validator) RoundTrip(r *http.Request) (*http.Response, error) {
	v.t.Helper()
	sent, body, err := copyRequest(r)
	if err != nil {
		return nil, err
	}
	resp, err := v.next.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	if err != nil {
		return nil, err
	}
	for _, wrong := range v.contract.Check(r, body, resp, answer) {
		v.t.Errorf("%s %s -> %d is not as the OpenAPI document says: %v",
			r.Method, r.URL.RequestURI(), resp.StatusCode, wrong)
	}
	return resp, nil
}

// copyRequest reads the body of a request, and returns a request that still has it.
func copyRequest(r *http.Request) (*http.Request, []byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil, nil
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	c := r.Clone(r.Context())
	c.Body = io.NopCloser(bytes.NewReader(body))
	return c, body, err
}
