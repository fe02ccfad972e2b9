-- What follows from the log: how far followers have read, work for the outside world, and what people are told.

-- The last event of a company's log that a follower has done; no row is none.
CREATE TABLE cursors (
	company_id {{.Int}} NOT NULL REFERENCES companies (company_id),
	name       {{.Text}} NOT NULL, -- the follower's
	seq        {{.Int}} NOT NULL,
	PRIMARY KEY (company_id, name)
) {{if .Postgres}}WITH (fillfactor = 50){{else}}{{.KeyedTable}}{{end}};

-- Work outside the database. A row that is finished stays for a while, to be looked at.
CREATE TABLE jobs (
	company_id  {{.Int}} NOT NULL REFERENCES companies (company_id),
	id          {{.OwnedID}},
	kind        {{.Text}} NOT NULL,
	key         {{.Text}} NOT NULL, -- what makes a repetition recognisable
	args        {{.Text}} NOT NULL, -- JSON
	state       {{.Text}} NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
	attempts    {{.Int}} NOT NULL DEFAULT 0, -- begun ones, this one included
	due_at      {{.Int}}, -- when a worker may take it; of a running one the end of its lease; NULL: it is finished
	worker      {{.Text}} NOT NULL DEFAULT '', -- who runs it
	error       {{.Text}} NOT NULL DEFAULT '', -- of the last attempt, or why it was given up
	created_at  {{.Int}} NOT NULL,
	finished_at {{.Int}},
	{{.OwnedKey}},
	UNIQUE (company_id, kind, key)
) {{.Table}};
CREATE INDEX jobs_due ON jobs (company_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_worker ON jobs (worker) WHERE state = 'running';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- What somebody was told. It is once for an event, a person and a kind, however often it is tried.
CREATE TABLE notifications (
	company_id {{.Int}} NOT NULL,
	id         {{.OwnedID}},
	user_id    {{.Int}} NOT NULL,  -- who is told
	kind       {{.Text}} NOT NULL,
	seq        {{.Int}} NOT NULL,  -- the event
	actor_id   {{.Int}},           -- who did it; NULL: the system
	task_id    {{.Int}},           -- the task it is about, which may be gone by now
	message    {{.Text}} NOT NULL, -- one line for people
	inbox      {{.Bool}} NOT NULL, -- whether the inbox shows it
	mail       {{.Text}} NOT NULL CHECK (mail IN ('none', 'queued', 'sent')),
	created_at {{.Int}} NOT NULL,
	read_at    {{.Int}},
	sent_at    {{.Int}},
	{{.OwnedKey}},
	UNIQUE (company_id, seq, user_id, kind),
	FOREIGN KEY (company_id, user_id) REFERENCES members (company_id, user_id),
	FOREIGN KEY (company_id, actor_id) REFERENCES members (company_id, user_id)
) {{.Table}};
CREATE INDEX notifications_inbox ON notifications (company_id, user_id, id) WHERE inbox;
CREATE INDEX notifications_unread ON notifications (company_id, user_id, id) WHERE inbox AND read_at IS NULL;
CREATE INDEX notifications_age ON notifications (created_at);

-- Up to which event a task's changes have been told, where that is further than the follower has read: they are told together.
CREATE TABLE told (
	company_id {{.Int}} NOT NULL REFERENCES companies (company_id),
	task_id    {{.Int}} NOT NULL,
	seq        {{.Int}} NOT NULL,
	PRIMARY KEY (company_id, task_id)
) {{.KeyedTable}};

-- What a member wants to be told otherwise than by default.
CREATE TABLE notification_preferences (
	company_id {{.Int}} NOT NULL,
	user_id    {{.Int}} NOT NULL,
	kind       {{.Text}} NOT NULL,
	inbox      {{.Bool}} NOT NULL,
	email      {{.Bool}} NOT NULL,
	PRIMARY KEY (company_id, user_id, kind),
	FOREIGN KEY (company_id, user_id) REFERENCES members (company_id, user_id)
) {{.KeyedTable}};

-- Members who want a mail a day.
CREATE TABLE digests (
	company_id {{.Int}} NOT NULL,
	user_id    {{.Int}} NOT NULL,
	enabled    {{.Bool}} NOT NULL,
	hour       {{.Int}} NOT NULL,  -- of the day there
	time_zone  {{.Text}} NOT NULL, -- a name of the IANA database
	next_at    {{.Int}},           -- when the next one is due; NULL: never
	PRIMARY KEY (company_id, user_id),
	FOREIGN KEY (company_id, user_id) REFERENCES members (company_id, user_id)
) {{.KeyedTable}};
CREATE INDEX digests_next ON digests (next_at) WHERE next_at IS NOT NULL;
