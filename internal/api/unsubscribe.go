package api

import (
	_ "embed" // the page
	"html/template"
	"net/http"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

//go:embed unsubscribe.html
var unsubscribeHTML string

var unsubscribeTemplate = template.Must(template.New("unsubscribe").Parse(unsubscribeHTML))

// unsubscribePolicy lets a browser send the page's one form, back to where it came from.
const unsubscribePolicy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// unsubscribeQuery is the link of a mail.
type unsubscribeQuery struct{ token string }

// Read reads the query.
func (q *unsubscribeQuery) Read(f *form.Form) {
	q.token = f.Text("token", form.Required, form.Max(500), form.Doc("As it stands in the link.")).V
}

func readUnsubscribe(r *http.Request) (q unsubscribeQuery, err error) {
	values, err := parameters(r)
	if err != nil {
		return q, err
	}
	f := form.Query(values)
	q.Read(f)
	f.Strict()
	return q, f.Err()
}

// unsubscribePage asks first: programs that look at the links of a mail must not turn anything off.
func (a *API) unsubscribePage(w http.ResponseWriter, r *http.Request) error {
	q, err := readUnsubscribe(r)
	if err != nil {
		return err
	}
	if !a.Notices.ValidLink(q.token) {
		return fail.NotFound()
	}
	return unsubscribeAnswer(w, r, false)
}

// unsubscribe needs no more than the link: a mail program sends it, without a person's browser and session. What it sends in
// the body is not looked at.
func (a *API) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	q, err := readUnsubscribe(r)
	if err != nil {
		return err
	}
	if err := a.Notices.Unsubscribe(r.Context(), q.token); err != nil {
		return err
	}
	return unsubscribeAnswer(w, r, true)
}

func unsubscribeAnswer(w http.ResponseWriter, r *http.Request, done bool) error {
	w.Header().Set("Content-Security-Policy", unsubscribePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method == http.MethodHead {
		return nil
	}
	return unsubscribeTemplate.Execute(w, done)
}
