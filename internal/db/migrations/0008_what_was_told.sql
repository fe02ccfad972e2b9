-- What a notification is made of beside its one line in English, so that a client can say it in its reader's language.
ALTER TABLE notifications ADD COLUMN title {{.Text}} NOT NULL DEFAULT '';      -- the task's, when it was told
ALTER TABLE notifications ADD COLUMN old_status {{.Text}} NOT NULL DEFAULT ''; -- of a task that was moved
ALTER TABLE notifications ADD COLUMN new_status {{.Text}} NOT NULL DEFAULT '';
