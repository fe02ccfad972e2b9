package markdown_test

import (
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/markdown"
)

func TestHTML(t *testing.T) {
	const link = ` rel="nofollow noreferrer noopener" target="_blank"`
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"paragraphs", "one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>\n"},
		{"emphasis", "*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>\n"},
		{"headings below the page's", "# a\n\n#### b", "<h3>a</h3>\n<h6>b</h6>\n"},
		{"lists", "3. a\n4. b\n   - c", "<ol start=\"3\">\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ol>\n"},
		{"boxes", "- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>\n"},
		{"code", "```go\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n"},
		{
			"table", "|a|b|\n|:-:|---|\n|1|2|",
			"<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n" +
				"<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
		},
		{
			"link", "[a](https://example.com/?x=1&y=2)",
			`<p><a href="https://example.com/?x=1&amp;y=2"` + link + ">a</a></p>\n",
		},
		{
			"address that stands by itself", "see https://example.com/a.",
			`<p>see <a href="https://example.com/a"` + link + ">https://example.com/a</a>.</p>\n",
		},
		{
			"mail", "<jane@example.com>",
			`<p><a href="mailto:jane@example.com" rel="nofollow noreferrer">jane@example.com</a></p>` + "\n",
		},
		{
			"image is a link", "![a cat](https://example.com/cat.png)",
			`<p><a href="https://example.com/cat.png"` + link + ">a cat</a></p>\n",
		},
		{
			"HTML is text", "a <b>b</b>\n\n<div>c</div>",
			"<p>a &lt;b&gt;b&lt;/b&gt;</p>\n<p>&lt;div&gt;c&lt;/div&gt;</p>\n",
		},
		{"a line", strings.Repeat("-", 200), "<hr>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markdown.HTML(c.text); got != c.want {
				t.Errorf("%q\ngives %q\nwant  %q", c.text, got, c.want)
			}
		})
	}
}

// allowed lists the allowed attributes of each allowed element.
var allowed = map[string][]string{
	"p": nil, "br": nil, "hr": nil, "em": nil, "strong": nil, "del": nil, "code": nil, "pre": nil, "blockquote": nil,
	"ul": nil, "ol": {"start"}, "li": nil,
	"h3": nil, "h4": nil, "h5": nil, "h6": nil, "table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"align"},
	"td": {"align"}, "a": {"href", "rel", "target"},
}

// unsafe reads HTML as a browser does, and returns the parts that are not allowed.
func unsafe(out string) (found []string) {
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.CommentToken, html.DoctypeToken:
			found = append(found, z.Token().String())
		case html.StartTagToken, html.SelfClosingTagToken:
			e := z.Token()
			attributes, ok := allowed[e.Data]
			if !ok {
				found = append(found, e.String())
			}
			for _, a := range e.Attr {
				if !slices.Contains(attributes, a.Key) {
					found = append(found, e.String())
				}
				if a.Key == "href" {
					u, err := url.Parse(strings.TrimSpace(a.Val))
					if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) {
						found = append(found, e.String())
					}
				}
				if a.Key == "rel" && !strings.Contains(a.Val, "nofollow") {
					found = append(found, e.String())
				}
			}
		}
	}
}

// attacks returns texts that have passed other sanitizers, and texts like them.
func attacks() (all []string) {
	tags := []string{
		"img src=x", "svg", "body", "iframe", "video src=x", "input autofocus", "details open", "marquee", "math",
		"object data=x", "style", "base href=//evil.example", "form action=x", "a href=javascript:alert(1)",
	}
	for _, tag := range tags {
		for _, on := range []string{"onerror", "onload", "onfocus", "ontoggle", "onmouseover"} {
			all = append(all, "<"+tag+" "+on+"=alert(1)>", "text <"+tag+" "+on+"=alert(1)> text",
				"- <"+tag+"/"+on+"=alert(1)//")
		}
	}
	schemes := []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
		"java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript&colon;alert(1)",
		"&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "%6Aavascript:alert(1)", "javascript\\:alert(1)",
		"javascript://example.com/%0aalert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>",
		"data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml,<svg onload=alert(1)>", "feed:javascript:alert(1)",
		"view-source:javascript:alert(1)", "blob:x", "file:///etc/passwd", "//evil.example", "/\\evil.example", "?x",
		"x:y",
	}
	for _, s := range schemes {
		all = append(all, "[a]("+s+")", "[a](<"+s+">)", "![a]("+s+")", "[a][b]\n\n[b]: "+s, "[a][b]\n\n[b]: <"+s+">",
			"<"+s+">", s, "[a]("+s+" \"t\" onclick=alert(1))", "[![a]("+s+")]("+s+")")
	}
	return append(all,
		"[a](https://example.com/\"onmouseover=alert(1))", "![\" onerror=alert(1) x=\"](https://example.com)",
		"[\"><script>alert(1)</script>](https://example.com)", "<https://example.com/\"><script>alert(1)</script>>",
		"`<script>alert(1)</script>`", "```\" onload=alert(1)\nx\n```",
		"```</code></pre><script>alert(1)</script>\n```", "<!--><script>alert(1)</script>-->",
		"<![CDATA[<script>alert(1)</script>]]>", "<?php x ?>", "</p><script>alert(1)</script>",
		"|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|", "# <svg onload=alert(1)>",
		"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
		"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
		"\x00<script>alert(1)</script>", "\xff<script>alert(1)</script>", "<scr\x00ipt>alert(1)</script>",
		"＜script＞alert(1)＜/script＞", "&lt;script&gt;alert(1)&lt;/script&gt;", "99999999999999. x",
	)
}

func TestThreat_I11_I12_TextsOfAttackersStayTexts(t *testing.T) {
	all := attacks()
	if len(all) < 200 {
		t.Fatalf("only %d texts", len(all))
	}
	for _, text := range all {
		if found := unsafe(markdown.HTML(text)); found != nil {
			t.Errorf("%q lets through %q", text, found)
		}
	}
	// All of them together, because one text may open a construct that another one closes.
	if found := unsafe(markdown.HTML(strings.Join(all, "\n\n"))); found != nil {
		t.Errorf("together they let through %q", found)
	}
}

// The cost limits of rendering a text. The time allows for a busy machine; an idle one needs a tenth. The race detector
// empties pools, so that a text takes up to three times as much memory under it.
const (
	mostTime          = 3 * time.Second
	mostAllocated     = 96 << 20 // bytes
	mostAllocatedRace = 3 * mostAllocated
	mostOutput        = 16 * markdown.Max
)

// hold fails if rendering a text costs too much or gives unsafe HTML.
func hold(t interface {
	Helper()
	Errorf(format string, args ...any)
}, name, text string,
) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	out := markdown.HTML(text)
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	for range 3 { // again, because the machine may have been busy
		if took > mostTime {
			began = time.Now()
			markdown.HTML(text)
			took = min(took, time.Since(began))
		}
	}
	if took > mostTime {
		t.Errorf("%s: %d bytes take %v", name, len(text), took)
	}
	most := uint64(mostAllocated)
	if raceDetector {
		most = mostAllocatedRace
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > most {
		t.Errorf("%s: %d bytes take %d MB", name, len(text), allocated>>20)
	}
	if len(out) > mostOutput {
		t.Errorf("%s: %d bytes give %d", name, len(text), len(out))
	}
	if found := unsafe(out); found != nil {
		t.Errorf("%s: lets through %q", name, found[0])
	}
}

// parts lists every construct of Markdown, whole and in pieces, for texts of attackers.
var parts = []string{
	">", "> ", "- ", "1. ", "-\t", "+ ", "* ", "* * ", "[", "]", "![", "[a](", "[]", "](", "a](b", "[a](b)", "[a](b)[",
	"[a][b]", "[a]: b\n", "[x]: /", "[x]", "(", ")", "<", ">",
	"*", "_", "~", "**", "*a ", "*a_", "**a *b ", "**a_", "_a", "_a b* ", "~a", "~a b* ", "a**b", "c* ", "a*", "*a*",
	"**a**", "~~a~~", "a_b_", "***", "___\n", "---\n", "===\n", "# ", "a\n",
	"`", "``", "` `` ", "`a`", "```\n", "~~~\n", "    ", "\t", "&#", "&amp;", "&", "\\", "\\|", "\\\n", "  \n", "|",
	"|a", "|-", "|-|\n", "|\n|-|\n", "|:-:", "-|-\n", "`\\|`|",
	"<a@", "<a@b.c>", "<http:", "<http://a>", "http://", "http://a.b ", "www.", "www.a.b ", "a@b.", "a@b.c ", "a@",
	"\"", "'", "\n", "\n\n", " ", "a", "- a\n", "  - a\n", "> > a\n", "- [ ] a\n", "é", "\U0001F600",
}

// fill repeats a part up to the longest allowed text.
func fill(part string) string {
	return strings.Repeat(part, markdown.Max/utf8.RuneCountInString(part))
}

// Some repeated constructs cost a library time or memory that grows with the square of the length.
func TestThreat_I11_NoTextTakesLong(t *testing.T) {
	for _, part := range parts {
		hold(t, fmt.Sprintf("%q", part), fill(part))
	}
	repeat := strings.Repeat
	for _, c := range []struct{ name, text string }{
		{"an opener of another kind in between", fill("*a_")},
		{"closers that do not match", repeat("a**b", 6_000) + repeat("c* ", 6_000)},
		{
			"a table of n columns and n rows",
			repeat("|a", 2_000) + "|\n" + repeat("|-", 2_000) + "|\n" + repeat("b\n", 2_000),
		},
		{"the largest table", repeat("|a", 10_900) + "|\n" + repeat("|-", 10_900) + "|\n" + repeat("b\n", 10_900)},
		{"a table of n tables", fill("|a|\n|-|\n|b|\n\n")},
		{"delimiter rows", "x\ny\n" + repeat("|-|\n", 16_000)},
		{"escaped pipes in code", "|a|\n|-|\n|`" + repeat("\\|", 30_000) + "`|\n"},
		{"cells with escaped pipes in code", "|a|\n|-|\n" + repeat("|`\\|`|\n", 8_000)},
		{"a long address used often", "[a]: /" + repeat("x", 30_000) + "\n\n" + repeat("[a]\n", 8_000)},
		{"a long title used often", "[a]: / '" + repeat("x", 30_000) + "'\n\n" + repeat("[a]\n", 8_000)},
		{"brackets in brackets", repeat("[", 900) + repeat("*a* ", 15_000) + repeat("]", 900)},
		{"lazy lines below deep lists", deepList(100) + repeat("b\n", 25_000)},
		{"empty lines below deep lists", deepList(100) + repeat("\n", 50_000)},
		{"empty quoted lines below deep lists", deepList(100) + repeat(">\n", 25_000)},
		{"deep lists", deepList(250)},
		{"deep lists again and again", repeat(deepList(40), 38)},
		{"a paragraph of links", fill("[a](/b) ")},
		{"a list of links", fill("- [a](/b)\n")},
		{"ticks of every length", ticks()},
	} {
		hold(t, c.name, c.text)
	}
}

func deepList(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	return b.String()
}

func ticks() string {
	var b strings.Builder
	for i := 1; b.Len() < 60_000; i++ {
		b.WriteString(strings.Repeat("`", i) + " ")
	}
	return b.String()
}

// Mixed constructs stay within the same bounds. -rapid.checks=N tries more mixes.
func TestThreat_I11_NoMixTakesLong(t *testing.T) {
	some := rapid.SliceOfN(rapid.SampledFrom(parts), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for left := markdown.Max; left > 0; {
			unit := strings.Join(some.Draw(t, "unit"), "")
			length := utf8.RuneCountInString(unit)
			n := min(left, rapid.SampledFrom([]int{
				length, 200, markdown.Max / 4, markdown.Max,
			}).Draw(t, "length")) / length
			if n == 0 {
				break
			}
			b.WriteString(strings.Repeat(unit, n))
			left -= n * length
		}
		hold(t, "a mix", b.String())
	})
}

// TestThreat_I11_ATextOverABudgetIsShownAsItIsWritten keeps line breaks and escapes markup.
func TestThreat_I11_ATextOverABudgetIsShownAsItIsWritten(t *testing.T) {
	deep := strings.Repeat("> ", 60) + "<b>"
	got, want := markdown.HTML(deep+"\nnext"), "<p>"+strings.Repeat("&gt; ", 60)+"&lt;b&gt;<br>\nnext</p>"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// TestThreat_I11_TextsOfPeopleAreWithinTheBudgets renders long texts of the kind that people write.
func TestThreat_I11_TextsOfPeopleAreWithinTheBudgets(t *testing.T) {
	for _, c := range []struct{ name, text, has string }{
		{
			"prose", fill("Some **bold** and *slanted* words, a [link](https://example.com/a) and `code`.\n\n"),
			"<strong>bold</strong>",
		},
		{
			"prose without empty lines",
			fill("Some **bold** and *slanted* words, then twenty others that have no markup at all, and so on.\n"),
			"<strong>bold</strong>",
		},
		{
			"a table", "|a|b|c|d|e|f|g|h|\n|-|-|-|-|-|-|-|-|\n" + strings.Repeat("|**1**|2|3|4|5|6|7|8|\n", 2_400),
			"<strong>1</strong>",
		},
		{"a checklist", fill("- [ ] buy *white* paint\n"), "<em>white</em>"},
		{"addresses", fill("https://example.com/a/b?c=d\n"), "<a href="},
		{"quotation marks", fill("\""), "&#34;"},
	} {
		if out := markdown.HTML(c.text); !strings.Contains(out, c.has) {
			t.Errorf("%s is shown as it is written: %.200s", c.name, out)
		}
	}
}

func FuzzThreat_I11_I12_HTML(f *testing.F) {
	for _, text := range attacks() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if utf8.RuneCountInString(text) > markdown.Max {
			return
		}
		hold(t, fmt.Sprintf("%.200q", text), text)
	})
}
