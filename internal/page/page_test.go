package page_test

import (
	"bytes"
	"net/url"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

func TestOffset(t *testing.T) {
	for _, c := range []struct {
		name, query string
		count, want int64 // -1: Invalid page.
	}{
		{"first of an empty list", "", 0, 0},
		{"first", "page=1", 50, 0},
		{"third", "page=3", 50, 40},
		{"past the end", "page=4", 50, -1},
		{"last", "page=last", 50, 40},
		{"last of an empty list", "page=last", 0, 0},
		{"zero", "page=0", 50, -1},
		{"negative", "page=-1", 50, -1},
		{"text", "page=two", 50, -1},
		{"empty", "page=", 50, -1},
		{"signed", "page=%2B1", 50, -1},
		{"other digits", "page=%D9%A1", 50, -1},
		{"larger size", "page=2&page_size=30", 50, 30},
		{"size over the limit is the limit", "page=1&page_size=1000", 50, 0},
		{"second at the limit", "page=2&page_size=1000", 150, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			f := form.Query(v)
			r := page.Read(f)
			if f.Err() != nil {
				t.Fatal(f.Err())
			}
			got, err := r.Offset(c.count)
			if c.want < 0 {
				if !fail.Is(err, fail.KindNotFound) {
					t.Errorf("offset %d, %v; want Invalid page.", got, err)
				}
			} else if err != nil || got != c.want {
				t.Errorf("offset %d, %v; want %d", got, err, c.want)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	f := form.Query(url.Values{"page": {"2"}})
	r := page.Read(f)
	if _, err := r.Offset(60); err != nil {
		t.Fatal(err)
	}
	l := page.Numbered(r, 60, []int{1})
	l.Link(func(param, value string) string { return param + "=" + value })
	if l.Next == nil || *l.Next != "page=3" || l.Previous == nil || *l.Previous != "page=1" {
		t.Errorf("links of page 2 of 3: %v", l)
	}
}

func TestThreat_T7_CursorsHoldOnlyForWhatTheyWereSealedAbout(t *testing.T) {
	c, other := page.NewCursors([]byte("a secret")), page.NewCursors([]byte("another"))
	rapid.Check(t, func(t *rapid.T) {
		about, position := rapid.String().Draw(t, "about"), rapid.SliceOf(rapid.Byte()).Draw(t, "position")
		sealed := c.Seal(about, position)
		if got, ok := c.Open(about, sealed); !ok || !bytes.Equal(got, position) {
			t.Fatal("a cursor does not open")
		}
		if _, ok := c.Open(about+"x", sealed); ok {
			t.Fatal("it opens for another list")
		}
		if _, ok := other.Open(about, sealed); ok {
			t.Fatal("it opens under another secret")
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(t, "i")
		broken := []byte(sealed)
		broken[i] ^= 1
		if _, ok := c.Open(about, string(broken)); ok {
			t.Fatalf("it opens with a bit flipped at %d", i)
		}
	})
}
