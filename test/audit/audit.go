// Package audit reads a whole database past the services and reports contradictions in it: the log against the rows,
// the counters against a recount, references against the company they stand in.
//
// It knows the schema and the log's promises, and nothing of how rows come about; so a test that did anything to a
// database can ask whether it is still one. Nothing may write meanwhile.
package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Ledger holds the state that follows from the log of a database, up to the last event read. Reading again resumes
// there.
type Ledger struct {
	companies map[int64]*company
	problems  []string
}

// New returns a ledger that has read nothing.
func New() *Ledger { return &Ledger{companies: map[int64]*company{}} }

// Task is a task's state, as the log or a row tells it.
type Task struct {
	ID          int64   `json:"id"`
	Company     int64   `json:"company"`
	Title       string  `json:"title"`
	Description string  `json:"description"`
	Status      string  `json:"status"`
	AssignedTo  *int64  `json:"assigned_to"`
	Priority    string  `json:"priority"`
	StartDate   *string `json:"start_date"`
	DueDate     *string `json:"due_date"`
	DueAt       *string `json:"due_at"`
	Estimate    *int64  `json:"estimate"`
	CompletedAt *string `json:"completed_at"`
	CreatedBy   int64   `json:"created_by"`
	Version     int64   `json:"version"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
}

func (t Task) String() string {
	b, _ := json.Marshal(t)
	return string(b)
}

// Change is one event of a task: its kind, and the version to which it led.
type Change struct {
	Task, Version int64
	Kind          string
}

// member is a member by the log.
type member struct{ Role, State string }

type company struct {
	seq         int64
	tasks       map[int64]Task
	gone        map[int64]bool
	members     map[int64]member
	invitations map[int64]string
	changes     map[Change]int64 // to its seq
	titles      map[string]int   // how many tasks were ever created under a title
}

// Task returns a company's task as the log tells it.
func (l *Ledger) Task(companyID, id int64) (Task, bool) {
	t, ok := l.company(companyID).tasks[id]
	return t, ok
}

// Seq returns the number of the event that made a change, or 0.
func (l *Ledger) Seq(companyID int64, c Change) int64 { return l.company(companyID).changes[c] }

// Created returns how many tasks of a company were ever created under a title.
func (l *Ledger) Created(companyID int64, title string) int {
	return l.company(companyID).titles[title]
}

// Twice returns the titles that a company created more than one task under.
func (l *Ledger) Twice(companyID int64) (titles []string) {
	for title, n := range l.company(companyID).titles {
		if n > 1 {
			titles = append(titles, title)
		}
	}
	return titles
}

// Head returns the number of a company's last event.
func (l *Ledger) Head(companyID int64) int64 { return l.company(companyID).seq }

// Events returns how many events of all companies were read.
func (l *Ledger) Events() (n int64) {
	for _, c := range l.companies {
		n += c.seq
	}
	return n
}

func (l *Ledger) company(id int64) *company {
	c := l.companies[id]
	if c == nil {
		c = &company{
			tasks: map[int64]Task{}, gone: map[int64]bool{}, members: map[int64]member{},
			invitations: map[int64]string{},
			changes:     map[Change]int64{}, titles: map[string]int{},
		}
		l.companies[id] = c
	}
	return c
}

func (l *Ledger) problem(format string, a ...any) {
	l.problems = append(l.problems, fmt.Sprintf(format, a...))
}

// Read reads on and returns every contradiction that it finds.
func (l *Ledger) Read(ctx context.Context, d *db.DB) (problems []string, err error) {
	l.problems = nil
	err = d.System("an audit reads everything").Read(ctx, func(tx *db.SystemTx) error {
		a := &reader{Ledger: l, tx: tx, sqlite: d.Engine() == "sqlite"}
		for _, step := range []func() error{
			a.file, a.log, a.tasks, a.members, a.invitations, a.counters, a.references, a.answers,
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return l.problems, err
}

// reader is one reading.
type reader struct {
	*Ledger
	tx     *db.SystemTx
	sqlite bool
}

// file asks SQLite whether its file is whole.
func (a *reader) file() error {
	if !a.sqlite {
		return nil
	}
	return a.tx.Query(func(r db.Row) error {
		var s string
		err := r.Scan(&s)
		if s != "ok" {
			a.problem("PRAGMA integrity_check: %s", s)
		}
		return err
	}, `PRAGMA integrity_check`)
}

// log folds the events that are new, and compares the heads.
func (a *reader) log() error {
	heads := map[int64]int64{}
	if err := a.pairs(heads, `SELECT company_id, seq FROM heads`); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		c := a.company(id)
		err := a.tx.Query(func(r db.Row) error {
			var e entry
			err := r.Scan(&e.seq, &e.kind, &e.subject, &e.id, &e.actor, &e.version, &e.changes, &e.data)
			a.fold(id, c, e)
			return err
		}, `SELECT seq, kind, subject, subject_id, actor_id, version, changes, data FROM events
			WHERE company_id = $1 AND seq > $2 ORDER BY seq`, id, c.seq)
		if err != nil {
			return err
		}
		if c.seq != heads[id] {
			a.problem("company %d: the head says %d events, the log has %d", id, heads[id], c.seq)
		}
	}
	return nil
}

type entry struct {
	seq           int64
	kind, subject string
	id            int64
	actor         *int64
	version       int64
	changes, data string
}

// subject has the fields that the data of events may have.
type subject struct {
	Task
	Role     string           `json:"role"`
	IsActive bool             `json:"is_active"`
	Company  *json.RawMessage `json:"company"`
}

func (a *reader) fold(id int64, c *company, e entry) {
	where := fmt.Sprintf("company %d, event %d (%s)", id, e.seq, e.kind)
	if e.seq != c.seq+1 {
		a.problem("%s: it follows event %d", where, c.seq)
	}
	c.seq = e.seq
	var s subject
	if err := json.Unmarshal([]byte(e.data), &s); err != nil {
		a.problem("%s: its data: %v", where, err)
		return
	}
	if e.actor == nil {
		a.problem("%s: nobody did it", where)
	}
	if s.ID != e.id {
		a.problem("%s: it is about %d, its data about %d", where, e.id, s.ID)
	}
	switch e.subject {
	case "task":
		s.Task.Company = 0
		if s.Company != nil {
			_ = json.Unmarshal(*s.Company, &s.Task.Company)
		}
		a.foldTask(where, id, c, e, s.Task)
	case "member":
		state := map[bool]string{true: "active", false: "inactive"}[s.IsActive]
		if e.kind == "member_removed" {
			state = "removed"
		}
		c.members[e.id] = member{s.Role, state}
	case "invitation":
		c.invitations[e.id] = strings.TrimPrefix(e.kind, "invitation_")
	}
}

func (a *reader) foldTask(where string, id int64, c *company, e entry, t Task) {
	old, there := c.tasks[t.ID]
	if strings.Contains(e.data, `"description":null`) { // the event leaves it out, because it did not change it
		t.Description = old.Description
	}
	c.changes[Change{t.ID, e.version, e.kind}] = e.seq
	if t.Company != id || t.Version != e.version {
		a.problem("%s: version %d, and its data is %v", where, e.version, t)
	}
	switch e.kind {
	case "task_created":
		if there || c.gone[t.ID] || t.Version != 1 {
			a.problem("%s: task %d, version %d, was there before: %v", where, t.ID, t.Version, there)
		}
		c.tasks[t.ID] = t
		c.titles[t.Title]++
	case "task_updated":
		if !there || t.Version != old.Version+1 {
			a.problem("%s: task %d goes from version %d to %d", where, t.ID, old.Version, t.Version)
		}
		a.foldChanges(where, old, t, e.changes)
		c.tasks[t.ID] = t
	case "task_deleted":
		if !there || t.String() != old.String() {
			a.problem("%s: it deletes %v, which was %v", where, t, old)
		}
		delete(c.tasks, t.ID)
		c.gone[t.ID] = true
	default:
		a.problem("%s: an unknown kind", where)
	}
}

// foldChanges compares the changes in an event with the states before and after it.
func (a *reader) foldChanges(where string, old, now Task, text string) {
	var said map[string]struct{ Old, New any }
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		a.problem("%s: its changes: %v", where, err)
		return
	}
	before, after := fields(old), fields(now)
	for _, f := range []string{
		"title", "description", "status", "assigned_to", "priority", "start_date", "due_date", "due_at", "estimate",
		"completed_at",
	} {
		c, ok := said[f]
		if ok != (before[f] != after[f]) || ok && (c.Old != before[f] || c.New != after[f]) {
			a.problem("%s: %s went from %v to %v, its changes say %s", where, f, before[f], after[f], text)
		}
		delete(said, f)
	}
	if len(said) > 0 {
		a.problem("%s: its changes name more than a task has: %s", where, text)
	}
}

// fields returns the fields of a task as JSON has them.
func fields(t Task) (m map[string]any) {
	_ = json.Unmarshal([]byte(t.String()), &m)
	return m
}

// tasks compares the rows with the log.
func (a *reader) tasks() error {
	rows := map[int64]map[int64]Task{}
	err := a.tx.Query(func(r db.Row) error {
		var t Task
		var created, updated db.Time
		var due, completed *db.Time
		err := r.Scan(&t.Company, &t.ID, &t.Title, &t.Description, &t.Status, &t.AssignedTo, &t.Priority, &t.StartDate,
			&t.DueDate, &due, &t.Estimate, &completed, &t.CreatedBy, &t.Version, &created, &updated)
		t.CreatedAt, t.UpdatedAt = stamp(created), stamp(updated)
		t.DueAt, t.CompletedAt = stampOf(due), stampOf(completed)
		if rows[t.Company] == nil {
			rows[t.Company] = map[int64]Task{}
		}
		rows[t.Company][t.ID] = t
		return err
	}, `SELECT company_id, id, title, description, status, assigned_to,
			CASE priority WHEN 0 THEN 'none' WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high'
				ELSE 'urgent' END,
			start_date, due_date, due_at, estimate, completed_at, created_by, version, created_at, updated_at
		FROM tasks`)
	for id := range rows {
		a.company(id)
	}
	for id, c := range a.companies {
		compare(a, fmt.Sprintf("company %d, task", id), rows[id], c.tasks, Task.String)
	}
	return err
}

// stampOf returns the text of an instant, nil for none.
func stampOf(t *db.Time) *string {
	if t == nil {
		return nil
	}
	return new(stamp(*t))
}

func stamp(t db.Time) string {
	b, _ := t.MarshalText()
	return string(b)
}

// members compares the rows with the log.
func (a *reader) members() error {
	rows := map[int64]map[int64]member{}
	err := a.tx.Query(func(r db.Row) error {
		var id, user int64
		var m member
		err := r.Scan(&id, &user, &m.Role, &m.State)
		if rows[id] == nil {
			rows[id] = map[int64]member{}
		}
		rows[id][user] = m
		return err
	}, `SELECT company_id, user_id, role, state FROM members`)
	for id, c := range a.companies {
		compare(a, fmt.Sprintf("company %d, member", id), rows[id], c.members,
			func(m member) string { return m.Role + " " + m.State })
	}
	return err
}

// invitations compares the rows with the log.
func (a *reader) invitations() error {
	rows := map[int64]map[int64]string{}
	err := a.tx.Query(func(r db.Row) error {
		var company, id int64
		var state string
		err := r.Scan(&company, &id, &state)
		if rows[company] == nil {
			rows[company] = map[int64]string{}
		}
		rows[company][id] = state
		return err
	}, `SELECT company_id, id, CASE WHEN accepted_at IS NOT NULL THEN 'accepted'
		WHEN revoked_at IS NOT NULL THEN 'revoked' ELSE 'created' END
		FROM invitations`)
	for id, c := range a.companies {
		compare(a, fmt.Sprintf("company %d, invitation", id), rows[id], c.invitations,
			func(s string) string { return s })
	}
	return err
}

func compare[T any](a *reader, what string, rows, log map[int64]T, text func(T) string) {
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if _, ok := log[id]; !ok {
			a.problem("%s %d has a row and is not in the log: %s", what, id, text(rows[id]))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(log)) {
		row, ok := rows[id]
		if !ok {
			a.problem("%s %d is in the log and has no row: %s", what, id, text(log[id]))
		} else if text(row) != text(log[id]) {
			a.problem("%s %d is %s, and the log says %s", what, id, text(row), text(log[id]))
		}
	}
}

// counters compares them with a recount.
func (a *reader) counters() error {
	type key struct {
		company  int64
		status   string
		assignee int64
	}
	read := func(sql string) (map[key]int64, error) {
		m := map[key]int64{}
		err := a.tx.Query(func(r db.Row) error {
			var k key
			var n int64
			err := r.Scan(&k.company, &k.status, &k.assignee, &n)
			if n != 0 {
				m[k] = n
			}
			return err
		}, sql)
		return m, err
	}
	kept, err := read(`SELECT company_id, status, assignee, n FROM task_counts`)
	if err != nil {
		return err
	}
	counted, err := read(
		`SELECT company_id, status, coalesce(assigned_to, 0), count(*) FROM tasks
			GROUP BY company_id, status, coalesce(assigned_to, 0)`,
	)
	if err != nil {
		return err
	}
	both := maps.Clone(kept)
	maps.Copy(both, counted)
	for _, k := range slices.SortedFunc(maps.Keys(both), func(x, y key) int {
		return cmp.Or(cmp.Compare(x.company, y.company), strings.Compare(x.status, y.status),
			cmp.Compare(x.assignee, y.assignee))
	}) {
		if kept[k] != counted[k] {
			a.problem("company %d has %d tasks %s of %d, and counts %d", k.company, counted[k], k.status, k.assignee,
				kept[k])
		}
	}
	return nil
}

// references looks up every person that a company's row names among that company's members: the columns come from the
// catalogue, so that a new table is looked at too. It also looks for rows that the schema forbids: the schema could
// be broken.
func (a *reader) references() error {
	catalogue := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
		AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) o WHERE o.name = 'company_id')`
	if !a.sqlite {
		catalogue = `SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
			AND a.attnum > 0 AND NOT a.attisdropped
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
			AND EXISTS (SELECT 1 FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'company_id')`
	}
	type column struct{ table, name string }
	var columns []column
	err := a.tx.Query(func(r db.Row) error {
		var c column
		err := r.Scan(&c.table, &c.name)
		if c.table != "members" &&
			(strings.HasSuffix(c.name, "_by") || strings.HasSuffix(c.name, "_to") ||
				c.name == "user_id" || c.name == "actor_id" || c.name == "assignee") {
			columns = append(columns, c)
		}
		return err
	}, catalogue)
	if err == nil && len(columns) < 8 {
		err = fmt.Errorf("only %d columns name a person: the catalogue was not read", len(columns))
	}
	if err != nil {
		return err
	}
	for _, c := range columns {
		stray := map[int64]int64{}
		err := a.pairs(
			stray,
			fmt.Sprintf(
				`SELECT t.company_id, t.%[2]s FROM %[1]s t
				LEFT JOIN members m ON m.company_id = t.company_id AND m.user_id = t.%[2]s
			WHERE t.%[2]s IS NOT NULL AND t.%[2]s <> 0 AND m.user_id IS NULL`,
				c.table,
				c.name,
			),
		)
		if err != nil {
			return err
		}
		for company, user := range stray {
			a.problem("%s.%s of company %d is %d, who is no member", c.table, c.name, company, user)
		}
	}
	return nil
}

// answers checks the kept answers of idempotency keys: each is about a task that its company's log created.
func (a *reader) answers() error {
	return a.tx.Query(func(r db.Row) error {
		var id, user int64
		var key, answer string
		if err := r.Scan(&id, &user, &key, &answer); err != nil {
			return err
		}
		var t Task
		if err := json.Unmarshal([]byte(answer), &t); err != nil {
			a.problem("company %d, key %q: the answer that is kept is %q", id, key, answer)
		} else if t.Company != id || t.CreatedBy != user || a.Seq(id, Change{t.ID, 1, "task_created"}) == 0 {
			a.problem("company %d, key %q of %d: the answer that is kept was never recorded: %v", id, key, user, t)
		}
		return nil
	}, `SELECT company_id, user_id, key, answer FROM idempotency_keys`)
}

func (a *reader) pairs(into map[int64]int64, sql string) error {
	return a.tx.Query(func(r db.Row) error {
		var k, v int64
		err := r.Scan(&k, &v)
		into[k] = v
		return err
	}, sql)
}
