package notify

import (
	"context"
	"time"
	_ "time/tzdata" // members live in time zones that a small container knows nothing of

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
)

// When the mail of the day comes to those who have not said.
const (
	defaultHour = 8
	defaultZone = "UTC"
)

// Preferences are the ways in which a member wants to be told of what. Off is neither.
type Preferences struct {
	AssignedInbox   bool   `json:"assigned_inbox"`
	AssignedEmail   bool   `json:"assigned_email"`
	UnassignedInbox bool   `json:"unassigned_inbox"`
	UnassignedEmail bool   `json:"unassigned_email"`
	MentionedInbox  bool   `json:"mentioned_inbox"`
	MentionedEmail  bool   `json:"mentioned_email"`
	StatusInbox     bool   `json:"status_inbox"`
	StatusEmail     bool   `json:"status_email"`
	InvitationInbox bool   `json:"invitation_inbox"`
	InvitationEmail bool   `json:"invitation_email"`
	Digest          bool   `json:"digest" doc:"Whether a mail a day sums up what is open and unread."`
	DigestHour      int64  `json:"digest_hour" doc:"The hour of the day there, 0 to 23."`
	TimeZone        string `json:"time_zone" doc:"A name of the IANA time zone database."`
}

// channels are the two fields of a kind.
func (p *Preferences) channels(k Kind) (inbox, email *bool) {
	switch k {
	case Assigned:
		return &p.AssignedInbox, &p.AssignedEmail
	case Unassigned:
		return &p.UnassignedInbox, &p.UnassignedEmail
	case Mentioned:
		return &p.MentionedInbox, &p.MentionedEmail
	case Status:
		return &p.StatusInbox, &p.StatusEmail
	default:
		return &p.InvitationInbox, &p.InvitationEmail
	}
}

// PreferencesChange is what becomes of them; fields that are not Set stay.
type PreferencesChange struct {
	inbox, email map[Kind]form.Optional[bool]
	digest       form.Optional[bool]
	hour         form.Optional[int64]
	zone         form.Optional[string]
}

// Read reads it from a body.
func (in *PreferencesChange) Read(f *form.Form) {
	in.inbox, in.email = map[Kind]form.Optional[bool]{}, map[Kind]form.Optional[bool]{}
	for _, k := range Kinds {
		in.inbox[k], in.email[k] = f.Bool(string(k)+"_inbox"), f.Bool(string(k)+"_email")
	}
	in.digest = f.Bool("digest")
	in.hour = f.Int("digest_hour", 0, 23)
	in.zone = f.Text("time_zone", form.Max(64), form.Doc("A name of the IANA time zone database, such as Europe/Berlin."))
	if z := in.zone; z.Set && z.V != "" {
		if _, err := time.LoadLocation(z.V); err != nil || z.V == "Local" {
			f.Fail("time_zone", "This is no time zone.")
		}
	}
}

// Preferences are the caller's.
func (s *Service) Preferences(ctx context.Context, who account.Caller) (p Preferences, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		p, _, err = preferencesOf(tx, who.Actor())
		return err
	})
	return p, err
}

func preferencesOf(tx *db.Tx, user int64) (p Preferences, d digest, err error) {
	all, err := wishesOf(tx, []int64{user})
	if err != nil {
		return p, d, err
	}
	for _, k := range Kinds {
		w := all.of(user, k)
		inbox, email := p.channels(k)
		*inbox, *email = w.inbox, w.email
	}
	d, err = findDigest(tx, user)
	p.Digest, p.DigestHour, p.TimeZone = d.enabled, d.hour, d.zone
	return p, d, err
}

// ChangePreferences changes the caller's.
func (s *Service) ChangePreferences(ctx context.Context, who account.Caller, in PreferencesChange) (p Preferences, err error) {
	err = who.Write(ctx, func(tx *db.Tx) error {
		now, d, err := preferencesOf(tx, who.Actor())
		if err != nil {
			return err
		}
		for _, k := range Kinds {
			inbox, email := now.channels(k)
			old := wish{*inbox, *email}
			if v := in.inbox[k]; v.Set {
				*inbox = v.V
			}
			if v := in.email[k]; v.Set {
				*email = v.V
			}
			if v := (wish{*inbox, *email}); v != old {
				if err := storeWish(tx, who.Actor(), k, v); err != nil {
					return err
				}
			}
		}
		if in.digest.Set {
			d.enabled = in.digest.V
		}
		if in.hour.Set {
			d.hour = in.hour.V
		}
		if in.zone.Set {
			d.zone = in.zone.V
		}
		if in.digest.Set || in.hour.Set || in.zone.Set {
			if err := storeDigest(tx, who.Actor(), d, d.next(tx.Now)); err != nil {
				return err
			}
		}
		now.Digest, now.DigestHour, now.TimeZone = d.enabled, d.hour, d.zone
		p = now
		return nil
	})
	return p, err
}

// next is when the mail of the day is due after a time; nil: never.
func (d digest) next(after db.Time) *db.Time {
	zone, err := time.LoadLocation(d.zone)
	if err != nil || !d.enabled {
		return nil
	}
	t := after.Std().In(zone)
	due := time.Date(t.Year(), t.Month(), t.Day(), int(d.hour), 0, 0, 0, zone)
	for days := 1; !due.After(t); days++ {
		due = time.Date(t.Year(), t.Month(), t.Day()+days, int(d.hour), 0, 0, 0, zone)
	}
	at := db.At(due)
	return &at
}
