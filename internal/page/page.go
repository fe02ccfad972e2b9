// Package page implements pagination: it reads the requested part of a list from a query, and writes the envelope that
// every list has (count, next, previous, results). Pages go by number or, stable at any depth, by cursor.
//
// It reads no rows. Each noun reads its own rows, with the offset or the position that this package returns.
package page

import (
	"strconv"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// The page size without page_size, and the largest one. A larger page_size is lowered to MaxSize.
const (
	DefaultSize = 20
	MaxSize     = 100
)

// maxCursor is the longest accepted cursor, in characters. A cursor carries the row's ordering values, and a title's
// key has up to 500 bytes, of which some are escaped.
const maxCursor = 4096

// Request is the part of a list that a client asks for.
type Request struct {
	Size     int
	number   int // 0: the parameter was not a page number
	last     bool
	ByCursor bool
	Cursor   string // empty with ByCursor: from the start
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
	size := f.Int("page_size", 1, 1<<31, form.Default(DefaultSize),
		form.Doc("Results per page, at most 100; a larger value is lowered to 100."))
	if size.Set {
		r.Size = int(min(size.V, MaxSize))
	}
	cursor := f.Text("cursor", form.Blank, form.Max(maxCursor),
		form.Doc("A cursor from `next` or `previous`. An empty value starts pagination by cursor."))
	if cursor.Set {
		r.ByCursor, r.Cursor = true, cursor.V
		if number.Set {
			f.Fail("cursor", "Give either page or cursor, not both.")
		}
	}
	return r
}

// Number returns a Request for page n, for internal callers without a query string.
func Number(n, size int) Request { return Request{Size: size, number: n} }

// Offset returns the number of rows before the page, in a list of count rows. It returns fail.BadPage for a page that
// does not exist. The first page of an empty list exists.
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

// List is the envelope of every list.
type List[T any] struct {
	Count    int64   `json:"count" doc:"The total number of results."`
	Next     *string `json:"next" format:"uri-reference" nullable:"true" doc:"The URL of the next page."`
	Previous *string `json:"previous" format:"uri-reference" nullable:"true" doc:"The URL of the previous page."`
	Results  []T     `json:"results"`

	next, previous *link
}

type link struct{ param, value string }

// Numbered returns the envelope of a page by number. Call Request.Offset first: it resolves the page.
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

// After returns the envelope of a part of a list. next and previous are values of the parameter; empty means no link.
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

// Link sets Next and Previous to absolute URLs. to builds the URL of the same request with one parameter replaced.
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
