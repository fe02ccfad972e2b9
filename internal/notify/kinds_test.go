package notify_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/notify"
)

// TestKindsAreDeclared checks each entry of the table: a usable name, one rule that finds its recipients, and its two
// preferences.
func TestKindsAreDeclared(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range notify.Declarations() {
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(k.Name) || seen[k.Name] {
			t.Errorf("%q is declared twice, or cannot be part of a JSON name", k.Name)
		}
		seen[k.Name] = true
		if k.OnTask == k.OnEvent {
			t.Errorf("%s needs exactly one of onTask and onEvent", k.Name)
		}
	}
	if names := notify.Kind("").Values(); len(names) != len(seen) {
		t.Errorf("the values are %v", names)
	}
}

// TestPreferencesFields compares the fields that the API document shows with the JSON that is answered.
func TestPreferencesFields(t *testing.T) {
	raw, err := json.Marshal(notify.Preferences{})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, k := range notify.Kind("").Values() {
		want = append(want, k+"_inbox", k+"_email")
	}
	want = append(want, "notify_own", "digest", "digest_hour", "time_zone")
	var documented []string
	for _, f := range (notify.Preferences{}).Fields() {
		documented = append(documented, f.Name)
	}
	var answered []string
	for _, m := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(string(raw), -1) {
		answered = append(answered, m[1])
	}
	if !slices.Equal(documented, want) || !slices.Equal(answered, want) {
		t.Errorf("documented %v\nanswered   %v\nwant       %v", documented, answered, want)
	}
}

// TestKindsAreDocumented looks for each kind in the guide, and for its words in each language of the web app.
func TestKindsAreDocumented(t *testing.T) {
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range notify.Kind("").Values() {
		if !strings.Contains(string(guide), "| `"+k+"` |") {
			t.Errorf("docs/api.md has no line for the kind %s", k)
		}
		for _, language := range []string{"en", "de", "fr"} {
			words := wordsOf(t, language)
			for _, key := range []string{"kind." + k, "kind." + k + ".when", "told." + k} {
				if !strings.Contains(words, `"`+key+`":`) {
					t.Errorf("the web app has no word %s in %s", key, language)
				}
			}
		}
	}
}

// wordsOf returns the web app's files of words in a language.
func wordsOf(t *testing.T, language string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../../web/src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != language+".json" {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil || all.Len() == 0 {
		t.Fatalf("words in %s: %d bytes, %v", language, all.Len(), err)
	}
	return all.String()
}
