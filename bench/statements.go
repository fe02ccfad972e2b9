package main

import (
	"slices"

	"github.com/taskhouse/taskhouse/internal/db"
)

// The statements of the product for each operation. verify.go compares them with the statements that the product sends,
// and the run fails if they differ.

// statement is one statement, with its parameters and, if it returns rows, the destination of a row.
type statement struct {
	sql  string
	args []any
	row  func() []any
}

// trip holds the statements of one round trip. In SQLite, without a network, it is just a part of the whole.
type trip []statement

// ref is a parameter that is the answer of an earlier statement of the operation: its first column.
type ref int

// cycle is a parameter that is another one with each operation, from the first to the last and again.
type cycle []any

// subject holds the ids that the statements are about.
type subject struct {
	Company, Owner, Assignee, Task int64
	Tasks                          []int64 // that are changed, one for each client
	Epoch                          int64   // of the company's authorizations
	Title, Description             string  // of a task that is created
	Event                          string  // the task's new state in its event
}

const (
	taskList = `id, title, description, status, assigned_to, priority, start_date, due_date, due_at, estimate,
		completed_at, created_by, company_id, rank, version, created_at, updated_at`
	sqlCount = `SELECT coalesce(sum(n), 0) FROM task_counts WHERE company_id = $1`
	sqlPage  = `SELECT ` + taskList +
		` FROM tasks WHERE company_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`
	sqlMyCount = `SELECT coalesce(sum(n), 0) FROM task_counts WHERE company_id = $1 AND assignee = $2`
	sqlMyPage  = `SELECT ` + taskList +
		` FROM tasks WHERE company_id = $1 AND assigned_to = $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4`
	sqlTask    = `SELECT ` + taskList + ` FROM tasks WHERE company_id = $1 AND id = $2`
	sqlCounts  = `SELECT status, assignee, n FROM task_counts WHERE company_id = $1`
	sqlMembers = `SELECT user_id, username, state FROM members WHERE company_id = $1`
	sqlInsert  = `INSERT INTO tasks (company_id, search_text, title_key, title, description, status, assigned_to,
		priority, start_date, due_date, due_at, estimate, completed_at, created_by, rank, version, created_at,
		updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id`
	sqlCountUp = `INSERT INTO task_counts (company_id, status, assignee, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (company_id, status, assignee) DO UPDATE SET n = task_counts.n + excluded.n`
	sqlUpdate = `UPDATE tasks SET status = $3, assigned_to = $4, priority = $5, start_date = $6, due_date = $7,
		due_at = $8, estimate = $9, completed_at = $10, rank = $11, version = $12, updated_at = $13
		WHERE company_id = $1 AND id = $2`

	sqlEvent = `INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes,
		data, operator_id, trace)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

	pgEnter = `SELECT taskhouse_enter($1)`
)

// The statements that take an event's number also count what the company uses.
var (
	sqlTakeSeq = `UPDATE heads SET seq = seq + 1, epoch = epoch + $2, ` + db.UsageSets(4) + `
		WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq, epoch`
	pgEvent = `WITH head AS (UPDATE heads SET seq = seq + 1, epoch = epoch + $2, ` + db.UsageSets(15) + `
			WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq)
		INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data,
		operator_id, trace)
		VALUES ($1, (SELECT seq FROM head), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING seq`
)

// added returns the parameters of db.UsageSets for an event that adds this many tasks.
func added(tasks int64) []any {
	return []any{tasks, int64(0), int64(800), int64(0), int64(800), int64(0), int64(0)}
}

// operation gives the round trips of an operation on an engine.
func operation(engine, name string, s subject) []trip {
	switch name {
	case "create":
		return s.create(engine)
	case "update":
		return s.update(engine)
	}
	var all []trip
	for _, st := range s.read(name) {
		t := trip{st}
		if engine == "postgres" {
			t = trip{s.enter(), st}
		}
		all = append(all, t)
	}
	return all
}

func (s subject) enter() statement {
	return statement{sql: pgEnter, args: []any{s.Company}, row: number}
}

func (s subject) read(name string) []statement {
	count := statement{sqlCount, []any{s.Company}, number}
	switch name {
	case "list":
		return []statement{count, {sqlPage, []any{s.Company, 20, 0}, taskRow}}
	case "my_tasks":
		return []statement{
			{sqlMyCount, []any{s.Company, s.Owner}, number},
			{sqlMyPage, []any{s.Company, s.Owner, 20, 0}, taskRow},
		}
	case "get":
		return []statement{{sqlTask, []any{s.Company, s.Task}, taskRow}}
	case "statistics":
		return []statement{
			{sqlCounts, []any{s.Company}, func() []any { return []any{new(string), new(int64), new(int64)} }},
			{sqlMembers, []any{s.Company}, func() []any { return []any{new(int64), new(string), new(string)} }},
		}
	}
	panic("no such operation: " + name)
}

func taskRow() []any {
	return []any{
		new(int64), new(string), new(string), new(string), new(*int64), new(int64), new(*string), new(*string),
		new(*int64), new(*int64), new(*int64), new(int64), new(int64), new(string), new(int64), new(int64), new(int64),
	}
}

// now is an instant: which one does not matter to its cost.
const now = 1_767_225_600_000_000

func number() []any { return []any{new(int64)} }

// create returns the statements that insert a task, its number in the log and event, and the counter.
func (s subject) create(engine string) []trip {
	insert := statement{
		sqlInsert,
		[]any{
			s.Company, s.Title + "\n" + s.Description, s.Title, s.Title, s.Description, "todo", s.Assignee, 0, nil,
			nil, nil, nil, nil, s.Owner, "", 1, now, now,
		},
		number,
	}
	return s.record(engine, insert, 1, func(id ref) []any {
		return []any{
			"task_created", "task", id, s.Owner, 1, now, "New task created: " + s.Title, "{}", s.Event, nil, "",
		}
	}, s.count("todo", 1))
}

// update returns the statements that set another status of a task; the next round over all of them sets it back.
func (s subject) update(engine string) []trip {
	var id, from, to cycle
	for range 2 {
		for _, t := range s.Tasks {
			id, from, to = append(id, t), append(from, "todo"), append(to, "in_progress")
		}
	}
	for i := range s.Tasks {
		from[i], to[i] = to[i], from[i]
	}
	find := statement{sqlTask, []any{s.Company, id}, taskRow}
	if engine == "postgres" {
		find.sql += " FOR UPDATE"
	}
	change := statement{
		sql:  sqlUpdate,
		args: []any{s.Company, id, to, s.Assignee, 0, nil, nil, nil, nil, nil, "", 2, now},
	}
	return s.record(engine, find, 0, func(ref) []any {
		return []any{
			"task_updated", "task", id, s.Owner, 2, now, "Task updated: " + s.Title,
			`{"status":{"old":"todo","new":"in_progress"}}`, s.Event, nil, "",
		}
	}, change, s.count(from, -1), s.count(to, 1))
}

func (s subject) count(status any, n int) statement {
	return statement{sql: sqlCountUp, args: []any{s.Company, status, s.Assignee, n}}
}

// record returns the statements that every change has: its first one, whose answer the event describes; the number,
// with the tasks that are added, and the event; and the statements whose result is not needed before the commit.
func (s subject) record(
	engine string, first statement, tasks int64, event func(id ref) []any, later ...statement,
) []trip {
	if engine == "postgres" {
		end := trip{{
			sql: pgEvent, row: number,
			args: slices.Concat([]any{s.Company, 0, s.Epoch}, event(ref(2)), added(tasks)),
		}}
		return []trip{{{sql: "BEGIN"}, s.enter(), first}, append(append(end, later...), statement{sql: "COMMIT"})}
	}
	head := statement{
		sqlTakeSeq, append([]any{s.Company, 0, s.Epoch}, added(tasks)...),
		func() []any { return []any{new(int64), new(int64)} },
	}
	return []trip{
		append(trip{first, head, {sql: sqlEvent, args: append([]any{s.Company, ref(1)}, event(ref(0))...)}}, later...),
	}
}
