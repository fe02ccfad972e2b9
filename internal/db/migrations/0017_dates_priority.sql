-- When a task begins and is due, how urgent and how large it is, and when it was done. Dates are YYYY-MM-DD, so their order is that of
-- the text. Only tasks that use a field are in its index: the others cost nothing.
ALTER TABLE tasks ADD COLUMN priority {{.Int}} NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 4); -- the rank: none, low, medium, high, urgent
ALTER TABLE tasks ADD COLUMN start_date {{.Text}};
ALTER TABLE tasks ADD COLUMN due_date {{.Text}}; -- of due_at, its day in the company's time zone
ALTER TABLE tasks ADD COLUMN due_at {{.Int}};
ALTER TABLE tasks ADD COLUMN estimate {{.Int}}; -- points
ALTER TABLE tasks ADD COLUMN completed_at {{.Int}}; -- NULL also in tasks that were done before this column existed
CREATE INDEX tasks_due ON tasks (company_id, due_date, id) WHERE due_date IS NOT NULL;
CREATE INDEX tasks_priority ON tasks (company_id, priority, id) WHERE priority > 0;
{{if not .Postgres}}
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('tasks', 'tasks_due', '200000 10000 30 1'),
	('tasks', 'tasks_priority', '200000 10000 2500 1');
ANALYZE sqlite_schema;
{{end}}

-- A company's settings of time.
ALTER TABLE companies ADD COLUMN time_zone {{.Text}} NOT NULL DEFAULT 'UTC';
ALTER TABLE companies ADD COLUMN week_start {{.Text}} NOT NULL DEFAULT 'monday';
ALTER TABLE companies ADD COLUMN working_days {{.Text}} NOT NULL DEFAULT 'monday,tuesday,wednesday,thursday,friday';
