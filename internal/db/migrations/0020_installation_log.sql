-- The log of the installation: what operators and commands did. It belongs to no company, and keeps the acts on companies that are erased.
-- Ids of 0 stand for none.
CREATE TABLE installation_log (
	id          {{.Identity}},
	at          {{.Int}} NOT NULL,
	last_at     {{.Int}} NOT NULL, -- of the last repetition
	times       {{.Int}} NOT NULL,
	via         {{.Text}} NOT NULL, -- 'api' or 'command'
	operator_id {{.Int}} NOT NULL, -- the account; no reference, because an account may be erased
	act         {{.Text}} NOT NULL,
	company     {{.Int}} NOT NULL, -- no company_id: the row is the installation's
	subject     {{.Text}} NOT NULL,
	subject_id  {{.Int}} NOT NULL,
	detail      {{.Text}} NOT NULL
) {{.Table}};
CREATE INDEX installation_log_repeated ON installation_log (operator_id, act, company, subject, last_at);
CREATE INDEX installation_log_company ON installation_log (company, id);
CREATE INDEX installation_log_last ON installation_log (last_at);
{{if not .Postgres}}
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('installation_log', 'installation_log_repeated', '100000 5000 1000 500 100 1'),
	('installation_log', 'installation_log_company', '100000 500 1'),
	('installation_log', 'installation_log_last', '100000 1');
ANALYZE sqlite_schema;
{{end}}
