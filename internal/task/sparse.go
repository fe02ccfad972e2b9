package task

import (
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
)

// A partial index holds only the tasks that use its field. So a list in its order is read in two parts: the tasks in
// the index, and the others by their ids. A page starts at the cursor in its part, and costs the same at any depth.

// isSparse reports whether a partial index serves an order.
func isSparse(order []term) bool {
	used, _ := order[0].field.partial()
	return used != "" && len(order) == 2 && order[1].field.key() == "id" && order[0].down == order[1].down
}

// selectSparse reads a page in an order that isSparse accepts, from a position on. The zero Position is the beginning.
func selectSparse(tx *db.Tx, w db.Where, order []term, at page.Position, limit int) ([]Task, error) {
	tx.MayScan() // w may match few of the tasks that do not use the field
	used, unused := order[0].field.partial()
	parts := [][]term{order, order[1:]}
	conditions := map[int]string{len(order): used, 1: unused}
	if order[0].field.unusedFirst(order[0].down) != at.Back {
		slices.Reverse(parts)
	}
	values := at.Values
	switch {
	case len(values) == 0:
	case len(values) != len(order):
		return nil, page.ErrCursor()
	case order[0].field.isUnused(values[0]):
		parts = parts[slices.IndexFunc(parts, func(p []term) bool { return len(p) == 1 }):]
		values = values[1:]
	default:
		parts = parts[slices.IndexFunc(parts, func(p []term) bool { return len(p) > 1 }):]
	}
	tasks := []Task{}
	sql, read := selectFor(order)
	for i, p := range parts {
		w := w
		w.And(conditions[len(p)])
		if i == 0 && len(values) > 0 {
			keys, err := keysAt(p, page.Position{Values: values, Back: at.Back})
			if err != nil {
				return nil, err
			}
			for k := range keys {
				keys[k].Column = p[k].field.column()
			}
			w.Beyond(keys, at.Here)
		}
		rows, args := w.Limit(byColumns(p, at.Back), limit-len(tasks), 0)
		more, err := db.All(tx, read, sql+rows, args...)
		if err != nil {
			return nil, err
		}
		if tasks = append(tasks, more...); len(tasks) == limit {
			break
		}
	}
	return tasks, nil
}

// byColumns returns an order as SQL, by the columns themselves: no value is null in a part.
func byColumns(order []term, back bool) string {
	by := make([]string, len(order))
	for i, o := range order {
		if by[i] = o.field.column(); o.down != back {
			by[i] += " DESC"
		}
	}
	return strings.Join(by, ", ")
}
