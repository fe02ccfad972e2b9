-- Figures of a company's tasks over time: what the follower `analytics` makes of the log. Everything here can be made again by
-- deleting it together with that follower's cursors.

-- Of each task that exists, what lead and cycle times are counted from.
CREATE TABLE analytics_tasks (
	company_id  {{.Int}} NOT NULL REFERENCES companies (company_id),
	task_id     {{.Int}} NOT NULL,
	created_at  {{.Int}} NOT NULL,
	started_at  {{.Int}} NOT NULL, -- when it was first in progress; 0: never
	finished_at {{.Int}} NOT NULL, -- when it was last done; 0: never
	PRIMARY KEY (company_id, task_id)
) {{.KeyedTable}};

-- What each event changed of the figures: package analytics reads the text.
CREATE TABLE analytics_steps (
	company_id {{.Int}} NOT NULL REFERENCES companies (company_id),
	at         {{.Int}} NOT NULL,
	seq        {{.Int}} NOT NULL,
	deltas     {{.Text}} NOT NULL,
	PRIMARY KEY (company_id, at, seq)
) {{.KeyedTable}};

-- The same, summed over stretches of time.
CREATE TABLE analytics_facts (
	company_id {{.Int}} NOT NULL REFERENCES companies (company_id),
	grain      {{.Int}} NOT NULL, -- 0: all time; of UTC 1: 32 days, 2: days, 3: quarters of an hour; asked for one by one 4: quarters, 5: hours
	start      {{.Int}} NOT NULL, -- of the stretch
	measure    {{.Int}} NOT NULL, -- what is counted; a and b say of what: package analytics
	a          {{.Int}} NOT NULL,
	b          {{.Int}} NOT NULL,
	n          {{.Int}} NOT NULL,
	PRIMARY KEY (company_id, grain, start, measure, a, b)
) {{if .Postgres}}WITH (fillfactor = 70){{else}}{{.KeyedTable}}{{end}};
