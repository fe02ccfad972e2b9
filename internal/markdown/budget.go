package markdown

import (
	"bytes"
	"errors"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gotext "github.com/yuin/goldmark/text"
)

// The library's time or memory grows with the square of some counts. Without limits, a short text keeps a processor
// busy for seconds and fills gigabytes (threat I11). Each such count has a budget here. No text of a person comes near
// a budget. Within all budgets the longest text takes some tenths of a second.
const (
	maxDepth = 50 // nested quotations and lists that one line opens

	// Containers: each line checks of every open quotation and list whether it continues. maxContinueChecks limits the
	// sum over the text. Lists can be nested deeper than maxDepth by indentation, and empty lines do not close them.
	maxContinueChecks = 300_000

	// Emphasis (goldmark#555): a closing delimiter reads all delimiters before it in its block. maxDelimiterReads
	// limits the sum over the text; 4,000 delimiters in one block reach it.
	maxDelimiterReads = 8_000_000

	// Links: a closing bracket reads its whole block, back for a link inside and forth for the end of its address.
	// maxLinkBytes limits the sum over the text.
	maxLinkBytes = 50_000_000

	// References: each use of a reference writes its address again. maxAddressBytes limits the sum over the text.
	maxAddressBytes = 4 * Max

	// Tables (goldmark#589): each row is filled up to the columns of the header.
	maxCells = 20_000
	// Pipes: an escaped pipe inside code is compared with all others.
	maxEscapedPipes = 2_000

	maxOutput = 16 * Max // bytes of HTML; a text without references gives at most about 12 per character
)

// usage counts the use of the budgets by one text. Once a budget is exceeded, the parsers here stop working, so the
// rest of the text costs little.
type usage struct {
	exceeded                                                                          bool
	continueChecks, delimiters, delimiterReads, linkBytes, addressBytes, cells, pipes int
}

var usageKey = parser.NewContextKey()

func usageOf(pc parser.Context) *usage { return pc.Get(usageKey).(*usage) }

// spend adds n to the use of a budget, and reports whether the text is still within all budgets.
func (u *usage) spend(used *int, n, budget int) bool {
	*used += n
	u.exceeded = u.exceeded || *used > budget
	return !u.exceeded
}

// boundedContainers parses quotations, lists or their items within a budget.
type boundedContainers struct{ parser.BlockParser }

// Continue reports whether a block continues in the next line.
func (p boundedContainers) Continue(node ast.Node, reader gotext.Reader, pc parser.Context) parser.State {
	u := usageOf(pc)
	if !u.spend(&u.continueChecks, 1, maxContinueChecks) {
		return parser.Close
	}
	return p.BlockParser.Continue(node, reader, pc)
}

// boundedDelimiters parses emphasis or strikethrough within a budget.
type boundedDelimiters struct{ parser.InlineParser }

// Parse reads a delimiter.
func (p boundedDelimiters) Parse(parent ast.Node, block gotext.Reader, pc parser.Context) ast.Node {
	u := usageOf(pc)
	if pc.LastDelimiter() == nil {
		u.delimiters = 0 // a new block
	}
	u.delimiters++
	if !u.spend(&u.delimiterReads, u.delimiters, maxDelimiterReads) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// boundedLinks parses links and images within a budget.
type boundedLinks struct{ parser.InlineParser }

// Parse reads a bracket.
func (p boundedLinks) Parse(parent ast.Node, block gotext.Reader, pc parser.Context) ast.Node {
	u := usageOf(pc)
	if u.exceeded {
		return nil
	}
	if block.Peek() == ']' && !u.spend(&u.linkBytes, lengthOf(parent), maxLinkBytes) {
		return nil
	}
	n := p.InlineParser.Parse(parent, block, pc)
	switch n := n.(type) {
	case *ast.Link:
		u.spend(&u.addressBytes, len(n.Destination), maxAddressBytes)
	case *ast.Image:
		u.spend(&u.addressBytes, len(n.Destination), maxAddressBytes)
	}
	return n
}

// CloseBlock forgets the brackets that are still open.
func (p boundedLinks) CloseBlock(parent ast.Node, block gotext.Reader, pc parser.Context) {
	p.InlineParser.(parser.CloseBlocker).CloseBlock(parent, block, pc)
}

// lengthOf returns the length of a block in bytes of the text.
func lengthOf(block ast.Node) int {
	lines := block.Lines()
	if lines.Len() == 0 {
		return 0
	}
	return lines.At(lines.Len()-1).Stop - lines.At(0).Start
}

// boundedTables turns paragraphs into tables within a budget.
type boundedTables struct{ parser.ParagraphTransformer }

// Transform turns a paragraph into a table if it has the form of one.
func (p boundedTables) Transform(node *ast.Paragraph, reader gotext.Reader, pc parser.Context) {
	u := usageOf(pc)
	lines, cells, pipes := node.Lines(), 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		text := line.Value(reader.Source())
		pipes += bytes.Count(text, []byte(`\|`))
		// this line may divide the header from the rows below it
		if len(bytes.Trim(text, " \t\r\n|:-")) == 0 {
			columns := bytes.Count(bytes.Trim(text, " \t\r\n|"), []byte("|")) + 1
			cells = max(cells, columns*(lines.Len()-i))
		}
	}
	if cells > 0 && u.spend(&u.cells, cells, maxCells) && u.spend(&u.pipes, pipes, maxEscapedPipes) {
		p.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// tooDeep reports whether a line opens more than maxDepth nested quotations and lists.
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
		rule := strings.Trim(line, "-") == "" || strings.Trim(line, "*") == "" // a thematic break of any length
		if depth > maxDepth && !rule {
			return true
		}
	}
	return false
}

// limitedBuffer is a buffer of at most max bytes.
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
