package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// counts holds the figures of one room's comments.
type counts struct {
	words    int // of all comments, or of a page of docs
	headless int // clauses without a noun: "what", "who", "whoever", "whose"
	people   int // "nobody", "somebody", "everybody", "anybody"
	docs     int // functions with a doc comment
	isDocs   int // those that begin "Name is" or "Name are"
}

func (c *counts) add(o counts) {
	c.words += o.words
	c.headless += o.headless
	c.people += o.people
	c.docs += o.docs
	c.isDocs += o.isDocs
}

// rates holds the three figures that are limited.
type rates struct{ headless, isDocs, people float64 }

func (c counts) rates() rates {
	return rates{
		headless: 10_000 * float64(c.headless) / float64(max(c.words, 1)),
		isDocs:   100 * float64(c.isDocs) / float64(max(c.docs, 1)),
		people:   10_000 * float64(c.people) / float64(max(c.words, 1)),
	}
}

// finding is one place that counts against a limit.
type finding struct {
	file string
	line int
	text string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

// tally holds the counts of every room and the places that were counted.
type tally struct {
	rooms    map[string]counts
	findings []finding
}

// skipped names the folders that hold no prose of ours.
var skipped = []string{"testdata", "node_modules", "dist", ".git"}

// count reads every .go and .md file below the folders, which are relative to root. A room is a Go package; its test
// files are a room of their own ("internal/task tests"), and a Markdown page counts for the room "pages of <folder>".
func count(root string, dirs ...string) (tally, error) {
	t := tally{rooms: map[string]counts{}}
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				if slices.Contains(skipped, entry.Name()) {
					return filepath.SkipDir
				}
				return nil
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			return t.file(path, filepath.ToSlash(name))
		})
		if err != nil {
			return tally{}, fmt.Errorf("count the words of %s: %w", dir, err)
		}
	}
	slices.SortFunc(t.findings, func(a, b finding) int {
		return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line)
	})
	return t, nil
}

func (t *tally) file(path, name string) error {
	folder := name[:max(strings.LastIndexByte(name, '/'), 0)]
	if folder == "" {
		folder = "."
	}
	switch {
	case strings.HasSuffix(name, ".md"):
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t.prose("pages of "+folder, name, 1, withoutCode(string(text)))
		return nil
	case strings.HasSuffix(name, "_test.go"):
		return t.source(folder+" tests", path, name)
	case strings.HasSuffix(name, ".go"):
		return t.source(folder, path, name)
	}
	return nil
}

func (t *tally) source(room, path, name string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, group := range file.Comments {
		t.prose(room, name, files.Position(group.Pos()).Line, group.Text())
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		c := counts{docs: 1}
		if words := strings.Fields(fn.Doc.Text()); len(words) > 1 && (words[1] == "is" || words[1] == "are") {
			c.isDocs = 1
			t.find(name, files.Position(fn.Doc.Pos()).Line, "begin with a verb: "+excerpt(words, 0))
		}
		t.count(room, c)
	}
	return nil
}

func (t *tally) count(room string, c counts) {
	sum := t.rooms[room]
	sum.add(c)
	t.rooms[room] = sum
}

func (t *tally) find(file string, line int, text string) {
	t.findings = append(t.findings, finding{file, line, text})
}

// prose counts a text that begins at a line of a file. A blank line ends a sentence.
func (t *tally) prose(room, file string, line int, text string) {
	text = quoted.ReplaceAllString(text, "quote")
	var words []string
	var lines []int
	for i, l := range strings.Split(text, "\n") {
		fields := strings.Fields(l)
		if len(fields) == 0 && len(words) > 0 && words[len(words)-1] != "" {
			words, lines = append(words, ""), append(lines, line+i)
		}
		for _, w := range fields {
			words, lines = append(words, w), append(lines, line+i)
		}
	}
	var c counts
	for i, word := range words {
		if word == "" {
			continue
		}
		c.words++
		switch {
		case headless(words, i):
			c.headless++
			t.find(file, lines[i], "needs a noun: "+excerpt(words, i))
		case anybody.MatchString(word):
			c.people++
			t.find(file, lines[i], "name them: "+excerpt(words, i))
		}
	}
	t.count(room, c)
}

// excerpt returns the words around one of them.
func excerpt(words []string, at int) string {
	return strings.Join(strings.Fields(strings.Join(words[max(at-4, 0):min(at+7, len(words))], " ")), " ")
}

var (
	anybody = regexp.MustCompile(`(?i)^\W*(nobody|somebody|everybody|anybody)('s)?\W*$`)
	edges   = regexp.MustCompile(`^\W+|\W+$`)
	// asking holds the verbs after which "what" and "who" begin an indirect question: "says what was attempted".
	asking = regexp.MustCompile(
		`^(say|tell|ask|know|show|see|decide|describe|explain|report|matter)(s|d|n|ed|ing)?$|` +
			`^(said|told|knew|saw|exactly)$`,
	)
	// leading holds the words before which no noun is missing yet: a "who" after one of them lacks its noun.
	leading = regexp.MustCompile(
		`^(a[mst]|are|is|was|were|be|of|for|by|in|and|or|nor|not|but|to|with|on|off|out|from|into|over|than|as|so|` +
			`then|only|before|after|when|where|if|that|it|finds?|forgets?)$`,
	)
)

// headless reports whether a clause without a noun begins at words[i]: "What is refused is ...", "for who asks for it".
// A clause that follows its noun ("a member who left"), a question and an indirect question do not count.
func headless(words []string, i int) bool {
	word := strings.ToLower(edges.ReplaceAllString(words[i], ""))
	before, starts := "", true
	if i > 0 && words[i-1] != "" {
		before = strings.ToLower(edges.ReplaceAllString(words[i-1], ""))
		starts = strings.ContainsAny(words[i-1][len(words[i-1])-1:], ".;:!?(") || strings.HasPrefix(words[i], "(")
	}
	switch word {
	case "whoever":
		return true
	case "what":
		return (starts || !asking.MatchString(before)) && !question(words[i:])
	case "who", "whose":
		return (starts || before == "" || leading.MatchString(before)) && !question(words[i:])
	}
	return false
}

// question reports whether the sentence ends with a question mark.
func question(words []string) bool {
	for _, w := range words {
		switch {
		case w == "" || strings.HasSuffix(w, "."):
			return false
		case strings.HasSuffix(w, "?"):
			return true
		}
	}
	return false
}

var (
	fenced = regexp.MustCompile("(?ms)^(```|~~~).*?^(```|~~~)[ \t]*$")
	inline = regexp.MustCompile("`[^`\n]*`")
	quoted = regexp.MustCompile(`"[^"\n]*"`) // a quotation is not our sentence
)

// withoutCode blanks the code of a Markdown page and keeps its lines where they are.
func withoutCode(page string) string {
	page = fenced.ReplaceAllStringFunc(page,
		func(block string) string { return strings.Repeat("\n", strings.Count(block, "\n")) })
	return inline.ReplaceAllString(page, "code")
}
