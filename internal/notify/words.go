package notify

import (
	"slices"
	"strings"
	"unicode"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// maxMentions bounds how many names of a text are looked up.
const maxMentions = 50

// mentions is the active members whose @username stands in a text and did not stand in the one before.
func mentions(tx *db.Tx, now, before string) ([]int64, error) {
	var fresh []string
	old := names(before)
	for _, n := range names(now) {
		if !slices.Contains(old, n) && len(fresh) < maxMentions {
			fresh = append(fresh, n)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	var all []string
	for _, n := range fresh {
		all = append(all, candidates(n)...)
	}
	people, err := account.MembersByUsername(tx, all...)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, n := range fresh {
		for _, c := range candidates(n) { // the longest name that somebody has
			i := slices.IndexFunc(people, func(p account.Member) bool { return strings.EqualFold(p.Username, c) })
			if i >= 0 {
				ids = append(ids, people[i].ID)
				break
			}
		}
	}
	return unique(ids), nil
}

// names is what stands behind each @ of a text that begins a word.
func names(text string) (all []string) {
	previous := ' '
	for i, r := range text {
		if r == '@' && !isName(previous) {
			n := text[i+1:]
			if end := strings.IndexFunc(n, func(r rune) bool { return !isName(r) }); end >= 0 {
				n = n[:end]
			}
			if n != "" && len(n) <= 600 && !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
		previous = r
	}
	return all
}

// candidates is a name, and the shorter ones without the marks behind it: a sentence may end with a name.
func candidates(n string) []string {
	all := []string{n}
	for n != "" && strings.ContainsRune(".+-@", rune(n[len(n)-1])) {
		n = n[:len(n)-1]
		if n != "" {
			all = append(all, n)
		}
	}
	return all
}

// isName reports whether a user name may have r; account.CheckUsername has the rule.
func isName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_.+-@", r)
}

// words is a status as people write it.
func words(status string) string { return strings.ReplaceAll(status, "_", " ") }

// did reports whether somebody caused an event.
func did(e *event.Entry, user int64) bool { return e.Actor != nil && *e.Actor == user }

func same(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
