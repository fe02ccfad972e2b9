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

// Setting is a company's own source, as its admins see it: the header's value is never shown again.
type Setting struct {
	URL       string  `json:"url" format:"uri"`
	Fields    string  `json:"fields" doc:"Where the other system's objects have our fields."`
	Header    string  `json:"header" doc:"The name of the header that carries the secret; empty: none."`
	ChangedAt db.Time `json:"changed_at"`

	sealed string
}

// Change is a source that an admin sets.
type Change struct {
	url, fields, header string
	value               form.Optional[string]
}

// The greatest lengths, in characters.
const (
	maxURL    = 2000
	maxFields = 500
	maxHeader = 100
	maxSecret = 2000
)

// Read reads it from a body.
func (in *Change) Read(f *form.Form) {
	in.url = f.Text("url", form.Required, form.Max(maxURL), form.Format("uri"), form.Doc("http or https, at a public address, without a name or password in it.")).V
	in.fields = f.Text("fields", form.Blank, form.Max(maxFields), form.Default(defaultFields),
		form.Doc("Where the other system's objects have our fields, such as list=results,id=number,title=title,completed=state:closed.")).V
	in.header = f.Text("header", form.Blank, form.Max(maxHeader), form.Doc("The name of the header that carries the secret, such as Authorization.")).V
	in.value = f.Text("value", form.Blank, form.Raw, form.WriteOnly, form.Max(maxSecret), form.Doc("The header's value. Left out it stays as it is, as long as url and header do."))
	in.check(f)
}

// check says what is wrong, of what each field holds by itself.
func (in *Change) check(f *form.Form) {
	if in.fields == "" {
		in.fields = defaultFields
	}
	if _, err := ParseFields(in.fields); err != nil {
		f.Fail("fields", err.Error()+".")
	}
	if u, err := url.Parse(in.url); in.url != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "") {
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
	if !httpguts.ValidHeaderFieldName(in.header) || slices.Contains(ours, in.header) || strings.HasPrefix(in.header, "Proxy-") {
		f.Fail("header", "This header cannot be set.")
	}
	if in.value.Set && (in.value.V == "" || !httpguts.ValidHeaderFieldValue(in.value.V)) {
		f.Fail("value", "This is no value of a header.")
	}
}

// ours are the headers that the request itself needs.
var ours = []string{
	"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
}

// defaultFields is DefaultFields as text.
const defaultFields = "id=id,title=title,completed=completed"

// Setting is the caller's company's own source; not found where it takes the installation's.
func (s *Service) Setting(ctx context.Context, who account.Caller) (v Setting, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		v, err = findSetting(tx)
		return err
	})
	return v, err
}

// Set gives the company a source of its own. That it changed is an event, and what it is stays with the admins.
func (s *Service) Set(ctx context.Context, who account.Caller, in Change) (v Setting, err error) {
	err = s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
		old, err := findSetting(tx)
		if err != nil && !fail.Is(err, fail.KindNotFound) {
			return event.None, err
		}
		v = Setting{URL: in.url, Fields: in.fields, Header: in.header, ChangedAt: tx.Now}
		switch {
		case in.header == "":
		case in.value.Set:
			v.sealed = s.Secrets.Seal(about(tx.Company()), []byte(in.value.V))
		case old.sealed != "" && old.URL == in.url && old.Header == in.header:
			v.sealed = old.sealed
		default: // a value that was meant for one address must not be sent to another
			return event.None, fail.Invalid("value", "This field is required.")
		}
		if err := storeSetting(tx, v); err != nil {
			return event.None, err
		}
		return changed(tx, "The source of outside tasks was set")
	})
	return v, err
}

// Unset takes the company back to the installation's source.
func (s *Service) Unset(ctx context.Context, who account.Caller) error {
	return s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
		if err := removeSetting(tx); err != nil {
			return event.None, err
		}
		return changed(tx, "The source of outside tasks is the installation's again")
	})
}

// changed is the event: neither the address nor the header, because the log is for every member.
func changed(tx *db.Tx, message string) (event.Event, error) {
	c, err := account.CompanyOf(tx)
	return event.Event{Kind: event.SourceChanged, ID: c.ID, Message: message, Changes: event.Changes{"external_tasks": event.Private}, Data: c}, err
}

func about(company int64) string { return fmt.Sprintf("company %d external source", company) }

// own is a company's source as this process asks it.
type own struct {
	since  db.Time // when it was set
	source *Source
}

// source is where the caller's company's outside tasks come from.
func (s *Service) source(ctx context.Context, who account.Caller) (*Source, error) {
	v, err := s.Setting(ctx, who)
	if fail.Is(err, fail.KindNotFound) {
		return s.Source, nil
	}
	if err != nil {
		return nil, err
	}
	company := who.Scope.Company()
	if o, ok := s.own.GetIfPresent(company); ok && o.since == v.ChangedAt {
		return o.source, nil
	}
	source, err := NewSource(s.options(company, v))
	if err != nil {
		return nil, err
	}
	s.own.Set(company, own{v.ChangedAt, source})
	return source, nil
}

// options are how a company's source is asked. A secret that cannot be opened any longer is an empty one: the other system says so.
func (s *Service) options(company int64, v Setting) Options {
	o := Options{URL: v.URL, AllowPrivate: s.AllowPrivate, Now: s.now, Log: s.Source.log.With("company", company), Cache: s.Source.cache}
	o.Fields, _ = ParseFields(v.Fields) // it was read when it was set
	if v.Header != "" {
		value, ok := s.Secrets.Open(about(company), v.sealed)
		if !ok {
			o.Log.Warn("the secret of the company's source of outside tasks cannot be opened: its signing key is gone, and an admin must set it again")
		}
		o.Header, o.Secret = v.Header, string(value)
	}
	return o
}
