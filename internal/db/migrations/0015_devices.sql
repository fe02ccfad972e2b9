-- How often the account's password was changed. A device token names it, so that a new password makes all of them useless.
ALTER TABLE users ADD COLUMN password_epoch {{.Int}} NOT NULL DEFAULT 0;
