package page

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Appender is an answer that encodes itself as JSON.
type Appender interface {
	// AppendJSON appends the same JSON that the json package would write.
	AppendJSON(b []byte) ([]byte, error)
}

// AppendJSON appends the envelope and its results.
func (l *List[T]) AppendJSON(b []byte) (_ []byte, err error) {
	b = strconv.AppendInt(append(b, `{"count":`...), l.Count, 10)
	if b, err = appendText(append(b, `,"next":`...), l.Next); err != nil {
		return nil, err
	}
	if b, err = appendText(append(b, `,"previous":`...), l.Previous); err != nil {
		return nil, err
	}
	b = append(b, `,"results":[`...)
	for i := range l.Results {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = Append(b, &l.Results[i]); err != nil {
			return nil, err
		}
	}
	return append(b, "]}"...), nil
}

// Append appends v as JSON. It calls AppendJSON where v has it, and the json package otherwise.
func Append(b []byte, v any) ([]byte, error) {
	if a, ok := v.(Appender); ok {
		return a.AppendJSON(b)
	}
	// The product's types have no duplicate names, and checking for them costs as much as encoding.
	j, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowDuplicateNames(true))
	return append(b, j...), err
}

func appendText(b []byte, s *string) ([]byte, error) {
	if s == nil {
		return append(b, "null"...), nil
	}
	return jsontext.AppendQuote(b, *s)
}
