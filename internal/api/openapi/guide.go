package openapi

import (
	_ "embed" // the guide
	"fmt"
	"strings"
)

// guideMarkdown explains what applies to many operations. A paragraph ends with an empty line, backticks mark code, and
// a heading ends with the section's id in {#...}.
//
//go:embed guide.md
var guideMarkdown string

// section is a part of the guide. The document for programs has it as Markdown, the page for people as HTML.
type section struct{ ID, Title, Text string }

func (a *API) guide() (sections []section) {
	text := strings.ReplaceAll(guideMarkdown, "{max_body}", bytesInWords(a.MaxBody))
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "## "), "\n## ") {
		heading, paragraphs, _ := strings.Cut(part, "\n")
		title, id, _ := strings.Cut(strings.TrimSuffix(heading, "}"), " {#")
		sections = append(sections, section{ID: id, Title: title, Text: strings.TrimSpace(paragraphs)})
	}
	return sections
}

// guideText returns the guide as Markdown without the ids.
func (a *API) guideText() string {
	var b strings.Builder
	for _, s := range a.guide() {
		_, _ = fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.Title, s.Text)
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
