// Package markdown renders people's Markdown as HTML that is safe to show to others.
//
// It stores nothing and knows nothing of tasks. It renders HTML in a text as text. Its output passes a sanitizer with a
// list of allowed elements and attributes all the same, so that the sanitizer catches a fault of the renderer.
package markdown

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gotext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/taskhouse/taskhouse/internal/form"
)

// Max is the length limit of a text in characters. Descriptions of tasks have the same limit: a client can still hold a
// page of a hundred such tasks.
const Max = 65_536

// Text is a text to be rendered.
type Text struct{ text string }

// Read reads the text from a body.
func (in *Text) Read(f *form.Form) {
	in.text = f.Text("text", form.Required, form.Blank, form.Multiline, form.Max(Max),
		form.Doc("Markdown, as in the description of a task.")).V
}

// Rendered holds a rendered text.
type Rendered struct {
	HTML string `json:"html" doc:"Safe HTML: no scripts, styles, images or forms."`
}

// Render renders a text.
func Render(in Text) Rendered { return Rendered{HTML(in.text)} }

// HTML renders a text as safe HTML. If a text exceeds a budget (budget.go), HTML shows its source.
func HTML(text string) string {
	if html, ok := convert(text); ok {
		return html
	}
	escaped := string(util.EscapeHTML([]byte(text)))
	return "<p>" + strings.ReplaceAll(escaped, "\n", "<br>\n") + "</p>"
}

// convert renders a text within the budgets; it reports false if one of them is exceeded.
func convert(text string) (html string, ok bool) {
	if tooDeep(text) {
		return "", false
	}
	used := &usage{}
	pc := parser.NewContext()
	pc.Set(usageKey, used)
	out := limitedBuffer{max: maxOutput}
	root := converter.Parser().Parse(gotext.NewReader([]byte(text)), parser.WithContext(pc))
	if used.exceeded || converter.Renderer().Render(&out, []byte(text), root) != nil {
		return "", false
	}
	html = policy.Sanitize(out.String())
	return html, len(html) <= maxOutput
}

// converter reads GitHub Flavored Markdown, without its parsers of HTML.
var converter = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(boundedContainers{parser.NewListParser()}, 300),
			util.Prioritized(boundedContainers{parser.NewListItemParser()}, 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(boundedContainers{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(boundedLinks{parser.NewLinkParser()}, 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(boundedDelimiters{parser.NewEmphasisParser()}, 500),
			util.Prioritized(boundedDelimiters{extension.NewStrikethroughParser()}, 500),
		),
		parser.WithParagraphTransformers(append(
			parser.DefaultParagraphTransformers(),
			util.Prioritized(boundedTables{extension.NewTableParagraphTransformer()}, 200),
		)...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)),
	goldmark.WithExtensions(
		extension.TaskList,
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
	),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(
		util.Prioritized(own{}, 1),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(extension.NewTableHTMLRenderer(byAttribute), 500),
	)),
)

// byAttribute writes the alignment of a cell as an attribute: the app's content policy forbids style attributes.
var byAttribute = extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)

// own renders the nodes for which the library's output does not fit.
type own struct{}

func (own) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, heading)
	r.Register(ast.KindImage, image)
	r.Register(extended.KindTaskCheckBox, box)
}

// heading renders a heading two levels down, below the headings of the page around the text.
func heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	tag := "h" + string("3456"[min(n.(*ast.Heading).Level, 4)-1]) + ">"
	if entering {
		_, _ = w.WriteString("<" + tag) // writes to memory do not fail, here and below
	} else {
		_, _ = w.WriteString("</" + tag + "\n")
	}
	return ast.WalkContinue, nil
}

// image renders a link to the image: showing the image would tell another host the reader's address.
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

// box renders a check box as a character: people check it by editing the text.
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

// policy lists the allowed elements and attributes. The web app's policy (web/src/task/markdown.ts) allows the same.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4",
		"h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
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
