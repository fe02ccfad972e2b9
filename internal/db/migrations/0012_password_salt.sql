-- The secret that the salts of passwords are derived from: auth.salts. The one row is written by the first process that needs it, and goes
-- along with the accounts into a backup and to the other engine.
CREATE TABLE password_salt (
	id     {{.Int}} NOT NULL PRIMARY KEY CHECK (id = 1),
	secret {{.Text}} NOT NULL
) {{.Table}};
