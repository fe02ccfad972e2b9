package notify

import (
	"context"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// digestMails stands in an unsubscribe link for the digest, which is not a kind of notification.
const digestMails Kind = "digest"

// Links seals and opens unsubscribe links, which turn off mails without signing in. A link turns off one kind of mail
// of one member in one company, and nothing else. It does not expire, because a mail does not.
type Links struct{ seals []*page.Cursors }

// NewLinks seals with the first key; links sealed with the others still open.
func NewLinks(keys ...[]byte) *Links {
	l := &Links{}
	for _, k := range keys {
		l.seals = append(l.seals, page.NewCursors(k))
	}
	return l
}

// linkPurpose separates these seals from any other use of the key.
const linkPurpose = "unsubscribe"

// link is the content of an unsubscribe link.
type link struct {
	Company int64 `json:"c"`
	User    int64 `json:"u"`
	Kind    Kind  `json:"k"`
}

func (l *Links) seal(v link) string {
	b, _ := json.Marshal(v) // two numbers and a word: it cannot fail
	return l.seals[0].Seal(linkPurpose, b)
}

func (l *Links) open(token string) (v link, ok bool) {
	for _, s := range l.seals {
		if b, good := s.Open(linkPurpose, token); good && json.Unmarshal(b, &v) == nil {
			return v, true
		}
	}
	return v, false
}

// Unsubscribe turns off the mails that the link came with; the inbox goes on. Repeating it changes nothing. A forged
// link is fail.NotFound.
func (s *Service) Unsubscribe(ctx context.Context, token string) error {
	v, ok := s.Links.open(token)
	if !ok || v.Kind != digestMails && declared(v.Kind) == nil {
		return fail.NotFound()
	}
	door := s.DB.SystemScope(v.Company, "a link that this installation sealed").AsMember(v.User)
	return door.Write(ctx, func(tx *db.Tx) error {
		if v.Kind == digestMails {
			d, err := findDigest(tx, v.User)
			if err != nil {
				return err
			}
			d.enabled = false
			return storeDigest(tx, v.User, d, nil)
		}
		overrides, err := preferenceOverridesOf(tx, []int64{v.User})
		if err != nil {
			return err
		}
		c := overrides.of(v.User, v.Kind)
		c.email = false
		return storePreference(tx, v.User, v.Kind, c)
	})
}

// ValidLink reports whether a link opens, for the page that asks for confirmation before anything is turned off.
func (s *Service) ValidLink(token string) bool {
	_, ok := s.Links.open(token)
	return ok
}
