package task

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Query is which tasks are listed, and how.
type Query struct {
	Page       page.Request
	Status     Status
	AssignedTo form.Optional[int64]
	CreatedBy  form.Optional[int64]
	Search     string
	Times      []bound
	Order      []term
}

// bound is a limit on a time.
type bound struct {
	column, op string
	at         db.Time
}

// term is one column that a list is ordered by.
type term struct {
	column string
	down   bool
}

// orderable are the columns that a client may order by.
var orderable = []string{"created_at", "updated_at", "title", "status", "id"}

// Read reads the query.
func (q *Query) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Status = form.ChoiceOf[Status](f, "status").V
	q.AssignedTo = f.ID("assigned_to", form.Doc("Tasks of this member."))
	q.CreatedBy = f.ID("created_by", form.Doc("Tasks that this member created."))
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in title or description.")).V
	for _, column := range []string{"created_at", "updated_at"} {
		for _, limit := range []struct{ suffix, op, doc string }{{"__gte", ">=", "At this time or later."}, {"__lte", "<=", "At this time or earlier."}} {
			if t := f.Time(column+limit.suffix, form.Doc(limit.doc)); t.Set {
				q.Times = append(q.Times, bound{column, limit.op, at(t.V, limit.op)})
			}
		}
	}
	ordering := f.Text("ordering", form.Blank, form.Max(100), form.Doc("Columns to order by, comma-separated, `-` for descending: "+strings.Join(orderable, ", ")+". Newest first without it."))
	q.Order = readOrder(f, ordering.V)
}

// at is a bound in microseconds. Clients see milliseconds: an upper bound takes in the whole millisecond it names.
func at(t time.Time, op string) db.Time {
	b := db.At(t)
	if op == "<=" && b%1000 == 0 {
		b += 999
	}
	return b
}

// readOrder reads an ordering and ends it with the id, so that it is total: a page boundary never splits equals.
func readOrder(f *form.Form, s string) (order []term) {
	if s == "" {
		s = "-created_at"
	}
	for column := range strings.SplitSeq(s, ",") {
		column, down := strings.CutPrefix(strings.TrimSpace(column), "-")
		if !slices.Contains(orderable, column) {
			f.Fail("ordering", fmt.Sprintf("%q is not a valid choice.", column))
			return nil
		}
		if slices.ContainsFunc(order, func(t term) bool { return t.column == column }) {
			continue
		}
		order = append(order, term{column, down})
	}
	if !slices.ContainsFunc(order, func(t term) bool { return t.column == "id" }) {
		order = append(order, term{"id", order[len(order)-1].down})
	}
	return order
}

// Mine narrows the query to the caller's own tasks; a different assigned_to then leaves nothing.
func (q Query) Mine(who account.Caller) Query {
	me := form.Optional[int64]{Set: true, V: who.Actor()}
	if q.AssignedTo.Set && q.AssignedTo.V != me.V {
		me.V = -1
	}
	q.AssignedTo = me
	return q
}

// List is a page of tasks.
func (s *Service) List(ctx context.Context, who account.Caller, q Query) (list *page.List[Task], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		w := q.where()
		if !w.counted {
			tx.MayScan()
		}
		total, err := w.count(tx)
		if err != nil {
			return err
		}
		if q.Page.ByCursor {
			list, err = s.byCursor(tx, q, w, total)
		} else {
			list, err = byNumber(tx, q, w, total)
		}
		if err != nil {
			return err
		}
		pointers := make([]*Task, len(list.Results))
		for i := range list.Results {
			pointers[i] = &list.Results[i]
		}
		return detail(tx, who, pointers...)
	})
	return list, err
}

// Newest are the company's last n tasks, the last one first.
func (s *Service) Newest(ctx context.Context, who account.Caller, n int) (tasks []Task, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		if tasks, err = selectPage(tx, Query{}.where(), []term{{"created_at", true}, {"id", true}}, false, n, 0); err != nil {
			return err
		}
		pointers := make([]*Task, len(tasks))
		for i := range tasks {
			pointers[i] = &tasks[i]
		}
		return detail(tx, who, pointers...)
	})
	return tasks, err
}

func byNumber(tx *db.Tx, q Query, w where, total int64) (*page.List[Task], error) {
	offset, err := q.Page.Offset(total)
	if err != nil {
		return nil, err
	}
	tasks, err := selectPage(tx, w, q.Order, false, q.Page.Size, offset)
	return page.Numbered(q.Page, total, tasks), err
}

func (s *Service) byCursor(tx *db.Tx, q Query, w where, total int64) (*page.List[Task], error) {
	about := fmt.Sprint(tx.Company(), w.text, w.args, q.Order)
	return page.ByCursor(s.Cursors, about, q.Page, total, func(at page.Position, limit int) ([]Task, error) {
		if len(at.Values) > 0 {
			if err := w.beyond(q.Order, at); err != nil {
				return nil, err
			}
		}
		return selectPage(tx, w, q.Order, at.Back, limit, 0)
	}, func(t *Task) []string { return t.values(q.Order) })
}

// values are t's values in the columns of an ordering.
func (t Task) values(order []term) []string {
	vs := make([]string, len(order))
	for i, o := range order {
		switch o.column {
		case "title":
			vs[i] = t.Title
		case "status":
			vs[i] = string(t.Status)
		case "created_at":
			vs[i] = strconv.FormatInt(int64(t.CreatedAt), 10)
		case "updated_at":
			vs[i] = strconv.FormatInt(int64(t.UpdatedAt), 10)
		case "id":
			vs[i] = strconv.FormatInt(t.ID, 10)
		}
	}
	return vs
}

// where is a condition with its parameters from $2 on.
type where struct {
	text string
	args []any
	// counted: the counters know how many there are, by this status and assignee ("" and nil are any).
	counted  bool
	status   Status
	assignee *int64
}

func (w *where) and(text string, args ...any) {
	for i, a := range args {
		w.args = append(w.args, a)
		text = strings.ReplaceAll(text, fmt.Sprintf("?%d", i+1), fmt.Sprintf("$%d", len(w.args)+1))
	}
	w.text += " AND " + text
}

func (q Query) where() where {
	w := where{text: "company_id = $1", counted: q.Search == "" && len(q.Times) == 0 && !q.CreatedBy.Set, status: q.Status, assignee: q.AssignedTo.Ptr()}
	if q.Status != "" {
		w.and("status = ?1", string(q.Status))
	}
	if q.AssignedTo.Set {
		w.and("assigned_to = ?1", q.AssignedTo.V)
	}
	if q.CreatedBy.Set {
		w.and("created_by = ?1", q.CreatedBy.V)
	}
	slices.SortFunc(q.Times, func(a, b bound) int { return strings.Compare(a.column+a.op, b.column+b.op) })
	for _, t := range q.Times {
		w.and(t.column+" "+t.op+" ?1", t.at)
	}
	for _, word := range db.SearchWords(q.Search) {
		w.and(`search_text LIKE ?1 ESCAPE '\'`, word)
	}
	return w
}

// beyond narrows to what stands after (or before) a position. Where all columns go the same way a row comparison says it, which
// an index can start from; else it is spelled out.
func (w *where) beyond(order []term, at page.Position) error {
	if len(at.Values) != len(order) {
		return page.ErrCursor()
	}
	args := make([]any, len(order))
	same := true
	for i, o := range order {
		same = same && o.down == order[0].down
		if o.column == "title" || o.column == "status" {
			args[i] = at.Values[i]
		} else if n, err := strconv.ParseInt(at.Values[i], 10, 64); err == nil {
			args[i] = n
		} else {
			return page.ErrCursor()
		}
	}
	op := func(o term) string {
		if o.down != at.Back {
			return "<"
		}
		return ">"
	}
	here := ""
	if at.Here {
		here = "="
	}
	if same {
		names, marks := make([]string, len(order)), make([]string, len(order))
		for i, o := range order {
			names[i], marks[i] = o.column, fmt.Sprintf("?%d", i+1)
		}
		w.and(fmt.Sprintf("(%s) %s%s (%s)", strings.Join(names, ", "), op(order[0]), here, strings.Join(marks, ", ")), args...)
		return nil
	}
	var either []string
	equal := ""
	for i, o := range order {
		or := ""
		if i == len(order)-1 {
			or = here
		}
		either = append(either, fmt.Sprintf("(%s%s %s%s ?%d)", equal, o.column, op(o), or, i+1))
		equal += fmt.Sprintf("%s = ?%d AND ", o.column, i+1)
	}
	w.and("("+strings.Join(either, " OR ")+")", args...)
	return nil
}
