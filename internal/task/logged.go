package task

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/event"
)

// Logged holds a task as one event of the log describes it.
type Logged struct {
	Task Task // after the event, or before its deletion; without AssignedToDetail and CreatedByDetail
	// Old and New hold the values of the changed fields before and after the event. The other fields are not Set.
	Old, New Fields
}

// ReadLogged decodes an event about a task. A field that did not exist when the event was written has its initial
// value.
func ReadLogged(e event.Entry) (*Logged, error) {
	l := &Logged{}
	for _, f := range columns {
		f.start(&l.Task, &Fields{})
	}
	err := json.Unmarshal(e.Data, (*loggedTask)(&l.Task))
	if err == nil && len(e.Changes) > len("{}") {
		err = json.Unmarshal(e.Changes, (*loggedChanges)(l))
	}
	if err != nil {
		return nil, fmt.Errorf("read event %d: %w", e.Seq, err)
	}
	return l, nil
}

// An event leaves the description out of its data if it did not change it: see event.Omitted. Short texts stay, because
// looking for them costs more than they do. Each wholeEvery-th version has its text, so that it is soon found.
const (
	longText   = 1 << 10 // bytes
	wholeEvery = 64
)

// omitsText reports whether an event about t leaves the description out of its data.
func omitsText(e *event.Event, t *Task) bool {
	_, changed := e.Changes[event.OmittedKey]
	return !changed && e.Kind != event.TaskCreated && len(t.Description) >= longText && t.Version%wholeEvery != 0
}

// lean is a task in an event that leaves the description out.
type lean Task

// AppendJSON appends the task with event.Omitted as its description.
func (t *lean) AppendJSON(b []byte) ([]byte, error) {
	return (*Task)(t).appendJSON(b, columnNamed[event.OmittedKey])
}

type loggedTask Task

// UnmarshalJSONFrom decodes the stored fields of a task and skips the others.
func (t *loggedTask) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return eachField(d, func(f storedField) error { return f.decode(d, (*Task)(t)) })
}

type loggedChanges Logged

// UnmarshalJSONFrom decodes event.Changes.
func (l *loggedChanges) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return eachField(d, func(f storedField) error {
		if _, err := d.ReadToken(); err != nil { // the object of an event.Change
			return err
		}
		for d.PeekKind() != '}' {
			name, err := d.ReadValue()
			if err != nil {
				return err
			}
			in := &l.New
			if string(name) == `"old"` {
				in = &l.Old
			}
			if err := f.decodeChange(d, in); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	})
}

// eachField calls decode at the value of each member of an object that is a stored field, and skips the others.
func eachField(d *jsontext.Decoder, decode func(storedField) error) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadValue() // and not a token, whose text would be a copy
		if err != nil {
			return err
		}
		f, ok := columnNamed[string(name[1:len(name)-1])]
		if !ok {
			err = d.SkipValue()
		} else {
			err = decode(f)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}
