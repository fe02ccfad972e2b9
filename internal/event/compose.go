package event

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
)

// A task may have a description of 262 kB, and most changes leave it as it was. Such an event has null in place of the
// description. Since, OfSubject, BySeqs and PageOfSubject fill it in from the last earlier event that has it. Followers
// get null. So clients see whole tasks, and the log does not keep a copy of the text for each change of a status.

// OmittedKey is the member of Data that may be left out.
const OmittedKey = "description"

// Omitted is the JSON value in place of a text that an event leaves out. The text itself is never null.
const Omitted = "null"

// omitted is how the place looks in Data. No text in Data can look like it, because quotes in texts are escaped.
var omitted = []byte(`"` + OmittedKey + `":` + Omitted)

// compose puts the texts that events leave out into their Data.
func compose(tx *db.Tx, entries []Entry, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	var lean []int64
	for i := range entries {
		if entries[i].omits() {
			lean = append(lean, entries[i].Seq)
		}
	}
	if len(lean) == 0 {
		return entries, nil
	}
	texts, err := textsOf(tx, lean)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		if text, ok := texts[entries[i].Seq]; ok {
			entries[i].Data = bytes.Replace(entries[i].Data, omitted, text, 1)
		}
	}
	return entries, nil
}

// omits reports whether the event leaves a text out.
func (e *Entry) omits() bool { return kinds[e.Kind].subject == Task && bytes.Contains(e.Data, omitted) }

// textsOf returns, for each of these events, the member with the text that it leaves out.
func textsOf(tx *db.Tx, seqs []int64) (map[int64][]byte, error) {
	has := fmt.Sprintf(tx.Pick("instr(b.data, '%s') = 0", "strpos(b.data, '%s') = 0"), omitted)
	type pair struct{ seq, base int64 }
	pairs, err := db.All(tx, func(r db.Row, v *pair) error {
		var base *int64
		err := r.Scan(&v.seq, &base)
		if base != nil {
			v.base = *base
		}
		return err
	}, `SELECT e.seq, (SELECT b.seq FROM events b WHERE b.company_id = e.company_id AND b.subject = e.subject
			AND b.subject_id = e.subject_id AND b.seq < e.seq AND `+has+` ORDER BY b.seq DESC LIMIT 1)
		FROM events e WHERE e.company_id = $1 AND e.seq `+tx.OneOf("$2"), db.IDs(seqs))
	if err != nil {
		return nil, err
	}
	var bases []int64
	for _, p := range pairs {
		bases = append(bases, p.base)
	}
	found, err := db.All(tx, scan,
		`SELECT `+entry+` FROM events WHERE company_id = $1 AND seq `+tx.OneOf("$2"), db.IDs(bases))
	if err != nil {
		return nil, err
	}
	of := make(map[int64][]byte, len(found))
	for _, e := range found {
		if of[e.Seq], err = member(e.Data, OmittedKey); err != nil {
			return nil, fmt.Errorf("read event %d: %w", e.Seq, err)
		}
	}
	texts := make(map[int64][]byte, len(pairs))
	for _, p := range pairs {
		if text := of[p.base]; text != nil {
			texts[p.seq] = text
		}
	}
	return texts, nil
}

// member returns a member of a JSON object with its name, or nil if the object does not have it.
func member(object jsontext.Value, name string) ([]byte, error) {
	d := jsontext.NewDecoder(bytes.NewReader(object))
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() == '"' {
		key, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		if string(key) != `"`+name+`"` {
			if err := d.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		value, err := d.ReadValue()
		return append([]byte(`"`+name+`":`), value...), err
	}
	return nil, nil
}
