-- A refresh token that comes again within seconds from the same client gets the same successor: the id of the token before refresh_id, and
-- a hash of that token and of the client that used it. Neither opens anything.
ALTER TABLE sessions ADD COLUMN previous_id {{.Text}} NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN previous_client {{.Text}} NOT NULL DEFAULT '';
