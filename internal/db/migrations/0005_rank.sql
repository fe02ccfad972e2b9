-- Where a task stands among the others of a board; '': nobody has moved it, and its id says where (package task).
ALTER TABLE tasks ADD COLUMN rank {{.Text}} NOT NULL DEFAULT '';
