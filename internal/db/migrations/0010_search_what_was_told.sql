-- What was told, case-folded as searches compare it. '' in rows from before: they are folded when they are looked for, and gone within half a year.
ALTER TABLE notifications ADD COLUMN search_text {{.Text}} NOT NULL DEFAULT '';
