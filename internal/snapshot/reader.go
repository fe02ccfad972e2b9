package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Table is a table of the schema as the database's own catalogue describes it. So code that copies rows knows every
// table that a migration creates. Both engines give the same description.
type Table struct {
	Name    string
	Columns []string // by name
	Key     []string // the columns that identify a row, and the order in which Reader.Rows reads the rows
	Refs    []string // the tables that it refers to
	Serial  string   // the column whose values come from a sequence; empty if no column has one
	bools   map[string]bool
	texts   map[string]bool
}

// Owned reports whether the rows belong to a company.
func (t Table) Owned() bool { return slices.Contains(t.Columns, "company_id") }

// Bool reports whether a column holds booleans.
func (t Table) Bool(column string) bool { return t.bools[column] }

// Text reports whether a column holds text.
func (t Table) Text(column string) bool { return t.texts[column] }

// Quoted returns names in double quotes, separated by commas.
func Quoted(names ...string) string {
	return `"` + strings.Join(names, `", "`) + `"`
}

// listed returns the columns as the SELECT of rows needs them: booleans as 0 or 1 on both engines.
func (t Table) listed() string {
	var all []string
	for _, c := range t.Columns {
		if t.bools[c] {
			all = append(all, fmt.Sprintf(`"%s"::int::bigint`, c))
		} else {
			all = append(all, `"`+c+`"`)
		}
	}
	return strings.Join(all, ", ")
}

// catalogue reads the tables. Each follows the tables that it refers to.
func catalogue(tx *db.OwnerTx) ([]Table, error) {
	columns := `SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL),
			coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint + 1, a.attidentity <> ''
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')`
	refs := `SELECT DISTINCT f.relname::text, t.relname::text FROM pg_constraint k
		JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
		WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`
	if tx.SQLite() {
		columns = `SELECT m.name, c.name, lower(c.type), c.pk,
				c.pk = 1 AND m.sql LIKE '%' || c.name || ' %INTEGER PRIMARY KEY AUTOINCREMENT%'
			FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'`
		refs = `SELECT DISTINCT m.name, f."table" FROM sqlite_master m
			JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	}
	type keyed struct {
		name string
		at   int64
	}
	found, keys := map[string]*Table{}, map[string][]keyed{}
	err := tx.Query(func(r db.Row) error {
		var name, column, kind string
		var at int64
		var serial bool
		err := r.Scan(&name, &column, &kind, &at, &serial)
		if err != nil || strings.HasPrefix(name, db.SchemaPrefix) {
			return err
		}
		t := found[name]
		if t == nil {
			t = &Table{Name: name, bools: map[string]bool{}, texts: map[string]bool{}}
			found[name] = t
		}
		t.Columns = append(t.Columns, column)
		switch kind {
		case "boolean":
			t.bools[column] = true
		case "text":
			t.texts[column] = true
		case "bigint", "integer":
		default:
			return fmt.Errorf("%s.%s has the type %s, which is not copied: add it to snapshot.catalogue",
				name, column, kind)
		}
		if at > 0 {
			keys[name] = append(keys[name], keyed{column, at})
		}
		if serial {
			t.Serial = column
		}
		return nil
	}, columns)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	err = tx.Query(func(r db.Row) error {
		var from, to string
		err := r.Scan(&from, &to)
		if t := found[from]; t != nil && from != to {
			t.Refs = append(t.Refs, to)
		}
		return err
	}, refs)
	if err != nil {
		return nil, fmt.Errorf("read the references: %w", err)
	}
	for name, t := range found {
		slices.Sort(t.Columns)
		slices.Sort(t.Refs)
		slices.SortFunc(keys[name], func(a, b keyed) int { return cmp.Compare(a.at, b.at) })
		for _, k := range keys[name] {
			t.Key = append(t.Key, k.name)
		}
		if len(t.Key) == 0 {
			return nil, fmt.Errorf("table %s has no key: its rows cannot be told apart", name)
		}
		// SQLite's rowid is a key of its own; on both engines the company comes first.
		if t.Owned() && !slices.Contains(t.Key, "company_id") {
			t.Key = append([]string{"company_id"}, t.Key...)
		}
	}
	return inOrder(found)
}

// inOrder sorts the tables so that each follows those it refers to.
func inOrder(found map[string]*Table) (all []Table, err error) {
	left := make([]string, 0, len(found))
	for name := range found {
		left = append(left, name)
	}
	slices.Sort(left)
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(name string) bool {
			return !slices.ContainsFunc(found[name].Refs, func(to string) bool { return slices.Contains(left, to) })
		})
		if i < 0 {
			return nil, fmt.Errorf("the tables %s refer to each other in a circle", strings.Join(left, ", "))
		}
		all = append(all, *found[left[i]])
		left = slices.Delete(left, i, i+1)
	}
	return all, nil
}

// Reader reads everything in a database at one instant, table by table.
type Reader struct {
	Tables []Table // each follows the tables that it refers to
	tx     *db.OwnerTx
	seen   func(rows int64) // may be nil
}

type watchKey struct{}

// Watched returns a context in which Read tells seen how many further rows it has read, for a progress bar.
func Watched(ctx context.Context, seen func(rows int64)) context.Context {
	return context.WithValue(ctx, watchKey{}, seen)
}

// seenRows is after how many rows a Reader says so.
const seenRows = 1000

// Read runs fn on one state of the whole database, for code that copies or compares all of it.
func Read(ctx context.Context, door db.Owner, fn func(*Reader) error) error {
	return door.Read(ctx, func(tx *db.OwnerTx) error { return readWatched(ctx, tx, fn) })
}

func readWatched(ctx context.Context, tx *db.OwnerTx, fn func(*Reader) error) error {
	return ReadIn(tx, func(r *Reader) error {
		r.seen, _ = ctx.Value(watchKey{}).(func(int64))
		return fn(r)
	})
}

// ReadIn runs fn on the rows as a transaction sees them, its own changes included.
func ReadIn(tx *db.OwnerTx, fn func(*Reader) error) error {
	tables, err := catalogue(tx)
	if err != nil {
		return err
	}
	return tx.AsSystem(func() error { return fn(&Reader{Tables: tables, tx: tx}) })
}

// Table finds a table by its name.
func (r *Reader) Table(name string) (Table, error) {
	i := slices.IndexFunc(r.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, fmt.Errorf("there is no table %s", name)
	}
	return r.Tables[i], nil
}

// Rows reads a table in the order of its key, starting after a key (nil: from the beginning). A row has the values of
// t.Columns: nil, int64 or string, booleans as 0 or 1. The row is valid only until the function returns.
func (r *Reader) Rows(t Table, after []any, row func([]any) error) error {
	where := ""
	if after != nil {
		marks := make([]string, len(after))
		for i := range after {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		where = ` WHERE (` + Quoted(t.Key...) + `) > (` + strings.Join(marks, ", ") + `)`
	}
	return r.rows(t, where, after, row)
}

// Of reads the rows of a table for which a column has a value.
func (r *Reader) Of(t Table, column string, value any, row func([]any) error) error {
	return r.rows(t, ` WHERE "`+column+`" = $1`, []any{value}, row)
}

func (r *Reader) rows(t Table, where string, args []any, row func([]any) error) error {
	values := make([]any, len(t.Columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	n := int64(0)
	return r.tx.Query(func(found db.Row) error {
		if n++; r.seen != nil && n%seenRows == 0 {
			r.seen(seenRows)
		}
		if err := found.Scan(into...); err != nil {
			return err
		}
		return row(values)
	}, `SELECT `+t.listed()+` FROM "`+t.Name+`"`+where+` ORDER BY `+Quoted(t.Key...), args...)
}

// Query runs any query on the same state.
func (r *Reader) Query(row func(db.Row) error, sql string, args ...any) error {
	return r.tx.Query(row, sql, args...)
}

// Serials returns the last id that each table's sequence has given, or the greatest id of a row if that is greater. It
// leaves out a table whose sequence has given none.
func (r *Reader) Serials() (map[string]int64, error) {
	last := map[string]int64{}
	for _, t := range r.Tables {
		if t.Serial == "" {
			continue
		}
		given, err := r.given(t)
		if err != nil {
			return nil, fmt.Errorf("read the sequence of %s: %w", t.Name, err)
		}
		greatest, err := db.One(r, db.Column[int64], `SELECT coalesce(max("`+t.Serial+`"), 0) FROM "`+t.Name+`"`)
		if err != nil {
			return nil, err
		}
		if n := max(greatest, given); n > 0 {
			last[t.Name] = n
		}
	}
	return last, nil
}

// given returns the last value of a table's sequence, 0 before the first.
func (r *Reader) given(t Table) (n int64, err error) {
	if r.tx.SQLite() {
		const last = `SELECT seq FROM sqlite_sequence WHERE name = $1`
		err = r.Query(func(r db.Row) error { return r.Scan(&n) }, last, t.Name)
		return n, err
	}
	return db.One(r, db.Column[int64],
		`SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass), 0)`, t.Name, t.Serial)
}
