package main

import "strings"

// scope is a part of the repository with limits of its own.
type scope struct {
	name string
	has  func(room string) bool
	most rates
}

// scopes lists the limits: occurrences per 10,000 words, and per cent of the functions with a doc comment.
// For comparison, net/http has 2.9, 7 % and 1.5.
var scopes = []scope{
	{
		"product",
		func(room string) bool { return strings.HasPrefix(room, "internal/") && !isTest(room) && !isPage(room) },
		rates{10, 8, 5},
	},
	{
		"all other code",
		func(room string) bool { return !strings.HasPrefix(room, "internal/") && !isPage(room) || isTest(room) },
		rates{10, 8, 5},
	},
	{"pages", isPage, rates{10, 8, 5}},
}

func isTest(room string) bool { return strings.HasSuffix(room, " tests") }
func isPage(room string) bool { return strings.HasPrefix(room, "pages of ") }

func (s scope) of(t tally) counts {
	var sum counts
	for room, c := range t.rooms {
		if s.has(room) {
			sum.add(c)
		}
	}
	return sum
}
