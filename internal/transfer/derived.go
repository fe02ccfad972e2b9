package transfer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// get returns a function that finds a text of a row by its column; "" if the row has no such text.
func get(columns []string, row []any) func(column string) string {
	return func(column string) string {
		if i := slices.Index(columns, column); i >= 0 {
			text, _ := row[i].(string)
			return text
		}
		return ""
	}
}

// counter is the key of a row of task_counts.
type counter struct {
	status   string
	assignee int64
}

// derivation checks that the derived values of an archive follow from its other values. The product computes them, and
// relies on them: two accounts with one username, for instance, differ only in a username_key that was altered.
type derivation struct {
	head      *Head
	usernames map[int64]string // by user id
	counts    map[counter]int64
	events    int64            // how many there are
	greatest  int64            // event number
	seq       int64            // of the head's row
	cursors   map[string]int64 // by the follower's name
}

func newDerivation(head *Head) *derivation {
	return &derivation{
		head: head, usernames: map[int64]string{}, counts: map[counter]int64{}, cursors: map[string]int64{},
	}
}

// add checks a row, and remembers the values of it that end compares.
func (d *derivation) add(table string, row []any) error {
	columns := d.head.Tables[table]
	text := get(columns, row)
	number := func(column string) (n int64) {
		if i := slices.Index(columns, column); i >= 0 {
			n, _ = row[i].(int64)
		}
		return n
	}
	for column, from := range declared.tables[table].Derived {
		if from.Strict && slices.Contains(columns, column) && text(column) != from.Of(text) {
			return fmt.Errorf("%s.%s is %q, and must be %q", table, column, text(column), from.Of(text))
		}
	}
	switch table {
	case "users":
		d.usernames[number("id")] = text("username")
	case "companies":
		if text("name") != d.head.Name {
			return fmt.Errorf("the company's name is %q, and its first line says %q", text("name"), d.head.Name)
		}
	case "members":
		if name := d.usernames[number("user_id")]; name != text("username") {
			return fmt.Errorf("the member %q has the account %q", text("username"), name)
		}
	case "tasks":
		d.counts[counter{text("status"), number("assigned_to")}]++
	case "task_counts":
		d.counts[counter{text("status"), number("assignee")}] -= number("n")
	case "events":
		d.events++
		d.greatest = max(d.greatest, number("seq"))
	case "heads":
		d.seq = number("seq")
	case "cursors":
		d.cursors[text("name")] = number("seq")
	}
	return nil
}

// end checks the values that follow from several rows.
func (d *derivation) end() error {
	for c, n := range d.counts {
		if n != 0 {
			return fmt.Errorf("the counter of tasks (%s, assignee %d) is wrong by %d", c.status, c.assignee, n)
		}
	}
	if d.seq != d.events || d.greatest != d.events {
		return fmt.Errorf("its log has %d events up to number %d, and the head says %d", d.events, d.greatest, d.seq)
	}
	for name, seq := range d.cursors {
		if seq > d.seq {
			return fmt.Errorf("the cursor of %s is at event %d, and the log ends at %d", name, seq, d.seq)
		}
	}
	return nil
}

// derive computes the texts for searches of an imported company again, and stores those that differ: another version of
// the program may have folded them otherwise.
func derive(l *Loader, company int64) error {
	type change struct {
		table  snapshot.Table
		column string
		key    []any
		value  string
	}
	var changes []change
	err := l.Read(func(s *snapshot.Reader) error {
		for _, t := range s.Tables {
			for column, from := range declared.tables[t.Name].Derived {
				if from.Strict {
					continue
				}
				err := s.Of(t, "company_id", company, func(row []any) error {
					text := get(t.Columns, row)
					want := from.Of(text)
					if text(column) == want {
						return nil
					}
					c := change{table: t, column: column, value: want}
					for _, k := range t.Key {
						c.key = append(c.key, row[slices.Index(t.Columns, k)])
					}
					changes = append(changes, c)
					return nil
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.AsSystem(func() error {
		for _, c := range changes {
			var where []string
			for i, k := range c.table.Key {
				where = append(where, fmt.Sprintf(`"%s" = $%d`, k, i+2))
			}
			sql := `UPDATE "` + c.table.Name + `" SET "` + c.column + `" = $1 WHERE ` + strings.Join(where, " AND ")
			if _, err := l.Exec(sql, append([]any{c.value}, c.key...)...); err != nil {
				return err
			}
		}
		return nil
	})
}
