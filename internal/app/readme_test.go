package app

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of README.md")

const (
	readme     = "../../README.md"
	tableBegin = "<!-- config:begin -->\n"
	tableEnd   = "<!-- config:end -->"
)

// The README's configuration table is made from Config, so that it cannot tell something else than the program does.
// After a change: go test ./internal/app -run Readme -update
func TestReadmeTable(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tableBegin)
	old, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("README.md has no part between %q and %q", tableBegin, tableEnd)
	}
	table := readmeTable()
	if old == table {
		return
	}
	if !*update {
		t.Fatal("README.md's configuration table is stale; run: go test ./internal/app -run Readme -update")
	}
	if err := os.WriteFile(readme, []byte(before+tableBegin+table+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readmeTable() string {
	var b strings.Builder
	b.WriteString("\n| environment and file | flag | default | what it is |\n|---|---|---|---|\n")
	for _, o := range options() {
		name, fallback := "`"+o.name+"`", ""
		if o.secret {
			name += " (secret)"
		}
		if o.fallback != "" {
			fallback = "`" + o.fallback + "`"
		}
		b.WriteString("| " + name + " | `--" + o.flag + "` | " + fallback + " | " + strings.ReplaceAll(o.help, "|", `\|`) + " |\n")
	}
	b.WriteString("\n")
	return b.String()
}

// Every option says what a person needs to use it, and its default and example are values that it takes.
func TestOptionsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range options() {
		if o.name == "" || o.group == "" || o.help == "" || o.example == "" {
			t.Errorf("%+v lacks a tag", o)
		}
		if seen[o.name] || seen["--"+o.flag] {
			t.Errorf("%s stands twice", o.name)
		}
		seen[o.name], seen["--"+o.flag] = true, true
		if strings.HasSuffix(o.help, ".") || strings.Contains(o.help, "${") {
			t.Errorf("%s: the help is a phrase without full stop and without ${", o.name)
		}
		if err := o.set(&Config{}, o.fallback); err != nil {
			t.Errorf("%s: its default: %v", o.name, err)
		}
		if o.name == "TASKHOUSE_SECRET_KEY" || o.name == "TASKHOUSE_OLD_SECRET_KEYS" {
			continue // their examples show how to make one: a key in a document would be used
		}
		if err := o.set(&Config{}, o.example); err != nil {
			t.Errorf("%s: its example: %v", o.name, err)
		}
	}
}
