package compress_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/compress"
)

func TestAccepts(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip": true, "gzip;q=1.0, identity": true,
		"deflate, gzip;q=0.5": true,
		"gzip;q=0":            false, "gzip; q=0.0": false, "gzip;q=x": false, "gzip;level=1": false, "gzip;Q=0": false,
		"x-gzip": false, "identity": false, "*": false, "zstd": false,
	} {
		if got := compress.Accepts(http.Header{"Accept-Encoding": {accept}}); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
	if compress.Accepts(http.Header{}) || !compress.Accepts(http.Header{"Accept-Encoding": {"br", "gzip"}}) {
		t.Error("no header, or two of them")
	}
}

func unzip(t *testing.T, zipped []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOnce(t *testing.T) {
	long := strings.Repeat("task ", 1000)
	if got := unzip(t, compress.Once([]byte(long))); got != long {
		t.Error("other content")
	}
	if compress.Once([]byte("a")) != nil {
		t.Error("a letter was compressed")
	}
}

// A guess that is right makes an answer shorter by a few bytes. The padding hides that: neighbours in length overlap.
func TestThreat_I21_LengthsTellNothingAboutASecret(t *testing.T) {
	page := func(guess string) []byte {
		return fmt.Appendf(nil, `{"next":"?search=%s","secret":"swordfish-4711","rest":"%s"}`, guess,
			strings.Repeat("abc ", 300))
	}
	length := func(content []byte) int {
		var b bytes.Buffer
		compress.Jittered(&b, content)
		if got := unzip(t, b.Bytes()); got != string(content) {
			t.Fatal("other content")
		}
		return b.Len()
	}
	if first, second := length(page("a")), length(page("a")); first != second {
		t.Error("the same content has two lengths: many tries have an average")
	}
	shortest, longest := 1<<30, 0
	for i := range 400 { // wrong guesses of one length
		n := length(page(fmt.Sprintf("zzzzzzzzzzz%03d", i)))
		shortest, longest = min(shortest, n), max(longest, n)
	}
	if right := length(page("swordfish-4711")); longest-shortest < 40 || right > longest {
		t.Errorf("wrong guesses have lengths from %d to %d, the right one %d", shortest, longest, right)
	}
}
