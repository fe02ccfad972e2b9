package main

// The statements that the product runs for each operation, as it runs them. Nothing here is a second home of their text:
// verify.go compares them with what the product sends, and the run fails where they differ.

// statement is one, with its parameters and, where it has an answer, what a row is read into.
type statement struct {
	sql  string
	args []any
	row  func() []any
}

// trip is what goes to the database in one round trip. In SQLite, where nothing travels, it is just a part of the whole.
type trip []statement

// ref is a parameter that is the answer of an earlier statement of the operation: its first column.
type ref int

// subject is what the statements are about.
type subject struct {
	Company, Owner, Assignee, Task int64
	Epoch                          int64  // of the company's authorizations
	Title, Description             string // of a task that is created
	Event                          string // the task's new state in its event
}

const (
	taskList   = `company_id, id, title, description, status, assigned_to, created_by, rank, version, created_at, updated_at`
	sqlCount   = `SELECT coalesce(sum(n), 0) FROM task_counts WHERE company_id = $1`
	sqlPage    = `SELECT ` + taskList + ` FROM tasks WHERE company_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`
	sqlTask    = `SELECT ` + taskList + ` FROM tasks WHERE company_id = $1 AND id = $2`
	sqlCounts  = `SELECT status, assignee, n FROM task_counts WHERE company_id = $1`
	sqlMembers = `SELECT user_id, username, state FROM members WHERE company_id = $1`
	sqlInsert  = `INSERT INTO tasks (company_id, title, description, search_text, status, assigned_to, created_by, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`
	sqlCountUp = `INSERT INTO task_counts (company_id, status, assignee, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (company_id, status, assignee) DO UPDATE SET n = task_counts.n + excluded.n`

	sqlTakeSeq = `UPDATE heads SET seq = seq + 1, epoch = epoch + $2
		 WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq, epoch`
	sqlEvent = `INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data, operator_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

	pgEnter = `SELECT taskhouse_enter($1)`
	pgEvent = `WITH head AS (UPDATE heads SET seq = seq + 1, epoch = epoch + $2
			WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq)
		INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data, operator_id)
		VALUES ($1, (SELECT seq FROM head), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING seq`
)

// operation gives the round trips of an operation on an engine.
func operation(engine, name string, s subject) []trip {
	if name == "create" {
		return s.create(engine)
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
	return statement{sql: pgEnter, args: []any{s.Company}, row: func() []any { return []any{new(int64)} }}
}

func (s subject) read(name string) []statement {
	count := statement{sqlCount, []any{s.Company}, func() []any { return []any{new(int64)} }}
	switch name {
	case "list":
		return []statement{count, {sqlPage, []any{s.Company, 20, 0}, taskRow}}
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
	return []any{new(int64), new(int64), new(string), new(string), new(string), new(*int64), new(int64), new(string), new(int64), new(int64), new(int64)}
}

// create is a task, its number in the log and event, and the counter. Its instant does not matter to its cost.
func (s subject) create(engine string) []trip {
	const now = 1_767_225_600_000_000
	one := func() []any { return []any{new(int64)} }
	insert := statement{sqlInsert, []any{s.Company, s.Title, s.Description, s.Title + "\n" + s.Description, "todo", s.Assignee, s.Owner, 1, now, now}, one}
	count := statement{sql: sqlCountUp, args: []any{s.Company, "todo", s.Assignee, 1}}
	event := func(id ref) []any {
		return []any{"task_created", "task", id, s.Owner, 1, now, "New task created: " + s.Title, "{}", s.Event, nil}
	}
	if engine == "postgres" {
		return []trip{
			{{sql: "BEGIN"}, s.enter(), insert},
			{{sql: pgEvent, args: append([]any{s.Company, 0, s.Epoch}, event(ref(2))...), row: one}, count, {sql: "COMMIT"}},
		}
	}
	head := statement{sqlTakeSeq, []any{s.Company, 0, s.Epoch}, func() []any { return []any{new(int64), new(int64)} }}
	return []trip{{insert, head, {sql: sqlEvent, args: append([]any{s.Company, ref(1)}, event(ref(0))...)}, count}}
}
