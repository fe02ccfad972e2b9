// Package snapshot reads a database as a whole, as it is at one instant. It backs a SQLite database up into a file and
// restores it, and sums the tables up, so that two databases can be compared.
//
// It reads tables as the database's catalogue describes them and knows no noun: a table that a migration adds is copied
// and compared without a change here. Package transfer changes and moves rows.
package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Sum describes the content of a table. Two tables with the same content have equal sums, whichever engine they are on.
type Sum struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Hash  string `json:"hash"`              // SHA-256 of all rows in the order of their keys
	Last  int64  `json:"last_id,omitempty"` // the last id given; the ids of deleted rows are not given again
}

// Sums describes one state of a whole database, table by table.
type Sums []Sum

// Hash returns one hash of all tables.
func (s Sums) Hash() string {
	h := sha256.New()
	for _, t := range s {
		_, _ = fmt.Fprintf(h, "%s %d %s %d\n", t.Table, t.Rows, t.Hash, t.Last)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Differ compares two states and returns a line for people for each table that differs.
func (s Sums) Differ(other Sums) (lines []string) {
	theirs := map[string]Sum{}
	for _, t := range other {
		theirs[t.Table] = t
	}
	for _, t := range s {
		o, ok := theirs[t.Table]
		delete(theirs, t.Table)
		switch {
		case !ok:
			lines = append(lines, "the table "+t.Table+" is missing")
		case t.Rows != o.Rows:
			lines = append(lines, fmt.Sprintf("%s has %d rows, and %d in the other database", t.Table, t.Rows, o.Rows))
		case t.Hash != o.Hash:
			lines = append(lines, t.Table+" has other rows")
		case t.Last != o.Last:
			lines = append(lines, fmt.Sprintf("%s has given ids up to %d, and up to %d in the other database",
				t.Table, t.Last, o.Last))
		}
	}
	for name := range theirs {
		lines = append(lines, "the table "+name+" is in the other database only")
	}
	return lines
}

// Rows returns how many rows all tables have.
func (s Sums) Rows() (n int64) {
	for _, t := range s {
		n += t.Rows
	}
	return n
}

// SumUp sums up the whole database, as it is at one instant.
func SumUp(ctx context.Context, d *db.DB) (sums Sums, err error) {
	err = Read(ctx, d.Owner("two databases are compared"), func(r *Reader) error {
		sums, err = r.SumUp()
		return err
	})
	return sums, err
}

// SumUp sums up every table.
func (r *Reader) SumUp() (sums Sums, err error) {
	last, err := r.Serials()
	if err != nil {
		return nil, err
	}
	for _, t := range r.Tables {
		sum := Sum{Table: t.Name, Last: last[t.Name]}
		h := sha256.New()
		if err := r.Rows(t, nil, func(row []any) error {
			sum.Rows++
			return AddRow(h, row)
		}); err != nil {
			return nil, fmt.Errorf("sum up %s: %w", t.Name, err)
		}
		sum.Hash = hex.EncodeToString(h.Sum(nil))
		sums = append(sums, sum)
	}
	return sums, nil
}

// AddRow adds a row to a hash. It writes each value with its type and length, so that two different rows are never
// written alike.
func AddRow(h hash.Hash, row []any) error {
	b := binary.AppendUvarint(nil, uint64(len(row)))
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case int64:
			b = binary.AppendVarint(append(b, 'i'), v)
		case string:
			b = append(binary.AppendUvarint(append(b, 's'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("a value of type %T", v)
		}
	}
	_, err := h.Write(b)
	return err
}
