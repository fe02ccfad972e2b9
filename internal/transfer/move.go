package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// Mover moves an installation's database to another place, on the other engine or on the same. The rows that arrive are those of
// one instant, at which nobody writes. Interrupt it whenever you like: until it is done the old place is the one that can be served,
// from then on the new one, and never both; run again, it goes on.
type Mover struct {
	From, To *db.DB
	// Anew begins anew where another move was begun.
	Anew bool
	// Show is told what is being done; it may be nil.
	Show func(what string, done, of int64)
	// Step is called before each change of either place, and its failure ends the move as a crash would; nil but in tests.
	Step func() error
}

// Moved is what a move did.
type Moved struct {
	Sums    snapshot.Sums
	Resumed bool
	// Already says that there was nothing to do: all of it was done before.
	Already bool
}

// part is how many rows are written at a time.
const part = 2000

var errNotEmpty = errors.New("there are rows in it already")

// Move moves. It fails with db.ErrInUse where somebody uses the old place.
func (m *Mover) Move(ctx context.Context) (done Moved, err error) {
	from, err := m.From.Place(ctx)
	if err != nil {
		return done, err
	}
	to, err := m.To.Place(ctx)
	if err != nil {
		return done, err
	}
	if from == to && m.From.Engine() == m.To.Engine() {
		return done, errors.New("that is where the database is")
	}
	was, err := m.From.Moved(ctx)
	switch {
	case err != nil:
		return done, err
	case was.From != "":
		return done, fmt.Errorf("this database is not whole: it is being moved here from %s", was.From)
	case was.To != "" && was.To != to.Full:
		return done, fmt.Errorf("this database has moved to %s already", was.To)
	}
	if err := m.To.Prepare(ctx); err != nil {
		return done, fmt.Errorf("make the tables in %s: %w", to.Full, err)
	}
	err = snapshot.Read(ctx, m.From.Owner("all of it moves").Still(), func(s *snapshot.Reader) error {
		if err := m.From.Alone(ctx); err != nil {
			return err
		}
		done, err = m.move(ctx, s, from.Full, to.Full, was)
		return err
	})
	return done, err
}

func (m *Mover) move(ctx context.Context, s *snapshot.Reader, from, to string, was db.Move) (done Moved, err error) {
	m.show("reading", 0, 0)
	if done.Sums, err = s.SumUp(); err != nil {
		return done, err
	}
	begun, err := m.To.Moved(ctx)
	if err != nil {
		return done, err
	}
	there, err := snapshot.SumUp(ctx, m.To)
	if err != nil {
		return done, err
	}
	same := len(done.Sums.Differ(there)) == 0
	switch {
	case begun.To != "":
		return done, fmt.Errorf("%s has moved to %s", to, begun.To)
	case begun.From == "" && was.To == to && same: // it was interrupted after its last step
		done.Already = true
		return done, nil
	case begun.From == "" && there.Rows() > 0:
		return done, fmt.Errorf("%s: %w: choose an empty database", to, errNotEmpty)
	case begun.From != "" && begun.From != from && !m.Anew:
		return done, fmt.Errorf("in %s is the beginning of a move from %s: finish that, or begin anew with --anew", to, begun.From)
	}
	done.Resumed = begun.From == from && !m.Anew
	if !done.Resumed {
		if err := m.clear(ctx, from); err != nil {
			return done, err
		}
		begun = db.Move{}
	}
	if !same {
		if err := m.fill(ctx, s, done.Sums, begun.Done); err != nil {
			return done, err
		}
		if there, err = snapshot.SumUp(ctx, m.To); err != nil {
			return done, err
		}
	}
	wrong := done.Sums.Differ(there)
	if len(wrong) > 0 && done.Resumed { // what was there is of another instant: the old place was served in between
		if err := m.clear(ctx, from); err != nil {
			return done, err
		}
		if err := m.fill(ctx, s, done.Sums, nil); err != nil {
			return done, err
		}
		if there, err = snapshot.SumUp(ctx, m.To); err != nil {
			return done, err
		}
		wrong = done.Sums.Differ(there)
	}
	if len(wrong) > 0 {
		return done, fmt.Errorf("what arrived is not what was sent, and nothing has changed here: %s", strings.Join(wrong, "; "))
	}
	return done, m.handOver(ctx, to, was.To == to)
}

// handOver makes the old place unserved, unless it has left before, and then the new one served.
func (m *Mover) handOver(ctx context.Context, to string, left bool) error {
	if !left {
		if err := m.step(); err != nil {
			return err
		}
		if err := m.From.Owner("all of it has moved").Write(ctx, func(tx *db.OwnerTx) error { return tx.MarkLeft(to) }); err != nil {
			return err
		}
		// Whoever began to serve meanwhile has written nothing yet, because nobody can; and nobody begins from now on.
		if err := m.From.Alone(ctx); err != nil {
			return errors.Join(err, Reopen(ctx, m.From))
		}
	}
	if err := m.step(); err != nil {
		return err
	}
	return Reopen(ctx, m.To)
}

// Reopen lets a database be served: one that has arrived, or one that moved away and is taken back.
func Reopen(ctx context.Context, d *db.DB) error {
	return d.Owner("a move ends").Write(ctx, func(tx *db.OwnerTx) error { return tx.EndMove() })
}

// clear makes the new place empty, and says that it is on its way.
func (m *Mover) clear(ctx context.Context, from string) error {
	if err := m.step(); err != nil {
		return err
	}
	if err := m.To.Owner("all of it moves").Write(ctx, func(tx *db.OwnerTx) error {
		return errors.Join(tx.EndMove(), tx.MarkArriving(from))
	}); err != nil {
		return err
	}
	if err := m.step(); err != nil {
		return err
	}
	_, err := Flush(ctx, m.To)
	return err
}

// fill copies what is not there yet, table after table, each part with the note of how far it goes.
func (m *Mover) fill(ctx context.Context, s *snapshot.Reader, sums snapshot.Sums, notes map[string]string) error {
	last, err := s.Serials()
	if err != nil {
		return err
	}
	for i, t := range s.Tables {
		after, n, err := readNote(notes[t.Name])
		if err != nil {
			return err
		}
		var rows [][]any
		begun := notes[t.Name] != ""
		put := func() error {
			if begun && len(rows) == 0 {
				return nil
			}
			begun = true
			if err := m.step(); err != nil {
				return err
			}
			m.show(t.Name, n, sums[i].Rows)
			err := Load(ctx, m.To.Owner("all of it moves"), func(l *Loader) error {
				if err := l.Insert(t, rows); err != nil {
					return err
				}
				if err := l.Serial(t, last[t.Name]); err != nil {
					return err
				}
				return l.NoteProgress(t.Name, writeNote(t, rows, n))
			})
			rows = rows[:0]
			return err
		}
		err = s.Rows(t, after, func(row []any) error {
			n++
			if rows = append(rows, append([]any(nil), row...)); len(rows) < part {
				return nil
			}
			return put()
		})
		if err == nil {
			err = put()
		}
		if err != nil {
			return fmt.Errorf("copy %s: %w", t.Name, err)
		}
	}
	return nil
}

func (m *Mover) step() error {
	if m.Step == nil {
		return nil
	}
	return m.Step()
}

func (m *Mover) show(what string, done, of int64) {
	if m.Show != nil {
		m.Show(what, done, of)
	}
}

// progress is how far a table has come: the key of its last row, numbers as texts that begin with i and texts with s.
type progress struct {
	Key  []string
	Rows int64
}

func writeNote(t snapshot.Table, rows [][]any, n int64) string {
	p := progress{Rows: n}
	if len(rows) == 0 {
		b, _ := json.Marshal(p)
		return string(b)
	}
	row := rows[len(rows)-1]
	for _, k := range t.Key {
		for i, c := range t.Columns {
			if c != k {
				continue
			}
			if text, ok := row[i].(string); ok {
				p.Key = append(p.Key, "s"+text)
			} else {
				p.Key = append(p.Key, fmt.Sprintf("i%d", row[i]))
			}
		}
	}
	b, _ := json.Marshal(p) // texts and a number
	return string(b)
}

func readNote(text string) (after []any, n int64, err error) {
	if text == "" {
		return nil, 0, nil
	}
	var p progress
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return nil, 0, fmt.Errorf("how far the move has come cannot be read: %w", err)
	}
	for _, k := range p.Key {
		if rest, ok := strings.CutPrefix(k, "s"); ok {
			after = append(after, rest)
			continue
		}
		var v int64
		if _, err := fmt.Sscanf(k, "i%d", &v); err != nil {
			return nil, 0, fmt.Errorf("how far the move has come cannot be read: %q", k)
		}
		after = append(after, v)
	}
	return after, p.Rows, nil
}
