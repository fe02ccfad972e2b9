package feed_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/fault"
	"github.com/taskhouse/taskhouse/test/server"
)

// example is a running program with a company, reached through a proxy that can be cut.
type example struct {
	run     *server.Server
	proxy   *fault.Proxy
	company server.Company
	api     server.Client
}

func newExample(t *testing.T, env map[string]string) *example {
	t.Helper()
	e := &example{run: server.Start(t, server.Options{Bin: bin, Data: t.TempDir(), Env: env})}
	e.company = server.SignUp(t, e.run.URL, "Acme")
	e.proxy = fault.NewProxy(t, strings.TrimPrefix(e.run.URL, "http://"))
	e.api = server.Client{URL: e.run.URL, Token: e.company.Token}
	return e
}

// change makes n tasks and gives the number of the last event.
func (e *example) change(t *testing.T, n int) int64 {
	t.Helper()
	for i := range n {
		e.api.Must(t, "POST", "/api/tasks/", map[string]string{"title": fmt.Sprint("task ", i)}, nil)
	}
	return headOf(t, e.api)
}

// TestGoExample runs the client of the documentation, cuts it off and lets it come back.
func TestGoExample(t *testing.T) {
	e := newExample(t, nil)
	dir := t.TempDir()
	program := filepath.Join(dir, "feed")
	build := exec.Command("go", "build", "-o", program, "github.com/taskhouse/taskhouse/docs/examples/feed")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "http://"+e.proxy.Addr(), "0")
	cmd.Env = append(os.Environ(), "TASKHOUSE_TOKEN="+e.company.Token)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	next := int64(1)
	upTo := func(last int64) {
		t.Helper()
		for next <= last && lines.Scan() {
			if strings.Contains(lines.Text(), `"connection_established"`) {
				continue
			}
			if !strings.Contains(lines.Text(), fmt.Sprintf(`"seq":%d,`, next)) {
				t.Fatalf("where %d is next it prints %s", next, lines.Text())
			}
			next++
		}
		if next <= last {
			t.Fatalf("it ends before %d", next)
		}
	}
	upTo(e.change(t, 3))
	e.proxy.Cut()
	last := e.change(t, 5)
	e.proxy.Pass()
	upTo(last)
	upTo(e.change(t, 1))
	cancel()
	_ = cmd.Wait()
}

var snippet = regexp.MustCompile("(?s)<!-- snippet:begin -->\n```js\n(.*?)```\n<!-- snippet:end -->")

// TestReadmeSnippetInABrowser runs the README's snippet, with the client it names, in a real browser, on a page of
// another origin; then cuts it off.
func TestReadmeSnippetInABrowser(t *testing.T) {
	chromium := testenv.Chromium(t)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	must(t, err)
	found := snippet.FindSubmatch(readme)
	if found == nil {
		t.Fatal("the README shows no snippet between its markers")
	}
	client, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", "feed.js"))
	must(t, err)
	var page string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed.js" {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(client)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(site.Close)
	e := newExample(t, map[string]string{"TASKHOUSE_ALLOWED_ORIGINS": site.URL})
	code := strings.Replace(string(found[1]), "127.0.0.1:8000", e.proxy.Addr(), 1)
	code = strings.Replace(code, "console.log(event.seq, event.message)", "window.heard.push(event.seq)", 1)
	if !strings.Contains(code, e.proxy.Addr()) || !strings.Contains(code, "heard") {
		t.Fatalf("the snippet is not the one this test knows:\n%s", code)
	}
	page = fmt.Sprintf(
		`<!doctype html><script>window.heard = []; const token = %q</script><script type="module">%s</script>`,
		e.company.Token,
		code,
	)

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	upTo := func(last int64) {
		t.Helper()
		_, err := chromedp.Run(
			ctx,
			chromedp.Poll[bool](fmt.Sprintf("window.heard.length >= %d", last),
				chromedp.WithPollingTimeout(30*time.Second)),
		)
		heard, e := chromedp.Run(ctx, chromedp.Evaluate[[]int64]("window.heard"))
		if err = errors.Join(err, e); err != nil {
			t.Fatalf("wait for event %d: %v (it has heard %v)", last, err, heard)
		}
		for i, seq := range heard {
			if seq != int64(i+1) {
				t.Fatalf("it has heard %v", heard)
			}
		}
	}
	last := e.change(t, 3)
	must(t, chromedp.Do(ctx, chromedp.Navigate(site.URL)))
	upTo(last)
	e.proxy.Cut()
	last = e.change(t, 5)
	e.proxy.Pass()
	upTo(last)
	upTo(e.change(t, 1))
}
