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

// unsubscribePolicy lets a browser submit the one form of the page to this server.
const unsubscribePolicy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// unsubscribeQuery has the token of the link in an e-mail.
type unsubscribeQuery struct{ token string }

// Read reads the query.
func (q *unsubscribeQuery) Read(f *form.Form) {
	q.token = f.Text("token", form.Required, form.Max(500), form.Doc("The token in the link.")).V
}

// unsubscribePage asks for confirmation, because mail scanners that open links must not unsubscribe anyone.
func (a *API) unsubscribePage(w http.ResponseWriter, r *http.Request) error {
	var q unsubscribeQuery
	if _, err := readQuery(r, &q); err != nil {
		return err
	}
	if !a.Notices.ValidLink(q.token) {
		return fail.NotFound()
	}
	return writeUnsubscribePage(w, r, false)
}

// unsubscribe needs nothing but the link, because a mail program sends the request without the person's session (RFC
// 8058). It ignores the body.
func (a *API) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	var q unsubscribeQuery
	if _, err := readQuery(r, &q); err != nil {
		return err
	}
	if err := a.Notices.Unsubscribe(r.Context(), q.token); err != nil {
		return err
	}
	return writeUnsubscribePage(w, r, true)
}

func writeUnsubscribePage(w http.ResponseWriter, r *http.Request, done bool) error {
	w.Header().Set("Content-Security-Policy", unsubscribePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method == http.MethodHead {
		return nil
	}
	return unsubscribeTemplate.Execute(w, done)
}
