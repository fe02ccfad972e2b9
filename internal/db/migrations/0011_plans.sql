{{if not .Postgres}}
-- What SQLite's planner should believe of the tables: rows, and of them those that are equal in the first column of an index, in the
-- first two, and so on (sqlite.org/fileformat2.html, 2.6.1). It believes otherwise that ten rows of an index are equal in its first column;
-- here that is the company, which may have all of them. A million rows of twenty companies; nothing is measured, so that plans
-- are the same everywhere.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('tasks', 'sqlite_autoindex_tasks_1', '1000000 50000 1'),
	('tasks', 'tasks_created', '1000000 50000 2 1'),
	('tasks', 'tasks_status', '1000000 50000 12000 2 1'),
	('tasks', 'tasks_assigned', '1000000 50000 1000 1 1'),
	('tasks', 'tasks_creator', '1000000 50000 1000 1 1'),
	('events', 'events', '5000000 250000 1'),
	('events', 'events_subject', '5000000 250000 200000 5 1'),
	('events', 'events_kind', '5000000 250000 20000 1'),
	('events', 'events_actor', '5000000 250000 5000 1'),
	('notifications', 'sqlite_autoindex_notifications_1', '1000000 50000 1'),
	('notifications', 'sqlite_autoindex_notifications_2', '1000000 50000 2 1 1'),
	('notifications', 'notifications_inbox', '1000000 50000 1000 1'),
	('notifications', 'notifications_unread', '100000 5000 100 1'),
	('notifications', 'notifications_age', '1000000 1'),
	('jobs', 'sqlite_autoindex_jobs_1', '100000 5000 1'),
	('jobs', 'sqlite_autoindex_jobs_2', '100000 5000 2000 1'),
	('jobs', 'jobs_due', '10000 500 1 1'),
	('jobs', 'jobs_worker', '100 10'),
	('jobs', 'jobs_finished', '90000 1'),
	('members', 'sqlite_autoindex_members_1', '1000 50 1'),
	('members', 'members_user', '1000 1 1'),
	('sessions', 'sqlite_autoindex_sessions_1', '5000 250 1'),
	('sessions', 'sessions_user', '5000 250 5'),
	('sessions', 'sessions_expiry', '5000 1'),
	('task_counts', 'task_counts', '4000 200 50 1'),
	('told', 'told', '1000 50 1'),
	('idempotency_keys', 'idempotency_keys', '100000 5000 100 1'),
	('idempotency_keys', 'idempotency_keys_age', '100000 1'),
	('analytics_tasks', 'analytics_tasks', '1000000 50000 1'),
	('analytics_steps', 'analytics_steps', '5000000 250000 2 1'),
	('analytics_facts', 'analytics_facts', '100000 5000 2500 50 10 3 1');
ANALYZE sqlite_schema;
{{end}}
