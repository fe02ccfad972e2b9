-- Companies, people, tasks and the log.
--
-- Every table with a company_id belongs to that company: it is keyed and referenced only together with it, so that no row can
-- refer to another company's. Instants are Unix microseconds. JSON is text: it is only ever read whole, byte for byte.

CREATE TABLE companies (
	company_id  {{.Identity}},
	name        {{.Text}} NOT NULL,
	name_key    {{.Text}} NOT NULL UNIQUE, -- the name as compared: account.CompanyKey
	description {{.Text}} NOT NULL DEFAULT '',
	version     {{.Int}} NOT NULL DEFAULT 1,
	created_at  {{.Int}} NOT NULL,
	updated_at  {{.Int}} NOT NULL
) {{.Table}};

-- The number of a company's last event, and the epoch of its authorizations. Locked last in every write.
CREATE TABLE heads (
	company_id {{.Int}} NOT NULL PRIMARY KEY REFERENCES companies (company_id),
	seq        {{.Int}} NOT NULL DEFAULT 0,
	epoch      {{.Int}} NOT NULL DEFAULT 0
) {{if .Postgres}}WITH (fillfactor = 50){{else}}{{.Table}}{{end}};

-- A person's account: how they sign in, whatever companies they belong to. Out of a company's reach.
CREATE TABLE users (
	id            {{.Identity}},
	username      {{.Text}} NOT NULL,
	username_key  {{.Text}} NOT NULL UNIQUE, -- account.UsernameKey
	email         {{.Text}} NOT NULL DEFAULT '',
	email_key     {{.Text}} NOT NULL DEFAULT '', -- not unique: a taken address must not show at sign-up
	password      {{.Text}} NOT NULL,
	is_superuser  {{.Bool}} NOT NULL DEFAULT FALSE,
	created_at    {{.Int}} NOT NULL
) {{.Table}};
CREATE INDEX users_email ON users (email_key, id);

-- A person as a company sees them. A removed member's row stays, because tasks and events refer to it.
CREATE TABLE members (
	company_id  {{.Int}} NOT NULL REFERENCES companies (company_id),
	user_id     {{.Int}} NOT NULL REFERENCES users (id),
	username    {{.Text}} NOT NULL, -- the account's; it never changes
	email       {{.Text}} NOT NULL,
	first_name  {{.Text}} NOT NULL DEFAULT '',
	last_name   {{.Text}} NOT NULL DEFAULT '',
	phone       {{.Text}} NOT NULL DEFAULT '',
	role        {{.Text}} NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'guest')),
	state       {{.Text}} NOT NULL CHECK (state IN ('active', 'inactive', 'removed')),
	search_text {{.Text}} NOT NULL,
	joined_at   {{.Int}} NOT NULL,
	PRIMARY KEY (company_id, user_id)
) {{.Table}};
CREATE INDEX members_user ON members (user_id, company_id);

-- A sign-in and the family of its refresh tokens: refresh_id is the one that may be used next.
CREATE TABLE sessions (
	company_id   {{.Int}} NOT NULL,
	id           {{.Text}} NOT NULL,
	user_id      {{.Int}} NOT NULL,
	refresh_id   {{.Text}} NOT NULL,
	created_at   {{.Int}} NOT NULL,
	refreshed_at {{.Int}} NOT NULL,
	expires_at   {{.Int}} NOT NULL,
	ended_at     {{.Int}},
	PRIMARY KEY (company_id, id),
	FOREIGN KEY (company_id, user_id) REFERENCES members (company_id, user_id)
) {{.Table}};
CREATE INDEX sessions_user ON sessions (company_id, user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE invitations (
	company_id  {{.Int}} NOT NULL REFERENCES companies (company_id),
	id          {{.OwnedID}},
	email       {{.Text}} NOT NULL DEFAULT '', -- empty: for whoever holds the token
	role        {{.Text}} NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
	token_hash  {{.Text}} NOT NULL UNIQUE,
	created_by  {{.Int}} NOT NULL,
	created_at  {{.Int}} NOT NULL,
	expires_at  {{.Int}} NOT NULL,
	accepted_by {{.Int}},
	accepted_at {{.Int}},
	revoked_at  {{.Int}},
	{{.OwnedKey}},
	FOREIGN KEY (company_id, created_by) REFERENCES members (company_id, user_id),
	FOREIGN KEY (company_id, accepted_by) REFERENCES members (company_id, user_id)
) {{.Table}};


CREATE TABLE tasks (
	company_id  {{.Int}} NOT NULL REFERENCES companies (company_id),
	id          {{.OwnedID}},
	title       {{.Text}} NOT NULL,
	description {{.Text}} NOT NULL,
	search_text {{.Text}} NOT NULL, -- title and description, case-folded
	status      {{.Text}} NOT NULL CHECK (status IN ('todo', 'in_progress', 'done', 'cancelled')),
	assigned_to {{.Int}},
	created_by  {{.Int}} NOT NULL,
	version     {{.Int}} NOT NULL,
	created_at  {{.Int}} NOT NULL,
	updated_at  {{.Int}} NOT NULL,
	{{.OwnedKey}},
	FOREIGN KEY (company_id, assigned_to) REFERENCES members (company_id, user_id),
	FOREIGN KEY (company_id, created_by) REFERENCES members (company_id, user_id)
) {{.Table}};
CREATE INDEX tasks_created ON tasks (company_id, created_at, id);
CREATE INDEX tasks_status ON tasks (company_id, status, created_at, id);
CREATE INDEX tasks_assigned ON tasks (company_id, assigned_to, created_at, id);
CREATE INDEX tasks_creator ON tasks (company_id, created_by, created_at, id);

-- How many tasks a company has, by status and assignee; kept in each write's own transaction.
CREATE TABLE task_counts (
	company_id {{.Int}} NOT NULL REFERENCES companies (company_id),
	status     {{.Text}} NOT NULL,
	assignee   {{.Int}} NOT NULL, -- a user id, or 0 for nobody: a count, not a reference
	n          {{.Int}} NOT NULL,
	PRIMARY KEY (company_id, status, assignee)
) {{if .Postgres}}WITH (fillfactor = 50){{else}}{{.KeyedTable}}{{end}};

-- The log: append-only, numbered per company without a gap.
CREATE TABLE events (
	company_id {{.Int}} NOT NULL REFERENCES companies (company_id),
	seq        {{.Int}} NOT NULL,
	kind       {{.Text}} NOT NULL,
	subject    {{.Text}} NOT NULL, -- what it happened to: task, member, invitation, company
	subject_id {{.Int}} NOT NULL,
	actor_id   {{.Int}},           -- NULL: the system
	version    {{.Int}} NOT NULL,  -- the subject's version after it
	at         {{.Int}} NOT NULL,
	message    {{.Text}} NOT NULL, -- one line for people
	changes    {{.Text}} NOT NULL, -- {"field": {"old": .., "new": ..}}
	data       {{.Text}} NOT NULL, -- the subject's new state
	PRIMARY KEY (company_id, seq),
	FOREIGN KEY (company_id, actor_id) REFERENCES members (company_id, user_id)
) {{.KeyedTable}};
CREATE INDEX events_subject ON events (company_id, subject, subject_id, seq);

-- Answers to repeated writes, kept for 24 hours.
CREATE TABLE idempotency_keys (
	company_id {{.Int}} NOT NULL,
	user_id    {{.Int}} NOT NULL,
	key        {{.Text}} NOT NULL,
	request    {{.Text}} NOT NULL, -- a hash of what was asked
	answer     {{.Text}} NOT NULL,
	created_at {{.Int}} NOT NULL,
	PRIMARY KEY (company_id, user_id, key),
	FOREIGN KEY (company_id, user_id) REFERENCES members (company_id, user_id)
) {{.KeyedTable}};
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
{{if .Postgres}}
-- Sets the company that row security compares with, until the transaction ends, and returns the epoch of its authorizations.
-- One statement of one round trip; in a function because the setting must stand before the row is looked for.
CREATE FUNCTION taskhouse_enter(company bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('taskhouse.company', company::text, true);
	RETURN (SELECT epoch FROM heads WHERE company_id = company);
END $$;
{{end}}
