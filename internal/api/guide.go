package api

import (
	"fmt"
	"strings"
)

// section is a part of the guide that stands before the operations: paragraphs between empty lines, code in backticks. The
// document for programs has it as Markdown, the one for people as HTML.
type section struct{ ID, Title, Text string }

// guide is what holds for many operations at once.
func (a *API) guide() []section {
	return []section{
		{"authentication", "Authentication", `
Sign a company up with ` + "`POST /api/auth/register/`" + `, sign in with ` + "`POST /api/auth/login/`" + `, and send the access token with every request:

` + "`Authorization: Bearer <access>`" + `

It lives an hour where the installation does not say otherwise. Before that, ` + "`POST /api/auth/token/refresh/`" + ` exchanges the refresh token for the next pair. A refresh token works once: one that comes back ends its session, because one of the two who used it is a thief. A changed role, a removed member and an ended session take effect with the next request.`},
		{"requests", "Requests", fmt.Sprintf(`
Bodies are JSON objects in UTF-8, sent as `+"`application/json`"+` and at most %s long. Unknown fields of a body are ignored; an unknown parameter of a query is refused. White space around a text is taken off, passwords excepted.

Paths end in a slash; without it they answer the same. Times are RFC 3339 in UTC with milliseconds; ids are integers.`, bytesInWords(a.MaxBody))},
		{"lists", "Lists", `
A list answers ` + "`count`, `next`, `previous` and `results`" + `. Choose a page with ` + "`?page=`" + ` (from 1, or ` + "`last`" + `) and its size with ` + "`?page_size=`" + ` (20, at most 100).

Tasks also page by cursor: start with an empty ` + "`?cursor=`" + ` and follow ` + "`next`" + `, which misses nothing and repeats nothing while tasks come and go, and costs the same at any depth.`},
		{"failures", "Errors", `
Failures are ` + "`application/problem+json`" + ` (RFC 9457). ` + "`code`" + ` is a stable word for programs, ` + "`detail`" + ` a sentence for people, and ` + "`errors`" + ` has the messages by field, all wrong fields at once; what concerns no single field stands under ` + "`non_field_errors`" + `. Name the ` + "`request_id`" + `, which is also in the header ` + "`X-Request-Id`" + `, when you report one.

What belongs to another company is not found, just as what does not exist.`},
		{"conditions", "Changing safely", `
A task comes with an ` + "`ETag`" + `. Send it back as ` + "`If-Match`" + ` and the change is refused with 412 if somebody else was faster; send it as ` + "`If-None-Match`" + ` and the answer is an empty 304 if nothing is new.

Send ` + "`Idempotency-Key`" + ` with a creation and repeat it without fear: within 24 hours the same key and body get the same answer, and nothing is done twice.`},
		{"feed", "Following what happens", `
Every change adds one event to the company's log, numbered from 1 without a gap. Remember the last ` + "`seq`" + ` and ask ` + "`GET /api/events/?after=<seq>`" + `: every event after it, once and in order.`},
		{"limits", "Limits", `
Sign-in, registration and refreshing are limited by client address, sign-in by account as well. Over the limit they answer 429 with ` + "`Retry-After`" + ` in seconds.`},
	}
}

// guideText is the guide as Markdown.
func (a *API) guideText() string {
	var b strings.Builder
	for _, s := range a.guide() {
		_, _ = fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.Title, strings.TrimSpace(s.Text))
	}
	return strings.TrimSpace(b.String())
}

func bytesInWords(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
