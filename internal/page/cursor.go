package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// Position is a place in a list, next to a row. The row may be deleted before the client uses the position.
type Position struct {
	// Values are the row's values in the ordering columns (keyset pagination). No values is the start of the list.
	Values []string `json:"v"`
	Back   bool     `json:"b,omitzero"` // read the rows before the position, not after it
	Here   bool     `json:"h,omitzero"` // include the row itself
}

// ErrCursor returns the validation error for a cursor that does not belong to this list.
func ErrCursor() error { return fail.Invalid("cursor", "Invalid cursor.") }

// ByCursor returns the page at the request's cursor (keyset pagination). about binds the cursors to the company, the
// list, its filters and its order. read returns at most limit rows next to a position, the nearest first. values
// returns a row's values in the ordering columns.
func ByCursor[T any](
	c *Cursors, about string, r Request, count int64,
	read func(at Position, limit int) ([]T, error), values func(*T) []string,
) (*List[T], error) {
	var at Position
	if r.Cursor != "" {
		b, ok := c.Open(about, r.Cursor)
		if !ok || json.Unmarshal(b, &at) != nil {
			return nil, ErrCursor()
		}
	}
	rows, err := read(at, r.Size+1) // one extra row shows whether another page follows
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
	} else if at.Back { // the rows were deleted: next returns to the row that the client came from
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

// Order is the sort direction of a list, as an SQL keyword.
type Order string

// The two directions.
const (
	Up   Order = "ASC"
	Down Order = "DESC"
)

// Slice selects a part of a list that is sorted by one integer key: the rows with a key from Low to High, in that
// order, at most Limit of them after skipping Offset.
type Slice struct {
	Low, High int64
	Order     Order
	Limit     int
	Offset    int64
}

// First returns the slice with a list's first n rows.
func First(order Order, n int) Slice { return Slice{High: math.MaxInt64, Order: order, Limit: n} }

// Keyed returns the requested page, by number or by cursor, of a list that is sorted by a unique, non-negative key.
// about is the same as in ByCursor.
func Keyed[T any](
	c *Cursors, about string, order Order, r Request, count int64,
	read func(Slice) ([]T, error), key func(*T) int64,
) (*List[T], error) {
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

// slice converts a position in a list with a single key into a Slice.
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

// Cursors authenticates positions in a list with an HMAC. A client cannot alter a cursor, nor use it in another
// company's list or under another filter. The position is encoded, not encrypted.
type Cursors struct{ key []byte }

// NewCursors derives its key from the installation's secret, so every node accepts the same cursors.
func NewCursors(secret []byte) *Cursors {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("taskhouse cursors"))
	return &Cursors{key: m.Sum(nil)}
}

const sealSize = 16

// Seal encodes a position as a cursor. about binds it to the company, the filters and the order.
func (c *Cursors) Seal(about string, position []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(c.mac(about, position), position...))
}

// Open returns the position of a cursor, if it was sealed with the same about.
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
