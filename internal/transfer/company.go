package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// ids translates one id of a kind into its value in the result.
type ids func(kind event.IDKind, id int64) (to any, err error)

// translate returns a row of a company with other ids.
func translate(table string, columns []string, row []any, to ids) ([]any, error) {
	subject := ""
	if i := slices.Index(columns, "subject"); i >= 0 && table == "events" {
		subject, _ = row[i].(string)
	}
	out := slices.Clone(row)
	for i, c := range columns {
		kind := declared.tables[table].IDs[c]
		if kind == event.SubjectID {
			kind = declared.numbers[subject]["id"]
		}
		var err error
		switch v := row[i].(type) {
		case int64:
			if kind != "" && !(c == "assignee" && v == 0) {
				out[i], err = to(kind, v)
			}
		case string:
			if table == "events" && (c == "data" || c == "changes") {
				out[i], err = translateJSON(v, subject, to)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", table, c, err)
		}
	}
	return out, nil
}

// translateJSON returns the data or the changes of an event with other ids and otherwise the same bytes. A number that
// no noun declares is an error: it may be an id, which would be wrong in another installation.
func translateJSON(text, subject string, to ids) (string, error) {
	var out bytes.Buffer
	dec, enc := jsontext.NewDecoder(strings.NewReader(text)), jsontext.NewEncoder(&out)
	for {
		token, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return strings.TrimSuffix(out.String(), "\n"), nil
		}
		if err != nil {
			return "", err
		}
		if token.Kind() == '0' {
			if token, err = translateNumber(token, string(dec.StackPointer()), subject, to); err != nil {
				return "", err
			}
		}
		if err := enc.WriteToken(token); err != nil {
			return "", err
		}
	}
}

// translateNumber returns the token of a number in an event's data or changes: with another id, or the same number.
func translateNumber(token jsontext.Token, pointer, subject string, to ids) (jsontext.Token, error) {
	path := strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
	kind, ok := declared.numbers[subject][path]
	for _, end := range []string{".old", ".new"} { // of a change
		if field, cut := strings.CutSuffix(path, end); cut && !ok {
			kind, ok = declared.numbers[subject][field]
		}
	}
	switch {
	case !ok:
		return token, fmt.Errorf("the number at %q of a %s is not declared: add it to Numbers in the portable.go "+
			"of its noun", path, subject)
	case kind == event.NoID:
		return token, nil
	}
	id, err := strconv.ParseInt(token.String(), 10, 64)
	if err != nil {
		return token, err
	}
	v, err := to(kind, id)
	if text, ok := v.(string); ok {
		return jsontext.String(text), err
	}
	if id, ok := v.(int64); ok {
		return jsontext.Int(id), err
	}
	return token, err
}

// content describes a company in a snapshot: its tables, people and ids.
type content struct {
	company int64
	tables  []snapshot.Table
	users   snapshot.Table
	names   map[int64]string // usernames in the form in which they are compared
	known   map[event.IDKind][]int64
}

func read(s *snapshot.Reader, company int64) (c content, err error) {
	c = content{company: company, names: map[int64]string{}}
	if c.tables, err = companyTables(s.Tables); err != nil {
		return c, err
	}
	if c.users, err = s.Table("users"); err != nil {
		return c, err
	}
	var people []int64
	err = s.Query(func(r db.Row) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		c.names[id] = name
		people = append(people, id)
		return err
	}, `SELECT u.id, u.username_key FROM users u JOIN members m ON m.user_id = u.id
		WHERE m.company_id = $1 ORDER BY u.id`, company)
	if err != nil {
		return c, err
	}
	if len(people) == 0 {
		return c, fmt.Errorf("there is no company %d", company)
	}
	c.known = map[event.IDKind][]int64{event.CompanyID: {company}, event.UserID: people}
	seen := map[event.IDKind]map[int64]bool{}
	for _, t := range c.tables {
		err := s.Of(t, "company_id", company, func(row []any) error {
			_, err := translate(t.Name, t.Columns, row, func(kind event.IDKind, id int64) (any, error) {
				if declared.own[kind] != "" {
					if seen[kind] == nil {
						seen[kind] = map[int64]bool{}
					}
					if !seen[kind][id] {
						seen[kind][id] = true
						c.known[kind] = append(c.known[kind], id)
					}
				}
				return id, nil
			})
			return err
		})
		if err != nil {
			return c, err
		}
	}
	for _, all := range c.known {
		slices.Sort(all)
	}
	return c, nil
}

// plain returns a name for an id that is the same in every installation: of a person the username, of other things the
// position among all ids of the kind.
func (c content) plain(kind event.IDKind, id int64) (any, error) {
	if kind == event.JobID {
		return id, nil
	}
	if kind == event.UserID {
		if name, ok := c.names[id]; ok {
			return "user " + name, nil
		}
		return nil, fmt.Errorf("user %d is not a member", id)
	}
	i, ok := slices.BinarySearch(c.known[kind], id)
	if !ok {
		return nil, fmt.Errorf("there is no %s %d in this company", kind, id)
	}
	return fmt.Sprintf("%s %d", kind, i+1), nil
}

// each reads every row that travels with the company, people first.
func (c content) each(s *snapshot.Reader, row func(t snapshot.Table, row []any) error) error {
	for _, id := range c.known[event.UserID] {
		if err := s.Of(c.users, "id", id, func(r []any) error {
			resetValues(c.users.Name, c.users.Columns, r)
			return row(c.users, r)
		}); err != nil {
			return err
		}
	}
	for _, t := range c.tables {
		if err := s.Of(t, "company_id", c.company, func(r []any) error {
			if !travels(t.Name, t.Columns, r) {
				return nil
			}
			resetValues(t.Name, t.Columns, r)
			return row(t, r)
		}); err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
	}
	return nil
}

// state returns a hash of all rows that travel with a company. It leaves the accounts out, which do not belong to the
// company. The hash is the same in every installation to which the company was moved. columns lists those to include,
// by table; nil includes all.
func (c content) state(s *snapshot.Reader, columns map[string][]string) (string, error) {
	var rows [][]byte
	err := c.each(s, func(t snapshot.Table, row []any) error {
		if t.Name == c.users.Name {
			return nil
		}
		plain, err := translate(t.Name, t.Columns, row, c.plain)
		if err != nil {
			return err
		}
		h := sha256.New()
		h.Write([]byte(t.Name))
		for i, name := range t.Columns {
			if columns != nil && !slices.Contains(columns[t.Name], name) {
				continue
			}
			if err := snapshot.AddRow(h, []any{name, plain[i]}); err != nil {
				return err
			}
		}
		rows = append(rows, h.Sum(nil))
		return nil
	})
	if err != nil {
		return "", err
	}
	slices.SortFunc(rows, bytes.Compare)
	sum := sha256.Sum256(bytes.Join(rows, nil))
	return hex.EncodeToString(sum[:]), nil
}

// State returns a hash of all rows that travel with a company. It is the same in every installation to which the
// company was moved.
func State(ctx context.Context, d *db.DB, company int64) (hash string, err error) {
	err = snapshot.Read(ctx, d.Owner("two states of a company are compared"), func(s *snapshot.Reader) error {
		c, err := read(s, company)
		if err != nil {
			return err
		}
		hash, err = c.state(s, nil)
		return err
	})
	return hash, err
}
