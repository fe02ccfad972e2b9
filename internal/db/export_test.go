package db

import "testing"

// ErrPooled is errPooled, for tests.
var ErrPooled = errPooled

// ResetRoles takes the role away that each new connection of the pool has set, as a pooler in transaction mode does. It
// reaches the idle connections.
func ResetRoles(t *testing.T, d *DB) {
	t.Helper()
	e, ok := d.engine.(*pgEngine)
	if !ok {
		t.Fatal("not PostgreSQL")
	}
	all := e.pool.AcquireAllIdle(t.Context())
	for _, c := range all {
		if _, err := c.Exec(t.Context(), "RESET ROLE"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range all {
		c.Release()
	}
}
