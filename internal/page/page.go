// Package page reads which part of a list a client asks for, and writes the envelope that every list has: count, next,
// previous, results. Pages go by number or, stable at any depth, by cursor.
//
// It knows no rows: a noun reads its own, with the offset or the position that this package gives it.
package page

import (
	"strconv"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// The size of a page that does not say, and the largest that is given.
const (
	DefaultSize = 20
	MaxSize     = 100
)

// maxCursor is the length of the longest cursor: it carries the values it stands at, and a title of 200 characters has up to
// 800 bytes.
const maxCursor = 2048

// Request is what a client asked for.
type Request struct {
	Size     int
	number   int // 0: not a page number at all
	last     bool
	ByCursor bool
	Cursor   string // "" with ByCursor: from the start
}

// Read reads page, page_size and cursor from a query.
func Read(f *form.Form) Request {
	r := Request{Size: DefaultSize, number: 1}
	number := f.Text("page", form.Blank, form.Doc("The page's number from 1, or `last`."))
	if number.Set {
		r.number, r.last = 0, number.V == "last"
		if n, err := strconv.ParseUint(number.V, 10, 31); err == nil && number.V[0] != '+' {
			r.number = int(n)
		}
	}
	if size := f.Int("page_size", 1, 1<<31, form.Default(DefaultSize), form.Doc("Results in a page; more than 100 are given as 100.")); size.Set {
		r.Size = int(min(size.V, MaxSize))
	}
	if cursor := f.Text("cursor", form.Blank, form.Max(maxCursor), form.Doc("Where to go on, as `next` and `previous` give it; empty starts paging by cursor.")); cursor.Set {
		r.ByCursor, r.Cursor = true, cursor.V
		if number.Set {
			f.Fail("cursor", "Give either page or cursor, not both.")
		}
	}
	return r
}

// Number is the n-th page of a size, for a caller that is no client.
func Number(n, size int) Request { return Request{Size: size, number: n} }

// Offset is how many rows of count stand before the page; fail.BadPage where the page does not exist. The first page of an
// empty list exists.
func (r *Request) Offset(count int64) (int64, error) {
	pages := max((count+int64(r.Size)-1)/int64(r.Size), 1)
	if r.last {
		r.number = int(pages)
	}
	if r.number < 1 || int64(r.number) > pages {
		return 0, fail.BadPage()
	}
	return int64(r.number-1) * int64(r.Size), nil
}

// List is the envelope.
type List[T any] struct {
	Count    int64   `json:"count" doc:"How many there are in all."`
	Next     *string `json:"next" format:"uri" nullable:"true" doc:"The URL of the next page."`
	Previous *string `json:"previous" format:"uri" nullable:"true" doc:"The URL of the page before."`
	Results  []T     `json:"results"`

	next, previous *link
}

type link struct{ param, value string }

// Numbered is the page of a list that Request.Offset was asked for.
func Numbered[T any](r Request, count int64, results []T) *List[T] {
	l := &List[T]{Count: count, Results: results}
	if int64(r.number)*int64(r.Size) < count {
		l.next = &link{"page", strconv.Itoa(r.number + 1)}
	}
	if r.number > 1 {
		l.previous = &link{"page", strconv.Itoa(r.number - 1)}
	}
	return l
}

// After is a part of a list whose next and previous are the given values of a parameter; "" is none.
func After[T any](param string, count int64, results []T, next, previous string) *List[T] {
	l := &List[T]{Count: count, Results: results}
	if next != "" {
		l.next = &link{param, next}
	}
	if previous != "" {
		l.previous = &link{param, previous}
	}
	return l
}

// Link sets next and previous to absolute URLs; to builds the URL of the same request with one parameter set.
func (l *List[T]) Link(to func(param, value string) string) {
	if l.next != nil {
		u := to(l.next.param, l.next.value)
		l.Next = &u
	}
	if l.previous != nil {
		u := to(l.previous.param, l.previous.value)
		l.Previous = &u
	}
}
