// Package modules_test lists the modules that are built in, with their licences.
package modules_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/modules.md")

const (
	root        = "../.."
	modulesPage = root + "/docs/modules.md"
)

// licences lists the licences that an MIT program may use, each with a sentence that only it has. MPL-2.0 requires that
// changes to its own files are published; we have no such changes.
var licences = []struct{ name, sentence string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"MPL-2.0", "Mozilla Public License"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{
		"BSD-3-Clause",
		"may be used to endorse or promote products derived from this software " +
			"without specific prior written permission",
	},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms, with or without modification, are permitted"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
}

// module is a module of the program, or a package of its web app.
type module struct{ path, version, licence string }

func (m module) row() string { return fmt.Sprintf("| %s | %s | %s |", m.path, m.version, m.licence) }

// inProgram returns the modules of the packages that are linked into the program as it is released.
func inProgram(t *testing.T) (all []module) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/taskhouse")
	list.Dir = root
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 3 || seen[f[0]] {
			continue
		}
		seen[f[0]] = true
		all = append(all, module{f[0], f[1], licenceOf(f[2])})
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return all
}

var spaces = regexp.MustCompile(`\s+`)

// licenceOf returns the licence in a module's folder, "" for an unknown one.
func licenceOf(dir string) string {
	var names []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "UNLICENSE*"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		names = append(names, found...)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		text := spaces.ReplaceAllString(string(b), " ")
		for _, l := range licences {
			if strings.Contains(strings.ToLower(text), strings.ToLower(l.sentence)) {
				return l.name
			}
		}
	}
	return ""
}

// inWebApp returns the packages that a page loads: the imports of web/src and their dependencies, without the build
// tools.
func inWebApp(t *testing.T) (all []module) {
	t.Helper()
	b, err := os.ReadFile(root + "/web/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Dependencies     map[string]string
		}
	}
	if err := json.Unmarshal(b, &lock); err != nil {
		t.Fatal(err)
	}
	wanted := imports(t)
	for i := 0; i < len(wanted); i++ {
		name := wanted[i]
		p, ok := lock.Packages["node_modules/"+name]
		if !ok {
			t.Fatalf("the web app imports %s, which web/package-lock.json does not have", name)
		}
		all = append(all, module{name, p.Version, p.License})
		for _, d := range slices.Sorted(maps.Keys(p.Dependencies)) {
			if name != "svelte" &&
				!slices.Contains(wanted, d) { // svelte's are its compiler's, but for two that are a few lines
				wanted = append(wanted, d)
			}
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return all
}

var imported = regexp.MustCompile(`(?:from|import)\s*\(?['"]((?:@[\w.-]+/)?[a-z][\w.-]*)`)

// imports returns the packages that the sources of the web app name.
func imports(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root+"/web/src", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".ts") && !strings.HasSuffix(path, ".svelte") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range imported.FindAllStringSubmatch(string(b), -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// Threat M4: a module, a version or a licence cannot come in without review.
func TestThreat_M4_ModulesAreListed(t *testing.T) {
	var page strings.Builder
	page.WriteString(modulesHead)
	for _, part := range []struct {
		title string
		all   []module
	}{{"In the program", inProgram(t)}, {"In the pages of the web app", inWebApp(t)}} {
		if len(part.all) < 3 {
			t.Fatalf("%s: only %d modules: they were not read", part.title, len(part.all))
		}
		fmt.Fprintf(&page, "\n## %s\n\n| module | version | licence |\n|---|---|---|\n", part.title)
		for _, m := range part.all {
			if !slices.ContainsFunc(licences,
				func(l struct{ name, sentence string }) bool { return strings.Contains(m.licence, l.name) }) {
				t.Errorf("%s has a licence (%q) that is not allowed", m.path, m.licence)
			}
			_, _ = io.WriteString(&page, m.row()+"\n")
		}
	}
	if *update {
		if err := os.WriteFile(modulesPage, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(modulesPage)
	if err != nil {
		t.Fatal(err)
	}
	was := strings.Split(string(kept), "\n")
	for line := range strings.Lines(page.String()) {
		if line = strings.TrimSuffix(line, "\n"); !slices.Contains(was, line) {
			t.Errorf(
				"docs/modules.md does not have: %s\nLook at the module "+
					"(why it is needed, who keeps it, what it brings along, its licence), "+
					"then go test ./test/modules -update",
				line,
			)
		}
	}
	if t.Failed() {
		return
	}
	if page.String() != string(kept) {
		t.Error("docs/modules.md has modules that are not there any more: go test ./test/modules -update")
	}
}

const modulesHead = `# Modules that are built in

All third-party modules in the released program, with the licence that allows them.
` + "`go test ./test/modules -update`" + ` writes this page from the linked modules. A module or a version
that is missing here fails the suite (M4). The [decisions](decisions/README.md) say which module was chosen for a
purpose, and instead of which. The tools that build, lint and test the program
are in ` + "`tools/go.mod` and `web/package.json`" + `.
`
