package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// TestLimits fails when a part of the repository passes a limit of English, and names the rooms to look at.
func TestLimits(t *testing.T) {
	all, err := count(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scopes {
		c := s.of(all)
		if c.words == 0 {
			t.Errorf("%s: no words were found", s.name)
		}
		r := c.rates()
		for _, m := range []struct {
			name      string
			got, most float64
		}{
			{"clauses that begin with what, who, whoever or whose, per 10,000 words", r.headless, s.most.headless},
			{`per cent of function docs that begin "Name is"`, r.isDocs, s.most.isDocs},
			{"nobody, somebody, everybody, anybody per 10,000 words", r.people, s.most.people},
		} {
			if m.got > m.most {
				t.Errorf("%s: %.1f %s, at most %.0f: see go run ./test/words -places", s.name, m.got, m.name, m.most)
			}
		}
	}
}

// TestCount counts a small room by hand.
func TestCount(t *testing.T) {
	for _, c := range []struct {
		name, comment             string
		headless, people, isShare int
	}{
		{"plain", "Gate rejects requests when the queue is full.", 0, 0, 0},
		{"begins with what", "Gate works.\n// What is refused is logged.", 1, 0, 0},
		{"is what", "Gate is what a request passes.", 1, 0, 1},
		{"for who", "Gate opens for who asks.", 1, 0, 0},
		{"whoever", "Gate lets whoever is known in.", 1, 0, 0},
		{
			"relative clauses have their noun", "Gate admits a caller who has a token, and a session whose end is far.",
			0, 0, 0,
		},
		{"after a colon", "Gate opens: who knocks enters.", 1, 0, 0},
		{"an indirect question", "Gate reports what failed and says who asked.", 0, 0, 0},
		{"a question", "Gate opens. What if it does not?", 0, 0, 0},
		{"quotes are not ours", `Gate writes "what is this" and "nobody".`, 0, 0, 0},
		{"people", "Gate lets nobody in; everybody's request waits for somebody.", 0, 3, 0},
		{"are", "Gate are several.", 0, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			source := "// Package gate is a test.\npackage gate\n\n// " + c.comment + "\nfunc Gate() {}\n"
			if err := os.WriteFile(filepath.Join(dir, "gate.go"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := count(dir, ".")
			if err != nil {
				t.Fatal(err)
			}
			g := got.rooms["."]
			if g.headless != c.headless || g.people != c.people || g.isDocs != c.isShare || g.docs != 1 {
				t.Errorf("counted %+v, want %d without a noun, %d people, %d of 1 docs; places: %v", g, c.headless,
					c.people, c.isShare, got.findings)
			}
		})
	}
}

// TestPagesAreCountedWithoutTheirCode counts a Markdown page, and keeps the numbers of its lines.
func TestPagesAreCountedWithoutTheirCode(t *testing.T) {
	dir := t.TempDir()
	page := "# Page\n\n```sh\nwhat is this, nobody knows\n```\n\nRun `what nobody` first.\n\nWhat follows counts.\n"
	if err := os.WriteFile(filepath.Join(dir, "page.md"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := count(dir, ".")
	if err != nil {
		t.Fatal(err)
	}
	c := got.rooms["pages of ."]
	if c.headless != 1 || c.people != 0 || len(got.findings) != 1 || got.findings[0].line != 9 {
		t.Errorf("counted %+v at %v, want one clause in line 9", c, got.findings)
	}
}

// TestSubjects checks the form of the commits since the check was introduced.
func TestSubjects(t *testing.T) {
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		t.Skip("no git history here: the sources were copied without it")
	}
	wrong, looked, err := checkCommits(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d commits checked", looked)
	if looked == 0 {
		t.Error("no commit was checked, and HEAD at least must be")
	}
	for _, w := range wrong {
		t.Error(w)
	}
}

// TestSubjectForm checks the rule itself.
func TestSubjectForm(t *testing.T) {
	for _, subject := range []string{
		"task: reject a due date in the past", "docs/api: describe the feed", "api, web: rename the route",
		`Revert "task: add a field"`,
		"test/mutants: add one", ".ci: run the web app's checks",
	} {
		if why := checkSubject(subject); why != "" {
			t.Errorf("%q was refused: %s", subject, why)
		}
	}
	for _, subject := range []string{
		"external: the bound on how long an answer takes", "wip", "Task: add a field", "task: adds a field",
		"task: add", "task: add a field.",
		"task:add a field",
	} {
		if checkSubject(subject) == "" {
			t.Errorf("%q was accepted", subject)
		}
	}
	if list := strings.Fields(verbs); !slices.IsSorted(list) || len(slices.Compact(list)) != len(list) {
		t.Error("verbs.txt is not sorted, or names a verb twice")
	}
}

// TestShallowClones checks that no commit escapes the check where the history is cut.
func TestShallowClones(t *testing.T) {
	dir := t.TempDir()
	run := func(in string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{
			"-C", in, "-c", "user.name=t", "-c", "user.email=t@example.com",
			"-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false",
		}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	origin := filepath.Join(dir, "origin")
	run(dir, "init", "-q", origin)
	commit := func(file, subject string) {
		t.Helper()
		path := filepath.Join(origin, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(subject), 0o600); err != nil {
			t.Fatal(err)
		}
		run(origin, "add", ".")
		run(origin, "commit", "-q", "-m", subject)
	}
	commit("a", "before the check: anything goes")
	commit(anchor, "test/words: add the check")
	commit("b", "a wrong one")
	commit("c", "task: add a field")
	for _, c := range []struct {
		depth         string
		looked, wrong int
	}{{"1", 1, 0}, {"2", 2, 1}, {"3", 3, 1}, {"4", 3, 1}} {
		clone := filepath.Join(dir, "depth"+c.depth)
		run(dir, "clone", "-q", "--depth", c.depth, "file://"+origin, clone)
		wrong, looked, err := checkCommits(clone)
		if err != nil || looked != c.looked || len(wrong) != c.wrong {
			t.Errorf("depth %s: %d checked, wrong %v, %v; want %d and %d", c.depth, looked, wrong, err, c.looked,
				c.wrong)
		}
	}
}
