package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// engine is one database under the product: how it is filled, copied for the floor, and where its processor time is.
type engine struct {
	name  string
	place place  // the product's data
	floor string // the floor's copy: a file or a URL
	conns int    // of the product, and so of the floor

	admin    string // PostgreSQL: URL of the superuser's database
	database string
	head     int // PostgreSQL: the process above all of its processes; 0 where that is not on this machine
	version  string
	note     string
	cleanup  []func() error
}

// newEngine makes an engine; label tells it from others of the run.
func newEngine(ctx context.Context, s settings, name, label, dir string) (e *engine, err error) {
	e = &engine{
		name:  name,
		conns: max(8, 2*cores()),
		place: place{binary: s.binary, data: filepath.Join(dir, label, "data")},
	}
	if err := os.MkdirAll(e.place.data, 0o700); err != nil {
		return nil, err
	}
	if name == "sqlite" {
		e.floor = filepath.Join(dir, label, "floor.db")
		return e, nil
	}
	e.database = fmt.Sprintf("taskhouse_bench_%s_%d", label, os.Getpid())
	return e, e.openPostgres(ctx, s.postgres)
}

// openPostgres makes the databases' server: the one that is given, or one of its own with everything on that makes
// commits durable.
func (e *engine) openPostgres(ctx context.Context, given string) error {
	if e.admin = given; given == "" {
		own, err := startPostgres()
		if err != nil {
			return err
		}
		e.admin = own.URL()
		e.cleanup = append(e.cleanup, own.Close)
	}
	for _, name := range []string{e.database, e.database + "_floor"} {
		e.cleanup = append(e.cleanup, func() error {
			return e.exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		})
	}
	if err := e.exec(ctx, "CREATE DATABASE "+e.database); err != nil {
		return err
	}
	var err error
	if e.place.databaseURL, err = e.url(e.database); err != nil {
		return err
	}
	if e.floor, err = e.url(e.database + "_floor"); err != nil {
		return err
	}
	return e.describe(ctx)
}

// describe records the versions and settings on which the figures depend, and finds the server's processes.
func (e *engine) describe(ctx context.Context) error {
	c, err := pgx.Connect(ctx, e.admin)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	var backend int
	var fsync, commit, buffers string
	err = c.QueryRow(ctx, `SELECT pg_backend_pid(), split_part(current_setting('server_version'), ' ', 1),
		current_setting('fsync'), current_setting('synchronous_commit'), current_setting('shared_buffers')`).
		Scan(&backend, &e.version, &fsync, &commit, &buffers)
	if err != nil {
		return err
	}
	e.note = fmt.Sprintf("fsync=%s, synchronous_commit=%s, shared_buffers=%s", fsync, commit, buffers)
	if s, err := readStat(backend); err == nil {
		e.head = s.parent
	}
	return nil
}

func (e *engine) url(database string) (string, error) {
	u, err := url.Parse(e.admin)
	if err != nil {
		return "", fmt.Errorf("--postgres: %w", err)
	}
	u.Path = "/" + database
	return u.String(), nil
}

func (e *engine) exec(ctx context.Context, sql string) error {
	c, err := pgx.Connect(ctx, e.admin)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	_, err = c.Exec(ctx, sql)
	return err
}

// bulk opens the database for seeding, while no server runs on it.
func (e *engine) bulk(ctx context.Context) (bulk, error) {
	if e.name == "sqlite" {
		return bulkSQLite(filepath.Join(e.place.data, "taskhouse.db"))
	}
	return bulkPostgres(ctx, e.place.databaseURL)
}

// copyForFloor gives the floor the same rows to work on, so that neither sees what the other writes.
func (e *engine) copyForFloor(ctx context.Context) error {
	if e.name == "postgres" {
		return e.exec(ctx, fmt.Sprintf("CREATE DATABASE %s_floor TEMPLATE %[1]s", e.database))
	}
	in, err := os.Open(filepath.Join(e.place.data, "taskhouse.db"))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(e.floor)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// processor returns the processor time of PostgreSQL so far; SQLite runs in the server's process.
func (e *engine) processor() (time.Duration, error) {
	if e.head == 0 {
		return 0, nil
	}
	return family(e.head)
}

func (e *engine) close() error {
	var err error
	for i := range e.cleanup {
		err = errors.Join(err, e.cleanup[len(e.cleanup)-1-i]())
	}
	return err
}
