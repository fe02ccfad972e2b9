// Package apitest holds requests and answers of the API to its OpenAPI document: put a Validator under a test's client, and
// every request that it sends checks the document, whatever else the test is about.
//
// Every answer is checked: its path, method and status must be documented, its headers and body as they are described, with
// no field that is not. A request is checked when it succeeded, so a test may send anything that is to be refused.
//
// It is for tests only.
package apitest

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Validator is an http.RoundTripper that fails its test when a request or an answer is not as the document says. Several
// requests may use it at once.
type Validator struct {
	t        testing.TB
	contract *Contract
	next     http.RoundTripper
}

// NewValidator holds a test to a document, as GET /api/schema/ sends it. next carries the requests; nil is
// http.DefaultTransport. A test that makes many of them calls Load once, and Contract.Validator for each.
func NewValidator(t testing.TB, document []byte, next http.RoundTripper) *Validator {
	t.Helper()
	c, err := Load(document)
	if err != nil {
		t.Fatalf("read the OpenAPI document: %v", err)
	}
	return c.Validator(t, next)
}

// Validator holds a test to the contract; see NewValidator.
func (c *Contract) Validator(t testing.TB, next http.RoundTripper) *Validator {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Validator{t: t, contract: c, next: next}
}

// RoundTrip sends the request and checks the answer, which it reads whole.
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
		v.t.Errorf("%s %s -> %d is not as the OpenAPI document says: %v", r.Method, r.URL.RequestURI(), resp.StatusCode, wrong)
	}
	return resp, nil
}

// copyRequest reads the body of a request, and gives a request that still has it.
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
