package task

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
)

// AppendJSON appends what the json package would write, field by field: a page of tasks is the answer that is asked for most, and
// reflection took a third of it. A test holds the two together, so that a new field cannot be forgotten here.
func (t Task) AppendJSON(b []byte) ([]byte, error) {
	b = strconv.AppendInt(append(b, `{"id":`...), t.ID, 10)
	var err error
	if b, err = jsontext.AppendQuote(append(b, `,"title":`...), t.Title); err != nil {
		return nil, err
	}
	if b, err = jsontext.AppendQuote(append(b, `,"description":`...), t.Description); err != nil {
		return nil, err
	}
	if b, err = jsontext.AppendQuote(append(b, `,"status":`...), string(t.Status)); err != nil {
		return nil, err
	}
	b = append(b, `,"assigned_to":`...)
	if t.AssignedTo == nil {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(b, *t.AssignedTo, 10)
	}
	if b, err = appendUser(append(b, `,"assigned_to_detail":`...), t.AssignedToDetail); err != nil {
		return nil, err
	}
	b = strconv.AppendInt(append(b, `,"created_by":`...), t.CreatedBy, 10)
	if b, err = appendUser(append(b, `,"created_by_detail":`...), t.CreatedByDetail); err != nil {
		return nil, err
	}
	b = strconv.AppendInt(append(b, `,"company":`...), t.Company, 10)
	if b, err = jsontext.AppendQuote(append(b, `,"rank":`...), t.Rank); err != nil {
		return nil, err
	}
	b = strconv.AppendInt(append(b, `,"version":`...), t.Version, 10)
	b = appendTime(append(b, `,"created_at":`...), t.CreatedAt)
	b = appendTime(append(b, `,"updated_at":`...), t.UpdatedAt)
	return append(b, '}'), nil
}

func appendUser(b []byte, u *account.MemberView) ([]byte, error) {
	if u == nil {
		return append(b, "null"...), nil
	}
	return u.AppendJSON(b)
}

func appendTime(b []byte, t db.Time) []byte {
	b, _ = t.AppendText(append(b, '"')) // never fails
	return append(b, '"')
}
