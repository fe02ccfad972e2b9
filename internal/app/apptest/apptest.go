// Package apptest wires the product for the tests of other rooms, through app.Wire, as the program does.
package apptest

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// PublicURL is the base of the links in answers and mails. No request is ever sent to it.
const PublicURL = "https://tasks.example.com"

// maxHashWait is long enough that no sign-in of a test is refused because others hash passwords.
const maxHashWait = time.Minute

// MaxBody is the largest request body that the server reads, in bytes.
const MaxBody = 1 << 20

// Options hold the settings that a test changes. The zero value serves most tests. The types belong to rooms that come
// before package api, so that its tests can use them.
type Options struct {
	Key    []byte        // the secret that signs the tokens, at least 32 bytes; a fixed one if nil
	Log    *slog.Logger  // discards everything if nil
	Mailer notify.Mailer // discards mails if nil
	Feed   live.Limits   // connections to the feed; no limits if zero
	Redis  string        // the URL of the nodes' Redis; without it PostgreSQL wakes the other nodes
}

// newConfig returns the default configuration, without rate limits, load shedding and a source of external tasks.
func newConfig(t testing.TB) config.Config {
	t.Helper()
	cfg, err := config.Load(map[string]string{"data": t.TempDir()}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	cfg.PublicURL, cfg.ExternalTasksURL, cfg.ExternalCompany = PublicURL, "", true
	cfg.MaxBody = MaxBody
	cfg.AccessTTL, cfg.RefreshTTL = time.Hour, 24*time.Hour
	cfg.Shedding, cfg.HeavyPerCompany = false, 0
	for _, rate := range []*config.Rate{
		&cfg.AddressRate, &cfg.TokenRate, &cfg.UserRate, &cfg.CompanyRate,
		&cfg.LoginRate, &cfg.LoginAddressRate, &cfg.RegisterRate, &cfg.RefreshRate, &cfg.MailRate,
	} {
		*rate = config.Rate{}
	}
	return cfg
}

// Wire connects the rooms on an open database. Nothing runs in the background until the test calls Run.
func Wire(t testing.TB, d *db.DB, o Options) *app.Server {
	t.Helper()
	cfg := newConfig(t)
	cfg.FeedPerMember, cfg.FeedPerCompany, cfg.FeedPerAddress = o.Feed.PerMember, o.Feed.PerCompany, o.Feed.PerAddress
	cfg.RedisURL = config.SecretURL(o.Redis)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Key == nil {
		o.Key = []byte("a key of tests, thirty-two bytes and more")
	}
	key, err := auth.NewKey(o.Key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := app.Wire(cfg, d, o.Log, io.Discard, app.Overrides{
		Keys: []auth.Key{key}, Mailer: o.Mailer, HashWait: maxHashWait,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
