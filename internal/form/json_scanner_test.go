package form_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

type refusal struct{ name, body, want string }

// refused fails unless a body is refused as malformed with these words and this place.
func refused(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := form.Body([]byte(c.body))
			var e *fail.Error
			if !errors.As(err, &e) || e.Kind != fail.KindMalformed {
				t.Fatalf("%.100q: got %v, want kind Malformed", c.body, err)
			}
			if want := "JSON parse error - " + c.want; e.Detail != want {
				t.Errorf("%.100q:\n got %s\nwant %s", c.body, e.Detail, want)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	refused(t, []refusal{
		{"empty", "", "Expecting value at line 1 column 1"},
		{"white space", " \t\r\n ", "Expecting value at line 2 column 2"},
		{"byte order mark", "\ufeff{}", "Expecting value at line 1 column 1"},
		{"word", "nope", "Expecting value at line 1 column 1"},
		{"word begun", "tru", "Expecting value at line 1 column 1"},
		{"NaN", `{"a": NaN}`, "Expecting value at line 1 column 7"},
		{"Infinity", `{"a": -Infinity}`, "Expecting value at line 1 column 7"},
		{"open object", `{`, "Expecting property name enclosed in double quotes at line 1 column 2"},
		{"open after name", `{"a"`, "Expecting ':' delimiter at line 1 column 5"},
		{"open after colon", `{"a":`, "Expecting value at line 1 column 6"},
		{"open after value", `{"a": 1`, "Expecting ',' delimiter at line 1 column 8"},
		{"open after comma", `{"a": 1,`, "Expecting property name enclosed in double quotes at line 1 column 9"},
		{"comma at the end", `{"a": 1,}`, "Expecting property name enclosed in double quotes at line 1 column 9"},
		{"comma in a list", `{"a": [1,]}`, "Expecting value at line 1 column 10"},
		{"two commas", `{"a": [1,,2]}`, "Expecting value at line 1 column 10"},
		{"open list", `{"a": [1`, "Expecting ',' delimiter at line 1 column 9"},
		{"crossed brackets", `{"a": [1}]`, "Expecting ',' delimiter at line 1 column 9"},
		{"single quotes", `{'a': 1}`, "Expecting property name enclosed in double quotes at line 1 column 2"},
		{"bare name", `{a: 1}`, "Expecting property name enclosed in double quotes at line 1 column 2"},
		{"comment", "{\n\n // c\n}", "Expecting property name enclosed in double quotes at line 3 column 2"},
		{"leading zero", `{"a": 01}`, "Expecting ',' delimiter at line 1 column 8"},
		{"leading plus", `{"a": +1}`, "Expecting value at line 1 column 7"},
		{"lone minus", `{"a": -}`, "Expecting value at line 1 column 7"},
		{"lone point", `{"a": 1.}`, "Expecting ',' delimiter at line 1 column 8"},
		{"point first", `{"a": .5}`, "Expecting value at line 1 column 7"},
		{"exponent without digits", `{"a": 1e+}`, "Expecting ',' delimiter at line 1 column 8"},
		{"hexadecimal", `{"a": 0x10}`, "Expecting ',' delimiter at line 1 column 8"},
		{"other digits", `{"a": ١}`, "Expecting value at line 1 column 7"},
		{"open string", `{"a": "b`, "Unterminated string starting at line 1 column 7"},
		{"open escape", `{"a": "b\`, "Unterminated string starting at line 1 column 7"},
		{"open escape after a quote", `{"a": "\"\`, "Unterminated string starting at line 1 column 7"},
		{"open name", `{"a`, "Unterminated string starting at line 1 column 2"},
		{"line break in a string", "{\"a\": \"b\n\"}", "Invalid control character at line 1 column 9"},
		{"NUL in a string", "{\"a\": \"b\x00\"}", "Invalid control character at line 1 column 9"},
		{"NUL outside", "{\"a\": 1}\x00", "Extra data at line 1 column 9"},
		{"unknown escape", `{"a": "\x41"}`, `Invalid \escape at line 1 column 8`},
		{"short escape", `{"a": "\u12"}`, `Invalid \uXXXX escape at line 1 column 8`},
		{"escape with other digits", `{"a": "\u00g1"}`, `Invalid \uXXXX escape at line 1 column 8`},
		{
			"column in characters", `{"é😀": "ü", x}`,
			"Expecting property name enclosed in double quotes at line 1 column 13",
		},
		{"other white space", "{\u00a0}", "Expecting property name enclosed in double quotes at line 1 column 2"},
	})
}

func TestThreat_I7_nothing_may_follow_the_body(t *testing.T) {
	refused(t, []refusal{
		{"another object", `{"a": 1} {"a": 2}`, "Extra data at line 1 column 10"},
		{"a bracket", `{"a": 1}}`, "Extra data at line 1 column 9"},
		{"a word on another line", "{\"a\": 1}\r\nx", "Extra data at line 2 column 1"},
		{"behind a list", `[] []`, "Extra data at line 1 column 4"},
	})
}

func TestThreat_I2_text_that_is_no_unicode(t *testing.T) {
	refused(t, []refusal{
		{"stray byte", "{\"a\": \"b\xff\"}", "Invalid UTF-8 at line 1 column 9"},
		{"stray byte in a name", "{\"b\xff\": 1}", "Invalid UTF-8 at line 1 column 4"},
		{"stray byte in an unknown list", "{\"a\": [\"\x80\"]}", "Invalid UTF-8 at line 1 column 9"},
		{"stray byte outside", "{\"a\": 1}\xff", "Extra data at line 1 column 9"},
		{"overlong", "{\"a\": \"\xc0\x80\"}", "Invalid UTF-8 at line 1 column 8"},
		{"surrogate in UTF-8", "{\"a\": \"\xed\xa0\x80\"}", "Invalid UTF-8 at line 1 column 8"},
		{"above U+10FFFF", "{\"a\": \"\xf4\x90\x80\x80\"}", "Invalid UTF-8 at line 1 column 8"},
		{"cut character", "{\"a\": \"é\xc3\"}", "Invalid UTF-8 at line 1 column 9"},
		{"UTF-16", "{\x00\"\x00a\x00", "Expecting property name enclosed in double quotes at line 1 column 2"},
		{"high surrogate alone", `{"a": "\ud83d"}`, "Unpaired surrogate at line 1 column 8"},
		{"low surrogate alone", `{"a": "x\ude00"}`, "Unpaired surrogate at line 1 column 9"},
		{"high and high", `{"a": "\ud83d\ud83d"}`, "Unpaired surrogate at line 1 column 8"},
		{"wrong order", `{"a": "\ude00\ud83d"}`, "Unpaired surrogate at line 1 column 8"},
		{"high and a letter", `{"a": "\ud83dA"}`, "Unpaired surrogate at line 1 column 8"},
		{"surrogate in a name", `{"\ud83d": 1}`, "Unpaired surrogate at line 1 column 3"},
	})
	f := body(t, `{"a": "\ud83d\ude00 \uD83D\uDE00 😀 \uFFFD"}`)
	if a := f.Text("a"); a.V != "😀 😀 😀 \ufffd" {
		t.Errorf("got %q", a.V)
	}
}

func TestThreat_I3_duplicate_names(t *testing.T) {
	var many strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, `"k%d": 0, `, i)
	}
	refused(t, []refusal{
		{"outermost", `{"a": 1, "a": 1}`, `Duplicate key "a" at line 1 column 10`},
		{"empty name", `{"": 1, "": 1}`, `Duplicate key "" at line 1 column 9`},
		{"on another line", "{\"title\": 1,\n  \"b\": 1,\n  \"title\": 2}", `Duplicate key "title" at line 3 column 3`},
		{"escaped", `{"role": 1, "r\u006fle": 2}`, `Duplicate key "role" at line 1 column 13`},
		{"inside", `{"a": {"b": {"c": 1, "c": 2}}}`, `Duplicate key "c" at line 1 column 22`},
		{"inside a list", `{"a": [{}, {"b": 1}, {"b": 1, "b": 2}]}`, `Duplicate key "b" at line 1 column 31`},
		{"after an inner object", `{"a": {"b": 1}, "a": 2}`, `Duplicate key "a" at line 1 column 17`},
		{
			"after inner objects", `{"x": {"a": {"b": 1}, "b": {"b": 1}, "a": 2}}`,
			`Duplicate key "a" at line 1 column 38`,
		},
		{"in a list of objects that is no body", `[{"a": 1, "a": 1}]`, `Duplicate key "a" at line 1 column 11`},
		{
			"after many", `{` + many.String() + `"k3": 1}`,
			fmt.Sprintf(`Duplicate key "k3" at line 1 column %d`, 2+many.Len()),
		},
		{
			"after many inside", `{"x": {` + many.String() + `"k99": 1}}`,
			fmt.Sprintf(`Duplicate key "k99" at line 1 column %d`, 8+many.Len()),
		},
	})
	f := body(t, `{"a": {"a": 1, "A": 2}, "A": [{"a": 1}, {"a": 1}], "b": "x", `+many.String()+`"c": "y"}`)
	if b, c, d := f.Text("b"), f.Text("c"), f.Text("d"); b.V != "x" || c.V != "y" || d.Set {
		t.Errorf("among many fields: %+v %+v %+v", b, c, d)
	}
	body(t, `{"x": [{`+many.String()+`"c": 1}, {`+many.String()+`"c": 1}]}`)
}

func TestThreat_I5_depth_size_and_numbers(t *testing.T) {
	deep := func(n int, open, end string) string { return strings.Repeat(open, n) + "1" + strings.Repeat(end, n) }
	refused(t, []refusal{
		{"lists 65 deep", deep(65, "[", "]"), "Nesting deeper than 64 levels at line 1 column 65"},
		{
			"lists in an object 65 deep", `{"a":` + deep(64, "[", "]") + `}`,
			"Nesting deeper than 64 levels at line 1 column 69",
		},
		{"objects 65 deep", deep(65, `{"a":`, "}"), "Nesting deeper than 64 levels at line 1 column 321"},
		{"20,000 deep and open", strings.Repeat("[", 20_000), "Nesting deeper than 64 levels at line 1 column 65"},
		{
			"a million elements", `{"a":[` + strings.Repeat("1,", 999_999) + `1]}`,
			"More than 10000 values at line 1 column 20005",
		},
		{"out of range", `{"a": 1e400}`, "Number out of range at line 1 column 7"},
		{"out of range below", `{"a": [-1E+400]}`, "Number out of range at line 1 column 8"},
		{"just out of range", `{"a": 1.8e308}`, "Number out of range at line 1 column 7"},
		{"endless digits", `{"a": ` + strings.Repeat("9", 301) + `}`, "Number out of range at line 1 column 7"},
		{"endless exponent", `{"a": 1e` + strings.Repeat("0", 300) + `1}`, "Number out of range at line 1 column 7"},
	})
	for _, accepted := range []string{
		`{"a":` + deep(63, "[", "]") + `}`,
		deep(64, `{"a":`, "}"),
		`{"a":[` + strings.Repeat("1,", 9_998) + `1]}`,
		`{"a": [1.7e308, -1.7976931348623157e308, 1e-400, 0e999, ` + strings.Repeat("9", 300) + `]}`,
	} {
		body(t, accepted)
	}
}

func TestThreat_I5_hostile_bodies_are_cheap(t *testing.T) {
	const limit = 5 * time.Millisecond * slowdown
	bodies := large()
	for _, name := range []string{
		"list of a million", "lists in lists", "too deep", "many objects", "long number", "exponents",
	} {
		data := []byte(bodies[name])
		best := time.Hour
		for range 20 {
			start := time.Now()
			_, _ = form.Body(data)
			if best = min(best, time.Since(start)); best < limit {
				break
			}
		}
		if best >= limit {
			t.Errorf("%s: %v at best", name, best)
		}
	}
}

func TestBodyThatIsNoObject(t *testing.T) {
	for json, python := range map[string]string{
		`[]`: "list", ` [{"a": 1}] `: "list", `"a"`: "str", `1`: "int", `-0`: "int", `1.0`: "float", `1e5`: "float",
		`true`: "bool", `false`: "bool", `null`: "NoneType",
	} {
		_, err := form.Body([]byte(json))
		want := map[string][]string{
			"non_field_errors": {"Invalid data. Expected a dictionary, but got " + python + "."},
		}
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Errorf("%s: %s", json, diff)
		}
	}
}

// seeds lists bodies near the border between accepted and refused ones.
var seeds = []string{
	`{}`, ` { } `, `{"title": "a", "status": "done", "assigned_to": 1}`,
	`{"a": "\ud83d\ude00\"\\\/\b\f\n\r\t\u0000\u2028"}`,
	`{"a": [1, -0, 0.5, 1e5, 1E-5, true, false, null, "x", {"b": []}]}`, `{"a": 1e400}`, `{"a": "\ud800"}`,
	`{"a": 1, "\u0061": 2}`,
	"{\"a\": \"\xff\"}", `[1, 2`, `nul`, ``,
	`{"a": 9223372036854775807, "b": 9223372036854775808, "c": -9223372036854775808}`,
	`{"a":{"b":{"c":{"b":1,"b":2}}}}`, strings.Repeat("[", 70), `{"a": 1} x`, `{"TITLE": "a", "title": "b"}`,
	"{\"é\":\"\u202e\"}",
}

// FuzzBody compares the scanner with two libraries: jsontext for the accepted bodies, and encoding/json for their
// meaning.
func FuzzBody(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := form.Body(data)
		if err != nil {
			mayRefuse(t, data, err)
			return
		}
		if v := jsontext.Value(data); !v.IsValid() {
			t.Fatalf("accepted %q", data)
		}
		sameMeaning(t, data, got)
		got.Bool("title")
		got.Choice("title", statuses)
		got.Time("title")
		got.Strict()
		if err := got.Err(); err != nil && !fail.Is(err, fail.KindInvalid) {
			t.Fatalf("%q: %v", data, err)
		}
	})
}

// mayRefuse checks that a refusal is of one of two kinds, and that it has a reason of ours if jsontext accepts the
// body.
func mayRefuse(t *testing.T, data []byte, err error) {
	t.Helper()
	v := jsontext.Value(bytes.Clone(data))
	valid := v.IsValid()
	var e *fail.Error
	switch errors.As(err, &e); {
	case e != nil && e.Kind == fail.KindMalformed:
		ours := strings.Contains(e.Detail, "Nesting deeper") || strings.Contains(e.Detail, "values at") ||
			strings.Contains(e.Detail, "out of range")
		if valid && !ours {
			t.Fatalf("refused %q: %v", data, err)
		}
		if !utf8.ValidString(e.Detail) {
			t.Fatalf("%q: detail %q", data, e.Detail)
		}
	case e != nil && e.Kind == fail.KindInvalid:
		if !valid || v.Kind() == '{' {
			t.Fatalf("%q: %v", data, err)
		}
	default:
		t.Fatalf("%q: %v is not a 400", data, err)
	}
}

// sameMeaning checks that a form gives the strings and integers that encoding/json decodes.
func sameMeaning(t *testing.T, data []byte, f *form.Form) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var want map[string]any
	if err := d.Decode(&want); err != nil {
		t.Fatalf("accepted %q, which encoding/json does not: %v", data, err)
	}
	for name, v := range want {
		switch v := v.(type) {
		case string:
			got := f.Text(name, form.Raw, form.Blank, form.Multiline)
			if !f.Failed(name) && got.V != v {
				t.Fatalf("%q: %q is %q, want %q", data, name, got.V, v)
			}
		case json.Number:
			n, err := strconv.ParseInt(v.String(), 10, 64)
			got := f.Int(name, math.MinInt64, math.MaxInt64)
			if f.Failed(name) != (err != nil) || err == nil && got.V != n {
				t.Fatalf("%q: %q is %v, want %v %v", data, name, got.V, n, err)
			}
		default:
			if got := f.Text(name); !got.Set || !f.Failed(name) {
				t.Fatalf("%q: %q is a text", data, name)
			}
		}
	}
}

// TestWhatIsWrittenIsRead writes objects in every way that JSON allows and expects the same strings back.
func TestWhatIsWrittenIsRead(t *testing.T) {
	gap := rapid.StringMatching(`[ \t\r\n]{0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOfN(rapid.String(), rapid.String(), 0, 40).Draw(t, "fields")
		var b strings.Builder
		b.WriteString(gap.Draw(t, "gap") + "{")
		for i, name := range slices.Sorted(maps.Keys(want)) {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(gap.Draw(t, "gap") + spell(t, name) + gap.Draw(t, "gap") + ":")
			b.WriteString(gap.Draw(t, "gap") + spell(t, want[name]) + gap.Draw(t, "gap"))
		}
		b.WriteString(gap.Draw(t, "gap") + "}" + gap.Draw(t, "gap"))
		f, err := form.Body([]byte(b.String()))
		if err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
		for name, v := range want {
			got := f.Text(name, form.Raw, form.Blank, form.Multiline)
			if f.Failed(name) != forbidden(v) || !f.Failed(name) && got.V != v {
				t.Fatalf("%q: %q is %+v, want %q", b.String(), name, got, v)
			}
		}
	})
}

// spell writes a JSON string, each character as it is or as an escape.
func spell(t *rapid.T, s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "") {
		must := r < 0x20 || r == '"' || r == '\\'
		switch {
		case !must && rapid.Bool().Draw(t, "plain"):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			b.WriteString(escaped(0xd800+r>>10) + escaped(0xdc00+r&0x3ff))
		default:
			b.WriteString(escaped(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// forbidden repeats the rule for a multiline text, independently of the code.
func forbidden(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return r < 0x20 && !strings.ContainsRune("\n\r\t", r) || 0x7f <= r && r < 0xa0 || r == 0x2028 || r == 0x2029
	}) >= 0
}
