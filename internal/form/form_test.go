package form_test

import (
	"errors"
	"math"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// fields returns the messages of err, which must be of kind Invalid.
func fields(t *testing.T, err error) map[string][]string {
	t.Helper()
	if err == nil {
		return nil
	}
	var e *fail.Error
	if !errors.As(err, &e) || e.Kind != fail.KindInvalid {
		t.Fatalf("got %v, want a failure of kind Invalid", err)
	}
	return e.Fields
}

// body returns the form of a body, which must be well formed.
func body(t *testing.T, json string) *form.Form {
	t.Helper()
	f, err := form.Body([]byte(json))
	if err != nil {
		t.Fatalf("%s: %v", json, err)
	}
	return f
}

// said returns the messages about the field x after read has read a body.
func said(t *testing.T, json string, read func(*form.Form)) []string {
	t.Helper()
	f := body(t, json)
	read(f)
	return fields(t, f.Err())["x"]
}

func text(rules ...form.Rule) func(*form.Form) {
	return func(f *form.Form) { f.Text("x", rules...) }
}

func choice(rules ...form.Rule) func(*form.Form) {
	return func(f *form.Form) { f.Choice("x", statuses, rules...) }
}

func id(rules ...form.Rule) func(*form.Form) {
	return func(f *form.Form) { f.ID("x", rules...) }
}

func number(least, most int64) func(*form.Form) {
	return func(f *form.Form) { f.Int("x", least, most) }
}

func boolean(f *form.Form) { f.Bool("x") }

func moment(f *form.Form) { f.Time("x") }

const (
	required = "This field is required."
	notNull  = "This field may not be null."
	notBlank = "This field may not be blank."
	notText  = "Not a valid string."
	nul      = "Null characters are not allowed."
	controls = "Control characters are not allowed."
	notBool  = "Must be a valid boolean."
	notInt   = "A valid integer is required."
	notANum  = "Enter a number."
	once     = "This parameter may be given only once."
	unknown  = "Unknown parameter."
	notTime  = "Datetime has wrong format. Use one of these formats instead: " +
		"YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)

func TestWordsAboutBodies(t *testing.T) {
	long := strings.Repeat("é", 200)
	for _, c := range []struct {
		name string
		json string
		read func(*form.Form)
		want string // messages, one a line
	}{
		{"absent", `{}`, text(), ""},
		{"absent and required", `{}`, text(form.Required), required},
		{"null", `{"x": null}`, text(), notNull},
		{"null and nullable", `{"x": null}`, text(form.Nullable), ""},
		{"null of each type", `{"x": null}`, func(f *form.Form) {
			choice()(f)
			id()(f)
			number(1, 2)(f)
			boolean(f)
			moment(f)
		}, strings.Repeat(notNull+"\n", 4) + notNull},
		{"empty", `{"x": ""}`, text(), notBlank},
		{"empty after trimming", `{"x": " \t\r\n\u00a0\u2003\u3000"}`, text(), notBlank},
		{"blank allowed", `{"x": "  "}`, text(form.Blank), ""},
		{"raw is not blank", `{"x": "  "}`, text(form.Raw), ""},
		{"raw and empty", `{"x": ""}`, text(form.Raw), notBlank},
		{"just short enough", `{"x": "` + long + `"}`, text(form.Max(200)), ""},
		{
			"too long", `{"x": "` + long + `!"}`, text(form.Max(200)),
			"Ensure this field has no more than 200 characters.",
		},
		{"too long in ASCII", `{"x": "abcd"}`, text(form.Max(3)), "Ensure this field has no more than 3 characters."},
		{"too long only before trimming", `{"x": "  abc  "}`, text(form.Max(3)), ""},
		{"too long only with escapes", `{"x": "\u0041\u0041\u0041"}`, text(form.Max(3)), ""},
		{
			"two faults of one field", `{"x": "ab\u0000"}`, text(form.Max(2)),
			"Ensure this field has no more than 2 characters.\n" + nul,
		},
		{"integer for a text", `{"x": 1}`, text(), ""},
		{"float for a text", `{"x": 1.5}`, text(), ""},
		{"a long number", `{"x": 12345}`, text(form.Max(4)), "Ensure this field has no more than 4 characters."},
		{"bool for a text", `{"x": true}`, text(), notText},
		{"list for a text", `{"x": ["a"]}`, text(), notText},
		{"dict for a text", `{"x": {"a": "b"}}`, text(), notText},

		{"choice", `{"x": "done"}`, choice(), ""},
		{"choice with an escape", `{"x": "d\u006fne"}`, choice(), ""},
		{"no choice", `{"x": "urgent"}`, choice(), `"urgent" is not a valid choice.`},
		{"no choice in another case", `{"x": "Done"}`, choice(), `"Done" is not a valid choice.`},
		{"no choice but for spaces", `{"x": " done"}`, choice(), `" done" is not a valid choice.`},
		{"empty choice", `{"x": ""}`, choice(), `"" is not a valid choice.`},
		{"empty choice allowed", `{"x": ""}`, choice(form.Blank), ""},
		{"choice of an integer", `{"x": 7}`, choice(), `"7" is not a valid choice.`},
		{"choice of -0", `{"x": -0}`, choice(), `"0" is not a valid choice.`},
		{"choice of a float", `{"x": 1e0}`, choice(), `"1.0" is not a valid choice.`},
		{"choice of a large float", `{"x": 1e16}`, choice(), `"1e+16" is not a valid choice.`},
		{"choice of a small float", `{"x": 0.00001}`, choice(), `"1e-05" is not a valid choice.`},
		{"choice of a float in between", `{"x": 123456.5}`, choice(), `"123456.5" is not a valid choice.`},
		{"choice of true", `{"x": true}`, choice(), `"True" is not a valid choice.`},
		{"choice of false", `{"x": false}`, choice(), `"False" is not a valid choice.`},
		{
			"choice of a list",
			`{"x": [ "a",null ,true,{"b":1.0,"c":[]}, "it's", "\"'\\", ` +
				`"\n\t\r\u0001\u00e9\u200b\ud83d\ude00\udb40\udc01" ]}`,
			choice(),
			`"['a', None, True, {'b': 1.0, 'c': []}, "it's", '"\'\\', ` +
				`'\n\t\r\x01é\u200b😀\U000e0001']" is not a valid choice.`,
		},
		{"choice of a number that looks like one", `{"x": 7}`, func(f *form.Form) {
			f.Choice("x", []string{"7"})
		}, `"7" is not a valid choice.`},
		{
			"a long list is cut", `{"x": [` + strings.Repeat("10,", 5000) + `1]}`, choice(),
			`"[` + strings.Repeat("10, ", 24) + `10,…" is not a valid choice.`,
		},
		{
			"a long choice is cut", `{"x": "` + long + `"}`, choice(),
			`"` + strings.Repeat("é", 100) + `…" is not a valid choice.`,
		},
		{"NUL in a choice", `{"x": "a\u0000"}`, choice(), nul},

		{"id", `{"x": 7}`, id(), ""},
		{"id 0", `{"x": 0}`, id(), `Invalid pk "0" - object does not exist.`},
		{"id of digits", `{"x": "7"}`, id(), ""},
		{
			"id of digits beyond int64", `{"x": "9223372036854775808"}`, id(),
			`Invalid pk "9223372036854775808" - object does not exist.`,
		},
		{"id of a word", `{"x": "me"}`, id(), "Incorrect type. Expected pk value, received str."},
		{"id of a signed text", `{"x": "-7"}`, id(), "Incorrect type. Expected pk value, received str."},
		{"id of a text with a space", `{"x": " 7"}`, id(), "Incorrect type. Expected pk value, received str."},
		{"id of other digits", `{"x": "\u0661"}`, id(), "Incorrect type. Expected pk value, received str."},
		{"id of an empty text", `{"x": ""}`, id(), notNull},
		{"id of an empty text where null is allowed", `{"x": ""}`, id(form.Nullable), ""},
		{"id of a bool", `{"x": true}`, id(), "Incorrect type. Expected pk value, received bool."},
		{"id of a dict", `{"x": {}}`, id(), "Incorrect type. Expected pk value, received dict."},
		{"id of a list", `{"x": [7]}`, id(), "Incorrect type. Expected pk value, received list."},

		{"int", `{"x": 7}`, number(7, 7), ""},
		{"int too small", `{"x": 0}`, number(1, 100), "Ensure this value is greater than or equal to 1."},
		{"int too large", `{"x": 101}`, number(1, 100), "Ensure this value is less than or equal to 100."},
		{"int of a string", `{"x": "7"}`, number(1, 100), notInt},
		{"int of a float", `{"x": 7.0}`, number(1, 100), notInt},
		{"int of a bool", `{"x": true}`, number(0, 100), notInt},
		{"int of a list", `{"x": [7]}`, number(0, 100), notInt},

		{"true", `{"x": true}`, boolean, ""},
		{"bool of a string", `{"x": "true"}`, boolean, notBool},
		{"bool of a number", `{"x": 1}`, boolean, notBool},
		{"bool of a list", `{"x": []}`, boolean, notBool},

		{"time", `{"x": "2026-02-28T12:00:00Z"}`, moment, ""},
		{"no time", `{"x": "tomorrow"}`, moment, notTime},
		{"time of a number", `{"x": 1700000000}`, moment, notTime},
		{"time of a list", `{"x": []}`, moment, notTime},
		{"NUL in a time", `{"x": "2026-02-28\u0000"}`, moment, nul},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(said(t, c.json, c.read), "\n"); got != c.want {
				t.Errorf("%.300s\n got %s\nwant %s", c.json, got, c.want)
			}
		})
	}
}

func TestThreat_I1_control_characters_are_refused(t *testing.T) {
	refused := []rune{0x7f, '\u2028', '\u2029'}
	for r := range rune(0xa0) {
		if r < 0x20 || r > 0x7f {
			refused = append(refused, r)
		}
	}
	for _, r := range refused {
		separates := r >= '\n' && r <= '\r' || r == 0x85 || r == '\u2028' || r == '\u2029'
		for _, json := range []string{
			`{"x": "a` + escaped(r) + `b"}`,
			`{"x": "é` + escaped(r) + `b"}`,
			`{"x": "a` + string(r) + `b"}`, // unescaped, where JSON allows that
		} {
			if r < 0x20 && !strings.Contains(json, `\u`) {
				continue
			}
			want, inLines := controls, controls
			switch r {
			case 0:
				want, inLines = nul, nul
			case '\n', '\r', '\t':
				inLines = ""
			}
			for _, c := range []struct {
				name string
				read func(*form.Form)
				want string
			}{
				{"text", text(form.Max(200)), map[bool]string{false: want}[separates]},
				{"raw", text(form.Raw), want},
				{"multiline", text(form.Multiline), inLines},
			} {
				if got := strings.Join(said(t, json, c.read), "\n"); got != c.want {
					t.Errorf("%s as %s: got %q, want %q", json, c.name, got, c.want)
				}
			}
		}
		f := form.Query(url.Values{"x": {"a" + string(r) + "b"}})
		f.Text("x")
		if f.Err() == nil {
			t.Errorf("U+%04X passed in a query", r)
		}
	}
}

// escaped returns the \uXXXX of a character of the first plane.
func escaped(r rune) string {
	const hex = "0123456789abcdef"
	return `\u` + string([]byte{hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15]})
}

func TestThreat_I1_controls_at_the_ends_are_not_trimmed_away(t *testing.T) {
	for _, r := range []rune{0, 0x0b, 0x0c, 0x1c, 0x1d, 0x1e, 0x1f, 0x85} {
		rules := []form.Rule{form.Multiline}
		if r < 0x0b || 0x0c < r && r < 0x85 { // the others separate lines
			rules = nil
		}
		if len(said(t, `{"x": " a`+escaped(r)+` "}`, text(rules...))) == 0 {
			t.Errorf("U+%04X passed at the end", r)
		}
	}
	if got := said(t, `{"x": "\n\ta \r\n"}`, text()); got != nil {
		t.Errorf("line breaks around a title: %v", got)
	}
}

func TestThreat_I17_length_is_counted_in_code_points_and_marks_are_kept(t *testing.T) {
	f := body(t, `{"x": "`+strings.Repeat("😀", 200)+`", "y": "\u200fabc\u200d\ufeff"}`)
	x, y := f.Text("x", form.Max(200)), f.Text("y", form.Max(200))
	if f.Err() != nil || x.V != strings.Repeat("😀", 200) || y.V != "\u200fabc\u200d\ufeff" {
		t.Errorf("%q %q %v", x.V, y.V, f.Err())
	}
	if got := said(t, `{"x": "`+strings.Repeat("😀", 201)+`"}`, text(form.Max(200))); len(got) != 1 {
		t.Errorf("201 emoji: %v", got)
	}
}

func TestThreat_I4_names_are_case_sensitive(t *testing.T) {
	f := body(t, `{"X": "a", "TITLE": "b", "ｘ": "c"}`)
	if x := f.Text("x", form.Required); x.Set {
		t.Errorf("X was read as x: %+v", x)
	}
	if diff := cmp.Diff(map[string][]string{"x": {required}}, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
}

func TestThreat_I8_unknown_fields_are_ignored(t *testing.T) {
	f := body(t, `{"id": 9, "company": {"id": [1, {"a": null}]}, "title": "a", "role": "owner", "is_superuser": true}`)
	if title := f.Text("title", form.Required); title.V != "a" || f.Err() != nil {
		t.Errorf("%+v %v", title, f.Err())
	}
}

func TestThreat_I5_integers_are_plain_or_refused(t *testing.T) {
	for _, c := range []struct{ json, id, int string }{
		{`1`, "", ""},
		{`9223372036854775807`, "", ""},
		{
			`9223372036854775808`, `Invalid pk "9223372036854775808" - object does not exist.`,
			"Ensure this value is less than or equal to 9223372036854775807.",
		},
		{
			`-9223372036854775809`, `Invalid pk "-9223372036854775809" - object does not exist.`,
			"Ensure this value is greater than or equal to -9223372036854775808.",
		},
		{`-1`, `Invalid pk "-1" - object does not exist.`, ""},
		{`-0`, `Invalid pk "0" - object does not exist.`, ""},
		{`0`, `Invalid pk "0" - object does not exist.`, ""},
		{`1.0`, "Incorrect type. Expected pk value, received float.", notInt},
		{`1.5`, "Incorrect type. Expected pk value, received float.", notInt},
		{`1e0`, "Incorrect type. Expected pk value, received float.", notInt},
		{`1E2`, "Incorrect type. Expected pk value, received float.", notInt},
		{`1e-400`, "Incorrect type. Expected pk value, received float.", notInt},
		{
			strings.Repeat("9", 300), `Invalid pk "` + strings.Repeat("9", 100) + `…" - object does not exist.`,
			"Ensure this value is less than or equal to 9223372036854775807.",
		},
	} {
		json := `{"x": ` + c.json + `}`
		if got := strings.Join(said(t, json, id()), "\n"); got != c.id {
			t.Errorf("%s as an id: got %q, want %q", c.json, got, c.id)
		}
		if got := strings.Join(said(t, json, number(math.MinInt64, math.MaxInt64)), "\n"); got != c.int {
			t.Errorf("%s as an integer: got %q, want %q", c.json, got, c.int)
		}
	}
}

func TestThreat_I6_parameters(t *testing.T) {
	overflow := "9223372036854775808"
	for _, c := range []struct{ value, id, int string }{
		{"7", "", ""},
		{"007", "", ""},
		{"0", `Invalid pk "0" - object does not exist.`, "Ensure this value is greater than or equal to 1."},
		{
			overflow, `Invalid pk "` + overflow + `" - object does not exist.`,
			"Ensure this value is less than or equal to 100.",
		},
		{"", notANum, notInt},
		{" 7", notANum, notInt},
		{"7 ", notANum, notInt},
		{"+7", notANum, notInt},
		{"-7", notANum, notInt},
		{"-0", notANum, notInt},
		{"1e3", notANum, notInt},
		{"1.0", notANum, notInt},
		{"0x10", notANum, notInt},
		{"1_000", notANum, notInt},
		{"١٢", notANum, notInt},
		{"７", notANum, notInt},
		{"7\x00", notANum, notInt},
		{"null", notANum, notInt},
		{"\xff", notText, notText},
	} {
		f := form.Query(url.Values{"x": {c.value}, "y": {c.value}})
		x, y := f.ID("x"), f.Int("y", 1, 100)
		got := fields(t, f.Err())
		if id, n := strings.Join(got["x"], "\n"), strings.Join(got["y"], "\n"); id != c.id || n != c.int {
			t.Errorf("%q: got %q and %q, want %q and %q", c.value, id, n, c.id, c.int)
		}
		if (x.V != 0) != (c.id == "") || (y.V != 0) != (c.int == "") {
			t.Errorf("%q: values %v and %v", c.value, x, y)
		}
	}
}

func TestThreat_I6_repeated_and_unknown_parameters(t *testing.T) {
	v, err := url.ParseQuery("status=done&status=done&assigned_to=1&assigned_to=x&search=a&" +
		"Search=b&%ff=1&page=2&page=2")
	if err != nil {
		t.Fatal(err)
	}
	f := form.Query(v)
	f.Choice("status", statuses)
	f.ID("assigned_to", form.Required)
	f.Text("search")
	f.Time("created_at__gte")
	f.Strict()
	want := map[string][]string{
		"status": {once}, "assigned_to": {once}, "Search": {unknown}, "\ufffd": {unknown}, "page": {unknown},
	}
	if diff := cmp.Diff(want, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
}

func TestParametersOfOtherTypes(t *testing.T) {
	f := form.Query(url.Values{
		"a": {"true"}, "b": {"False"}, "c": {"1"}, "d": {"yes"}, "e": {""},
		"from": {"2026-01-02"}, "until": {"2026-01-02T00:00:00 02:00"}, // an unescaped + arrives as a space
		"status": {"done"}, "search": {"a\x00b"}, "empty": {""}, "mangled": {"a\xff"}, "none": {},
	})
	a, b, c := f.Bool("a"), f.Bool("b"), f.Bool("c")
	f.Bool("d")
	f.Bool("e")
	from, until := f.Time("from"), f.Time("until")
	status := f.Choice("status", statuses)
	f.Text("search")
	empty := f.Text("empty", form.Blank)
	f.Choice("mangled", statuses)
	none := f.Text("none", form.Required)
	f.Strict()
	want := map[string][]string{
		"d": {notBool}, "e": {notBool}, "search": {nul}, "mangled": {notText}, "none": {required},
	}
	if diff := cmp.Diff(want, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
	if !a.V || b.V || !b.Set || !c.V || status.V != "done" || !empty.Set || none.Set {
		t.Error(a, b, c, status, empty, none)
	}
	if !from.V.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) {
		t.Error(from)
	}
	if !until.V.Equal(time.Date(2026, 1, 1, 22, 0, 0, 0, time.UTC)) {
		t.Error(until)
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		text string
		want time.Time
	}{
		{"2024-02-29T12:30:00Z", at},
		{"2024-02-29t12:30:00z", at},
		{"2024-02-29 12:30:00Z", at},
		{"2024-02-29T12:30Z", at},
		{"2024-02-29T12:30", at},
		{"2024-02-29T14:30:00+02:00", at},
		{"2024-02-29T07:00:00-05:30", at},
		{"2024-02-29T12:30:00.123456Z", at.Add(123456 * time.Microsecond)},
		{"2024-02-29T12:30:00.5", at.Add(time.Second / 2)},
		{"2024-02-29T12:30:00.9999999999999Z", at.Add(time.Second - 1)},
		{"2024-02-29", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"0001-01-01", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"9999-12-31T23:59:59Z", time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
	} {
		f := body(t, `{"x": "`+c.text+`"}`)
		if x := f.Time("x"); f.Err() != nil || !x.V.Equal(c.want) || x.V.Location() != time.UTC {
			t.Errorf("%s: got %v %v, want %v", c.text, x.V, f.Err(), c.want)
		}
	}
	for _, s := range []string{
		"", " ", "2024", "2024-02", "2024-2-29", "24-02-29", "2023-02-29", "2024-02-30", "2024-04-31", "2024-13-01",
		"2024-00-10", "2024-01-00",
		"2024-02-29T", "2024-02-29T12", "2024-02-29T1:30", "2024-02-29T24:00", "2024-02-29T12:60",
		"2024-02-29T12:30:60", "2024-02-29T12:30:",
		"2024-02-29T12:30:00.", "2024-02-29T12:30:00,5", "2024-02-29T12:30.5", "2024-02-29T12:30:00+24:00",
		"2024-02-29T12:30:00+0200",
		"2024-02-29T12:30:00+02", "2024-02-29T12:30:00+02:60", "2024-02-29T12:30:00ZZ", "2024-02-29T12:30:00 +02:00",
		"2024-02-29Z",
		" 2024-02-29", "2024-02-29 ", "+2024-02-29", "-2024-02-29", "12024-02-29", "0000-01-01", "２024-02-29",
		"1e10-01-01",
		"0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-02-29T12:30:00Z; DROP TABLE",
	} {
		if got := said(t, `{"x": "`+s+`"}`, moment); !slices.Equal(got, []string{notTime}) {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	f := body(t,
		`{"title": " ", "status": "urgent", "assigned_to": "me", "done": 1, "size": 0, "due": "x", "extra": null}`)
	title := f.Text("title", form.Required, form.Max(200))
	f.Choice("status", statuses)
	f.ID("assigned_to", form.Nullable)
	f.Bool("done")
	f.Int("size", 1, 10)
	f.Time("due")
	f.Text("description", form.Required)
	if !f.Failed("title") || f.Failed("extra") {
		t.Error("Failed does not tell the wrong field from the others")
	}
	f.Fail("title", "A task with that title already exists.")
	f.Fail(fail.NonField, "Too early.")
	want := map[string][]string{
		"title":            {notBlank, "A task with that title already exists."},
		"status":           {`"urgent" is not a valid choice.`},
		"assigned_to":      {"Incorrect type. Expected pk value, received str."},
		"done":             {notBool},
		"size":             {"Ensure this value is greater than or equal to 1."},
		"due":              {notTime},
		"description":      {required},
		"non_field_errors": {"Too early."},
	}
	if diff := cmp.Diff(want, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
	if !title.Set || title.V != "" {
		t.Errorf("a refused text is %+v, want it set and empty", title)
	}
}

func TestOptional(t *testing.T) {
	f := body(t, `{"null": null, "text": " a ", "raw": " a ", "zero": "", "number": 3, "yes": true, "no": false}`)
	type S = form.Optional[string]
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"absent", f.Text("absent"), S{}},
		{"null", f.Text("null", form.Nullable), S{Set: true, Null: true}},
		{"text", f.Text("text"), S{Set: true, V: "a"}},
		{"raw", f.Text("raw", form.Raw), S{Set: true, V: " a "}},
		{"blank", f.Text("zero", form.Blank), S{Set: true}},
		{"blank choice", f.Choice("zero", statuses, form.Blank), S{Set: true}},
		{"number", f.ID("number"), form.Optional[int64]{Set: true, V: 3}},
		{"integer", f.Int("number", 1, 5), form.Optional[int64]{Set: true, V: 3}},
		{"yes", f.Bool("yes"), form.Optional[bool]{Set: true, V: true}},
		{"no", f.Bool("no"), form.Optional[bool]{Set: true}},
		{"no time", f.Time("null", form.Nullable), form.Optional[time.Time]{Set: true, Null: true}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if err := f.Err(); err != nil {
		t.Error(err)
	}
	if p := (S{}).Ptr(); p != nil {
		t.Error("an absent value has a pointer")
	}
	if p := (S{Set: true, Null: true}).Ptr(); p != nil {
		t.Error("null has a pointer")
	}
	if p := (S{Set: true, V: "a"}).Ptr(); p == nil || *p != "a" {
		t.Error("a value has no pointer")
	}
}

func TestPartial(t *testing.T) {
	f := body(t, `{}`)
	f.Text("before", form.Required)
	f.Partial()
	f.Text("after", form.Required)
	if diff := cmp.Diff(map[string][]string{"before": {required}}, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
	f = body(t, `{"x": null, "y": ""}`)
	f.Partial()
	f.Text("x", form.Required)
	f.Text("y", form.Required)
	if diff := cmp.Diff(map[string][]string{"x": {notNull}, "y": {notBlank}}, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
}

func TestStrictBody(t *testing.T) {
	f := body(t, `{"a": "b", "c": 1}`)
	f.Text("a")
	f.Strict()
	if diff := cmp.Diff(map[string][]string{"c": {unknown}}, fields(t, f.Err())); diff != "" {
		t.Error(diff)
	}
}

func TestBodyIsNotKept(t *testing.T) {
	for _, pad := range []int{1, 100_000} {
		data := []byte(`{"pad": "` + strings.Repeat("p", pad) + `", "x": "abc", "y": "done"}`)
		f, err := form.Body(data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range data {
			data[i] = '#'
		}
		if x, y := f.Text("x"), f.Choice("y", statuses); x.V != "abc" || y.V != "done" {
			t.Errorf("got %q and %q after the buffer was used again", x.V, y.V)
		}
	}
}

func TestKeptTextDoesNotKeepItsBody(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	data := `{"pad": "` + strings.Repeat("p", 1<<20) + `", "x": "abc"}`
	before := heap()
	var titles []string
	for range 32 {
		titles = append(titles, body(t, data).Text("x").V)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("%d titles of 3 bytes hold %d bytes", len(titles), grown)
	}
	runtime.KeepAlive(titles)
	runtime.KeepAlive(data)
}

func TestNoSuchID(t *testing.T) {
	if got := form.NoSuchID(7); got != `Invalid pk "7" - object does not exist.` {
		t.Error(got)
	}
}
