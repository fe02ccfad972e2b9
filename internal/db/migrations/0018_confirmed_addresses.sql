-- E-mail addresses that were confirmed, links in mails, and mails to accounts. All of it is the installation's: an account belongs to no
-- company, and a request to reset a password may name none.

-- The email_key that was confirmed. Another address is not: the two are compared, so a node of an earlier release cannot keep it by mistake.
ALTER TABLE users ADD COLUMN confirmed_key {{.Text}} NOT NULL DEFAULT '';
-- Whether the address must be confirmed before it signs in and gets mails about tasks. FALSE for addresses from before this rule.
ALTER TABLE users ADD COLUMN must_confirm {{.Bool}} NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN language {{.Text}} NOT NULL DEFAULT ''; -- of mails; '': English

-- A link in a mail. It opens one thing, once, until it expires.
CREATE TABLE account_links (
	token_hash {{.Text}} NOT NULL PRIMARY KEY, -- SHA-256 of 160 random bits
	user_id    {{.Int}} NOT NULL REFERENCES users (id),
	purpose    {{.Text}} NOT NULL CHECK (purpose IN ('confirm', 'reset', 'cancel')),
	email      {{.Text}} NOT NULL, -- where it was sent; empty: an operator printed it
	email_key  {{.Text}} NOT NULL,
	created_at {{.Int}} NOT NULL,
	expires_at {{.Int}} NOT NULL,
	used_at    {{.Int}}
) {{.Table}};
CREATE INDEX account_links_user ON account_links (user_id, purpose, created_at);
CREATE INDEX account_links_address ON account_links (email_key, purpose, created_at);
CREATE INDEX account_links_expiry ON account_links (expires_at);

-- Mails to accounts that wait to be sent.
CREATE TABLE account_mails (
	id         {{.Text}} NOT NULL PRIMARY KEY,
	kind       {{.Text}} NOT NULL,
	args       {{.Text}} NOT NULL, -- sealed: it has addresses, and the secret that tokens are derived from
	attempts   {{.Int}} NOT NULL DEFAULT 0,
	due_at     {{.Int}}, -- of one that is being sent, the end of its lease; NULL: given up
	error      {{.Text}} NOT NULL DEFAULT '',
	created_at {{.Int}} NOT NULL
) {{.Table}};
CREATE INDEX account_mails_due ON account_mails (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX account_mails_age ON account_mails (created_at);
{{if not .Postgres}}
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('account_links', 'account_links_user', '1000 2 1 1'),
	('account_links', 'account_links_address', '1000 2 1 1'),
	('account_links', 'account_links_expiry', '1000 1'),
	('account_mails', 'account_mails_due', '100 1'),
	('account_mails', 'account_mails_age', '100 1');
ANALYZE sqlite_schema;
{{end}}
