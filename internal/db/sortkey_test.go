package db_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/db"
)

func TestFault_P20_SortKeys(t *testing.T) {
	want := []string{
		" a", "_a", "-a", "!", "(a)", "@a", "#1", "$5", "€5", "0", "1", "01a", "2", "10", "10a", "100",
		"99999999999999999999",
		"a", "a b", "a_b", "a-b", "a1", "a2", "a10", "ab", "Äb c", "ac", "Æa", "Ágnes", "Łódź", "łoś", "Øre", "Ost",
		"resume", "résumé", "Resumes", "STRASSE 1", "straße 2", "Task 2", "task 10", "Übermut", "ubermuz", "Zoë",
		"Αθήνα", "άλφα", "игра", "йод", "が", "日本",
	}
	for i := range want[1:] {
		a, b := want[i], want[i+1]
		if db.SortKey(a) >= db.SortKey(b) {
			t.Errorf("%q does not come before %q: %q, %q", a, b, db.SortKey(a), db.SortKey(b))
		}
	}
	for _, same := range [][]string{
		{"task", "TASK", "Task"},
		{"caf\u00e9", "cafe\u0301", "CAFÉ"},
		{"straße", "STRASSE", "ＳＴＲＡＳＳＥ"},
		{"a\u200bb", "ab"},
		{"1", "01", "１"},
		{strings.Repeat("x", 300), strings.Repeat("x", 301)},
	} {
		for _, s := range same {
			if db.SortKey(s) != db.SortKey(same[0]) {
				t.Errorf("%q and %q have two keys: %q, %q", s, same[0], db.SortKey(s), db.SortKey(same[0]))
			}
		}
	}
}

func FuzzSortKey(f *testing.F) {
	for _, s := range []string{
		"a", "é", strings.Repeat("\ufdfa", 200), strings.Repeat("9", 200), "\u0301", "😀", "\x01",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		key := db.SortKey(s)
		if !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
			t.Errorf("%q has a key that PostgreSQL rejects: %q", s, key)
		}
		if len(key) > 700 {
			t.Errorf("the key of %q has %d bytes", s, len(key))
		}
	})
}

func TestFault_P12_OneTextInTwoSpellings(t *testing.T) {
	for _, pair := range [][2]string{
		{"caf\u00e9", "CAFE\u0301"},
		{"\uac00", "\u1100\u1161"},
		{"\u1e69", "s\u0323\u0307"},
		{"s\u0307\u0323", "\u1e69"},
		{"\u212b", "\u00e5"},
		{"\u0130", "i\u0307"},
	} {
		if a, b := db.Fold(pair[0]), db.Fold(pair[1]); a != b {
			t.Errorf("%+q is folded to %+q, and %+q to %+q", pair[0], a, pair[1], b)
		}
	}
	if got := db.SearchWords("cafe\u0301 NOIR"); !slices.Equal(got, []string{"%café%", "%noir%"}) {
		t.Errorf("%q", got)
	}
}

func BenchmarkSortKey(b *testing.B) {
	for name, title := range map[string]string{
		"ASCII": "Paint the fence behind house 12", "German": "Zäune für Häuser 3 bis 12 übermalen",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				db.SortKey(title)
			}
		})
	}
}
