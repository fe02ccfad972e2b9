package task

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// Recount compares the counters of all companies with their tasks, and returns a line for each difference. It uses one
// statement, which sees one state while others write.
func Recount(ctx context.Context, d *db.DB) (wrong []string, err error) {
	err = d.System("an operator compares all counters with a recount").Read(ctx, func(tx *db.SystemTx) error {
		wrong = nil
		return tx.Query(func(r db.Row) error {
			var company, assignee, counter, rows int64
			var status string
			err := r.Scan(&company, &status, &assignee, &counter, &rows)
			wrong = append(wrong, fmt.Sprintf("company %d, %s, assignee %d: the counter says %d, and there are %d",
				company, status, assignee, counter, rows))
			return err
		}, `SELECT company_id, status, assignee, CAST(sum(n) AS BIGINT), CAST(sum(found) AS BIGINT) FROM (
				SELECT company_id, status, assignee, n, 0 AS found FROM task_counts
				UNION ALL
				SELECT company_id, status, coalesce(assigned_to, 0), 0, count(*) FROM tasks
				GROUP BY company_id, status, coalesce(assigned_to, 0)
			) both_sides GROUP BY company_id, status, assignee HAVING sum(n) <> sum(found) ORDER BY 1, 2, 3`)
	})
	return wrong, err
}

// usage counts what a company uses, by its rows; head is the name of the row of heads.
func usage(head string) (tasks, bytes, members string) {
	of := ` WHERE company_id = ` + head + `.company_id`
	return `(SELECT count(*) FROM tasks` + of + `)`,
		`(SELECT CAST(coalesce(sum(octet_length(title) + octet_length(description)), 0) AS BIGINT) FROM tasks` + of + `)
		+ (SELECT CAST(coalesce(sum(octet_length(message) + octet_length(changes) + octet_length(data)), 0) AS BIGINT)
			FROM events` + of + `)`,
		`(SELECT count(*) FROM members` + of + ` AND state <> 'removed')`
}

// CountUsage is the beginning of a statement that counts the usage of companies anew.
var CountUsage = func() string {
	tasks, bytes, members := usage("heads")
	return `UPDATE heads SET tasks = ` + tasks + `, bytes = ` + bytes + `, members = ` + members
}()

// RecountUsage compares the usage of all companies with their rows. Each difference is a line for people.
func RecountUsage(ctx context.Context, d *db.DB) (wrong []string, err error) {
	tasks, bytes, members := usage("h")
	err = d.System("an operator compares all usage with a recount").Read(ctx, func(tx *db.SystemTx) error {
		wrong = nil
		return tx.Query(func(r db.Row) error {
			var company int64
			var said, found [3]int64
			err := r.Scan(&company, &said[0], &found[0], &said[1], &found[1], &said[2], &found[2])
			if said != found {
				wrong = append(wrong, fmt.Sprintf("company %d: its head says %d tasks, %d bytes and %d members, "+
					"and there are %d, %d and %d", company, said[0], said[1], said[2], found[0], found[1], found[2]))
			}
			return err
		}, `SELECT h.company_id, h.tasks, `+tasks+`, h.bytes, `+bytes+`, h.members, `+members+`
			FROM heads h ORDER BY h.company_id`)
	})
	return wrong, err
}

// RepairCounters counts the tasks of one company anew. The head row is held meanwhile, as by whoever changes a counter.
func RepairCounters(ctx context.Context, d *db.DB, company int64) error {
	return d.System("an operator repairs counters").Write(ctx, func(tx *db.SystemTx) error {
		if _, err := tx.Exec(`UPDATE heads SET seq = seq WHERE company_id = $1`, company); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM task_counts WHERE company_id = $1`, company); err != nil {
			return err
		}
		if _, err := tx.Exec(CountUsage+` WHERE company_id = $1`, company); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO task_counts (company_id, status, assignee, n)
			SELECT company_id, status, coalesce(assigned_to, 0), count(*) FROM tasks WHERE company_id = $1
			GROUP BY company_id, status, coalesce(assigned_to, 0)`, company)
		return err
	})
}

// compared are the fields of a task that CompareLog compares beside the version. Descriptions would be most of the
// bytes that it reads.
var compared = slices.DeleteFunc(columnsWritten(always), func(c storedField) bool {
	return slices.Contains([]string{"description", "rank", "version", "updated_at"}, c.key())
})

// CompareLog compares tasks with the last event of each in the log: their existence, their version and most fields. It
// compares the limit tasks that changed last, of all companies; with 0 it compares every task, deleted ones included.
// It returns a line for each difference.
func CompareLog(ctx context.Context, d *db.DB, limit int) (wrong []string, count int64, err error) {
	sample := ""
	if limit > 0 {
		sample = fmt.Sprintf(` ORDER BY t.updated_at DESC, t.id DESC LIMIT %d`, limit)
	}
	names := make([]string, len(compared))
	for i, c := range compared {
		names[i] = "t." + c.column()
	}
	list := strings.Join(names, ", ")
	err = d.System("an operator compares all tasks with the log").Read(ctx, func(tx *db.SystemTx) error {
		wrong, count = nil, 0
		err := tx.Query(func(r db.Row) error {
			var t Task
			var kind, data *string
			var version *int64
			dests := []any{&t.Company, &t.ID, &t.Version, &kind, &version, &data}
			for _, c := range compared {
				dests = append(dests, c.dest(&t))
			}
			if err := r.Scan(dests...); err != nil {
				return err
			}
			count++
			if what := differs(t, kind, version, data); what != "" {
				wrong = append(wrong, fmt.Sprintf("company %d, task %d: %s", t.Company, t.ID, what))
			}
			return nil
		}, `SELECT t.company_id, t.id, t.version, e.kind, e.version, e.data, `+list+`
			FROM (SELECT t.company_id, t.id, t.version, t.updated_at, `+list+`,
					(SELECT max(l.seq) FROM events l WHERE l.company_id = t.company_id AND l.subject = 'task'
					AND l.subject_id = t.id) AS last
				FROM tasks t`+sample+`) t
			LEFT JOIN events e ON e.company_id = t.company_id AND e.seq = t.last ORDER BY t.company_id, t.id`)
		if err != nil || limit > 0 {
			return err
		}
		return tx.Query(func(r db.Row) error {
			var company, id int64
			err := r.Scan(&company, &id)
			wrong = append(wrong, fmt.Sprintf("company %d, task %d: the log has it, and there is no row", company, id))
			return err
		}, `SELECT e.company_id, e.subject_id FROM events e WHERE e.subject = 'task' AND e.kind = 'task_created'
			AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.company_id = e.company_id AND t.id = e.subject_id)
			AND NOT EXISTS (SELECT 1 FROM events g WHERE g.company_id = e.company_id AND g.subject = 'task'
			AND g.subject_id = e.subject_id AND g.kind = 'task_deleted')
			ORDER BY e.company_id, e.subject_id`)
	})
	return wrong, count, err
}

// differs describes how a row differs from its last event; "": it does not.
func differs(t Task, kind *string, version *int64, data *string) string {
	if kind == nil || version == nil || data == nil {
		return "there is a row, and the log knows nothing of it"
	}
	if *kind == string(event.TaskDeleted) {
		return "there is a row, and the log says that it was deleted"
	}
	logged, err := ReadLogged(event.Entry{Data: jsontext.Value(*data)})
	if err != nil {
		return "its last event cannot be read"
	}
	if t.Version != *version {
		return fmt.Sprintf("the row has version %d, and the log %d", t.Version, *version)
	}
	for _, c := range compared {
		row, err := c.appendJSON(nil, &t)
		if err != nil {
			return "its row cannot be read"
		}
		log, err := c.appendJSON(nil, &logged.Task)
		if err != nil {
			return "its last event cannot be read"
		}
		if string(row) != string(log) {
			name, _ := c.refusal()
			return "the row has another " + name + " than the log"
		}
	}
	return ""
}
