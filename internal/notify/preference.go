package notify

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// Preferences says, per kind, whether a member is notified in the inbox, by e-mail, both or neither, and when the
// digest comes.
type Preferences struct {
	channels map[Kind]channels
	own      bool // notify of own acts
	digest   digest
}

// The names of a kind's two fields.
func inboxField(k Kind) string { return string(k) + "_inbox" }
func emailField(k Kind) string { return string(k) + "_email" }

// Fields describes the JSON object: two fields for each kind and those of the digest.
func (Preferences) Fields() []form.Field {
	var all []form.Field
	for _, k := range kinds {
		all = append(all, form.Field{Name: inboxField(k.name), Type: "boolean"},
			form.Field{Name: emailField(k.name), Type: "boolean"})
	}
	return append(all,
		form.Field{Name: "notify_own", Type: "boolean", Doc: ownDoc},
		form.Field{
			Name: "digest", Type: "boolean",
			Doc: "Whether a daily e-mail sums up open tasks and unread notifications.",
		},
		form.Field{
			Name: "digest_hour", Type: "integer", Format: "int64",
			Doc: "The hour of the day in time_zone, 0 to 23.",
		},
		form.Field{Name: "time_zone", Type: "string", Doc: "A name of the IANA time zone database."},
	)
}

// MarshalJSONTo writes the fields that Fields describes.
func (p Preferences) MarshalJSONTo(e *jsontext.Encoder) error {
	tokens := []jsontext.Token{jsontext.BeginObject}
	for _, k := range kinds {
		c := p.channels[k.name]
		tokens = append(tokens, jsontext.String(inboxField(k.name)), jsontext.Bool(c.inbox),
			jsontext.String(emailField(k.name)), jsontext.Bool(c.email))
	}
	tokens = append(
		tokens,
		jsontext.String("notify_own"),
		jsontext.Bool(p.own),
		jsontext.String("digest"),
		jsontext.Bool(p.digest.enabled),
		jsontext.String("digest_hour"),
		jsontext.Int(p.digest.hour),
		jsontext.String("time_zone"),
		jsontext.String(p.digest.zone),
		jsontext.EndObject,
	)
	for _, t := range tokens {
		if err := e.WriteToken(t); err != nil {
			return err
		}
	}
	return nil
}

// PreferencesChange changes preferences; fields that are not Set stay.
type PreferencesChange struct {
	inbox, email map[Kind]form.Optional[bool]
	own, digest  form.Optional[bool]
	hour         form.Optional[int64]
	zone         form.Optional[string]
}

// Read reads it from a body.
func (in *PreferencesChange) Read(f *form.Form) {
	in.inbox, in.email = map[Kind]form.Optional[bool]{}, map[Kind]form.Optional[bool]{}
	for _, k := range kinds {
		in.inbox[k.name], in.email[k.name] = f.Bool(inboxField(k.name)), f.Bool(emailField(k.name))
	}
	in.own = f.Bool("notify_own", form.Doc(ownDoc))
	in.digest = f.Bool("digest")
	in.hour = f.Int("digest_hour", 0, 23)
	in.zone = f.Text("time_zone", form.Max(64),
		form.Doc("A name of the IANA time zone database, such as Europe/Berlin."))
	if z := in.zone; z.Set && z.V != "" {
		if _, err := zone.Load(z.V); err != nil {
			f.Fail("time_zone", "This is no time zone.")
		}
	}
}

const ownDoc = "Whether the member is notified of a task that they create for themselves. " +
	"No other act of one's own notifies."

// Preferences returns the caller's preferences.
func (s *Service) Preferences(ctx context.Context, who account.Caller) (Preferences, error) {
	return db.Read(ctx, who, func(tx *db.Tx) (Preferences, error) { return preferencesOf(tx, who.Actor()) })
}

func preferencesOf(tx *db.Tx, user int64) (p Preferences, err error) {
	overrides, err := preferenceOverridesOf(tx, []int64{user})
	if err != nil {
		return p, err
	}
	p.channels = map[Kind]channels{}
	for _, k := range kinds {
		p.channels[k.name] = overrides.of(user, k.name)
	}
	p.own = overrides.of(user, ownActs).inbox
	p.digest, err = findDigest(tx, user)
	return p, err
}

// ChangePreferences changes the caller's preferences.
func (s *Service) ChangePreferences(ctx context.Context, who account.Caller, in PreferencesChange) (Preferences,
	error,
) {
	return db.Write(ctx, who, func(tx *db.Tx) (Preferences, error) { return in.apply(tx, who.Actor()) })
}

func (in *PreferencesChange) apply(tx *db.Tx, user int64) (p Preferences, err error) {
	if p, err = preferencesOf(tx, user); err != nil {
		return p, err
	}
	for _, k := range kinds {
		old := p.channels[k.name]
		c := channels{inbox: or(in.inbox[k.name], old.inbox), email: or(in.email[k.name], old.email)}
		if c == old {
			continue
		}
		p.channels[k.name] = c
		if err := storePreference(tx, user, k.name, c); err != nil {
			return p, err
		}
	}
	if own := or(in.own, p.own); own != p.own {
		p.own = own
		if err := storePreference(tx, user, ownActs, channels{own, own}); err != nil {
			return p, err
		}
	}
	if !in.digest.Set && !in.hour.Set && !in.zone.Set {
		return p, nil
	}
	d := &p.digest
	d.enabled, d.hour, d.zone = or(in.digest, d.enabled), or(in.hour, d.hour), or(in.zone, d.zone)
	return p, storeDigest(tx, user, *d, d.next(tx.Now))
}

// or returns the value that was sent, or the old one if none was.
func or[T any](sent form.Optional[T], old T) T {
	if sent.Set {
		return sent.V
	}
	return old
}
