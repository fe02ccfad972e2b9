package config

import (
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated part of README.md")

const (
	readme     = "../../README.md"
	tableBegin = "<!-- config:begin -->\n"
	tableEnd   = "<!-- config:end -->"
)

// TestReadmeTable compares the README's configuration table with the options.
// After a change: go test ./internal/config -run Readme -update
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
		t.Fatal("README.md's configuration table is stale; run: go test ./internal/config -run Readme -update")
	}
	if err := os.WriteFile(readme, []byte(before+tableBegin+table+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readmeTable() string {
	var b strings.Builder
	b.WriteString("\n| environment and file | flag | default | what it is |\n|---|---|---|---|\n")
	for _, o := range Options() {
		name, fallback := "`"+o.Name+"`", ""
		if o.Secret {
			name += " (secret)"
		}
		if o.Default != "" {
			fallback = "`" + o.Default + "`"
		}
		help := strings.ReplaceAll(o.Help, "|", `\|`)
		b.WriteString("| " + name + " | `--" + o.Flag + "` | " + fallback + " | " + help + " |\n")
	}
	b.WriteString("\n")
	return b.String()
}

// TestOptionsAreComplete checks that every field of Config has a row in table and the reverse, that a row has all that
// a person needs, and that its default and example are valid.
func TestOptionsAreComplete(t *testing.T) {
	fields := 0
	for f := range reflect.TypeFor[Config]().Fields() {
		if f.IsExported() {
			fields++
		}
	}
	if len(table) != fields || len(Options()) != fields {
		t.Errorf("%d fields, %d rows, %d options: a field and its row have the same name", fields, len(table),
			len(Options()))
	}
	seen := map[string]bool{}
	for _, o := range Options() {
		if o.Name == "" || o.Group == "" || o.Help == "" || o.Example == "" {
			t.Errorf("%+v lacks a tag", o)
		}
		if seen[o.Name] || seen["--"+o.Flag] {
			t.Errorf("%s stands twice", o.Name)
		}
		seen[o.Name], seen["--"+o.Flag] = true, true
		if strings.HasSuffix(o.Help, ".") || strings.Contains(o.Help, "${") {
			t.Errorf("%s: the help is a phrase without full stop and without ${", o.Name)
		}
		if err := o.set(&Config{}, o.Default); err != nil {
			t.Errorf("%s: its default: %v", o.Name, err)
		}
		if o.Name == "TASKHOUSE_SECRET_KEY" || o.Name == "TASKHOUSE_OLD_SECRET_KEYS" {
			continue // their examples show how to make one: a key in a document would be used
		}
		if err := o.set(&Config{}, o.Example); err != nil {
			t.Errorf("%s: its example: %v", o.Name, err)
		}
	}
}
