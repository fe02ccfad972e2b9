package db_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// unowned lists the tables that belong to no company, with the reason.
var unowned = map[string]string{
	"users":             "an account can belong to several companies",
	"schema_versions":   "the schema's own",
	"operator_sessions": "operators stand above companies",
	"account_links":     "accounts belong to no company, and links to them neither",
	"account_mails":     "a request to reset a password may name no account",
	"installation_log":  "it tells what operators and commands did, also in companies that are erased",
	"password_salt":     "accounts belong to no company, and their salts neither",
}

// column describes a column of a table, by facts that both engines report.
type column struct {
	Table, Name string
	NotNull     bool
}

// reference is one foreign key: the columns on its side, and the table it refers to.
type reference struct {
	From, To string
	Columns  string
}

func catalog(t *testing.T, d *db.DB) (columns []column, refs []reference) {
	t.Helper()
	sqlColumns := `SELECT m.name, c.name, c."notnull" <> 0 OR (c.pk > 0 AND c.type = 'INTEGER')
		FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	sqlRefs := `SELECT m.name, f."table", group_concat(f."from", ',')
		FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' GROUP BY m.name, f.id, f."table"`
	if d.Engine() == "postgres" {
		sqlColumns = `SELECT c.relname, a.attname, a.attnotnull
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`
		sqlRefs = `SELECT conrelid::regclass::text, confrelid::regclass::text,
			(SELECT string_agg(a.attname, ',' ORDER BY o) FROM unnest(conkey) WITH ORDINALITY k(n, o)
				JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n)
			FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`
	}
	err := d.System("the catalogue").Read(t.Context(), func(tx *db.SystemTx) error {
		err := tx.Query(func(r db.Row) error {
			var c column
			err := r.Scan(&c.Table, &c.Name, &c.NotNull)
			columns = append(columns, c)
			return err
		}, sqlColumns)
		if err != nil {
			return err
		}
		return tx.Query(func(r db.Row) error {
			var f reference
			err := r.Scan(&f.From, &f.To, &f.Columns)
			refs = append(refs, f)
			return err
		}, sqlRefs)
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(columns, func(a, b column) int {
		return strings.Compare(a.Table+"."+a.Name, b.Table+"."+b.Name)
	})
	slices.SortFunc(refs, func(a, b reference) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return columns, refs
}

// pointsToPerson matches the names of columns that hold the id of a person or an invitation.
var pointsToPerson = regexp.MustCompile(`_by$|_to$|^actor_id$|^user_id$`)

func TestThreat_T21_EveryReferenceInsideACompanyCarriesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		columns, refs := catalog(t, d)
		owned := map[string]bool{}
		for _, c := range columns {
			if c.Name == "company_id" {
				owned[c.Table] = true
				if !c.NotNull {
					t.Errorf("%s.company_id may be NULL", c.Table)
				}
			}
		}
		if len(owned) < 8 {
			t.Fatalf("only %d tables have a company: the catalogue was not read", len(owned))
		}
		for _, c := range columns {
			if _, ok := unowned[c.Table]; !ok && !owned[c.Table] {
				t.Errorf("table %s has no company_id: give it one, or a reason in unowned", c.Table)
			}
			// A column that points to a person or an invitation must have a foreign key.
			if !pointsToPerson.MatchString(c.Name) {
				continue
			}
			if !slices.ContainsFunc(refs, func(f reference) bool {
				return f.From == c.Table && slices.Contains(strings.Split(f.Columns, ","), c.Name)
			}) {
				t.Errorf("%s.%s refers to a person without a foreign key", c.Table, c.Name)
			}
		}
		for _, f := range refs {
			if owned[f.From] && owned[f.To] && !slices.Contains(strings.Split(f.Columns, ","), "company_id") {
				t.Errorf("%s (%s) refers to %s without the company", f.From, f.Columns, f.To)
			}
		}
	})
}

// unique lists the uniqueness rules over several companies' rows, and why none reveals another company's rows.
var unique = map[string]string{
	"companies (name_key)":        "a taken name is told at sign-up, and that is documented",
	"companies (company_id)":      "its own key",
	"invitations (token_hash)":    "a hash of 128 random bits",
	"program_tokens (token_hash)": "a hash of 178 random bits",
}

// T20: a value that another company has is free in this one, so that trying a value reveals nothing.
func TestThreat_T20_UniquenessIsWithinACompany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		columns, _ := catalog(t, d)
		owned := map[string]bool{}
		for _, c := range columns {
			owned[c.Table] = owned[c.Table] || c.Name == "company_id"
		}
		query := `SELECT m.name,
				(SELECT group_concat(name, ',') FROM (SELECT i.name FROM pragma_index_info(l.name) i ORDER BY i.seqno))
			FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l."unique"`
		if d.Engine() == "postgres" {
			query = `SELECT i.indrelid::regclass::text,
					(SELECT string_agg(a.attname, ',' ORDER BY o) FROM unnest(i.indkey) WITH ORDINALITY k(n, o)
						JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n)
				FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
				WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace`
		}
		seen := 0
		err := d.System("the catalogue").Read(t.Context(), func(tx *db.SystemTx) error {
			return tx.Query(func(r db.Row) error {
				var table, key string
				if err := r.Scan(&table, &key); err != nil || !owned[table] {
					return err
				}
				seen++
				rule := fmt.Sprintf("%s (%s)", table, key)
				if unique[rule] == "" && !slices.Contains(strings.Split(key, ","), "company_id") {
					t.Errorf("%s is unique over all companies: put company_id into it, or a reason here", rule)
				}
				return nil
			}, query)
		})
		if err != nil {
			t.Fatal(err)
		}
		if seen < 10 {
			t.Errorf("only %d rules were seen: the catalogue was not read", seen)
		}
	})
}

func TestEnginesHaveTheSameSchema(t *testing.T) {
	type schema struct {
		Columns []column
		Refs    []reference
	}
	var both []schema
	for _, e := range dbtest.Engines {
		d := dbtest.New(t, e)
		c, r := catalog(t, d)
		both = append(both, schema{c, r})
	}
	if diff := cmp.Diff(both[0], both[1]); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
}

// admin runs a query past every lock and returns its rows as text.
func admin(t *testing.T, c *pgx.Conn, sql string, args ...any) (rows []string) {
	t.Helper()
	r, err := c.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	rows, err = pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestThreat_T22_RowSecurityIsForcedOnEveryTableOfACompany(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	d := dbtest.Open(t, o)
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
	c := dbtest.Admin(t, o)
	const owned = `SELECT c.relname FROM pg_class c
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id'
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`
	for _, table := range admin(t, c, owned+` AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`) {
		t.Errorf("%s: row security is not forced", table)
	}
	for _, table := range admin(t, c, owned+` AND NOT EXISTS (SELECT FROM pg_policies p
		WHERE p.tablename = c.relname AND p.roles = '{taskhouse_app}' AND p.qual LIKE '%taskhouse.company%'
		AND p.with_check = p.qual AND p.permissive = 'PERMISSIVE')`) {
		t.Errorf("%s: no policy that compares the company when reading and when writing", table)
	}
	for _, p := range admin(t, c, `SELECT tablename || ': ' || policyname FROM pg_policies
		WHERE NOT roles <@ '{taskhouse_app,taskhouse_system}'
			OR ('taskhouse_app' = ANY (roles) AND policyname <> 'company')`) {
		t.Errorf("this policy has roles that it should not have: %s", p)
	}
	for _, v := range admin(t, c, `SELECT relname::text FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
		UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef`) {
		t.Errorf("%s: views, materialized views and SECURITY DEFINER functions bypass row security; remove it", v)
	}
}

func TestTheApplicationsRoleIsBelowRowSecurity(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	dbtest.Open(t, o)
	c := dbtest.Admin(t, o)
	for _, role := range []string{"taskhouse_app", "taskhouse_system"} {
		got := admin(t, c, `SELECT concat_ws(' ', rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
			(SELECT count(*) FROM pg_class WHERE relowner = r.oid)) FROM pg_roles r WHERE rolname = $1`, role)
		if want := []string{"f f f f f 0"}; !slices.Equal(got, want) {
			t.Errorf("%s (superuser, bypassrls, createrole, createdb, login, owned tables) = %q, want %q",
				role, got, want)
		}
	}
	const granted = `SELECT privilege_type::text FROM information_schema.role_table_grants
		WHERE grantee = 'taskhouse_app' AND table_name = $1 ORDER BY 1`
	if got := admin(t, c, granted, "events"); !slices.Equal(got, []string{"INSERT", "SELECT"}) {
		t.Errorf("the application may %q on the log; it is append-only", got)
	}
	if got := admin(t, c, granted, "installation_log"); !slices.Equal(got, []string{"INSERT"}) {
		t.Errorf("the application may %q on the installation's log; it may only append", got)
	}
	if got := admin(t, c, granted, "users"); len(got) > 0 {
		t.Errorf("the application may %q on accounts, which belong to no company", got)
	}
}

// TestThreat_T23_RowSecurityHoldsWithoutThePredicate tests row security alone: a statement whose condition on the
// company has no effect still sees no row of another company.
func TestThreat_T23_RowSecurityHoldsWithoutThePredicate(t *testing.T) {
	d := dbtest.New(t, "postgres")
	a, b := company(t, d, "a"), company(t, d, "b")
	writeTask(t, d, b, "of b")
	err := d.SystemScope(a, "a test").AsMember(a).Write(t.Context(), func(tx *db.Tx) error {
		seen := 0
		count := func(db.Row) error { seen++; return nil }
		if err := tx.Query(count, `SELECT 1 FROM tasks WHERE company_id = $1 OR true`); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE tasks SET title = 'stolen' WHERE company_id = $1 OR true`)
		if seen != 0 || n != 0 {
			t.Errorf("company a sees %d and changes %d of company b's tasks", seen, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.SystemScope(a, "a test").AsMember(a).Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO tasks
				(company_id, title, description, search_text, status, created_by, version, created_at, updated_at)
			SELECT $1::bigint - $1 + $2::bigint, 'planted', '', '', 'todo', $2, 1, 1, 1`, b)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a row planted in company b: %v", err)
	}
}
