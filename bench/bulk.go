package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqliteBulk is one transaction on the database file. No other process has it open, and a crash costs a seeding and no
// data: so it neither syncs nor checks references, and leaves a file in WAL mode as the product does.
type sqliteBulk struct {
	pool *sql.DB
	tx   *sql.Tx
}

func bulkSQLite(path string) (*sqliteBulk, error) {
	pool, err := sql.Open(
		"sqlite",
		"file:"+path+
			"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=foreign_keys(0)&_pragma=cache_size(-262144)",
	)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	tx, err := pool.Begin()
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &sqliteBulk{pool, tx}, nil
}

func (b *sqliteBulk) insert(table string, columns []string, rows iter.Seq[[]any]) error {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	s, err := b.tx.Prepare(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(columns, ", "), marks))
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	for row := range rows {
		if _, err := s.Exec(row...); err != nil {
			return err
		}
	}
	return nil
}

func (b *sqliteBulk) exec(statement string) error {
	_, err := b.tx.Exec(statement)
	return err
}

func (b *sqliteBulk) row(query string, into ...any) error { return b.tx.QueryRow(query).Scan(into...) }

func (b *sqliteBulk) finish() error {
	err := b.tx.Commit()
	if err == nil {
		_, err = b.pool.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return errors.Join(err, b.pool.Close())
}

// postgresBulk copies as a superuser, who stands above row security; COPY is not for those under it.
type postgresBulk struct {
	ctx context.Context
	c   *pgx.Conn
	tx  pgx.Tx
}

func bulkPostgres(ctx context.Context, url string) (*postgresBulk, error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	tx, err := c.Begin(ctx)
	if err == nil {
		// References are right by construction; to check three per row doubles the time.
		_, err = tx.Exec(ctx, "SET LOCAL session_replication_role = replica")
	}
	if err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return &postgresBulk{ctx, c, tx}, nil
}

func (b *postgresBulk) insert(table string, columns []string, rows iter.Seq[[]any]) error {
	next, stop := iter.Pull(rows)
	defer stop()
	_, err := b.tx.CopyFrom(b.ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		row, ok := next()
		if !ok {
			return nil, nil
		}
		return row, nil
	}))
	return err
}

func (b *postgresBulk) exec(statement string) error {
	_, err := b.tx.Exec(b.ctx, statement)
	return err
}

func (b *postgresBulk) row(query string, into ...any) error {
	return b.tx.QueryRow(b.ctx, query).Scan(into...)
}

// finish moves the identities past the ids that were given out here, and does the work of autovacuum.
func (b *postgresBulk) finish() error {
	for table, column := range map[string]string{"companies": "company_id", "users": "id"} {
		err := b.exec(fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', '%s'), (SELECT max(%[2]s) FROM %[1]s))",
			table, column))
		if err != nil {
			return err
		}
	}
	err := b.tx.Commit(b.ctx)
	if err == nil {
		_, err = b.c.Exec(b.ctx, "VACUUM ANALYZE")
	}
	if err == nil {
		_, err = b.c.Exec(b.ctx, "CHECKPOINT")
	}
	return errors.Join(err, b.c.Close(b.ctx))
}
