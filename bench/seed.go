package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// company is one that is measured: founded through the API before the seeding, so that its owner can sign in.
type company struct {
	ID    int64
	Owner int64
	Tasks int
}

// population describes the content of a database. All of it follows from the numbers: two fillings are the same.
type population struct {
	companies []company
	total     int // tasks of all companies
	others    int // companies beside the measured ones
	members   int // of each company, its owner included
}

// statuses in the order in which seeding gives them out.
var statuses = []string{"todo", "in_progress", "done", "cancelled"}

// bulk writes rows past the product: a prepared statement in one transaction on SQLite, COPY on PostgreSQL.
type bulk interface {
	insert(table string, columns []string, rows iter.Seq[[]any]) error
	exec(statement string) error
	row(query string, into ...any) error
	finish() error
}

// seed fills the database of a server that is not running. It leaves the same rows as the product (counters and search
// text included), except one thing: tasks and members made here have no event. The log stays consistent, because
// heads.seq counts the events that there are.
func seed(b bulk, p population) error {
	staff, err := p.people(b)
	if err != nil {
		return fmt.Errorf("seed the people: %w", err)
	}
	columns, rows := taskColumns, p.tasks(staff)
	var version int64
	if err := b.row("SELECT max(version) FROM schema_versions", &version); err != nil {
		return err
	}
	if version < titleKeySince { // an older server, for -against
		columns = columns[:len(columns)-1]
		rows = func(yield func([]any) bool) {
			for row := range p.tasks(staff) {
				if !yield(row[:len(row)-1]) {
					return
				}
			}
		}
	}
	if err := b.insert("tasks", columns, rows); err != nil {
		return fmt.Errorf("seed the tasks: %w", err)
	}
	if err := b.exec(`INSERT INTO task_counts (company_id, status, assignee, n)
		SELECT company_id, status, coalesce(assigned_to, 0), count(*) FROM tasks GROUP BY 1, 2, 3`); err != nil {
		return fmt.Errorf("seed the counters: %w", err)
	}
	return nil
}

// employer is a company with the members who make and get its tasks.
type employer struct {
	id      int64
	tasks   int
	members []int64
}

// people adds the other companies, and members up to the number that each company has.
func (p population) people(b bulk) ([]employer, error) {
	var lastCompany, lastUser int64
	if err := b.row("SELECT coalesce(max(company_id), 0) FROM companies", &lastCompany); err != nil {
		return nil, err
	}
	if err := b.row("SELECT coalesce(max(id), 0) FROM users", &lastUser); err != nil {
		return nil, err
	}
	staff := p.employers(lastCompany, lastUser)
	now := int64(db.At(epoch))
	if err := b.insert("companies", []string{"company_id", "name", "name_key", "created_at", "updated_at"},
		func(yield func([]any) bool) {
			for _, e := range staff[len(p.companies):] {
				name := fmt.Sprintf("company %d", e.id)
				if !yield([]any{e.id, name, name, now, now}) {
					return
				}
			}
		}); err != nil {
		return nil, err
	}
	if err := b.insert("heads", []string{"company_id"}, func(yield func([]any) bool) {
		for _, e := range staff[len(p.companies):] {
			if !yield([]any{e.id}) {
				return
			}
		}
	}); err != nil {
		return nil, err
	}
	return staff, p.hire(b, staff, lastUser, now)
}

// employers plans who belongs where: the measured companies first, then the others, each with ids that are free.
func (p population) employers(lastCompany, lastUser int64) []employer {
	var staff []employer
	rest := p.total
	for _, c := range p.companies {
		rest -= c.Tasks
		staff = append(staff, employer{id: c.ID, tasks: c.Tasks, members: []int64{c.Owner}})
	}
	for i := range p.others {
		lastCompany++
		share := rest / (p.others - i)
		rest -= share
		staff = append(staff, employer{id: lastCompany, tasks: share})
	}
	for i := range staff {
		for len(staff[i].members) < p.members {
			lastUser++
			staff[i].members = append(staff[i].members, lastUser)
		}
	}
	return staff
}

func (p population) hire(b bulk, staff []employer, registered, now int64) error {
	each := func(row func(e employer, user int64, name string) []any) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			for _, e := range staff {
				for _, user := range e.members {
					if user <= registered {
						continue
					}
					if !yield(row(e, user, fmt.Sprintf("user%d", user))) {
						return
					}
				}
			}
		}
	}
	// These members never sign in: the password is a hash of nothing.
	if err := b.insert("users",
		[]string{"id", "username", "username_key", "email", "email_key", "password", "created_at"},
		each(func(_ employer, user int64, name string) []any {
			return []any{user, name, name, name + "@example.com", name + "@example.com", "!", now}
		})); err != nil {
		return err
	}
	return b.insert(
		"members",
		[]string{
			"company_id", "user_id", "username", "email", "first_name", "last_name", "phone", "role", "state",
			"search_text", "joined_at",
		},
		each(func(e employer, user int64, name string) []any {
			first, last := pick(firstNames, user), pick(lastNames, user/int64(len(firstNames)))
			return []any{
				e.id, user, name, name + "@example.com", first, last, "+49 30 5550" + fmt.Sprint(user%1000), "member",
				"active",
				db.Fold(name + " " + first + " " + last), now,
			}
		}),
	)
}

// epoch is when the seeded past begins; it lasts a year.
var epoch = time.Date(2025, 1, 6, 8, 0, 0, 0, time.UTC)

// titleKeySince is the migration that added the last of taskColumns.
const titleKeySince = 19

var taskColumns = []string{
	"company_id", "title", "description", "search_text", "status", "assigned_to", "created_by", "version", "created_at",
	"updated_at", "title_key",
}

// tasks gives every task in the order of its creation: the companies' tasks lie mixed, as they do after a year of use.
func (p population) tasks(staff []employer) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		turns := make([]int32, 0, p.total)
		for i, e := range staff {
			for range e.tasks {
				turns = append(turns, int32(i))
			}
		}
		r.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
		made := make([]int, len(staff))
		step := int64(365*24*time.Hour/time.Microsecond) / int64(max(p.total, 1))
		for i, turn := range turns {
			e := staff[turn]
			created := int64(db.At(epoch)) + int64(i)*step + r.Int64N(step)
			if !yield(e.task(made[turn], created, r)) {
				return
			}
			made[turn]++
		}
	}
}

// task returns the nth task of a company. Statuses and assignees go round, so that the smallest measured company fills
// every counter that the largest does: then only the number of tasks differs.
func (e employer) task(n int, created int64, r *rand.Rand) []any {
	var assigned any
	if who := n % (len(e.members) + 1); who < len(e.members) {
		assigned = e.members[who]
	}
	status := statuses[n/(len(e.members)+1)%len(statuses)]
	creator := e.members[r.IntN(len(e.members))]
	title, description := titleOf(r), descriptionOf(r)
	return []any{
		e.id, title, description, db.Fold(title + "\n" + description), status, assigned, creator,
		int64(1 + r.IntN(4)), created, created + r.Int64N(int64(time.Hour/time.Microsecond)), db.SortKey(title),
	}
}

func titleOf(r *rand.Rand) string {
	return word(r, verbs) + " the " + word(r, adjectives) + " " + word(r, things) + " for " + word(r, lastNames)
}

// descriptionOf returns "" for every fifth task, else one to five sentences.
func descriptionOf(r *rand.Rand) string {
	if r.IntN(5) == 0 {
		return ""
	}
	var s []string
	for range 1 + r.IntN(5) {
		s = append(s, word(r, sentences))
	}
	return strings.Join(s, " ")
}

func word(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func pick(from []string, n int64) string { return from[int(n)%len(from)] }

var (
	verbs = []string{
		"Review", "Prepare", "Send", "Paint", "Order", "Check", "Translate", "Repair", "Plan", "Close", "Renew",
		"Archive", "Compare", "Announce", "Test", "Clean",
	}
	adjectives = []string{
		"annual", "new", "broken", "final", "second", "urgent", "old", "missing", "printed", "signed", "monthly",
		"northern", "small", "revised",
	}
	things = []string{
		"invoice", "fence", "contract", "delivery", "website", "newsletter", "roof", "budget", "inventory", "lease",
		"report", "audit", "café terrace", "brochure", "server", "calendar",
	}
	firstNames = []string{
		"Ana", "Bilal", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Karin", "Luis", "Mei",
		"Nora", "Olu", "Petra", "Quinn", "Rosa", "Sven", "Tova",
	}
	lastNames = []string{
		"Almeida", "Brandt", "Costa", "Dubois", "Eriksson", "Fischer", "García", "Hansen", "Ito", "Jansen", "Kowalski",
		"Lindqvist", "Müller", "Novak", "Okafor", "Pereira", "Rossi", "Schmidt", "Tanaka", "Weber",
	}
	sentences = []string{
		"The customer asked for it on the telephone and expects an answer by Friday.",
		"See the notes of the last meeting; the figures on page four are not the current ones.",
		"Please speak with the warehouse first, because half of it may already be there.",
		"It was promised for the end of the month.",
		"The old one stays until the new one has been approved in writing.",
		"Two people are needed, and the van.",
		"Keep the receipts: they go to the accountant together with the form.",
	}
)
