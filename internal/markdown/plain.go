package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gotext "github.com/yuin/goldmark/text"
)

// omitted stands in plain text for a part that was left out.
const omitted = "\ufffc" // OBJECT REPLACEMENT CHARACTER

// Prose returns the text that a reader takes for the writer's own words: without code, addresses and the targets of
// links. U+FFFC stands for each part that is left out. If a text exceeds a budget, Prose returns its source.
func Prose(text string) string {
	if tooDeep(text) {
		return text
	}
	used := &usage{}
	pc := parser.NewContext()
	pc.Set(usageKey, used)
	source := []byte(text)
	root := converter.Parser().Parse(gotext.NewReader(source), parser.WithContext(pc))
	if used.exceeded {
		return text
	}
	var b strings.Builder
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.AutoLink:
			if entering {
				b.WriteString(omitted)
			}
			return ast.WalkSkipChildren, nil
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			if entering {
				b.WriteString(omitted + "\n")
			}
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte('\n')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		default:
			if !entering && n.Type() == ast.TypeBlock {
				b.WriteByte('\n')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
