package db

import (
	"slices"
	"strconv"
	"strings"

	"github.com/taskhouse/taskhouse/internal/page"
)

// Where builds the conditions of a list, which follow the company's own condition:
//
//	var w db.Where
//	w.And(`status = ?`, q.Status)
//	db.All(tx, scan, `SELECT `+columns+` FROM tasks WHERE company_id = $1`+w.SQL(), w.Args()...)
//
// The zero Where is for a Tx, where $1 is the company and parameters start at $2. SystemWhere is for a SystemTx.
// The company's condition stays in the statement itself, where a reader, the guard and the mutation tests find it.
//
// A copy of a Where may be narrowed further without changing the original.
type Where struct {
	text   string
	args   []any
	system bool
}

// SystemWhere returns a Where for a SystemTx, whose parameters start at $1: `SELECT ... FROM jobs WHERE TRUE`+w.SQL().
func SystemWhere() Where { return Where{system: true} }

// And adds a condition. Each ? in it takes the next of args; a condition has no other use for a question mark.
func (w *Where) And(condition string, args ...any) {
	w.args = slices.Clip(w.args)
	var b strings.Builder
	b.Grow(len(w.text) + len(condition) + 16)
	b.WriteString(w.text)
	b.WriteString(" AND ")
	for _, arg := range args {
		before, after, ok := strings.Cut(condition, "?")
		if !ok {
			panic("db.Where: more values than question marks in " + condition)
		}
		b.WriteString(before)
		b.WriteString(w.param(arg))
		condition = after
	}
	if strings.Contains(condition, "?") {
		panic("db.Where: fewer values than question marks in " + condition)
	}
	b.WriteString(condition)
	w.text = b.String()
}

// param adds a parameter and returns its name, such as $3.
func (w *Where) param(arg any) string {
	w.args = append(w.args, arg)
	n := len(w.args)
	if !w.system {
		n++
	}
	return "$" + strconv.Itoa(n)
}

// Key is one column of a list's order, with its value at the position where a page begins.
type Key struct {
	Column string
	Down   bool // descending
	Value  any
}

// Beyond adds the condition of keyset pagination: the rows that follow a position in the order of keys. If here is
// true, the row at the position itself is included. keys end with a unique column. If all columns go the same way, the
// condition is a row comparison, which an index can start from. Otherwise it compares column by column.
func (w *Where) Beyond(keys []Key, here bool) {
	w.args = slices.Clip(w.args)
	columns, params, sameWay := make([]string, len(keys)), make([]string, len(keys)), true
	for i, k := range keys {
		columns[i], params[i] = k.Column, w.param(k.Value)
		sameWay = sameWay && k.Down == keys[0].Down
	}
	compare := func(i int, last bool) string {
		op := ">"
		if keys[i].Down {
			op = "<"
		}
		if last && here {
			op += "="
		}
		return op
	}
	if sameWay {
		own, given := strings.Join(columns, ", "), strings.Join(params, ", ")
		w.text += " AND (" + own + ") " + compare(0, true) + " (" + given + ")"
		return
	}
	var either []string
	prefix := ""
	for i := range keys {
		either = append(either, "("+prefix+columns[i]+" "+compare(i, i == len(keys)-1)+" "+params[i]+")")
		prefix += columns[i] + " = " + params[i] + " AND "
	}
	w.text += " AND (" + strings.Join(either, " OR ") + ")"
}

// Search adds a condition for each word of a search: column contains the word. column is text folded by
// Fold, or an expression that folds it.
func (w *Where) Search(column, search string) {
	for _, pattern := range SearchWords(search) {
		w.And(column+` LIKE ? ESCAPE '\'`, pattern)
	}
}

// SQL returns the conditions, each behind an AND.
func (w Where) SQL() string { return w.text }

// Args returns the parameters, in order.
func (w Where) Args() []any { return w.args }

// Slice returns the conditions with those of a slice of the list, its order and its limit, and all parameters.
func (w Where) Slice(key string, s page.Slice) (sql string, args []any) {
	w.And(key+` BETWEEN ? AND ?`, s.Low, s.High)
	order := w.text + ` ORDER BY ` + key + ` ` + string(s.Order)
	sql = order + ` LIMIT ` + w.param(s.Limit) + ` OFFSET ` + w.param(s.Offset)
	return sql, w.args
}

// Limit returns the conditions, an order (such as "created_at DESC, id DESC"), a limit and an offset, and all
// parameters.
func (w Where) Limit(order string, limit int, offset int64) (sql string, args []any) {
	w.args = slices.Clip(w.args)
	sql = w.text + ` ORDER BY ` + order + ` LIMIT ` + w.param(limit) + ` OFFSET ` + w.param(offset)
	return sql, w.args
}
