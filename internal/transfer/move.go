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

// Mover moves an installation's database to another place, on the other engine or on the same. It copies the rows of
// one instant, while no process writes. A move may be interrupted at any time. Until it is done only the old place can
// be served, from then on only the new one. A move that runs again continues.
type Mover struct {
	From, To *db.DB
	// Restart empties the new place and starts over, even if another move was started there.
	Restart bool
	// Show, if not nil, is called with the current step and its progress in rows.
	Show func(what string, done, of int64)
	// Step is called before each change of either place. An error ends the move as a crash would. Only tests set it.
	Step func() error
}

// Moved says what a move did.
type Moved struct {
	Sums    snapshot.Sums
	Resumed bool
	// Already says that an earlier run had done everything.
	Already bool
}

// rowsPerBatch is how many rows are written in one transaction.
const rowsPerBatch = 2000

var errNotEmpty = errors.New("it is not empty")

// Move moves the database. It returns db.ErrInUse if a process uses the old place.
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
		return done, errors.New("the database is there already: choose another place")
	}
	was, err := m.From.Moved(ctx)
	switch {
	case err != nil:
		return done, err
	case was.From != "":
		return done, fmt.Errorf("this database is incomplete: it is being moved here from %s", was.From)
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
	case begun.From != "" && begun.From != from && !m.Restart:
		return done, fmt.Errorf("a move from %s to %s is unfinished: finish it, or start over with --anew",
			begun.From, to)
	}
	done.Resumed = begun.From == from && !m.Restart
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
	if len(wrong) > 0 && done.Resumed { // the earlier rows are of another instant: the old place was served in between
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
		return done, fmt.Errorf("the copy differs from the original, and nothing has changed here: %s",
			strings.Join(wrong, "; "))
	}
	return done, m.handOver(ctx, to, was.To == to)
}

// handOver takes the old place out of service, unless that is done, and then puts the new one into service.
func (m *Mover) handOver(ctx context.Context, to string, left bool) error {
	if !left {
		if err := m.step(); err != nil {
			return err
		}
		err := m.From.Owner("all of it has moved").Write(ctx, func(tx *db.OwnerTx) error { return tx.MarkLeft(to) })
		if err != nil {
			return err
		}
		// A process that started to serve during the move has written nothing, because the tables were locked. From now
		// on none can start.
		if err := m.From.Alone(ctx); err != nil {
			return errors.Join(err, Reopen(ctx, m.From))
		}
	}
	if err := m.step(); err != nil {
		return err
	}
	return Reopen(ctx, m.To)
}

// Reopen puts a database into service: one that has arrived, or one that moved away and is taken back.
func Reopen(ctx context.Context, d *db.DB) error {
	return d.Owner("a move ends").Write(ctx, func(tx *db.OwnerTx) error { return tx.EndMove() })
}

// clear empties the new place, and marks it as arriving.
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

// fill copies the missing rows, table after table. Each batch stores its progress.
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
			if rows = append(rows, append([]any(nil), row...)); len(rows) < rowsPerBatch {
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

// progress says how much of a table is copied. Key is the key of the last row: a number as "i" and its digits, a text
// as "s" and the text.
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
		return nil, 0, fmt.Errorf("read the progress of the move: %w", err)
	}
	for _, k := range p.Key {
		if rest, ok := strings.CutPrefix(k, "s"); ok {
			after = append(after, rest)
			continue
		}
		var v int64
		if _, err := fmt.Sscanf(k, "i%d", &v); err != nil {
			return nil, 0, fmt.Errorf("read the progress of the move: invalid key %q", k)
		}
		after = append(after, v)
	}
	return after, p.Rows, nil
}
