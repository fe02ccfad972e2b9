package task

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// Query selects tasks and their order.
type Query struct {
	Page   page.Request
	Search string

	conditions []condition
	order      []term
	zone       string // of the days in conditions; "": the caller's
}

// term is one field that a list is ordered by.
type term struct {
	field storedField
	down  bool // descending
}

// newestFirst is the order of a list without an ordering.
var newestFirst = []term{{columnNamed["created_at"], true}, {columnNamed["id"], true}}

// Read reads the query.
func (q *Query) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.readConditions(f)
	q.order = readOrder(f)
}

// readConditions reads the part of the query that selects tasks.
func (q *Query) readConditions(f *form.Form) {
	q.readFilters(f, exact)
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in title or description.")).V
	q.readFilters(f, ranges)
	q.conditions = append(q.conditions, readDue(f)...)
	q.readFilters(f, spans)
	q.zone = f.Text("tz", form.Max(64), form.Doc("The time zone of the days in filters, a name of the IANA "+
		"database such as Europe/Berlin. Without it the one of the caller's preferences, or the company's.")).V
	if _, err := zone.Load(q.zone); q.zone != "" && err != nil {
		f.Fail("tz", "This is no time zone.")
	}
}

func (q *Query) readFilters(f *form.Form, by filter) {
	for _, c := range columns {
		q.conditions = append(q.conditions, c.readFilter(f, by)...)
	}
}

// readOrder reads an ordering and appends the id. The order is then total, so a page boundary never splits equal rows.
func readOrder(f *form.Form) (order []term) {
	var names []string
	for _, c := range columns {
		if c.sorting() != 0 {
			names = append(names, c.key())
		}
	}
	s := f.Text("ordering", form.Blank, form.Max(100),
		form.Doc("Columns to order by, comma-separated, `-` for descending: "+
			strings.Join(names, ", ")+". Newest first without it.")).V
	if s == "" {
		return newestFirst
	}
	seen := map[string]bool{}
	for name := range strings.SplitSeq(s, ",") {
		name, down := strings.CutPrefix(strings.TrimSpace(name), "-")
		if !slices.Contains(names, name) {
			f.Fail("ordering",
				fmt.Sprintf("%q is not a valid choice. Choose from: %s.", name, strings.Join(names, ", ")))
			return nil
		}
		if !seen[name] {
			seen[name] = true
			order = append(order, term{columnNamed[name], down})
		}
	}
	if !seen["id"] {
		order = append(order, term{columnNamed["id"], order[len(order)-1].down})
	}
	return order
}

// Mine narrows the query to the caller's own tasks. With another assigned_to it finds nothing.
func (q Query) Mine(who account.Caller) Query {
	q.conditions = append(slices.Clip(q.conditions), among{field: columnNamed["assigned_to"], me: true})
	return q
}

// List returns a page of tasks.
func (s *Service) List(ctx context.Context, who account.Caller, q Query) (*page.List[Task], error) {
	return db.Read(ctx, who.Scope, func(tx *db.Tx) (*page.List[Task], error) {
		r, err := s.reading(tx, who, q)
		if err != nil {
			return nil, err
		}
		total, err := q.total(r)
		if err != nil {
			return nil, err
		}
		list, err := s.page(r, q, total)
		if err != nil {
			return nil, err
		}
		return list, fillPeopleOf(tx, who, list.Results)
	})
}

// Newest returns the company's last n tasks, the last one first.
func (s *Service) Newest(ctx context.Context, who account.Caller, n int) ([]Task, error) {
	return db.Read(ctx, who.Scope, func(tx *db.Tx) ([]Task, error) {
		tasks, err := selectPage(tx, db.Where{}, newestFirst, false, n, 0)
		if err != nil {
			return nil, err
		}
		return tasks, fillPeopleOf(tx, who, tasks)
	})
}

// page reads the page that the query asks for, by its number or by cursor.
func (s *Service) page(r *reading, q Query, total int64) (*page.List[Task], error) {
	w := q.where(r)
	if !q.Page.ByCursor {
		offset, err := q.Page.Offset(total)
		if err != nil {
			return nil, err
		}
		if offset == 0 && isSparse(q.order) {
			tasks, err := selectSparse(r.tx, w, q.order, page.Position{}, q.Page.Size)
			return page.Numbered(q.Page, total, tasks), err
		}
		tasks, err := selectPage(r.tx, w, q.order, false, q.Page.Size, offset)
		return page.Numbered(q.Page, total, tasks), err
	}
	return page.ByCursor(s.Cursors, q.about(r), q.Page, total, func(at page.Position, limit int) ([]Task, error) {
		if isSparse(q.order) {
			return selectSparse(r.tx, w, q.order, at, limit)
		}
		w := w
		if len(at.Values) > 0 {
			keys, err := keysAt(q.order, at)
			if err != nil {
				return nil, err
			}
			w.Beyond(keys, at.Here)
		}
		return selectPage(r.tx, w, q.order, at.Back, limit, 0)
	}, func(t *Task) []string { return cursorValues(t, q.order) })
}

// about returns a text that differs for another list, so that a cursor leads on in its own only. The values of a
// condition may differ with the time, and its cursor is still valid.
func (q Query) about(r *reading) string {
	timeless, sent := q, ""
	timeless.conditions = slices.DeleteFunc(slices.Clone(q.conditions), func(c condition) bool {
		sent += " " + c.sent()
		return c.sent() != ""
	})
	w := timeless.where(r)
	about := fmt.Sprint(r.tx.Company(), w.SQL(), w.Args(), orderSQL(q.order, false))
	if len(timeless.conditions) < len(q.conditions) {
		about += sent + " " + q.zone
	}
	return about
}

// cursorValues returns the values of t in the fields of an order, for a cursor.
func cursorValues(t *Task, order []term) []string {
	values := make([]string, len(order))
	for i, o := range order {
		values[i] = o.field.cursor(t)
	}
	return values
}

// keysAt parses the values of cursorValues.
func keysAt(order []term, at page.Position) ([]db.Key, error) {
	if len(at.Values) != len(order) {
		return nil, page.ErrCursor()
	}
	keys := make([]db.Key, len(order))
	for i, o := range order {
		v, err := o.field.cursorArg(at.Values[i], o.down)
		if err != nil {
			return nil, page.ErrCursor()
		}
		keys[i] = db.Key{Column: o.field.ordered(o.down), Down: o.down != at.Back, Value: v}
	}
	return keys, nil
}

// where returns the conditions of the query.
func (q Query) where(r *reading) (w db.Where) {
	for _, c := range q.conditions {
		sql, values := c.on(c.of().column(), r)
		w.And(sql, values...)
	}
	w.Search("search_text", q.Search)
	return w
}

// total returns how many tasks match the query: from the counters if they know it, else by counting rows.
func (q Query) total(r *reading) (int64, error) {
	var w db.Where
	known := q.Search == ""
	for _, c := range q.conditions {
		sql, values := c.counted(r)
		if sql == "" {
			known = false
			break
		}
		w.And(sql, values...)
	}
	if known {
		return db.One(r.tx, db.Column[int64],
			`SELECT coalesce(sum(n), 0) FROM task_counts WHERE company_id = $1`+w.SQL(), w.Args()...)
	}
	r.tx.MayScan()
	w = q.where(r)
	return db.One(r.tx, db.Column[int64], `SELECT count(*)`+fromTasks+w.SQL(), w.Args()...)
}

// deepOffset is the offset from which skipping whole rows costs more than finding the page's ids in an index first.
const deepOffset = 200

func selectPage(tx *db.Tx, w db.Where, order []term, back bool, limit int, offset int64) ([]Task, error) {
	if order[0].field.sorting() != byIndex || offset >= deepOffset {
		tx.MayScan()
	}
	sql, read := selectFor(order)
	by := orderSQL(order, back)
	rows, args := w.Limit(by, limit, offset)
	if offset < deepOffset {
		return db.All(tx, read, sql+rows, args...)
	}
	return db.All(tx, read, sql+` AND id IN (SELECT id`+fromTasks+rows+`) ORDER BY `+by, args...)
}

// selectFor returns the beginning of a statement that reads tasks in an order, and the function that reads a row of it.
func selectFor(order []term) (sql string, read func(db.Row, *Task) error) {
	for _, o := range order {
		if o.field.keyed() {
			return selectKeyed, scanKeyed
		}
	}
	return selectTask, scan
}

func orderSQL(order []term, back bool) string {
	by := make([]string, len(order))
	for i, o := range order {
		if by[i] = o.field.ordered(o.down); o.down != back {
			by[i] += " DESC"
		}
	}
	return strings.Join(by, ", ")
}
