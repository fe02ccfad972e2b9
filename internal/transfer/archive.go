// Package transfer moves rows between databases: it exports a company into an archive, imports and erases it, and moves
// a whole installation to the other engine.
//
// The nouns' declarations (event.Portable) say which tables, columns and event keys belong to a company. The package
// makes no backups: package snapshot copies a database as it is.
package transfer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// An archive is a company in a file: lines of JSON, compressed by gzip. The first line is its head and the last line
// its tail. Between them are the rows, each as ["table", values...] in the order of the head's columns. Accounts come
// before the rows that refer to them.

// Head is an archive's first line.
type Head struct {
	Format  string              `json:"format"`
	Version int                 `json:"version"`
	Company int64               `json:"company"`
	Name    string              `json:"name"`
	Made    db.Time             `json:"made_at"`
	Tables  map[string][]string `json:"tables"` // the columns of each table
}

// Tail is an archive's last line.
type Tail struct {
	Rows  map[string]int64 `json:"rows"`
	State string           `json:"state"`  // see State
	Hash  string           `json:"sha256"` // of the bytes of all lines before
}

const (
	archiveFormat  = "taskhouse company"
	archiveVersion = 1
)

// Export writes a company into an archive, as it is at one instant.
func Export(ctx context.Context, d *db.DB, company int64, w io.Writer) (tail Tail, err error) {
	err = snapshot.Read(ctx, d.Owner("all of a company goes into a file"), func(s *snapshot.Reader) error {
		tail, err = export(d, s, company, w, nil)
		return err
	})
	return tail, err
}

// ExportForCustomer exports a company as Export does, for an archive that leaves the installation's operators. It
// leaves out the password hashes of people whose accounts open more than this company: members of other companies, and
// operators. It returns how many those are.
func ExportForCustomer(
	ctx context.Context, d *db.DB, company int64, w io.Writer,
) (tail Tail, withheld int, err error) {
	err = snapshot.Read(ctx, d.Owner("a company goes to its customer"), func(s *snapshot.Reader) error {
		shared := map[int64]bool{}
		err := s.Query(func(r db.Row) error {
			var id int64
			err := r.Scan(&id)
			shared[id] = true
			return err
		}, `SELECT u.id FROM users u JOIN members m ON m.user_id = u.id AND m.company_id = $1
			WHERE u.is_superuser OR EXISTS (SELECT 1 FROM members o WHERE o.user_id = u.id AND o.company_id <> $1)`,
			company)
		if err != nil {
			return err
		}
		withheld = len(shared)
		tail, err = export(d, s, company, w, shared)
		return err
	})
	return tail, withheld, err
}

// noPassword is a stored password that no password matches: see auth.Hasher.Verify.
const noPassword = "!"

// export writes an archive, without the password hashes of the people in withhold.
func export(
	d *db.DB, s *snapshot.Reader, company int64, w io.Writer, withhold map[int64]bool,
) (tail Tail, err error) {
	c, err := read(s, company)
	if err != nil {
		return tail, err
	}
	head := Head{
		Format: archiveFormat, Version: archiveVersion, Company: company, Made: d.Now(), Tables: map[string][]string{},
	}
	if head.Name, err = nameOf(s, company); err != nil {
		return tail, err
	}
	for _, t := range append([]snapshot.Table{c.users}, c.tables...) {
		head.Tables[t.Name] = t.Columns
	}
	z := gzip.NewWriter(w)
	h := sha256.New()
	lines := json.NewEncoder(io.MultiWriter(z, h))
	lines.SetEscapeHTML(false)
	if err := lines.Encode(head); err != nil {
		return tail, err
	}
	tail.Rows = map[string]int64{}
	id, password := slices.Index(c.users.Columns, "id"), slices.Index(c.users.Columns, "password")
	err = c.each(s, func(t snapshot.Table, row []any) error {
		tail.Rows[t.Name]++
		if t.Name == c.users.Name {
			if user, _ := row[id].(int64); withhold[user] {
				row[password] = noPassword
			}
		}
		return lines.Encode(append([]any{t.Name}, row...))
	})
	if err != nil {
		return tail, err
	}
	if tail.State, err = c.state(s, nil); err != nil {
		return tail, err
	}
	tail.Hash = hex.EncodeToString(h.Sum(nil))
	return tail, errors.Join(lines.Encode(tail), z.Close())
}

func nameOf(s *snapshot.Reader, company int64) (name string, err error) {
	const sql = `SELECT name FROM companies WHERE company_id = $1`
	err = s.Query(func(r db.Row) error { return r.Scan(&name) }, sql, company)
	return name, err
}

// Archive is a complete archive: OpenArchive has read it to its end.
type Archive struct {
	Head Head
	Tail Tail
	open func() (io.ReadCloser, error)
}

// maxLineBytes bounds a line of an archive: a task's description and its event are far shorter.
const maxLineBytes = 64 << 20

// OpenArchive reads an archive once and returns an error unless it is complete, and its derived values follow from the
// others. Each call of open starts it from the beginning.
func OpenArchive(open func() (io.ReadCloser, error)) (a *Archive, err error) {
	a = &Archive{open: open}
	rows := map[string]int64{}
	derived := newDerivation(&a.Head)
	err = a.each(func(table string, row []any) error {
		rows[table]++
		return derived.add(table, row)
	})
	if err != nil {
		return nil, fmt.Errorf("this archive is incomplete or damaged: %w", err)
	}
	if err := derived.end(); err != nil {
		return nil, fmt.Errorf("this archive was altered: %w", err)
	}
	for table, n := range a.Tail.Rows {
		if rows[table] != n {
			return nil, fmt.Errorf("this archive is incomplete: %s has %d rows instead of %d", table, rows[table], n)
		}
	}
	return a, nil
}

func (a *Archive) each(row func(table string, values []any) error) (err error) {
	f, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, maxLineBytes)
	h, line := sha256.New(), []byte(nil)
	for n := 0; lines.Scan(); n++ {
		if n > 0 { // handle the line before this one: so the loop ends with the last line, the tail, unhandled
			_, _ = h.Write(append(line, '\n'))
			if n == 1 {
				err = a.head(line)
			} else {
				err = a.row(line, row)
			}
			if err != nil {
				return err
			}
		}
		line = slices.Clone(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		return err
	}
	a.Tail = Tail{}
	if err := strict(line, &a.Tail); err != nil || a.Tail.Hash == "" {
		return errors.New("its last line is missing")
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != a.Tail.Hash {
		return errors.New("its checksum does not match")
	}
	return nil
}

func (a *Archive) head(line []byte) error {
	a.Head = Head{}
	if err := strict(line, &a.Head); err != nil || a.Head.Format != archiveFormat {
		return errors.New("it is not a company archive")
	}
	if a.Head.Version != archiveVersion {
		return fmt.Errorf("it has version %d, and this program reads version %d", a.Head.Version, archiveVersion)
	}
	return nil
}

func (a *Archive) row(line []byte, row func(table string, values []any) error) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var values []any
	if err := dec.Decode(&values); err != nil || len(values) == 0 {
		return errors.New("one of its lines is not a row")
	}
	table, _ := values[0].(string)
	if values = values[1:]; len(values) != len(a.Head.Tables[table]) || len(values) == 0 {
		return fmt.Errorf("a row of %q does not have the columns of its table", table)
	}
	for i, v := range values {
		switch v := v.(type) {
		case nil, string:
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return err
			}
			values[i] = n
		default:
			return fmt.Errorf("a row of %s has a value of type %T", table, v)
		}
	}
	return row(table, values)
}

func strict(line []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// Import says how to import an archive.
type Import struct {
	// SamePeople says that accounts with the same username and e-mail address belong to the same people. Such an
	// account keeps its password. Without SamePeople, an existing username is an error.
	SamePeople bool
	// Show, if not nil, is called with the number of imported rows and of all rows.
	Show func(done, of int64)
}

// Imported says what an import did.
type Imported struct {
	Company       int64
	People, Known int // accounts created, and accounts that existed
	NoPassword    int // accounts created without a password, because the archive withholds it
	Rows          int64
}

// Import puts a company into an installation, with new ids: all of it or nothing. The company has the same State as
// before.
func (a *Archive) Import(ctx context.Context, d *db.DB, how Import) (done Imported, err error) {
	err = Load(ctx, d.Owner("a company comes from elsewhere"), func(l *Loader) error {
		done = Imported{}
		if err := a.into(l, how, &done); err != nil {
			return err
		}
		return l.note(d, event.ActImported, done.Company)
	})
	return done, err
}

func (a *Archive) into(l *Loader, how Import, done *Imported) error {
	tables, err := a.fit(l)
	if err != nil {
		return err
	}
	to := map[event.IDKind]map[int64]int64{}
	if err := a.people(l, how, to, done); err != nil {
		return err
	}
	if err := a.reserve(l, tables, to); err != nil {
		return err
	}
	translated := func(kind event.IDKind, id int64) (any, error) {
		if kind == event.JobID {
			return id, nil
		}
		v, ok := to[kind][id]
		if !ok {
			return nil, fmt.Errorf("%s %d is not in the archive", kind, id)
		}
		return v, nil
	}
	var rows [][]any
	at, all := "", int64(0)
	for _, n := range a.Tail.Rows {
		all += n
	}
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		t := tables[at]
		t.Columns = a.Head.Tables[at]
		err := l.Insert(t, rows)
		done.Rows += int64(len(rows))
		rows = rows[:0]
		if how.Show != nil {
			how.Show(done.Rows, all)
		}
		return err
	}
	err = a.each(func(table string, row []any) error {
		if table == "users" {
			return nil
		}
		if table != at || len(rows) == rowsPerBatch {
			if err := flush(); err != nil {
				return fmt.Errorf("insert into %s: %w", at, err)
			}
			at = table
		}
		resetValues(table, a.Head.Tables[table], row)
		row, err := translate(table, a.Head.Tables[table], row, translated)
		rows = append(rows, row)
		return err
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return explainTaken(err)
	}
	done.Company = to[event.CompanyID][a.Head.Company]
	if err := l.count(done.Company); err != nil {
		return fmt.Errorf("count the usage: %w", err)
	}
	err = l.Read(func(s *snapshot.Reader) error {
		c, err := read(s, done.Company)
		if err != nil {
			return err
		}
		state, err := c.state(s, a.Head.Tables)
		if err == nil && state != a.Tail.State {
			err = errors.New("the imported rows differ from those in the archive: nothing was imported")
		}
		return err
	})
	if err != nil {
		return err
	}
	return derive(l, done.Company)
}

// fit finds the tables of the archive. If the archive has a table or column that the database lacks, another version of
// the program made it.
func (a *Archive) fit(l *Loader) (map[string]snapshot.Table, error) {
	all := map[string]snapshot.Table{}
	err := l.Read(func(s *snapshot.Reader) error {
		if _, err := companyTables(s.Tables); err != nil {
			return err
		}
		for name, columns := range a.Head.Tables {
			t, err := s.Table(name)
			if _, travels := declared.tables[name]; err == nil && !travels {
				err = fmt.Errorf("table %s does not go with a company", name)
			}
			for _, c := range columns {
				if err == nil && !slices.Contains(t.Columns, c) {
					err = fmt.Errorf("there is no %s.%s", name, c)
				}
			}
			if err != nil {
				return fmt.Errorf("the archive was made by another version: %w", err)
			}
			all[name] = t
		}
		return nil
	})
	return all, err
}

// people creates the accounts of the archive, or finds the existing ones.
func (a *Archive) people(l *Loader, how Import, to map[event.IDKind]map[int64]int64, done *Imported) error {
	columns := a.Head.Tables["users"]
	at := func(name string) int { return slices.Index(columns, name) }
	id, key, email := at("id"), at("username_key"), at("email_key")
	if id < 0 || key < 0 || email < 0 {
		return errors.New("the archive's accounts have no names")
	}
	var fresh [][]any
	var taken []string
	to[event.UserID] = map[int64]int64{}
	err := a.each(func(table string, row []any) error {
		if table != "users" {
			return nil
		}
		old, _ := row[id].(int64)
		there, address := int64(0), ""
		err := l.Read(func(s *snapshot.Reader) error {
			scan := func(r db.Row) error { return r.Scan(&there, &address) }
			return s.Query(scan, `SELECT id, email_key FROM users WHERE username_key = $1`, row[key])
		})
		if err != nil {
			return err
		}
		switch {
		case there == 0:
			resetValues("users", columns, row)
			fresh = append(fresh, row)
		case how.SamePeople && address == row[email] && address != "":
			to[event.UserID][old] = there
			done.Known++
		default:
			taken = append(taken, fmt.Sprint(row[key]))
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(taken) > 0 && how.SamePeople:
		return fmt.Errorf("these usernames belong to accounts here with another e-mail address, or with none: %s",
			strings.Join(taken, ", "))
	case len(taken) > 0:
		return fmt.Errorf("there are accounts here with these usernames: %s; if they are the same people, "+
			"say so with --same-people", strings.Join(taken, ", "))
	}
	users, err := l.table("users")
	if err != nil {
		return err
	}
	made, err := l.Reserve(users, len(fresh))
	if err != nil {
		return err
	}
	for i, row := range fresh {
		old, _ := row[id].(int64)
		to[event.UserID][old] = made[i]
		row[id] = made[i]
	}
	done.People = len(fresh)
	for _, row := range fresh {
		if get(columns, row)("password") == noPassword {
			done.NoPassword++
		}
	}
	users.Columns = columns
	return l.Insert(users, fresh)
}

// reserve reserves a new id for every id of the archive, in the same order.
func (a *Archive) reserve(l *Loader, tables map[string]snapshot.Table, to map[event.IDKind]map[int64]int64) error {
	found := map[event.IDKind][]int64{event.CompanyID: {a.Head.Company}}
	err := a.each(func(table string, row []any) error {
		_, err := translate(table, a.Head.Tables[table], row, func(kind event.IDKind, id int64) (any, error) {
			if declared.own[kind] != "" {
				found[kind] = append(found[kind], id)
			}
			return id, nil
		})
		return err
	})
	if err != nil {
		return err
	}
	own := maps.Clone(declared.own)
	own[event.CompanyID] = "companies"
	for kind, table := range own {
		all := found[kind]
		slices.Sort(all)
		all = slices.Compact(all)
		made, err := l.Reserve(tables[table], len(all))
		if err != nil {
			return err
		}
		to[kind] = map[int64]int64{}
		for i, old := range all {
			to[kind][old] = made[i]
		}
	}
	return nil
}

// explainTaken turns a violated unique key into a message that says which name exists.
func explainTaken(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "name_key"):
		return errors.New("a company of this name exists here already")
	case strings.Contains(text, "token_hash"):
		return errors.New("an invitation of this company exists here already: the company is here under another name")
	}
	return err
}
