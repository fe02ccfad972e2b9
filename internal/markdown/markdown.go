// Package markdown makes what people write, in Markdown, into HTML that is safe to show to others.
//
// It keeps nothing and knows nothing of tasks. Markup is what Markdown means: HTML in the text is text. What comes out goes through
// a list of allowed elements and attributes all the same, so that a fault of the one is caught by the other.
package markdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"github.com/taskhouse/taskhouse/internal/form"
)

// Max is the longest text, in characters: a description of a task is not longer, and a page of a hundred such tasks is still an answer
// that a client can hold.
const Max = 65_536

// Text is what is to be rendered.
type Text struct{ text string }

// Read reads it from a body.
func (in *Text) Read(f *form.Form) {
	in.text = f.Text("text", form.Required, form.Blank, form.Multiline, form.Max(Max), form.Doc("Markdown, as in the description of a task.")).V
}

// Rendered is the text as HTML.
type Rendered struct {
	HTML string `json:"html" doc:"Paragraphs, lists, tables, code, emphasis and links to http, https and mailto; no scripts, styles, images or forms."`
}

// Render makes a text into HTML.
func Render(in Text) Rendered { return Rendered{HTML(in.text)} }

// HTML is a text as safe HTML. One that nobody can have meant, for how deep it nests or how many links it has, is shown as it is written.
func HTML(text string) string {
	var b bytes.Buffer
	if tooMuch(text) || converter.Convert([]byte(text), &b) != nil {
		return "<p>" + string(util.EscapeHTML([]byte(text))) + "</p>"
	}
	return policy.Sanitize(b.String())
}

// The library's time grows with the square of these, and not of anything else (TestThreat_I11_NoTextTakesLong).
const (
	maxDepth = 50    // quotations and lists in one another
	maxLinks = 2_000 // links, whether they are closed or not
)

func tooMuch(text string) bool {
	if strings.Count(text, "](") > maxLinks {
		return true
	}
	for line := range strings.Lines(text) {
		depth := 0
		for _, c := range line {
			if strings.ContainsRune(">-+*.)", c) {
				depth++
			} else if !strings.ContainsRune(" \t0123456789", c) {
				break
			}
		}
		line = strings.TrimSpace(line)
		rule := strings.Trim(line, "-") == "" || strings.Trim(line, "*") == "" // draws a line, however long it is
		if depth > maxDepth && !rule {
			return true
		}
	}
	return false
}

// converter is Markdown as GitHub writes it, without its parsers of HTML.
var converter = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)),
	goldmark.WithExtensions(
		extension.Strikethrough,
		extension.TaskList,
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), // a style attribute is against the app's policy
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
	),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(own{}, 1))),
)

// own writes what the library would write otherwise.
type own struct{}

func (own) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, heading)
	r.Register(ast.KindImage, image)
	r.Register(extended.KindTaskCheckBox, box)
}

// heading is below the headings of the page that the text stands on.
func heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	tag := "h" + string("3456"[min(n.(*ast.Heading).Level, 4)-1]) + ">"
	if entering {
		_, _ = w.WriteString("<" + tag) // to memory, as everything here
	} else {
		_, _ = w.WriteString("</" + tag + "\n")
	}
	return ast.WalkContinue, nil
}

// image is a link to it: a page that shows it would tell another host who reads.
func image(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<a href="`)
		_, _ = w.Write(util.EscapeHTML(util.URLEscape(n.(*ast.Image).Destination, true)))
		_, _ = w.WriteString(`">`)
	} else {
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

// box is a character: whether it is checked changes in the text.
func box(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	switch {
	case !entering:
	case n.(*extended.TaskCheckBox).IsChecked:
		_, _ = w.WriteString("☑ ")
	default:
		_, _ = w.WriteString("☐ ")
	}
	return ast.WalkContinue, nil
}

// policy is all that may come out. The web app's own (web/src/task/markdown.ts) lets the same through.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // with noopener
	return p
}()
