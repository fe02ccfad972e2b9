package form_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// sample reads one field of each type.
type sample struct {
	Text, Optional, Note string
	TextSet, OptionalSet bool
	ID, Nullable         int64
	NullableSet, Null    bool
	Number               int64
	Yes                  bool
	At                   time.Time
	IDs                  []int64
}

func (s *sample) read(f *form.Form) {
	text, optional := f.Text("text", form.Required), f.Text("optional")
	s.Text, s.TextSet, s.Optional, s.OptionalSet = text.V, text.Set, optional.V, optional.Set
	s.Note = f.Text("note", form.Blank, form.Multiline).V
	s.ID = f.ID("id").V
	nullable := f.ID("nullable", form.Nullable)
	s.Nullable, s.NullableSet, s.Null = nullable.V, nullable.Set, nullable.Null
	s.Number = f.Int("number", -5, 100).V
	s.Yes = f.Bool("yes").V
	s.At = f.Time("at").V
	for _, id := range f.IDs("ids", 3).V {
		s.IDs = append(s.IDs, *id)
	}
}

func TestFormsAreReadAsDRFReadsThem(t *testing.T) {
	for _, c := range []struct {
		name, form string
		want       sample
		errors     map[string][]string
	}{
		{"text", "text=a+b%20c%C3%A9", sample{Text: "a b cé", TextSet: true}, nil},
		{"the last of two values counts", "text=a&text=b", sample{Text: "b", TextSet: true}, nil},
		{"a percent sign alone", "text=100% sure%", sample{Text: "100% sure%", TextSet: true}, nil},
		{"a semicolon", "text=a;b", sample{Text: "a;b", TextSet: true}, nil},
		{"an equals sign", "text=a=b", sample{Text: "a=b", TextSet: true}, nil},
		{"no equals sign", "text", sample{TextSet: true}, map[string][]string{"text": {notBlank}}},
		{"nothing", "", sample{}, map[string][]string{"text": {required}}},
		{"empty pairs", "&&text=a&", sample{Text: "a", TextSet: true}, nil},
		{"empty and optional is absent", "text=a&optional=", sample{Text: "a", TextSet: true}, nil},
		{"empty and blank", "text=a&note=", sample{Text: "a", TextSet: true}, nil},
		{"spaces alone", "text=++", sample{TextSet: true}, map[string][]string{"text": {notBlank}}},
		{"line breaks", "text=a%0D%0Ab&note=a%0D%0Ab", sample{Text: "a b", TextSet: true, Note: "a\r\nb"}, nil},
		{"NUL", "text=a%00", sample{TextSet: true}, map[string][]string{"text": {nul}}},
		{"ids", "text=a&id=7&nullable=8", sample{Text: "a", TextSet: true, ID: 7, Nullable: 8, NullableSet: true}, nil},
		{
			"empty ids", "text=a&id=&nullable=",
			sample{Text: "a", TextSet: true, NullableSet: true, Null: true},
			map[string][]string{"id": {notNull}},
		},
		{
			"no ids", "text=a&id=-1&nullable=me",
			sample{Text: "a", TextSet: true, NullableSet: true},
			map[string][]string{
				"id":       {"Incorrect type. Expected pk value, received str."},
				"nullable": {"Incorrect type. Expected pk value, received str."},
			},
		},
		{"numbers", "text=5&number=-3", sample{Text: "5", TextSet: true, Number: -3}, nil},
		{"no number", "text=a&number=1.5", sample{Text: "a", TextSet: true}, map[string][]string{"number": {notInt}}},
		{"a switch", "text=a&yes=on", sample{Text: "a", TextSet: true, Yes: true}, nil},
		{"a switch that is off", "text=a&yes=no", sample{Text: "a", TextSet: true}, nil},
		{"no switch", "text=a&yes=maybe", sample{Text: "a", TextSet: true}, map[string][]string{"yes": {notBool}}},
		{
			"a time with an unescaped plus sign", "text=a&at=2026-01-01T02:00:00+02:00",
			sample{Text: "a", TextSet: true, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
			nil,
		},
		{"a list", "text=a&ids=1&ids=2", sample{Text: "a", TextSet: true, IDs: []int64{1, 2}}, nil},
		{"a list by places", "text=a&ids[1]=2&ids[0]=1", sample{Text: "a", TextSet: true, IDs: []int64{1, 2}}, nil},
		{"a list for a text", "text[0]=a", sample{TextSet: true}, map[string][]string{"text": {notText}}},
		{
			"no list of ids", "text=a&ids=x",
			sample{Text: "a", TextSet: true},
			map[string][]string{"ids": {"Incorrect type. Expected pk values."}},
		},
		{"unknown fields", "text=a&company=9&id[=1", sample{Text: "a", TextSet: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			read := func(f *form.Form, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				var got sample
				got.read(f)
				if diff := cmp.Diff(c.errors, fields(t, f.Err())); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			}
			read(form.URLEncoded([]byte(c.form)))
			body, boundary := multipartOf(t, c.form)
			read(form.Multipart(body, boundary))
		})
	}
}

// multipartOf writes the fields of a form that is encoded like a URL as multipart/form-data.
func multipartOf(t *testing.T, encoded string) (body []byte, boundary string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for pair := range strings.SplitSeq(encoded, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		decode := strings.NewReplacer("+", " ", "%20", " ", "%C3%A9", "é", "%0D%0A", "\r\n", "%00", "\x00")
		if err := w.WriteField(name, decode.Replace(value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.Boundary()
}

func TestThreat_I4_FormsThatAreRefused(t *testing.T) {
	file := "--b\r\nContent-Disposition: form-data; name=\"text\"; filename=\"a.txt\"\r\n\r\nhello\r\n--b--\r\n"
	f, err := form.Multipart([]byte(file), "b")
	if err != nil {
		t.Fatal(err)
	}
	f.Text("text", form.Required)
	if diff := cmp.Diff(map[string][]string{"text": {notText}}, fields(t, f.Err())); diff != "" {
		t.Errorf("a file for a text: %s", diff)
	}
	multi := func(body string) error { _, err := form.Multipart([]byte(body), "b"); return err }
	encoded := func(body string) error { _, err := form.URLEncoded([]byte(body)); return err }
	for name, err := range map[string]error{
		"invalid UTF-8":           encoded("text=%FF"),
		"a name in invalid UTF-8": encoded("te%FFxt=a"),
		"too many fields":         encoded(strings.Repeat("a=b&", 1001)),
		"a part cut off":          multi(file[:60]),
		"no boundary":             multi("text=a"),
		"odd bytes":               multi("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\xff\r\n--b--\r\n"),
	} {
		if !fail.Is(err, fail.KindMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := encoded(strings.Repeat("a=b&", 1000)); err != nil {
		t.Errorf("1000 fields: %v", err)
	}
}

func TestFault_P15_TextsThatShowNothingAreBlank(t *testing.T) {
	for _, r := range []string{
		"\u200b", "\u200b\u200d\ufeff", "\u2060 \u00ad", "\u3164", "\u115f\u1160", "\u2800", "\u180e", "\ufe0f",
		"\u202e", "\u2066\u2069", "\u200e", "\u034f", "\U000e0061", "\u2028", "\u0085", "\v\f", "\u061c",
	} {
		if got := strings.Join(said(t, `{"x": "`+quoted(r)+`"}`, text()), ""); got != notBlank {
			t.Errorf("%+q: got %q", r, got)
		}
		f := body(t, `{"x": "`+quoted(r)+`"}`)
		if x := f.Text("x", form.Blank); f.Err() != nil || x.V != "" {
			t.Errorf("%+q where a blank is allowed: %+v %v", r, x, f.Err())
		}
		f = body(t, `{"x": "`+quoted(r)+`é"}`)
		if x := f.Text("x"); f.Err() != nil || !strings.Contains(x.V, "é") {
			t.Errorf("%+q beside a letter: %+v %v", r, x, f.Err())
		}
	}
	for _, r := range []string{"❤\ufe0f", "👩\u200d🚀", "a\u200c", ".", "\u0301", "\ue000"} {
		f := body(t, `{"x": "`+quoted(r)+`"}`)
		if x := f.Text("x"); f.Err() != nil || x.V != r {
			t.Errorf("%+q: %+q %v", r, x.V, f.Err())
		}
	}
}

// quoted escapes the controls of a text for JSON.
func quoted(s string) string {
	return strings.NewReplacer("\v", `\u000b`, "\f", `\f`, "\n", `\n`, "\r", `\r`).Replace(s)
}

func TestLineSeparatorsAndDirectionsInOneLine(t *testing.T) {
	for _, c := range []struct{ name, sent, want string }{
		{"a line separator", "a\u2028b", "a b"},
		{"a paragraph separator", "a\u2029b", "a b"},
		{"the next line of EBCDIC", "a\u0085b", "a b"},
		{"CR LF is one break", "a\r\nb", "a b"},
		{"LF CR is two breaks", "a\n\rb", "a  b"},
		{"all of them at the ends", "\u2028\v\f a \u0085\r\n", "a"},
		{"an override", "invoice\u202efdp.exe", "invoicefdp.exe"},
		{"an override that is closed", "a\u202eb\u202cc", "abc"},
		{"an embedding that is open", "a\u202bb", "a\u202bb\u202c"},
		{"an embedding that is closed", "a\u202ab\u202cc", "a\u202ab\u202cc"},
		{"nested isolates", "a\u2067b\u2066c", "a\u2067b\u2066c\u2069\u2069"},
		{"an end without a beginning", "a\u2069b\u202c", "ab"},
		{"marks stay", "a\u200eb\u200fc\u061c", "a\u200eb\u200fc\u061c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := body(t, `{"x": "`+quoted(c.sent)+`"}`)
			if x := f.Text("x"); f.Err() != nil || x.V != c.want {
				t.Errorf("got %+q, want %+q; %v", x.V, c.want, f.Err())
			}
		})
	}
	f := body(t, `{"x": "a\u202eb", "y": "a\u202eb"}`)
	if x, y := f.Text("x", form.Exact), f.Text("y", form.Raw); x.V != "a\u202eb" || y.V != x.V {
		t.Errorf("exact: %+q, raw: %+q", x.V, y.V)
	}
}

func TestNumbersAreTakenAsTexts(t *testing.T) {
	for number, want := range map[string]string{"5": "5", "-0": "0", "5.0": "5.0", "1e3": "1000.0", "0.5": "0.5"} {
		f := body(t, `{"x": `+number+`}`)
		if x := f.Text("x"); f.Err() != nil || x.V != want {
			t.Errorf("%s: got %q, want %q; %v", number, x.V, want, f.Err())
		}
	}
	f := body(t, `{"ids": ["1", 2, "03"]}`)
	ids := f.IDs("ids", 3).V
	if f.Err() != nil || len(ids) != 3 || *ids[0] != 1 || *ids[1] != 2 || *ids[2] != 3 {
		t.Errorf("%v %v", ids, f.Err())
	}
	for _, list := range []string{`["a"]`, `[""]`, `[1.0]`, `[true]`, `["-1"]`, `[[1]]`, `["\u0031"]`} {
		f := body(t, `{"ids": `+list+`}`)
		f.IDs("ids", 3)
		if f.Err() == nil {
			t.Errorf("%s was taken", list)
		}
	}
}

func TestFault_P19_APlusSignThatWasNotEscaped(t *testing.T) {
	want := time.Date(2025, 12, 31, 22, 0, 0, 0, time.UTC)
	for value, ok := range map[string]bool{
		"2026-01-01T00:00:00+02:00": true, "2026-01-01T00:00:00 02:00": true, "2026-01-01 00:00 02:00": true,
		"2026-01-01T00:00:00  02:00": false, "2026-01-01T00:00:00 ": false, "2026-01-01T00:00:00 Z": false,
	} {
		f := form.Query(map[string][]string{"x": {value}})
		if x := f.Time("x"); (f.Err() == nil) != ok || ok && !x.V.Equal(want) {
			t.Errorf("%s: %v %v", value, x.V, f.Err())
		}
	}
	f := body(t, `{"x": "2026-01-01T00:00:00 02:00"}`)
	if f.Time("x"); f.Err() == nil {
		t.Error("a space was taken for a plus sign in JSON")
	}
}
