-- What a company may use, and what it uses: in its head, which every write changes anyway.

ALTER TABLE heads ADD COLUMN tasks {{.Int}} NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN bytes {{.Int}} NOT NULL DEFAULT 0; -- of the texts of tasks, and of the log
ALTER TABLE heads ADD COLUMN members {{.Int}} NOT NULL DEFAULT 0; -- active and inactive ones

-- The company's own budgets. NULL: the installation's; 0: none.
ALTER TABLE heads ADD COLUMN max_tasks {{.Int}};
ALTER TABLE heads ADD COLUMN max_bytes {{.Int}};
ALTER TABLE heads ADD COLUMN max_members {{.Int}};
ALTER TABLE heads ADD COLUMN max_invitations {{.Int}};
ALTER TABLE heads ADD COLUMN max_invitation_mails {{.Int}};
ALTER TABLE heads ADD COLUMN max_requests {{.Int}};

UPDATE heads SET
	tasks = (SELECT count(*) FROM tasks t WHERE t.company_id = heads.company_id),
	bytes = (SELECT coalesce(sum(octet_length(title) + octet_length(description)), 0) FROM tasks t
			WHERE t.company_id = heads.company_id)
		+ (SELECT coalesce(sum(octet_length(message) + octet_length(changes) + octet_length(data)), 0) FROM events e
			WHERE e.company_id = heads.company_id),
	members = (SELECT count(*) FROM members m WHERE m.company_id = heads.company_id AND m.state <> 'removed');

-- The open invitations, and those of the last day: both were made in the last seven.
CREATE INDEX invitations_created ON invitations (company_id, created_at);
{{if not .Postgres}}
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('invitations', 'invitations_created', '1000 50 1');
ANALYZE sqlite_schema;
{{end}}
