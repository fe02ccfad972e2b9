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
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// What an id is of. Ids are unique over an installation, so a company that goes to another one gets others there.
const (
	ofCompany      = "company"
	ofUser         = "user"
	ofTask         = "task"
	ofInvitation   = "invitation"
	ofNotification = "notification"
	ofJob          = "job" // jobs stay behind, so their ids, in events of long ago, stay what they are
)

// carried are the tables of a company that go with it, with the columns that hold ids. A column whose name looks like an id's and that is not
// here is an error, and so is a table that is neither here nor in leftBehind.
var carried = map[string]map[string]string{
	"companies":                {"company_id": ofCompany},
	"heads":                    {"company_id": ofCompany},
	"members":                  {"company_id": ofCompany, "user_id": ofUser},
	"invitations":              {"company_id": ofCompany, "id": ofInvitation, "created_by": ofUser, "accepted_by": ofUser},
	"tasks":                    {"company_id": ofCompany, "id": ofTask, "assigned_to": ofUser, "created_by": ofUser},
	"task_counts":              {"company_id": ofCompany, "assignee": ofUser},
	"events":                   {"company_id": ofCompany, "subject_id": bySubject, "actor_id": ofUser, "operator_id": gone},
	"cursors":                  {"company_id": ofCompany},
	"notifications":            {"company_id": ofCompany, "id": ofNotification, "user_id": ofUser, "actor_id": ofUser, "task_id": ofTask},
	"told":                     {"company_id": ofCompany, "task_id": ofTask},
	"notification_preferences": {"company_id": ofCompany, "user_id": ofUser},
	"digests":                  {"company_id": ofCompany, "user_id": ofUser},
}

const (
	bySubject = "by subject" // the column subject says of what
	gone      = "gone"       // operators stand above companies, and stay
)

// leftBehind are the tables of a company that do not go with it, with the reason.
var leftBehind = map[string]string{
	"sessions":         "they hold for the signing key of the installation",
	"idempotency_keys": "they are answers of the installation, kept for a day",
	"external_sources": "the secret is sealed with the installation's key: an admin sets the source anew",
	"jobs":             "a mail would be sent by both installations",
	"analytics_tasks":  "they are made again from the log",
	"analytics_steps":  "they are made again from the log",
	"analytics_facts":  "they are made again from the log",
}

// remade are the followers whose work is left behind, so that they begin anew.
var remade = []string{"analytics"}

// looksLikeID tells columns that have to be in carried.
func looksLikeID(column string) bool {
	return column == "id" || column == "assignee" || strings.HasSuffix(column, "_id") || strings.HasSuffix(column, "_by") || strings.HasSuffix(column, "_to")
}

// ids translates one id; ok is false where it is to stay as it is.
type ids func(kind string, id int64) (to any, err error)

// companyTables are those that go with a company, in an order in which they can be put in.
func companyTables(all []snapshot.Table) (tables []snapshot.Table, err error) {
	for _, t := range all {
		if !t.Owned() || leftBehind[t.Name] != "" {
			continue
		}
		columns, ok := carried[t.Name]
		if !ok {
			return nil, fmt.Errorf("nothing says whether table %s goes with a company: name it in transfer.carried or backup.leftBehind", t.Name)
		}
		for _, c := range t.Columns {
			if looksLikeID(c) && columns[c] == "" {
				return nil, fmt.Errorf("nothing says what the ids in %s.%s are of: name it in transfer.carried", t.Name, c)
			}
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// keep says whether a row goes along, and takes out of it what does not.
func keep(table string, columns []string, row []any) bool {
	for i, c := range columns {
		switch {
		case table == "cursors" && c == "name":
			if name, ok := row[i].(string); ok && slices.Contains(remade, name) {
				return false
			}
		case table == "notifications" && c == "mail" && row[i] == "queued": // its job stays behind
			row[i] = "none"
		case c == "trace": // traces are the installation's
			row[i] = ""
		case carried[table][c] == gone:
			row[i] = nil
		case table == "users" && c == "is_superuser": // who is above companies here is not so elsewhere
			row[i] = int64(0)
		}
	}
	return true
}

// translate gives a row of a company with other ids.
func translate(table string, columns []string, row []any, to ids) ([]any, error) {
	subject := ""
	if i := slices.Index(columns, "subject"); i >= 0 && table == "events" {
		subject, _ = row[i].(string)
	}
	out := slices.Clone(row)
	for i, c := range columns {
		kind := carried[table][c]
		if kind == bySubject {
			kind = subjectKind(subject)
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

func subjectKind(subject string) string {
	if subject == "member" {
		return ofUser
	}
	return subject // the others have the names of their kinds
}

// translateJSON gives the data or the changes of an event with other ids: byte for byte the same but for them.
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
			if kind := pathKind(string(dec.StackPointer()), subject); kind != "" {
				id, err := strconv.ParseInt(token.String(), 10, 64)
				if err != nil {
					return "", err
				}
				v, err := to(kind, id)
				if err != nil {
					return "", err
				}
				switch v := v.(type) {
				case int64:
					token = jsontext.Int(v)
				case string:
					token = jsontext.String(v)
				}
			}
		}
		if err := enc.WriteToken(token); err != nil {
			return "", err
		}
	}
}

// pathKind is what the number at a place of an event's data or changes is an id of; empty where it is none.
func pathKind(pointer, subject string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	last, above := parts[len(parts)-1], ""
	if len(parts) > 1 {
		above = parts[len(parts)-2]
	}
	if above != "" && (last == "old" || last == "new") {
		last, above = above, ""
	}
	switch {
	case last == "id" && len(parts) == 1:
		return subjectKind(subject)
	case last == "id" && above == "company", last == "company":
		return ofCompany
	case last == "id" && strings.HasSuffix(above, "_detail"):
		return ofUser
	case last == "assigned_to", strings.HasSuffix(last, "_by"), last == "user_id":
		return ofUser
	}
	return ""
}

// content is a company in a snapshot: its people, and which ids there are.
type content struct {
	company int64
	tables  []snapshot.Table
	users   snapshot.Table
	names   map[int64]string // usernames as they are compared
	known   map[string][]int64
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
	if err := s.Query(func(r db.Row) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		c.names[id] = name
		people = append(people, id)
		return err
	}, `SELECT u.id, u.username_key FROM users u JOIN members m ON m.user_id = u.id WHERE m.company_id = $1 ORDER BY u.id`, company); err != nil {
		return c, err
	}
	if len(people) == 0 {
		return c, fmt.Errorf("there is no company %d", company)
	}
	c.known = map[string][]int64{ofCompany: {company}, ofUser: people}
	seen := map[string]map[int64]bool{}
	for _, t := range c.tables {
		err := s.Of(t, "company_id", company, func(row []any) error {
			_, err := translate(t.Name, t.Columns, row, func(kind string, id int64) (any, error) {
				if kind == ofTask || kind == ofInvitation || kind == ofNotification {
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

// plain are ids that are the same in every installation: the place in the order of all, and of people the username.
func (c content) plain(kind string, id int64) (any, error) {
	if kind == ofJob {
		return id, nil
	}
	if kind == ofUser {
		if name, ok := c.names[id]; ok {
			return "user " + name, nil
		}
		return nil, fmt.Errorf("%d is no member", id)
	}
	i, ok := slices.BinarySearch(c.known[kind], id)
	if !ok {
		return nil, fmt.Errorf("%s %d is not known", kind, id)
	}
	return fmt.Sprintf("%s %d", kind, i+1), nil
}

// each reads everything that goes with the company, people first.
func (c content) each(s *snapshot.Reader, row func(t snapshot.Table, row []any) error) error {
	for _, id := range c.known[ofUser] {
		if err := s.Of(c.users, "id", id, func(r []any) error {
			keep(c.users.Name, c.users.Columns, r)
			return row(c.users, r)
		}); err != nil {
			return err
		}
	}
	for _, t := range c.tables {
		if err := s.Of(t, "company_id", c.company, func(r []any) error {
			if !keep(t.Name, t.Columns, r) {
				return nil
			}
			return row(t, r)
		}); err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
	}
	return nil
}

// state is a hash of all that goes with a company, without the accounts, which are not the company's: the same in every installation that it was
// brought to. columns are those that count, by table; nil is all.
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

// State is a hash of all that goes with a company: the same in every installation that it was brought to.
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
