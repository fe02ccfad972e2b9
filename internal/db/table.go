package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Table is a table of the schema as the database's own catalogue tells it, so that what copies rows knows of every table that a
// migration made. Both engines give the same.
type Table struct {
	Name    string
	Columns []string // by name
	Key     []string // what rows are told apart by, and the order in which Snapshot.Rows reads them
	Refs    []string // the tables that it refers to
	Serial  string   // the column whose values come from a sequence; empty where there is none
	bools   map[string]bool
	texts   map[string]bool
}

// Owned says whether the rows belong to a company.
func (t Table) Owned() bool { return slices.Contains(t.Columns, "company_id") }

// quoted is names in double quotes.
func quoted(names ...string) string {
	return `"` + strings.Join(names, `", "`) + `"`
}

// listed is the columns as they are read: truth as 0 or 1 on both engines.
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

// own is what the names of tables begin with that are not rooms' but this package's: the schema's versions, a move under way.
const own = "schema_"

// catalogue reads the tables, each after those it refers to.
func catalogue(c conn, sqlite bool) ([]Table, error) {
	columns := `SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL), coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint + 1,
			a.attidentity <> ''
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')`
	refs := `SELECT DISTINCT f.relname::text, t.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
		WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`
	if sqlite {
		columns = `SELECT m.name, c.name, lower(c.type), c.pk, c.pk = 1 AND m.sql LIKE '%' || c.name || ' %INTEGER PRIMARY KEY AUTOINCREMENT%'
			FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'`
		refs = `SELECT DISTINCT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	}
	type keyed struct {
		name string
		at   int64
	}
	found, keys := map[string]*Table{}, map[string][]keyed{}
	err := c.query(columns, nil, func(r Row) error {
		var name, column, kind string
		var at int64
		var serial bool
		if err := r.Scan(&name, &column, &kind, &at, &serial); err != nil || strings.HasPrefix(name, own) {
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
			return fmt.Errorf("%s.%s is of type %s, which is not copied: teach db.catalogue", name, column, kind)
		}
		if at > 0 {
			keys[name] = append(keys[name], keyed{column, at})
		}
		if serial {
			t.Serial = column
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	err = c.query(refs, nil, func(r Row) error {
		var from, to string
		err := r.Scan(&from, &to)
		if t := found[from]; t != nil && from != to {
			t.Refs = append(t.Refs, to)
		}
		return err
	})
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

// inOrder puts each table after those it refers to.
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

// Snapshot is everything in the database at one instant, to be read table by table.
type Snapshot struct {
	Tables []Table // each after those it refers to
	c      conn
	sqlite bool
}

// Snapshot runs fn on one state of the whole database, past the companies' doors: for what copies or compares all of it. With still
// nobody can write meanwhile. It waits for no writer and, without still, no writer waits for it.
func (d *DB) Snapshot(ctx context.Context, still bool, fn func(*Snapshot) error) error {
	sqlite := d.engine.name() == "sqlite"
	return d.engine.snapshot(ctx, still, func(c conn) error {
		tables, err := catalogue(c, sqlite)
		if err != nil {
			return err
		}
		if !sqlite { // the owner is under forced row security too
			if _, err := c.exec(`SELECT set_config('role', '`+systemRole+`', true)`, nil); err != nil {
				return err
			}
		}
		return fn(&Snapshot{tables, c, sqlite})
	})
}

// Table finds a table by its name.
func (s *Snapshot) Table(name string) (Table, error) {
	i := slices.IndexFunc(s.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, fmt.Errorf("there is no table %s", name)
	}
	return s.Tables[i], nil
}

// Rows reads a table in the order of its key, from after a key on (nil: from the beginning). A row has the values of t.Columns: nil, int64 or
// string, truth as 0 or 1; it is the caller's only until the function returns.
func (s *Snapshot) Rows(t Table, after []any, row func([]any) error) error {
	where := ""
	if after != nil {
		marks := make([]string, len(after))
		for i := range after {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		where = ` WHERE (` + quoted(t.Key...) + `) > (` + strings.Join(marks, ", ") + `)`
	}
	return s.rows(t, where, after, row)
}

// Of reads the rows of a table for which a column has a value.
func (s *Snapshot) Of(t Table, column string, value any, row func([]any) error) error {
	return s.rows(t, ` WHERE "`+column+`" = $1`, []any{value}, row)
}

func (s *Snapshot) rows(t Table, where string, args []any, row func([]any) error) error {
	values := make([]any, len(t.Columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	return s.c.query(`SELECT `+t.listed()+` FROM "`+t.Name+`"`+where+` ORDER BY `+quoted(t.Key...), args, func(r Row) error {
		if err := r.Scan(into...); err != nil {
			return err
		}
		return row(values)
	})
}

// Query runs any query on the same state.
func (s *Snapshot) Query(row func(Row) error, sql string, args ...any) error {
	return s.c.query(sql, args, row)
}

// Serials is the last id that each table's sequence has given, or the last one that a row has if that is greater; a table
// whose sequence has given none is not in it.
func (s *Snapshot) Serials() (map[string]int64, error) {
	last := map[string]int64{}
	for _, t := range s.Tables {
		if t.Serial == "" {
			continue
		}
		given, err := s.given(t)
		if err != nil {
			return nil, fmt.Errorf("read the sequence of %s: %w", t.Name, err)
		}
		err = s.c.query(`SELECT coalesce(max("`+t.Serial+`"), 0) FROM "`+t.Name+`"`, nil, func(r Row) error {
			var n int64
			err := r.Scan(&n)
			if n = max(n, given); n > 0 {
				last[t.Name] = n
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return last, nil
}

// given is the last value of a table's sequence, 0 before the first.
func (s *Snapshot) given(t Table) (n int64, err error) {
	scan := func(r Row) error { return r.Scan(&n) }
	if s.sqlite {
		return n, s.c.query(`SELECT seq FROM sqlite_sequence WHERE name = $1`, []any{t.Name}, scan)
	}
	var sequence string
	if err := s.c.query(`SELECT pg_get_serial_sequence($1, $2)`, []any{t.Name, t.Serial}, func(r Row) error { return r.Scan(&sequence) }); err != nil {
		return 0, err
	}
	if _, err := s.c.exec(`RESET ROLE`, nil); err != nil { // the sequence is its owner's
		return 0, err
	}
	if err := s.c.query(`SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM `+sequence, nil, scan); err != nil {
		return 0, err
	}
	_, err = s.c.exec(`SELECT set_config('role', '`+systemRole+`', true)`, nil)
	return n, err
}
