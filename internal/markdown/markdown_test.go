package markdown_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

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
		{"table", "|a|b|\n|:-:|---|\n|1|2|", "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"},
		{"link", "[a](https://example.com/?x=1&y=2)", `<p><a href="https://example.com/?x=1&amp;y=2"` + link + ">a</a></p>\n"},
		{"address that stands by itself", "see https://example.com/a.", `<p>see <a href="https://example.com/a"` + link + ">https://example.com/a</a>.</p>\n"},
		{"mail", "<jane@example.com>", `<p><a href="mailto:jane@example.com" rel="nofollow noreferrer">jane@example.com</a></p>` + "\n"},
		{"image is a link", "![a cat](https://example.com/cat.png)", `<p><a href="https://example.com/cat.png"` + link + ">a cat</a></p>\n"},
		{"HTML is text", "a <b>b</b>\n\n<div>c</div>", "<p>a &lt;b&gt;b&lt;/b&gt;</p>\n<p>&lt;div&gt;c&lt;/div&gt;</p>\n"},
		{"a line", strings.Repeat("-", 200), "<hr>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markdown.HTML(c.text); got != c.want {
				t.Errorf("%q\ngives %q\nwant  %q", c.text, got, c.want)
			}
		})
	}
}

// allowed are the attributes of each element that may come out.
var allowed = map[string][]string{
	"p": nil, "br": nil, "hr": nil, "em": nil, "strong": nil, "del": nil, "code": nil, "pre": nil, "blockquote": nil, "ul": nil, "ol": {"start"}, "li": nil,
	"h3": nil, "h4": nil, "h5": nil, "h6": nil, "table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"align"}, "td": {"align"}, "a": {"href", "rel", "target"},
}

// unsafe is what of some HTML may not be there, read as a browser reads it.
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

// attacks are texts that others' sanitisers have let through, or that look like it.
func attacks() (all []string) {
	tags := []string{"img src=x", "svg", "body", "iframe", "video src=x", "input autofocus", "details open", "marquee", "math", "object data=x", "style", "base href=//evil.example", "form action=x", "a href=javascript:alert(1)"}
	for _, tag := range tags {
		for _, on := range []string{"onerror", "onload", "onfocus", "ontoggle", "onmouseover"} {
			all = append(all, "<"+tag+" "+on+"=alert(1)>", "text <"+tag+" "+on+"=alert(1)> text", "- <"+tag+"/"+on+"=alert(1)//")
		}
	}
	schemes := []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript&colon;alert(1)",
		"&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "%6Aavascript:alert(1)", "javascript\\:alert(1)", "javascript://example.com/%0aalert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>",
		"data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml,<svg onload=alert(1)>", "feed:javascript:alert(1)", "view-source:javascript:alert(1)", "blob:x", "file:///etc/passwd", "//evil.example", "/\\evil.example", "?x", "x:y",
	}
	for _, s := range schemes {
		all = append(all, "[a]("+s+")", "[a](<"+s+">)", "![a]("+s+")", "[a][b]\n\n[b]: "+s, "[a][b]\n\n[b]: <"+s+">", "<"+s+">", s, "[a]("+s+" \"t\" onclick=alert(1))", "[![a]("+s+")]("+s+")")
	}
	return append(all,
		"[a](https://example.com/\"onmouseover=alert(1))", "![\" onerror=alert(1) x=\"](https://example.com)", "[\"><script>alert(1)</script>](https://example.com)", "<https://example.com/\"><script>alert(1)</script>>",
		"`<script>alert(1)</script>`", "```\" onload=alert(1)\nx\n```", "```</code></pre><script>alert(1)</script>\n```", "<!--><script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<?php x ?>", "</p><script>alert(1)</script>",
		"|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|", "# <svg onload=alert(1)>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
		"\x00<script>alert(1)</script>", "\xff<script>alert(1)</script>", "<scr\x00ipt>alert(1)</script>", "＜script＞alert(1)＜/script＞", "&lt;script&gt;alert(1)&lt;/script&gt;", "99999999999999. x",
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
	// And all of them together, as one text may open what another one closes.
	if found := unsafe(markdown.HTML(strings.Join(all, "\n\n"))); found != nil {
		t.Errorf("together they let through %q", found)
	}
}

// Some Markdown takes a library a time that grows with the square of its length. The longest text there may be stays a matter of moments.
func TestThreat_I11_NoTextTakesLong(t *testing.T) {
	for _, c := range []struct{ name, part string }{
		{"quotations", ">"},
		{"lists", "- "},
		{"ordered lists", "1. "},
		{"indented lists", "-\t"},
		{"brackets", "["},
		{"images", "!["},
		{"links", "[a]("},
		{"closed brackets", "[]"},
		{"stars", "*a "},
		{"both", "**a *b "},
		{"underscores", "_a"},
		{"ticks", "` `` "},
		{"angles", "<"},
		{"addresses", "<a@"},
		{"ampersands", "&#"},
		{"backslashes", "\\"},
		{"tildes", "~a"},
		{"references", "[a]: b\n"},
		{"tables", "|a"},
		{"rows", "|\n|-|\n"},
		{"protocols", "http://"},
		{"mails", "a@b."},
		{"dots", "www."},
		{"fences", "```\n"},
		{"lines", "- a\n"},
		{"deeper lists", "* * a\n"},
		{"nested quotations", "> > a\n"},
		{"closing", "a](b"},
		{"nested links", "[a](b)["},
		{"spaces", " "},
		{"empty", "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Repeat(c.part, markdown.Max/len(c.part))
			began := time.Now()
			out := markdown.HTML(text)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%d characters take %v", len(text), took)
			}
			if found := unsafe(out); found != nil {
				t.Errorf("lets through %q", found[0])
			}
			t.Log(time.Since(began))
		})
	}
}

func FuzzThreat_I11_I12_HTML(f *testing.F) {
	for _, text := range attacks() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		if found := unsafe(markdown.HTML(text)); found != nil {
			t.Errorf("%q lets through %q", text, found)
		}
	})
}
