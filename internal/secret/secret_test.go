package secret_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/secret"
)

func box(t *testing.T, keys ...byte) *secret.Box {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, bytes.Repeat([]byte{k}, 32))
	}
	b, err := secret.New(all...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBox(t *testing.T) {
	const about = "company 1 invitation 7"
	old := box(t, 1)
	sealed := old.Seal(about, []byte("the token"))
	if strings.Contains(sealed, "token") || sealed == old.Seal(about, []byte("the token")) {
		t.Errorf("sealed as %s", sealed)
	}
	for name, b := range map[string]*secret.Box{"the same key": old, "a new key in front": box(t, 2, 1)} {
		if plain, ok := b.Open(about, sealed); !ok || string(plain) != "the token" {
			t.Errorf("%s: %q, %v", name, plain, ok)
		}
	}
	flipped := []byte(sealed)
	flipped[20] ^= 1
	for name, open := range map[string]func() ([]byte, bool){
		"another key":       func() ([]byte, bool) { return box(t, 2).Open(about, sealed) },
		"another purpose":   func() ([]byte, bool) { return old.Open("company 2 invitation 7", sealed) },
		"a changed text":    func() ([]byte, bool) { return old.Open(about, string(flipped)) },
		"half of it":        func() ([]byte, bool) { return old.Open(about, sealed[:len(sealed)/2]) },
		"nothing":           func() ([]byte, bool) { return old.Open(about, "") },
		"what is no base64": func() ([]byte, bool) { return old.Open(about, "!"+sealed) },
	} {
		if plain, ok := open(); ok {
			t.Errorf("%s opens it: %q", name, plain)
		}
	}
	if _, err := secret.New(); err == nil {
		t.Error("a box without a key")
	}
	if _, err := secret.New([]byte("short")); err == nil {
		t.Error("a box with a short key")
	}
}
