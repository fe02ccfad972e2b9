-- Operators: accounts above companies, how they sign in, and what they did inside a company.

-- Whether the account may sign in at all, whatever its companies say.
ALTER TABLE users ADD COLUMN is_active {{.Bool}} NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN last_login_at {{.Int}};

-- Sign-ins of operators. They stand in no company.
CREATE TABLE operator_sessions (
	id         {{.Text}} NOT NULL PRIMARY KEY,
	user_id    {{.Int}} NOT NULL REFERENCES users (id),
	created_at {{.Int}} NOT NULL,
	expires_at {{.Int}} NOT NULL,
	ended_at   {{.Int}}
) {{.Table}};
CREATE INDEX operator_sessions_user ON operator_sessions (user_id);
CREATE INDEX operator_sessions_expiry ON operator_sessions (expires_at);

-- The operator who did it, of an event whose actor is no member; then actor_id is NULL.
ALTER TABLE events ADD COLUMN operator_id {{.Int}} REFERENCES users (id);
