package app

import (
	"io"
	"log/slog"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// TestFault_P6_TheDatabaseComesLater shows that a server waits for a database that does not answer yet.
func TestFault_P6_TheDatabaseComesLater(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	u, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	behind := u.Host
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u.Host = free.Addr().String()
	_ = free.Close()

	cfg := config.Config{Data: t.TempDir(), DatabaseURL: config.SecretURL(u.String()), DatabaseConns: 4}
	log := slog.New(slog.DiscardHandler)
	if _, _, err := openMigrated(t.Context(), cfg, log); err == nil {
		t.Fatal("a database that is not there is open")
	}

	cfg.DatabaseWait = time.Minute
	time.AfterFunc(1200*time.Millisecond, func() { forward(t, u.Host, behind) })
	d, closeDatabase, err := openMigrated(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	defer closeDatabase()
	if err := d.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// forward passes connections on until the test ends.
func forward(t *testing.T, from, to string) {
	ln, err := net.Listen("tcp", from)
	if err != nil {
		t.Error(err)
		return
	}
	t.Cleanup(func() { _ = ln.Close() })
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		go func() { _, _ = io.Copy(server, c); _ = server.Close() }()
		go func() { _, _ = io.Copy(c, server); _ = c.Close() }()
	}
}
