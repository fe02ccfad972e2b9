package notify

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// DigestKind is what the link in a mail of the day turns off; it is no kind of notification.
const DigestKind Kind = "digest"

// Links makes and opens the links by which a mail is turned off without signing in. A link is good for that alone, for one
// person in one company; it does not expire, because a mail does not.
type Links struct{ seals []*page.Cursors }

// NewLinks seals with the first key; links under the others still open.
func NewLinks(keys ...[]byte) *Links {
	l := &Links{}
	for _, k := range keys {
		l.seals = append(l.seals, page.NewCursors(k))
	}
	return l
}

// about keeps these seals apart from any other use of the key.
const about = "unsubscribe"

// link is what a link says.
type link struct {
	Company int64 `json:"c"`
	User    int64 `json:"u"`
	Kind    Kind  `json:"k"`
}

func (l *Links) seal(v link) string {
	b, _ := json.Marshal(v) // numbers and a word
	return l.seals[0].Seal(about, b)
}

func (l *Links) open(token string) (v link, ok bool) {
	for _, s := range l.seals {
		if b, good := s.Open(about, token); good && json.Unmarshal(b, &v) == nil {
			return v, true
		}
	}
	return v, false
}

// Unsubscribe turns off the mails that a link came with; the inbox goes on. Doing it again changes nothing. A forged link is not
// found.
func (s *Service) Unsubscribe(ctx context.Context, token string) error {
	v, ok := s.Links.open(token)
	if !ok || v.Kind != DigestKind && !slices.Contains(Kinds, v.Kind) {
		return fail.NotFound()
	}
	return s.DB.SystemScope(v.Company, "a link that this installation sealed").AsMember(v.User).Write(ctx, func(tx *db.Tx) error {
		if v.Kind == DigestKind {
			d, err := findDigest(tx, v.User)
			if err != nil {
				return err
			}
			d.enabled = false
			return storeDigest(tx, v.User, d, nil)
		}
		all, err := wishesOf(tx, []int64{v.User})
		if err != nil {
			return err
		}
		w := all.of(v.User, v.Kind)
		w.email = false
		return storeWish(tx, v.User, v.Kind, w)
	})
}

// Opens reports whether a link is good, for the page that asks before anything is turned off.
func (s *Service) Opens(token string) bool {
	_, ok := s.Links.open(token)
	return ok
}
