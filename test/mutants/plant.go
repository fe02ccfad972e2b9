package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/test/rooms"
)

// mutant is one lock that can be broken.
type mutant struct {
	name   string // the value of TASKHOUSE_MUTANT; stable as long as the lock exists
	what   string
	where  string
	suites []suite
}

func (m mutant) String() string { return m.name + "  " + m.where + "  " + m.what }

// The suites, cheap ones first.
var (
	worlds  = suite{pkg: "test/property", tests: "T25/^sqlite$"}
	planted = suite{pkg: "test/property", tests: "(T12|T19|T23|A14)/^sqlite$"}
	walk    = suite{pkg: "internal/api", tests: "RouteTableWalk/^sqlite$"}
	rules   = suite{
		pkg:   "internal/api",
		tests: "(T7|T9|T18|I22|A12|A14|A21|A9|Removed|Removal|TwoCompanies)/^sqlite$",
	}
	feed       = suite{pkg: "internal/api", tests: "(T12_T13|FeedResumes|T10_T11)/^sqlite$"}
	faults     = suite{pkg: "test/feed", tests: "F7_RedisGoesWrong"}
	above      = suite{pkg: "internal/api", tests: "(Operator|T16|T17)/^sqlite$"}
	remembered = suite{pkg: "internal/api", tests: "A5_A14/^sqlite$"}
	invited    = suite{
		pkg:   "internal/api",
		tests: "A21_Invitations/^postgres$",
	} // statements across companies bypass row-level security
	granted   = suite{pkg: "internal/api", tests: "(A29|A40|A41|A42|A43)/^sqlite$"}
	inventory = suite{pkg: "internal/api", tests: "^TestInventory$"}
	wholeAPI  = suite{pkg: "internal/api", tests: "./^sqlite$", skip: "R8|M3|Document|Docs|Schema"}
	door      = suite{pkg: "internal/db", tests: "./^sqlite$", skip: "^TestThreat_T2[234]|Role|Engines"}
	named     = suite{pkg: "test/isolation", tests: "T21/^sqlite$"}
	catalogue = suite{pkg: "internal/db", tests: "T22|T21|TestEngines"}
	pgDoor    = suite{pkg: "internal/db", tests: "T22|T23|T24|Revoke"}

	counting  = suite{pkg: "internal/analytics", tests: "Replay/^sqlite$"}
	following = suite{pkg: "internal/event", tests: "./^sqlite$"}
	working   = suite{pkg: "internal/job", tests: "./^sqlite$"}
	outside   = suite{pkg: "internal/api", tests: "ACompanysOwnSource/^sqlite$"}
	telling   = suite{
		pkg:   "internal/api",
		tests: "(F12|X6|T14|T15|Inbox|OperatorLooksAtNotifications|Preferences|OneClick|I9)/^sqlite$",
	}

	sqlite = []suite{planted, worlds, walk, rules, invited, wholeAPI}
	// Work outside of requests has separate tests.
	beside = map[string][]suite{
		"internal/event/follower.go":         {following, telling},
		"internal/event/find.go":             {walk, following},
		"internal/auth/operator_sql.go":      {above},
		"internal/auth/program_token_sql.go": {walk, granted, wholeAPI},
		"internal/account/program_token.go":  {granted, wholeAPI},
		"internal/account/operator_lists.go": {above},
		"internal/event/verify.go":           {above},
		"internal/task/verify.go":            {above},
		"internal/job":                       {working, telling},
		"internal/analytics":                 {counting},
		"internal/notify":                    {planted, telling},
		"internal/external":                  {outside},
	}
)

// helper is the package that holds the switch, in the copy only.
const helper = `package mutant

import "os"

var active = os.Getenv("TASKHOUSE_MUTANT")

// Pick returns a, or b if the mutant is active.
func Pick[T any](name string, a, b T) T {
	if active == name {
		return b
	}
	return a
}
`

// edit replaces a part of a file.
type edit struct {
	from, to int
	text     string
}

// unscoped lists the rooms whose statements span companies on purpose: a predicate there separates no tenants.
var unscoped = map[string]bool{"transfer": true, "snapshot": true}

// plant rewrites the copy, and returns the mutants that it made there.
func plant(dir string) (all []mutant, err error) {
	if err := os.MkdirAll(filepath.Join(dir, "internal/mutant"), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "internal/mutant/mutant.go"), []byte(helper), 0o600); err != nil {
		return nil, err
	}
	for place := range beside {
		if _, err := os.Stat(filepath.Join(dir, place)); err != nil {
			return nil, fmt.Errorf("plant.go names the suites of %s, which no longer exists: %w", place, err)
		}
	}
	list, err := rooms.Read(dir)
	if err != nil {
		return nil, err
	}
	for _, room := range list {
		if room.Tests || unscoped[room.Name] {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, room.Folder, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || room.Name == "db" && filepath.Base(file) != "epoch.go" {
				continue
			}
			found, err := predicates(dir, file)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	for _, step := range []func(string) ([]mutant, error){policies, references, routes, checks} {
		found, err := step(dir)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// predicate is a comparison of companies in SQL.
var predicate = regexp.MustCompile(`\b(\w+\.)?company_id = (\$1\b|\w+\.company_id\b)`)

// predicates neutralises each comparison of companies in the SQL of a file: it stays to be read, and holds for every
// row.
func predicates(dir, file string) (all []mutant, err error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var edits []edit
	seen := map[string]int{}
	for _, d := range parsed.Decls {
		owner := "package"
		if f, ok := d.(*ast.FuncDecl); ok {
			owner = f.Name.Name
		}
		ast.Inspect(d, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			quote := lit.Value[:1]
			for _, at := range predicate.FindAllStringIndex(lit.Value, -1) {
				text := lit.Value[at[0]:at[1]]
				pos := fset.Position(lit.Pos() + token.Pos(at[0]))
				key := relative(dir, file) + " " + owner
				seen[key]++
				m := mutant{
					name:  fmt.Sprintf("%s %d", key, seen[key]),
					what:  fmt.Sprintf("`%s` holds always, in %s", text, owner),
					where: fmt.Sprintf("%s:%d", relative(dir, file), pos.Line), suites: suitesOf(relative(dir, file)),
				}
				offset := fset.Position(lit.Pos()).Offset
				edits = append(edits, edit{
					offset + at[0], offset + at[1],
					fmt.Sprintf("%s+mutant.Pick(%q, %q, %q)+%s", quote, m.name, text, "("+text+" OR true)", quote),
				})
				all = append(all, m)
			}
			return true
		})
	}
	return all, rewrite(file, src, edits)
}

// suitesOf returns the suites that may notice a mutant of a file.
func suitesOf(file string) []suite {
	for _, place := range []string{file, path.Dir(file)} {
		if suites, ok := beside[place]; ok {
			return suites
		}
	}
	return sqlite
}

func relative(dir, file string) string {
	r, err := filepath.Rel(dir, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(r)
}

var packageLine = regexp.MustCompile(`(?m)^package \w+$`)

// rewrite stores a file with edits, and imports the switch.
func rewrite(file string, src []byte, edits []edit) error {
	if len(edits) == 0 {
		return nil
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
	text := string(src)
	for _, e := range edits {
		text = text[:e.from] + e.text + text[e.to:]
	}
	if !strings.Contains(text, `taskhouse/internal/mutant"`) {
		at := packageLine.FindStringIndex(text)
		text = text[:at[1]] + "\n\nimport \"github.com/taskhouse/taskhouse/internal/mutant\"\n" + text[at[1]:]
	}
	return os.WriteFile(file, []byte(text), 0o600)
}

// policies removes the row-level security of each table of a company.
func policies(dir string) (all []mutant, err error) {
	file := filepath.Join(dir, "internal/db/postgres_roles.go")
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	const last = "END $$`)"
	at := strings.LastIndex(string(src), last)
	if at < 0 {
		return nil, fmt.Errorf("%s does not end its script with %s any more", file, last)
	}
	tables, err := owned(dir)
	if err != nil {
		return nil, err
	}
	text := ""
	for _, table := range tables {
		for _, cut := range []struct{ what, sql string }{ // after each step of the schema: a table may not be there yet
			{"no policy", "DROP POLICY IF EXISTS company ON " + table},
			{"row security is not forced", "ALTER TABLE IF EXISTS " + table + " NO FORCE ROW LEVEL SECURITY"},
		} {
			m := mutant{
				name:   table + ": " + cut.what,
				what:   "PostgreSQL: " + cut.what + " on " + table,
				where:  "internal/db/postgres_roles.go",
				suites: []suite{pgDoor},
			}
			text += fmt.Sprintf("+mutant.Pick(%q, ``, `; %s`)", m.name, cut.sql)
			all = append(all, m)
		}
	}
	return all, rewrite(file, src, []edit{{at + len(last) - 1, at + len(last) - 1, text}})
}

var ownedTable = regexp.MustCompile(`CREATE TABLE (\w+) \(\s*company_id\b`)

// owned returns the tables whose rows are a company's.
func owned(dir string) (tables []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "internal/db/migrations/*.sql"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, m := range ownedTable.FindAllSubmatch(b, -1) {
			tables = append(tables, string(m[1]))
		}
	}
	if len(tables) < 18 {
		return nil, fmt.Errorf("the migrations have %d tables of companies: they were not read", len(tables))
	}
	return tables, nil
}

var composite = regexp.MustCompile(`FOREIGN KEY \(company_id, (\w+)\) REFERENCES members \(company_id, user_id\)`)

// references takes the company, and with it the reference, from each foreign key to a member.
func references(dir string) (all []mutant, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "internal/db/migrations/*.sql"))
	if err != nil {
		return nil, err
	}
	text := "string(raw)"
	for _, file := range files {
		schema, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, at := range composite.FindAllSubmatchIndex(schema, -1) {
			old, column := string(schema[at[0]:at[1]]), string(schema[at[2]:at[3]])
			line := 1 + strings.Count(string(schema[:at[0]]), "\n")
			m := mutant{
				name:  fmt.Sprintf("reference %d %s", len(all)+1, column),
				what:  "the reference `" + column + "` leaves the company out",
				where: fmt.Sprintf("%s:%d", relative(dir, file), line), suites: []suite{named, catalogue},
			}
			// Only this one: the text before it identifies it.
			before := string(schema[max(0, at[0]-60):at[0]])
			text = fmt.Sprintf("strings.Replace(%s, %q, mutant.Pick(%q, %q, %q), 1)", text, before+old, m.name,
				before+old, before+"FOREIGN KEY ("+column+") REFERENCES users (id)")
			all = append(all, m)
		}
	}
	return all, replace(dir, "internal/db/migrate.go", "Parse(string(raw))", "Parse("+text+")")
}

// routeRow is a line of the table of routes with the roles and the tokens that it admits.
var routeRow = regexp.MustCompile(`on\("([A-Z]+)", "([^"]+)", (reader|writer|manager),\s+(\w+),`)

// routes opens each route to the next lower callers, and to tokens of every scope.
func routes(dir string) (all []mutant, err error) {
	file := filepath.Join(dir, "internal/api/routes.go")
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lower := map[string]string{"reader": "anyone", "writer": "reader", "manager": "writer"}
	var edits []edit
	for _, at := range routeRow.FindAllSubmatchIndex(src, -1) {
		method, path, who := string(src[at[2]:at[3]]), string(src[at[4]:at[5]]), string(src[at[6]:at[7]])
		m := mutant{
			name: method + " " + path, what: fmt.Sprintf("%s %s is for a %s", method, path, lower[who]),
			where: fmt.Sprintf("internal/api/routes.go:%d",
				1+strings.Count(string(src[:at[0]]), "\n")), suites: []suite{inventory, rules, walk, wholeAPI},
		}
		edits = append(edits, edit{at[6], at[7], fmt.Sprintf("mutant.Pick(%q, %s, %s)", m.name, who, lower[who])})
		all = append(all, m)
		if scope := string(src[at[8]:at[9]]); scope != "anyScope" {
			open := mutant{
				name: m.name + " by any token", what: m.name + " is open to every token for programs",
				where: m.where, suites: []suite{inventory, granted},
			}
			edits = append(edits, edit{at[8], at[9], fmt.Sprintf("mutant.Pick(%q, %s, anyScope)", open.name, scope)})
			all = append(all, open)
		}
	}
	if len(all) < 15 {
		return nil, fmt.Errorf("%s has %d routes that ask for a role: the table was not read", file, len(all))
	}
	return all, rewrite(file, src, edits)
}

// check is one comparison in Go, and its replacement without the comparison.
type check struct {
	what, file, old, without string
	suites                   []suite
}

// checks breaks the comparisons that are no SQL.
func checks(dir string) (all []mutant, err error) {
	for _, c := range []check{
		{
			"the epoch is not compared before SQLite is read", "internal/db/epoch.go", "now.(int64) > t.epoch", "false",
			[]suite{door, walk, rules},
		},
		{
			"the epoch is not compared before PostgreSQL is read", "internal/db/postgres.go",
			"p.epoch >= 0 && (epoch == nil || *epoch != p.epoch)", "false",
			[]suite{pgDoor},
		},
		{
			"If-Match is not compared", "internal/task/task.go", "err == nil && match != nil && !match(t.Version)",
			"false",
			[]suite{walk, rules, wholeAPI},
		},
		{
			"a statement need not name its company", "internal/db/tx.go", "!names.MatchString(sql)", "false",
			[]suite{door},
		},
		{"a zero scope is taken", "internal/db/scope.go", "s.db == nil || s.company <= 0", "false", []suite{door}},
		{
			"a cursor is good for every company", "internal/task/list.go", "fmt.Sprint(tx.Company(), ",
			"fmt.Sprint(0, ",
			[]suite{walk, rules, wholeAPI},
		},
		{
			"a cursor's seal is not compared", "internal/page/cursor.go",
			"hmac.Equal(b[:sealSize], c.mac(about, b[sealSize:]))", "true",
			[]suite{walk, rules, wholeAPI},
		},
		{"anybody may be assigned", "internal/task/people.go", "!ok || !p.Active", "false", []suite{
			worlds, walk, rules,
		}},
		{
			"the roles of a member are not looked at", "internal/api/authentication.go",
			"w == writer && !c.Role.AtLeast(account.Ordinary)", "false",
			[]suite{walk, rules, wholeAPI},
		},
		{
			"a token of another company finds a remembered caller", "internal/auth/caller.go",
			"m.Actor() == c.UserID && m.Scope.Company() == c.CompanyID", "true",
			[]suite{remembered, walk, rules, wholeAPI},
		},
		{
			"the scopes of a token are not compared", "internal/api/scopes.go",
			"c.Grant == nil || r.scope == anyScope || c.Has(r.scope)", "true",
			[]suite{granted},
		},
		{
			"a token shows addresses without its scope", "internal/account/caller.go", "m.Has(PeopleRead)", "true",
			[]suite{granted},
		},
		{
			"a token outlives the right that it came from", "internal/account/program_token.go",
			`role != "" && t.scopes.Within(role)`, "true",
			[]suite{granted},
		},
		{
			"a token may have scopes beyond its member's role", "internal/auth/program_token_list.go",
			"!p.Role.AtLeast(scope.MinRole())", "false",
			[]suite{granted},
		},
		{
			"a token is made without a fresh proof", "internal/auth/program_token_list.go",
			"err == nil && !fresh", "false",
			[]suite{granted},
		},
		{
			"a token is used after its end", "internal/auth/program_token.go", "k.expires <= now", "false",
			[]suite{granted},
		},
		{
			"a token that was revoked keeps its live connection", "internal/auth/program_token_sql.go",
			"statusOf(state, holds)", "Holds",
			[]suite{granted},
		},
		{
			"a token for programs is taken from an address", "internal/api/authentication.go",
			"auth.IsProgramToken(token)", "false",
			[]suite{granted},
		},
		{
			"any member may get a token of a service account", "internal/account/service_account.go",
			"err == nil && !p.Service", "false",
			[]suite{granted},
		},
		{
			"a service account signs in without a token", "internal/auth/signin.go", "acc.service", "false",
			[]suite{granted},
		},
		{
			"who listens is not verified before an event is handed out", "internal/live/room.go", "s.epoch < epoch",
			"false",
			[]suite{feed},
		},
		{
			"a client far behind is not served from the log", "internal/live/subscription.go", "!ok", "false",
			[]suite{feed},
		},
		{
			"nothing looks behind the wake-ups", "internal/live/live.go", "!ok || !r.isAt(head)", "false",
			[]suite{faults},
		},
	} {
		m := mutant{name: c.what, what: c.what, suites: c.suites}
		src, err := os.ReadFile(filepath.Join(dir, c.file))
		if err != nil {
			return nil, err
		}
		line := 1 + strings.Count(string(src[:max(0, strings.Index(string(src), c.old))]), "\n")
		m.where = fmt.Sprintf("%s:%d", c.file, line)
		to := fmt.Sprintf("mutant.Pick(%q, %s, %s)", m.name, c.old, c.without)
		switch c.without {
		case "false":
			to = fmt.Sprintf("(mutant.Pick(%q, true, false) && (%s))", m.name, c.old)
		case "true":
			to = fmt.Sprintf("(mutant.Pick(%q, false, true) || (%s))", m.name, c.old)
		case "fmt.Sprint(0, ":
			to = fmt.Sprintf("fmt.Sprint(mutant.Pick(%q, tx.Company(), 0), ", m.name)
		}
		if err := replace(dir, c.file, c.old, to); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// replace puts text in the place of old, which must be there once.
func replace(dir, file, old, text string) error {
	path := filepath.Join(dir, file)
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if n := strings.Count(string(src), old); n != 1 {
		return fmt.Errorf("%s has %q %d times: say in test/mutants what it is now", file, old, n)
	}
	at := strings.Index(string(src), old)
	return rewrite(path, src, []edit{{at, at + len(old), text}})
}
