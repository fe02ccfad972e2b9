-- The key by which lists order titles, the same on both engines: db.SortKey. '' in rows that an older program wrote: task.Fold gives them one.
ALTER TABLE tasks ADD COLUMN title_key {{.Text}} NOT NULL DEFAULT '';
CREATE INDEX tasks_without_key ON tasks (company_id, id) WHERE title_key = '';
