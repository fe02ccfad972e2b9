package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// postgresRunner sends each round trip as one batch, under the product's role and with its settings.
type postgresRunner struct {
	c     *pgx.Conn
	trips []trip
	recall
}

func newPostgresRunner(cfg floorConfig, o order) (*postgresRunner, error) {
	conf, err := pgx.ParseConfig(cfg.Where)
	if err != nil {
		return nil, err
	}
	conf.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	conf.RuntimeParams["jit"] = "off"
	conf.RuntimeParams["statement_timeout"] = "5000"
	c, err := pgx.ConnectConfig(context.Background(), conf)
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(context.Background(), "SET ROLE taskhouse_app"); err != nil {
		return nil, errors.Join(err, c.Close(context.Background()))
	}
	return &postgresRunner{c: c, trips: operation("postgres", o.Name, cfg.Subject), recall: recall{n: o.First}}, nil
}

func (r *postgresRunner) close() error { return r.c.Close(context.Background()) }

func (r *postgresRunner) run(ctx context.Context) (int, error) {
	r.begin()
	for _, t := range r.trips {
		if err := r.trip(ctx, t); err != nil {
			return 0, err
		}
	}
	return 1, nil
}

func (r *postgresRunner) trip(ctx context.Context, t trip) (err error) {
	b := &pgx.Batch{}
	for _, s := range t {
		args := make([]any, len(s.args))
		for i, a := range s.args {
			args[i] = r.value(a)
		}
		b.Queue(s.sql, args...)
	}
	answers := r.c.SendBatch(ctx, b)
	defer func() { err = errors.Join(err, answers.Close()) }()
	for _, s := range t {
		r.got = append(r.got, 0)
		if err := r.answer(answers, s); err != nil {
			return fmt.Errorf("%s: %w", s.sql, err)
		}
	}
	return nil
}

func (r *postgresRunner) answer(answers pgx.BatchResults, s statement) error {
	if s.row == nil {
		_, err := answers.Exec()
		return err
	}
	rows, err := answers.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		dest := s.row()
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if n, ok := dest[0].(*int64); ok {
			r.got[len(r.got)-1] = *n
		}
	}
	return rows.Err()
}
