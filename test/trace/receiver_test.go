package trace_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collect "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector for OTLP over HTTP.
type receiver struct {
	*httptest.Server

	mu    sync.Mutex
	spans []*otlp.Span
	text  strings.Builder // everything that came, for people
	fresh chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{fresh: make(chan struct{}, 1)}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	var in collect.ExportTraceServiceRequest
	body, err := io.ReadAll(req.Body)
	if err == nil {
		err = proto.Unmarshal(body, &in)
	}
	if err != nil || req.URL.Path != "/v1/traces" {
		http.Error(w, "no traces", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.text.WriteString(prototext.Format(&in))
	for _, rs := range in.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			r.spans = append(r.spans, ss.Spans...)
		}
	}
	r.mu.Unlock()
	select {
	case r.fresh <- struct{}{}:
	default:
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	b, _ := proto.Marshal(&collect.ExportTraceServiceResponse{})
	_, _ = w.Write(b)
}

// await returns the first span that is wanted, when it has come.
func (r *receiver) await(t *testing.T, what string, wanted func(*otlp.Span) bool) *otlp.Span {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		for _, s := range r.all() {
			if wanted(s) {
				return s
			}
		}
		select {
		case <-r.fresh:
		case <-limit:
			t.Fatalf("no span %s; there are\n%s", what, r.said())
		}
	}
}

func (r *receiver) all() []*otlp.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*otlp.Span(nil), r.spans...)
}

func (r *receiver) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// attribute returns an attribute of a span, as text.
func attribute(s *otlp.Span, key string) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			if v := a.Value.GetStringValue(); v != "" {
				return v
			}
			return prototext.Format(a.Value)
		}
	}
	return ""
}

func id(b []byte) string { return hex.EncodeToString(b) }
