-- Who had the task when it was last done, or 0: a count, not a reference. The completion is taken back if the task is reopened.
ALTER TABLE analytics_tasks ADD COLUMN finisher {{.Int}} NOT NULL DEFAULT 0;
