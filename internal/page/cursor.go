package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// Position is a place in a list: beside a row, which may be gone by the time somebody comes back to it.
type Position struct {
	Values []string `json:"v"`          // the row's, in the columns that the list is ordered by; none is the list's beginning
	Back   bool     `json:"b,omitzero"` // what stands before it, not after
	Here   bool     `json:"h,omitzero"` // and the row itself
}

// ErrCursor is a cursor that leads nowhere in the list that it was given to.
func ErrCursor() error { return fail.Invalid("cursor", "Invalid cursor.") }

// ByCursor is the part of a list at the request's cursor. about is what cursors hold for: the company, the list, its filters and
// its order. read gives at most so many rows beside a position, the nearest first; values are a row's in the columns of the order.
func ByCursor[T any](c *Cursors, about string, r Request, count int64, read func(at Position, limit int) ([]T, error), values func(*T) []string) (*List[T], error) {
	var at Position
	if r.Cursor != "" {
		b, ok := c.Open(about, r.Cursor)
		if !ok || json.Unmarshal(b, &at) != nil {
			return nil, ErrCursor()
		}
	}
	rows, err := read(at, r.Size+1) // one more, to know whether there are more
	if err != nil {
		return nil, err
	}
	more := len(rows) > r.Size
	rows = rows[:min(len(rows), r.Size)]
	if at.Back {
		slices.Reverse(rows)
	}
	var next, previous Position
	if len(rows) > 0 {
		if at.Back || more {
			next = Position{Values: values(&rows[len(rows)-1])}
		}
		if r.Cursor != "" && (!at.Back || more) {
			previous = Position{Values: values(&rows[0]), Back: true}
		}
	} else if at.Back { // what stood there is gone: the way back is where the client came from
		next = Position{Values: at.Values, Here: true}
	} else {
		previous = Position{Values: at.Values, Here: true, Back: true}
	}
	seal := func(p Position) (string, error) {
		if len(p.Values) == 0 {
			return "", nil
		}
		b, err := json.Marshal(p)
		return c.Seal(about, b), err
	}
	onward, err := seal(next)
	if err != nil {
		return nil, err
	}
	back, err := seal(previous)
	return After("cursor", count, rows, onward, back), err
}

// Order is the way in which a list goes, as SQL says it.
type Order string

// The orders.
const (
	Up   Order = "ASC"
	Down Order = "DESC"
)

// Slice is a stretch of a list that goes by one whole number, its key: of the rows with a key from Low to High, in that order,
// at most Limit behind the first Offset.
type Slice struct {
	Low, High int64
	Order     Order
	Limit     int
	Offset    int64
}

// First is the slice of a list's first n rows.
func First(order Order, n int) Slice { return Slice{High: math.MaxInt64, Order: order, Limit: n} }

// SQL is what follows a condition to have the slice, and the parameters with its own behind them. args are those from $first on.
func (s Slice) SQL(key string, first int, args []any) (text string, all []any) {
	n := first + len(args)
	return fmt.Sprintf(" AND %s BETWEEN $%d AND $%d ORDER BY %s %s LIMIT $%d OFFSET $%d", key, n, n+1, key, s.Order, n+2, n+3),
		append(slices.Clip(args), s.Low, s.High, s.Limit, s.Offset)
}

// Keyed is the part of a list that a request asks for, by number or by cursor. The list goes by a key that no two of its rows
// share, and that is not negative. about is as in ByCursor.
func Keyed[T any](c *Cursors, about string, order Order, r Request, count int64, read func(Slice) ([]T, error), key func(*T) int64) (*List[T], error) {
	if !r.ByCursor {
		offset, err := r.Offset(count)
		if err != nil {
			return nil, err
		}
		s := First(order, r.Size)
		s.Offset = offset
		rows, err := read(s)
		return Numbered(r, count, rows), err
	}
	return ByCursor(c, about, r, count, func(at Position, limit int) ([]T, error) {
		s, ok := at.slice(order, limit)
		if !ok {
			return nil, ErrCursor()
		}
		return read(s)
	}, func(row *T) []string { return []string{strconv.FormatInt(key(row), 10)} })
}

// slice is what stands beside a position in a list that goes by one key.
func (p Position) slice(order Order, limit int) (s Slice, ok bool) {
	if p.Back {
		order = map[Order]Order{Up: Down, Down: Up}[order]
	}
	s = First(order, limit)
	if len(p.Values) == 0 {
		return s, true
	}
	key, err := strconv.ParseInt(p.Values[0], 10, 64)
	if err != nil || len(p.Values) > 1 {
		return s, false
	}
	beside := int64(1)
	if p.Here {
		beside = 0
	}
	if order == Up {
		s.Low = key + beside
	} else {
		s.High = key - beside
	}
	return s, true
}

// Cursors seals positions in a list, so that a client can hold one and neither read nor change it into another, and so that
// it leads nowhere in another company's list or under another filter.
type Cursors struct{ key []byte }

// NewCursors derives its key from the installation's secret: cursors hold on every node that has it.
func NewCursors(secret []byte) *Cursors {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("taskhouse cursors"))
	return &Cursors{key: m.Sum(nil)}
}

const sealSize = 16

// Seal makes a cursor of a position. about is what it holds for: the company, the filters, the order.
func (c *Cursors) Seal(about string, position []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(c.mac(about, position), position...))
}

// Open gives the position back, if the cursor was sealed about the same.
func (c *Cursors) Open(about, cursor string) (position []byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) < sealSize {
		return nil, false
	}
	return b[sealSize:], hmac.Equal(b[:sealSize], c.mac(about, b[sealSize:]))
}

func (c *Cursors) mac(about string, position []byte) []byte {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte(strconv.Itoa(len(about)) + ":" + about))
	m.Write(position)
	return m.Sum(nil)[:sealSize]
}
