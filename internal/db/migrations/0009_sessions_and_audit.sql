-- What people look at to find out what happened: their sessions, and the log by what it was and who did it.

-- What a session is of, and what the client said it was when it signed in. No address: where somebody was is nobody's business.
ALTER TABLE sessions ADD COLUMN kind {{.Text}} NOT NULL DEFAULT 'api'; -- web: the web app's cookie; api: tokens
ALTER TABLE sessions ADD COLUMN agent {{.Text}} NOT NULL DEFAULT '';

CREATE INDEX events_kind ON events (company_id, kind, seq);
CREATE INDEX events_actor ON events (company_id, actor_id, seq);
