package main

import (
	_ "embed"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// verbs lists the verbs that may follow the room in a commit's subject, in alphabetical order.
//
//go:embed verbs.txt
var verbs string

// anchor names the file whose commit introduced the check: that commit and all later ones are checked.
const anchor = "test/words/since.txt"

var subjectForm = regexp.MustCompile(`^[a-z.][a-z0-9./-]*(, [a-z.][a-z0-9./-]*)*: ([a-z-]+) \S`)

// checkSubject returns "" for a subject of the form "room: verb what", and else the mistake.
func checkSubject(subject string) string {
	if strings.HasPrefix(subject, `Revert "`) { // as git writes it
		return ""
	}
	m := subjectForm.FindStringSubmatch(subject)
	switch {
	case m == nil:
		return `write "room: verb object", the room in lower case`
	case !slices.Contains(strings.Fields(verbs), m[len(m)-1]):
		return fmt.Sprintf(
			"begin with a verb in the imperative after the room "+
				"(%q is not in test/words/verbs.txt; add it if it is one)",
			m[len(m)-1],
		)
	case strings.HasSuffix(subject, "."):
		return "drop the full stop"
	}
	return ""
}

// subjectsOf returns the lines "hash subject" of the commits since the one that introduced the check, newest first.
// Merges are left out. In a shallow clone git reports its oldest commit as the one that added every file: if the
// check is older than the clone, that commit and thus every commit that is there is checked.
func subjectsOf(dir string) ([]string, error) {
	added, err := git(dir, "log", "--diff-filter=A", "--format=%H", "--", anchor)
	if err != nil {
		return nil, err
	}
	if len(added) == 0 {
		return nil, fmt.Errorf("no commit adds %s: commit it first", anchor)
	}
	first, since := added[len(added)-1], "HEAD"
	if parents, err := git(dir, "rev-parse", "--verify", "--quiet", first+"^"); err == nil && len(parents) == 1 {
		since = parents[0] + "..HEAD"
	}
	return git(dir, "log", "--no-merges", "--format=%h %s", since)
}

// checkCommits returns the commits whose subject breaks the rule, and how many it looked at.
func checkCommits(dir string) (wrong []string, looked int, err error) {
	commits, err := subjectsOf(dir)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range commits {
		_, subject, _ := strings.Cut(c, " ")
		if why := checkSubject(subject); why != "" {
			wrong = append(wrong, c+": "+why)
		}
	}
	return wrong, len(commits), nil
}

// git returns the lines that a git command prints. A checkout that belongs to another user is fine for reading.
func git(dir string, args ...string) ([]string, error) {
	cmd := exec.Command("git", append([]string{"-c", "safe.directory=*", "-C", dir}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	text := strings.TrimSpace(string(out))
	if text == "" {
		return nil, nil
	}
	return strings.Split(text, "\n"), nil
}
