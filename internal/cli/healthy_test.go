package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthy(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		code   int
		stderr string
	}{
		{"ready", 200, 0, ""},
		{"not ready", 503, 1, "not ready (503 Service Unavailable): database: ok; schema: old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/readyz/" {
					t.Errorf("it asks for %s", r.URL.Path)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte("database: ok\nschema: old\n"))
			}))
			defer s.Close()
			_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
			code, _, stderr := run(t, "healthy", "--addr=127.0.0.1:1", "--ops-addr=0.0.0.0:"+port)
			if code != c.code || !strings.Contains(stderr, c.stderr) {
				t.Errorf("%d %s", code, stderr)
			}
		})
	}
	t.Run("no server", func(t *testing.T) {
		code, _, stderr := run(t, "healthy", "--addr=127.0.0.1:9")
		if code != 1 || !strings.Contains(stderr, "127.0.0.1:9") {
			t.Errorf("%d %s", code, stderr)
		}
	})
}
