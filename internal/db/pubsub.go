package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

var errNoNotify = errors.New("SQLite has one process and no other process to notify")

// Notify sends a message of less than 8,000 bytes to every Listen on the channel that is connected now. It sends at
// once, not with a transaction. PostgreSQL only.
func (d *DB) Notify(ctx context.Context, channel, message string) error {
	e, ok := d.engine.(*pgEngine)
	if !ok {
		return errNoNotify
	}
	_, err := e.pool.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, message)
	return e.translate(err, false)
}

// idleCheckInterval is how often Listen pings a connection on which no message arrives.
const idleCheckInterval = 5 * time.Second

// Listen calls up once it is connected, and got with every message on the channel. It uses its own connection, until
// that is lost or ctx ends, and returns the error that ended it. PostgreSQL only.
func (d *DB) Listen(ctx context.Context, channel string, up func(), got func(message string)) error {
	e, ok := d.engine.(*pgEngine)
	if !ok {
		return errNoNotify
	}
	c, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return e.translate(err, false)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = c.Close(ctx)
	}()
	if _, err := c.Exec(ctx, "SET ROLE "+appRole+"; LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return e.translate(err, false)
	}
	up()
	for {
		wait, cancel := context.WithTimeout(ctx, idleCheckInterval)
		n, err := c.WaitForNotification(wait)
		quiet := wait.Err() != nil
		cancel()
		switch {
		case err == nil:
			got(n.Payload)
		case ctx.Err() != nil || !quiet:
			return err
		default:
			ask, cancel := context.WithTimeout(ctx, idleCheckInterval)
			err = c.Ping(ask)
			cancel()
			if err != nil {
				return err
			}
		}
	}
}
