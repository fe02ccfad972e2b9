-- Where in a trace a change was asked for, as a W3C traceparent, so that what follows from it is seen in the same trace; '': it was not
-- traced. Bookkeeping that is shown to nobody.
ALTER TABLE events ADD COLUMN trace {{.Text}} NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN trace {{.Text}} NOT NULL DEFAULT '';
