package markdown_test

import (
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/markdown"
)

func TestProse(t *testing.T) {
	for source, want := range map[string]string{
		"Ask @bob, please":                 "Ask @bob, please",
		"`@bob` and @ann":                  "\ufffc and @ann",
		"```\n@bob\n```\n@ann":             "\ufffc @ann",
		"~~~java\n@Override\n~~~":          "\ufffc",
		"one\n\n    @bob\n\ntwo":           "one \ufffc two",
		"<bob@mail.example>":               "\ufffc",
		"see https://example.com/@bob now": "see \ufffc now",
		"[@ann](https://example.com/@bob)": "@ann",
		"**@bob** _@ann_":                  "@bob @ann",
		"@snake_case_name":                 "@snake_case_name",
		"- @bob\n- [ ] @ann\n> @eve":       "@bob @ann @eve",
		"# @bob\ntext":                     "@bob text",
		"|a|b|\n|-|-|\n|@bob|`@ann`|":      "a b @bob \ufffc",
		"one\ntwo":                         "one two",
		"":                                 "",
		"\U0001F600 @bob":                  "\U0001F600 @bob",
		strings.Repeat("> ", 5000) + "@a":  strings.TrimSpace(strings.Repeat("> ", 5000) + "@a"), // beyond the budgets
	} {
		if got := strings.Join(strings.Fields(markdown.Prose(source)), " "); got != want {
			t.Errorf("%.60q: %.80q, want %.80q", source, got, want)
		}
	}
}
