package form

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// maxPosted bounds the fields of an HTML form, as Django does.
const maxPosted = 1000

// URLEncoded reads a body in application/x-www-form-urlencoded as Django REST Framework reads it. Every value is text,
// which the fields of other types convert. Of a field that occurs twice the last value counts, except in a list. An
// empty value is null where null is allowed, and absent where the field may be absent. It keeps no reference to data.
//
// It returns a failure of kind Malformed for invalid UTF-8 and for more than 1000 fields.
func URLEncoded(data []byte) (*Form, error) {
	p := newPosted()
	for pair := range strings.SplitSeq(string(data), "&") {
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		if err := p.add(unescapeForm(name), value{kind: entry, text: unescapeForm(text)}); err != nil {
			return nil, err
		}
	}
	return p.form(), nil
}

// Multipart reads a body in multipart/form-data, like URLEncoded. A file is a value that no field accepts.
func Multipart(data []byte, boundary string) (*Form, error) {
	p := newPosted()
	parts := multipart.NewReader(bytes.NewReader(data), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && bytes.Contains(data, []byte("--"+boundary+"--")) { // else it was cut off
			return p.form(), nil
		}
		if err != nil {
			return nil, fail.Malformed("Multipart form parse error - %v", err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, fail.Malformed("Multipart form parse error - %v", err)
		}
		v := value{kind: entry, text: string(text)}
		if part.FileName() != "" {
			v = value{kind: upload}
		}
		if err := p.add(part.FormName(), v); err != nil {
			return nil, err
		}
	}
}

// posted collects the fields of an HTML form.
type posted struct {
	f     *Form
	count int
	items map[string][]item
}

// item is an element of a list. Names such as ids[0] say its place.
type item struct {
	place int
	text  string
}

func newPosted() *posted { return &posted{f: newForm(), items: map[string][]item{}} }

func (p *posted) add(name string, v value) error {
	if p.count++; p.count > maxPosted {
		return fail.Malformed("The form has more than %d fields.", maxPosted)
	}
	if !utf8.ValidString(name) || !utf8.ValidString(v.text) {
		return fail.Malformed("The form is not UTF-8.")
	}
	text, place, isText := v.text, p.count, v.kind == entry
	if list, n, ok := inList(name); ok {
		name, place, v = list, n, value{kind: entries}
	}
	if isText {
		p.items[name] = append(p.items[name], item{place, text})
	}
	in := &p.f.input
	if i := in.find(name); i >= 0 {
		in.values[i] = v
		return nil
	}
	in.add(name)
	in.values = append(in.values, v)
	return nil
}

// inList splits a name such as ids[0].
func inList(name string) (list string, place int, ok bool) {
	list, rest, found := strings.Cut(name, "[")
	digits, closed := strings.CutSuffix(rest, "]")
	if !found || !closed || list == "" || !plain(digits) {
		return "", 0, false
	}
	place, err := strconv.Atoi(digits)
	return list, place, err == nil
}

func (p *posted) form() *Form {
	p.f.lists = make(map[string][]string, len(p.items))
	for name, items := range p.items {
		slices.SortStableFunc(items, func(a, b item) int { return a.place - b.place })
		for _, i := range items {
			p.f.lists[name] = append(p.f.lists[name], i.text)
		}
	}
	return p.f
}

// unescapeForm decodes a part of a form. It keeps a percent sign that begins no escape, as Python does: people type
// "100% sure" after curl -d.
func unescapeForm(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s):
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c = byte(n)
				i += 2
			}
		}
		b = append(b, c)
	}
	return string(b)
}
