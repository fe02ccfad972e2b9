-- Tokens for programs, and service accounts: members that cannot sign in.

ALTER TABLE users ADD COLUMN is_service {{.Bool}} NOT NULL DEFAULT FALSE;
ALTER TABLE members ADD COLUMN is_service {{.Bool}} NOT NULL DEFAULT FALSE;

CREATE TABLE program_tokens (
	company_id   {{.Int}} NOT NULL,
	id           {{.OwnedID}},
	user_id      {{.Int}} NOT NULL, -- the member as whom the program acts
	created_by   {{.Int}} NOT NULL, -- the same, or the manager who made it for a service account
	name         {{.Text}} NOT NULL,
	token_hash   {{.Text}} NOT NULL UNIQUE, -- SHA-256 of the whole token
	hint         {{.Text}} NOT NULL, -- its last characters, which belong to the checksum
	scopes       {{.Text}} NOT NULL, -- separated by spaces
	created_at   {{.Int}} NOT NULL,
	expires_at   {{.Int}} NOT NULL,
	last_used_at {{.Int}}, -- coarse: auth.useInterval
	revoked_at   {{.Int}},
	{{.OwnedKey}},
	FOREIGN KEY (company_id, user_id) REFERENCES members (company_id, user_id),
	FOREIGN KEY (company_id, created_by) REFERENCES members (company_id, user_id)
) {{.Table}};
CREATE INDEX program_tokens_user ON program_tokens (company_id, user_id, id);
CREATE INDEX program_tokens_expiry ON program_tokens (expires_at);
{{if not .Postgres}}
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('program_tokens', 'program_tokens_user', '1000 50 5 1');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('program_tokens', 'program_tokens_expiry', '1000 1');
ANALYZE sqlite_schema;
{{end}}
