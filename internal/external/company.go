package external

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Setting is a company's own source as its admins see it: the header's value is never shown again.
type Setting struct {
	URL       string  `json:"url" format:"uri"`
	Fields    string  `json:"fields" doc:"Which of the other system's fields are ours."`
	Header    string  `json:"header" doc:"The name of the header that carries the secret; empty if there is none."`
	ChangedAt db.Time `json:"changed_at"`

	sealed string
}

// Change is the body with which an admin sets the company's source.
type Change struct {
	url, fields, header string
	value               form.Optional[string]
}

// The maximum lengths, in characters.
const (
	maxURL    = 2000
	maxFields = 500
	maxHeader = 100
	maxSecret = 2000
)

// Read reads it from a body.
func (in *Change) Read(f *form.Form) {
	in.url = f.Text("url", form.Required, form.Exact, form.Max(maxURL), form.Format("uri"),
		form.Doc("http or https, at a public address, without a user name or password.")).V
	in.fields = f.Text("fields", form.Blank, form.Max(maxFields), form.Default(defaultFields),
		form.Doc("Which of the other system's fields are ours, such as "+
			"list=results,id=number,title=title,completed=state:closed.")).V
	in.header = f.Text("header", form.Blank, form.Exact, form.Max(maxHeader),
		form.Doc("The name of the header that carries the secret, such as Authorization.")).V
	in.value = f.Text("value", form.Blank, form.Raw, form.WriteOnly, form.Max(maxSecret),
		form.Doc("The header's value. If it is absent and url and header do not change, the value stays."))
	in.check(f)
}

// check validates each field on its own.
func (in *Change) check(f *form.Form) {
	if in.fields == "" {
		in.fields = defaultFields
	}
	if _, err := ParseFields(in.fields); err != nil {
		f.Fail("fields", err.Error()+".")
	}
	if u, err := url.Parse(in.url); in.url != "" &&
		(err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "") {
		f.Fail("url", "Enter a valid URL.")
	} else if in.url != "" && u.User != nil {
		f.Fail("url", "A name or password does not belong into the URL: give them in a header.")
	}
	if in.header == "" {
		if in.value.V != "" {
			f.Fail("header", "Say which header carries the value.")
		}
		return
	}
	in.header = http.CanonicalHeaderKey(in.header)
	if !httpguts.ValidHeaderFieldName(in.header) || slices.Contains(reservedHeaders, in.header) ||
		strings.HasPrefix(in.header, "Proxy-") {
		f.Fail("header", "This header cannot be set.")
	}
	if in.value.Set && (in.value.V == "" || !httpguts.ValidHeaderFieldValue(in.value.V)) {
		f.Fail("value", "This is no value of a header.")
	}
}

// reservedHeaders are the headers that the request itself needs.
var reservedHeaders = []string{
	"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Te",
	"Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
}

// defaultFields spells DefaultFields.
const defaultFields = "id=id,title=title,completed=completed"

// Setting returns the own source of the caller's company, or fail.NotFound if the company uses the installation's.
func (s *Service) Setting(ctx context.Context, who account.Caller) (Setting, error) {
	return db.Read(ctx, who, findSetting)
}

// Set gives the company its own source. The event says that it changed; only admins can read the setting.
func (s *Service) Set(ctx context.Context, who account.Caller, in Change) (v Setting, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		old, err := findSetting(tx)
		if err != nil && !fail.Is(err, fail.KindNotFound) {
			return event.None, err
		}
		v = Setting{URL: in.url, Fields: in.fields, Header: in.header, ChangedAt: tx.Now}
		switch {
		case in.header == "":
		case in.value.Set:
			v.sealed = s.Secrets.Seal(secretPurpose(tx.Company()), []byte(in.value.V))
		case old.sealed != "" && old.URL == in.url && old.Header == in.header:
			v.sealed = old.sealed
		default: // a secret for one address must not be sent to another
			return event.None, fail.Invalid("value", "This field is required.")
		}
		if err := storeSetting(tx, v); err != nil {
			return event.None, err
		}
		return changed(tx, "The source of outside tasks was set")
	})
	return v, err
}

// Unset removes the company's own source, so that the installation's applies again.
func (s *Service) Unset(ctx context.Context, who account.Caller) error {
	return event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		if err := removeSetting(tx); err != nil {
			return event.None, err
		}
		return changed(tx, "The source of outside tasks is the installation's again")
	})
}

// changed returns the event. It holds neither the address nor the header, because every member can read the log.
func changed(tx *db.Tx, message string) (event.Event, error) {
	c, err := account.CompanyOf(tx)
	return event.Event{
		Kind: event.SourceChanged, ID: c.ID, Message: message,
		Changes: event.Changes{"external_tasks": event.Private}, Data: c,
	}, err
}

// secretPurpose binds a sealed secret to its company.
func secretPurpose(company int64) string { return fmt.Sprintf("company %d external source", company) }

// companySource is a company's own source in the cache.
type companySource struct {
	changedAt db.Time // of the setting that it was made from
	source    *Source
}

// source returns the source of the caller's company: its own one or the installation's.
func (s *Service) source(ctx context.Context, who account.Caller) (*Source, error) {
	v, err := s.Setting(ctx, who)
	if fail.Is(err, fail.KindNotFound) {
		return s.Source, nil
	}
	if err != nil {
		return nil, err
	}
	company := who.Scope.Company()
	if c, ok := s.sources.GetIfPresent(company); ok && c.changedAt == v.ChangedAt {
		return c.source, nil
	}
	source, err := NewSource(s.options(company, v))
	if err != nil {
		return nil, err
	}
	s.sources.Set(company, companySource{v.ChangedAt, source})
	return source, nil
}

// options returns the options of a company's source. If its secret can no longer be opened, the secret is empty and the
// other system will refuse the request.
func (s *Service) options(company int64, v Setting) Options {
	o := Options{
		URL: v.URL, AllowPrivate: s.AllowPrivate, Now: s.now, Log: s.Source.log.With("company", company),
		Cache: s.Source.cache,
	}
	o.Fields, _ = ParseFields(v.Fields) // Change.Read has validated it
	if v.Header != "" {
		value, ok := s.Secrets.Open(secretPurpose(company), v.sealed)
		if !ok {
			o.Log.Warn("cannot open the secret of the company's source of external tasks: its signing key is gone; " +
				"an admin must set the secret again")
		}
		o.Header, o.Secret = v.Header, string(value)
	}
	return o
}
