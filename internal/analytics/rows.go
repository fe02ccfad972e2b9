package analytics

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// livesOf returns the lives of the tasks in some events.
func livesOf(tx *db.Tx, entries []event.Entry) (map[int64]*life, error) {
	lives := map[int64]*life{}
	var ids []int64
	for _, e := range entries {
		if isTask(e.Kind) {
			ids = append(ids, e.SubjectID)
		}
	}
	if len(ids) == 0 {
		return lives, nil
	}
	err := tx.Query(func(r db.Row) error {
		var id int64
		l := &life{}
		err := r.Scan(&id, &l.created, &l.started, &l.finished, &l.by)
		lives[id] = l
		return err
	}, `SELECT task_id, created_at, started_at, finished_at, finisher FROM analytics_tasks
		WHERE company_id = $1 AND task_id `+tx.OneOf("$2"), db.IDs(ids))
	return lives, err
}

// storeLives stores the lives of tasks that exist, and deletes the others.
func storeLives(tx *db.Tx, lives map[int64]*life, touched map[int64]bool) error {
	var kept [][]int64
	var gone []int64
	for _, id := range slices.Sorted(maps.Keys(touched)) {
		if l := lives[id]; l != nil {
			kept = append(kept, []int64{id, int64(l.created), int64(l.started), int64(l.finished), l.by})
		} else {
			gone = append(gone, id)
		}
	}
	if len(gone) > 0 {
		err := tx.AtCommit(`DELETE FROM analytics_tasks WHERE company_id = $1 AND task_id `+tx.OneOf("$2"),
			db.IDs(gone))
		if err != nil {
			return err
		}
	}
	if len(kept) == 0 {
		return nil
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	values := tx.Pick(`value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each($2) WHERE true`,
		`(value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3)::bigint, (value->>4)::bigint
			FROM json_array_elements($2::json)`)
	return tx.AtCommit(`INSERT INTO analytics_tasks (company_id, task_id, created_at, started_at, finished_at, finisher)
		SELECT $1, `+values+`
		ON CONFLICT (company_id, task_id)
			DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
				finisher = excluded.finisher`, string(b))
}

// lastStep returns the instant of the last counted event.
func lastStep(tx *db.Tx) (at db.Time, err error) {
	err = tx.Query(func(r db.Row) error { return r.Scan(&at) },
		`SELECT at FROM analytics_steps WHERE company_id = $1 ORDER BY at DESC LIMIT 1`)
	return at, err
}

// store adds the book to the tables.
func (k *book) store(tx *db.Tx) error {
	steps := make([][]any, len(k.steps))
	for i, s := range k.steps {
		steps[i] = []any{int64(s.at), s.seq, s.deltas}
	}
	var facts [][]int64
	for _, f := range slices.SortedFunc(maps.Keys(k.facts), fact.compare) {
		if n := k.facts[f]; n != 0 {
			facts = append(facts, []int64{f.grain, int64(f.start), int64(f.measure), f.a, f.b, n})
		}
	}
	b, err := json.Marshal(steps)
	if err != nil {
		return err
	}
	err = tx.AtCommit(`INSERT INTO analytics_steps (company_id, at, seq, deltas) SELECT $1, `+tx.Pick(
		`value->>0, value->>1, value->>2 FROM json_each($2)`,
		`(value->>0)::bigint, (value->>1)::bigint, value->>2 FROM json_array_elements($2::json)`), string(b))
	if err != nil || len(facts) == 0 {
		return err
	}
	if b, err = json.Marshal(facts); err != nil {
		return err
	}
	values := tx.Pick(
		`value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each($2) WHERE true`,
		`(value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint,
			(value->>3)::bigint, (value->>4)::bigint, (value->>5)::bigint FROM json_array_elements($2::json)`)
	return tx.AtCommit(`INSERT INTO analytics_facts (company_id, grain, start, measure, a, b, n) SELECT $1, `+values+`
		ON CONFLICT (company_id, grain, start, measure, a, b) DO UPDATE SET n = analytics_facts.n + excluded.n`,
		string(b))
}

// The parts of the result of the statement figures.
const (
	partHead = iota
	partTotal
	partAfter  // changes after the instant of the report, from the next whole hour or quarter of an hour on
	partSince  // changes since the first day of the report
	partSeries // changes in each hour or quarter of an hour since then
	partSteps  // events after the instant and before partAfter
)

// figures selects all figures in one statement, because each statement has a snapshot of its own.
var figures = `
	SELECT 0 AS part, 0 AS measure, 0 AS start, coalesce(c.seq, 0) AS a, h.seq AS b, 0 AS n, '' AS deltas
		FROM heads h LEFT JOIN cursors c ON c.company_id = h.company_id AND c.name = 'analytics' WHERE h.company_id = $1
	UNION ALL SELECT 1, measure, 0, a, b, n, '' FROM analytics_facts WHERE company_id = $1 AND grain = 0 AND n <> 0` +
	since(partAfter, "$2", "$3", "$4") + since(partSince, "$5", "$6", "$7") + `
	UNION ALL SELECT 4, measure, start, a, b, n, '' FROM analytics_facts WHERE company_id = $1 AND grain = $8
	AND start >= $5 AND start < $2
	UNION ALL SELECT 5, 0, at, 0, 0, 0, deltas FROM analytics_steps WHERE company_id = $1 AND at >= $9 AND at < $2`

// since returns the part of figures that sums the changes since a quarter of an hour. It adds quarters up to the first
// whole day, days up to the first whole month, and months from there on.
func since(part int, quarters, days, months string) string {
	return fmt.Sprintf(`
	UNION ALL SELECT %[1]d, measure, 0, a, b, CAST(sum(n) AS BIGINT), '' FROM analytics_facts
		WHERE company_id = $1 AND grain = 1 AND start >= %[4]s GROUP BY measure, a, b
	UNION ALL SELECT %[1]d, measure, 0, a, b, CAST(sum(n) AS BIGINT), '' FROM analytics_facts
		WHERE company_id = $1 AND grain = 2 AND start >= %[3]s AND start < %[4]s GROUP BY measure, a, b
	UNION ALL SELECT %[1]d, measure, 0, a, b, CAST(sum(n) AS BIGINT), '' FROM analytics_facts
		WHERE company_id = $1 AND grain = 3 AND start >= %[2]s AND start < %[3]s
		GROUP BY measure, a, b`, part, quarters, days, months)
}

// window is the period of a report: the first instant of each day, and the first instant after the period.
type window struct {
	days  []db.Time
	until db.Time
}

// unit returns the longest period, hour or quarter, that makes up the days, and the grain of its sums.
func (w window) unit() (db.Time, int) {
	for _, d := range w.days {
		if d%hour != 0 {
			return quarter, byQuarter
		}
	}
	return hour, byHour
}

// row holds one row of figures.
type row struct {
	part    int64
	measure measure
	start   db.Time
	a, b, n int64
	deltas  string
}

func eachFigure(tx *db.Tx, w window, fn func(row) error) error {
	tx.MayScan()
	from := w.days[0]
	unit, series := w.unit()
	next := ceil(w.until, unit)
	var v row
	return tx.Query(func(r db.Row) error {
		if err := r.Scan(&v.part, (*int64)(&v.measure), &v.start, &v.a, &v.b, &v.n, &v.deltas); err != nil {
			return err
		}
		return fn(v)
	}, figures, next, ceil(next, day), ceil(next, month), from, ceil(from, day), ceil(from, month), series, w.until)
}

func companyName(tx *db.Tx) (Company, error) {
	return db.One(tx, func(r db.Row, c *Company) error { return r.Scan(&c.ID, &c.Name) },
		`SELECT company_id, name FROM companies WHERE company_id = $1`)
}

// usernames returns the names of members, removed ones included.
func usernames(tx *db.Tx, ids []int64) (map[int64]string, error) {
	names := make(map[int64]string, len(ids))
	err := tx.Query(func(r db.Row) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		names[id] = name
		return err
	}, `SELECT user_id, username FROM members WHERE company_id = $1 AND user_id `+tx.OneOf("$2"), db.IDs(ids))
	return names, err
}

// oldestOpen returns the open task that was created first, as it is now; nil: no task is open.
func oldestOpen(tx *db.Tx) (*Oldest, error) {
	read := func(r db.Row, o *Oldest) error { return r.Scan(&o.ID, &o.Title, &o.AssignedTo, &o.CreatedAt) }
	all, err := db.All(tx, read,
		`SELECT id, title, assigned_to, created_at FROM tasks WHERE company_id = $1 AND id IN (
			SELECT id FROM (SELECT id FROM tasks WHERE company_id = $1 AND status = 'todo'
				ORDER BY created_at, id LIMIT 1) a
			UNION ALL
			SELECT id FROM (SELECT id FROM tasks WHERE company_id = $1 AND status = 'in_progress'
				ORDER BY created_at, id LIMIT 1) b)
		ORDER BY created_at, id LIMIT 1`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// totals sums the figures of all companies; those of days from an instant on.
func totals(tx *db.SystemTx, from db.Time) (t Totals, err error) {
	err = db.Exists(tx, func(r db.Row) error { return r.Scan(&t.Companies, &t.Tasks, &t.Open) }, `SELECT
		(SELECT count(*) FROM companies),
		(SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM task_counts),
		(SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM task_counts WHERE status IN ('todo', 'in_progress'))`)
	if err != nil {
		return t, err
	}
	// Completions that were taken back count against the day of the completion, which must be one of the days.
	err = db.Exists(tx, func(r db.Row) error { return r.Scan(&t.Created, &t.Completed) }, `SELECT
			CAST(coalesce(sum(CASE WHEN f.measure = $2 THEN f.n END), 0) AS BIGINT),
			CAST(coalesce(sum(CASE WHEN f.measure = $3 THEN f.n
				WHEN f.measure = $4 AND f.a >= $5 THEN -f.n END), 0) AS BIGINT)
		FROM companies c JOIN analytics_facts f ON f.company_id = c.company_id AND f.start >= $1
			AND (f.grain = $6 AND f.measure IN ($2, $3) OR f.grain = $7 AND f.measure = $4)`,
		from, int64(created), int64(finished), int64(finishedByBack), int64(from/quarter), byQuarter, quarterly)
	return t, err
}
