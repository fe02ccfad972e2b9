package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
)

// CompanyScans returns the statements of companies for which SQLite would read all rows of a company, or a range of
// them, although an index finds the rows that they name. It maps each text to the line of its plan. It looks at the
// statements that this process has run. The plans follow the statistics that a migration stores, so they are the same
// in every installation. explained counts the statements that SQLite explained: those written for PostgreSQL alone are
// left out.
func CompanyScans(ctx context.Context) (scans map[string]string, explained int, err error) {
	template, err := sqliteTemplate()
	if err != nil {
		return nil, 0, err
	}
	dir, err := os.MkdirTemp("", "taskhouse-plans")
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "taskhouse.db")
	if err := os.WriteFile(file, template.file, 0o600); err != nil {
		return nil, 0, err
	}
	d, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	seconds, err := secondColumns(ctx, d)
	if err != nil {
		return nil, 0, err
	}
	scans = map[string]string{}
	all := db.Statements()
	for _, text := range all {
		plan, err := planOf(ctx, d, text)
		if err != nil {
			continue // written for PostgreSQL alone
		}
		explained++
		for _, line := range plan {
			m := companyOnly.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for _, column := range seconds[m[1]] {
				if regexp.MustCompile(`\b` + column + ` = \$`).MatchString(text) {
					scans[strings.Join(strings.Fields(text), " ")] = line
				}
			}
		}
	}
	if len(all) > 20 && explained < len(all)/2 { // few statements are PostgreSQL's alone
		return nil, explained, fmt.Errorf("only %d of %d statements could be explained", explained, len(all))
	}
	return scans, explained, nil
}

// companyOnly matches the line of a plan that reads all rows of a company, or a range of them.
var companyOnly = regexp.MustCompile(`^SEARCH (\w+) USING .*\(company_id=\?( AND \w+[<>]\?)*\)$`)

// secondColumns returns, by table, the columns that follow the company in an index of all its rows.
func secondColumns(ctx context.Context, d *sql.DB) (map[string][]string, error) {
	found := map[string][]string{}
	err := each(ctx, d, func(scan func(...any) error) error {
		var table, column string
		if err := scan(&table, &column); err != nil {
			return err
		}
		if !slices.Contains(found[table], column) {
			found[table] = append(found[table], column)
		}
		return nil
	}, `SELECT m.name, second.name
		FROM sqlite_schema m, pragma_index_list(m.name) i,
			pragma_index_info(i.name) one, pragma_index_info(i.name) second
		WHERE m.type = 'table' AND i.partial = 0 AND one.seqno = 0 AND one.name = 'company_id' AND second.seqno = 1`)
	if err == nil && len(found) < 10 {
		err = fmt.Errorf("only %d tables have an index by company: they were not read", len(found))
	}
	return found, err
}

func planOf(ctx context.Context, d *sql.DB, text string) (lines []string, err error) {
	var args []any
	for n := 1; strings.Contains(text, fmt.Sprintf("$%d", n)); n++ {
		args = append(args, nil)
	}
	err = each(ctx, d, func(scan func(...any) error) error {
		var id, parent, unused int
		var line string
		err := scan(&id, &parent, &unused, &line)
		lines = append(lines, line)
		return err
	}, "EXPLAIN QUERY PLAN "+text, args...)
	return lines, err
}

// each runs a query and calls row for each of its rows.
func each(
	ctx context.Context, d *sql.DB, row func(scan func(...any) error) error, text string, args ...any,
) (err error) {
	rows, err := d.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
