package markdown

import (
	"bytes"
	"errors"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gotext "github.com/yuin/goldmark/text"
)

// The library's time or memory grows with the square of some counts, so a short text can keep a processor busy for
// seconds and fill gigabytes (threat I11). Each such count has a budget here. No text that a person writes comes near
// one; within all of them the longest text takes some tenths of a second.
const (
	maxDepth = 50 // quotations and lists in one another, opened on one line

	// Each line asks every quotation and list that is open whether it goes on. The sum of these questions; lists can be
	// nested deeper than maxDepth by indentation, and empty lines close none of them.
	maxQuestions = 300_000

	// Emphasis (goldmark#555): a delimiter that closes looks at all delimiters before it in its block. The sum of these
	// looks; 4,000 delimiters in one block reach it.
	maxDelimiterLooks = 8_000_000

	// Links: a bracket that closes looks at its whole block, back for a link inside and forth for the end of its
	// address. The sum of these looks, in bytes.
	maxLinkLooks = 50_000_000

	// References: each use of a reference writes its address again. The sum of all addresses, in bytes.
	maxAddresses = 4 * Max

	// Tables (goldmark#589): each row is filled up to the columns of the header.
	maxCells = 20_000
	// A pipe that is escaped inside code looks at all others.
	maxEscapedPipes = 2_000

	maxOutput = 16 * Max // bytes of HTML; the most that a text without references gives is about 12 a character
)

// usage is what a text has used of the budgets. Once one is exceeded the parsers here do nothing more, so the rest of
// the text costs little.
type usage struct {
	exceeded                                                                  bool
	questions, delimiters, delimiterLooks, linkLooks, addresses, cells, pipes int
}

var usageKey = parser.NewContextKey()

func usageOf(pc parser.Context) *usage { return pc.Get(usageKey).(*usage) }

// spend adds n to what is used of a budget, and reports whether the text is still within all budgets.
func (u *usage) spend(used *int, n, budget int) bool {
	*used += n
	u.exceeded = u.exceeded || *used > budget
	return !u.exceeded
}

// boundedContainers is a parser of quotations, lists or their items.
type boundedContainers struct{ parser.BlockParser }

// Continue reports whether a block goes on in the next line.
func (p boundedContainers) Continue(node ast.Node, reader gotext.Reader, pc parser.Context) parser.State {
	u := usageOf(pc)
	if !u.spend(&u.questions, 1, maxQuestions) {
		return parser.Close
	}
	return p.BlockParser.Continue(node, reader, pc)
}

// boundedDelimiters is a parser of emphasis or of text struck through.
type boundedDelimiters struct{ parser.InlineParser }

// Parse reads a delimiter.
func (p boundedDelimiters) Parse(parent ast.Node, block gotext.Reader, pc parser.Context) ast.Node {
	u := usageOf(pc)
	if pc.LastDelimiter() == nil {
		u.delimiters = 0 // a new block
	}
	u.delimiters++
	if !u.spend(&u.delimiterLooks, u.delimiters, maxDelimiterLooks) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// boundedLinks is the parser of links and images.
type boundedLinks struct{ parser.InlineParser }

// Parse reads a bracket.
func (p boundedLinks) Parse(parent ast.Node, block gotext.Reader, pc parser.Context) ast.Node {
	u := usageOf(pc)
	if u.exceeded {
		return nil
	}
	if block.Peek() == ']' && !u.spend(&u.linkLooks, lengthOf(parent), maxLinkLooks) {
		return nil
	}
	n := p.InlineParser.Parse(parent, block, pc)
	switch n := n.(type) {
	case *ast.Link:
		u.spend(&u.addresses, len(n.Destination), maxAddresses)
	case *ast.Image:
		u.spend(&u.addresses, len(n.Destination), maxAddresses)
	}
	return n
}

// CloseBlock forgets the brackets that are still open.
func (p boundedLinks) CloseBlock(parent ast.Node, block gotext.Reader, pc parser.Context) {
	p.InlineParser.(parser.CloseBlocker).CloseBlock(parent, block, pc)
}

// lengthOf returns how many bytes of the text a block spans.
func lengthOf(block ast.Node) int {
	lines := block.Lines()
	if lines.Len() == 0 {
		return 0
	}
	return lines.At(lines.Len()-1).Stop - lines.At(0).Start
}

// boundedTables makes tables of paragraphs.
type boundedTables struct{ parser.ParagraphTransformer }

// Transform makes a table of a paragraph if it is one.
func (p boundedTables) Transform(node *ast.Paragraph, reader gotext.Reader, pc parser.Context) {
	u := usageOf(pc)
	lines, cells, pipes := node.Lines(), 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		text := line.Value(reader.Source())
		pipes += bytes.Count(text, []byte(`\|`))
		// it may divide the header from the rows, which are the lines below it
		if len(bytes.Trim(text, " \t\r\n|:-")) == 0 {
			columns := bytes.Count(bytes.Trim(text, " \t\r\n|"), []byte("|")) + 1
			cells = max(cells, columns*(lines.Len()-i))
		}
	}
	if cells > 0 && u.spend(&u.cells, cells, maxCells) && u.spend(&u.pipes, pipes, maxEscapedPipes) {
		p.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// tooDeep reports whether a line opens more quotations and lists in one another than there may be.
func tooDeep(text string) bool {
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

// limitedBuffer is a buffer that takes no more than max bytes.
type limitedBuffer struct {
	bytes.Buffer
	max int
}

var errTooLong = errors.New("the HTML is too long")

// Write fails when the buffer would exceed max.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.max {
		return 0, errTooLong
	}
	return b.Buffer.Write(p)
}
