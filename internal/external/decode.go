package external

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ID is an id of the other system, in its original JSON: a whole number or a string of at most 100 characters.
type ID struct{ json jsontext.Value }

// MarshalJSONTo writes the original JSON.
func (id ID) MarshalJSONTo(e *jsontext.Encoder) error { return e.WriteValue(id.json) }

// UnmarshalJSONFrom reads a whole number or a string.
func (id *ID) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	id.json = v.Clone()
	switch v.Kind() {
	case '0':
		var n int64
		return json.Unmarshal(v, &n)
	case '"':
		var s string
		if err := json.Unmarshal(v, &s); err != nil || s == "" || utf8.RuneCountInString(s) > 100 {
			return errors.New("the id is empty or longer than 100 characters")
		}
		return nil
	}
	return errors.New("the id is neither a whole number nor a string")
}

// String returns the id without quotation marks.
func (id ID) String() string { return strings.Trim(string(id.json), `"`) }

// Fields maps the fields of a task to those of the source's objects.
type Fields struct {
	List      string // the member that holds the list of tasks; "" if the whole answer is the list
	ID        string
	Title     string
	Completed string // a boolean, or with Done a string
	Done      string // the string that means completed
}

// DefaultFields are the fields of the JSONPlaceholder service.
var DefaultFields = Fields{ID: "id", Title: "title", Completed: "completed"}

// ParseFields parses a mapping such as "list=results,id=number,title=title,completed=state:closed": our field on the
// left, the source's on the right. Fields that are not named are as in DefaultFields. After a colon, completed may name
// the string that means it.
func ParseFields(text string) (Fields, error) {
	f := DefaultFields
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		ours, theirs, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || theirs == "" || seen[ours] {
			return Fields{}, fmt.Errorf("%q is no field=name, or stands twice", part)
		}
		seen[ours] = true
		switch ours {
		case "list":
			f.List = theirs
		case "id":
			f.ID = theirs
		case "title":
			f.Title = theirs
		case "completed":
			f.Completed, f.Done, _ = strings.Cut(theirs, ":")
		default:
			return Fields{}, fmt.Errorf("%q is none of list, id, title and completed", ours)
		}
	}
	return f, nil
}

// maxTitle bounds a title in characters, as for our own tasks.
const maxTitle = 200

// decode returns the first Shown tasks of an answer. The whole answer must be JSON in UTF-8 without duplicate names.
// Each returned task must have every field, with the right type.
func (f Fields) decode(body []byte) ([]Task, error) {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	if f.List != "" {
		if err := f.findList(d); err != nil {
			return nil, err
		}
	}
	if t, err := d.ReadToken(); err != nil {
		return nil, err
	} else if t.Kind() != '[' {
		return nil, fmt.Errorf("the tasks are not an array but %v", t.Kind())
	}
	tasks := []Task{}
	for d.PeekKind() != ']' {
		if len(tasks) == Shown {
			if err := d.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		var object map[string]jsontext.Value
		if err := json.UnmarshalDecode(d, &object); err != nil {
			return nil, err
		}
		t, err := f.task(object)
		if err != nil {
			return nil, fmt.Errorf("task %d: %w", len(tasks)+1, err)
		}
		tasks = append(tasks, t)
	}
	return tasks, rest(d)
}

// findList moves the decoder to the value of the member List.
func (f Fields) findList(d *jsontext.Decoder) error {
	if t, err := d.ReadToken(); err != nil {
		return err
	} else if t.Kind() != '{' {
		return fmt.Errorf("the answer is not an object but %v", t.Kind())
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if name.String() == f.List {
			return nil
		}
		if err := d.SkipValue(); err != nil {
			return err
		}
	}
	return fmt.Errorf("the answer has no member %q", f.List)
}

// rest reads to the end of the answer, which must be one value.
func rest(d *jsontext.Decoder) error {
	for {
		if _, err := d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if d.StackDepth() == 0 {
			break
		}
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("the answer is followed by other data")
	}
	return nil
}

// task returns the task that an object of the source describes.
func (f Fields) task(object map[string]jsontext.Value) (t Task, err error) {
	t.Source = "external"
	if err := json.Unmarshal(object[f.ID], &t.ID); err != nil {
		return t, fmt.Errorf("field %q: %w", f.ID, err)
	}
	var title *string
	if err := json.Unmarshal(object[f.Title], &title); err != nil || title == nil {
		return t, fmt.Errorf("field %q is not a string", f.Title)
	}
	t.Title = tidy(*title)
	if f.Done != "" {
		var state *string
		if err := json.Unmarshal(object[f.Completed], &state); err != nil || state == nil {
			return t, fmt.Errorf("field %q is not a string", f.Completed)
		}
		t.Completed = *state == f.Done
		return t, nil
	}
	var completed *bool
	if err := json.Unmarshal(object[f.Completed], &completed); err != nil || completed == nil {
		return t, fmt.Errorf("field %q is not a boolean", f.Completed)
	}
	t.Completed = *completed
	return t, nil
}

// tidy makes one line of at most maxTitle characters, without characters that control a terminal.
func tidy(s string) string {
	n := 0
	s = strings.Map(func(r rune) rune {
		if n++; n > maxTitle {
			return -1
		}
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if n > maxTitle {
		r := []rune(s)
		s = string(r[:maxTitle-1]) + "…"
	}
	return s
}
