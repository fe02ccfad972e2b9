package trace_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	otel "go.opentelemetry.io/otel/trace"

	"github.com/taskhouse/taskhouse/internal/trace"
)

const (
	parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	other  = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
)

func recorder(t *testing.T, o ...sdk.TracerProviderOption) (context.Context, *tracetest.SpanRecorder) {
	t.Helper()
	r := tracetest.NewSpanRecorder()
	p := sdk.NewTracerProvider(append(o, sdk.WithSpanProcessor(r))...)
	return trace.New(p).Into(t.Context()), r
}

// TestRequestReadsTraceparent checks that a request continues a valid traceparent, and that an invalid one starts a new
// trace.
func TestRequestReadsTraceparent(t *testing.T) {
	for _, c := range []struct {
		name, header string
		taken        bool
	}{
		{"version 00", parent, true},
		{"a later version with more behind it", "cc" + parent[2:] + "-what-the-future-brings", true},
		{"a later version with nothing behind it", "cc" + parent[2:], true},
		{"version 00 with more behind it", parent + "-00", false},
		{"version ff", "ff" + parent[2:], false},
		{"capitals in the version", "Zz" + parent[2:], false},
		{"no trace", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
		{"no span", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
		{"cut off", parent[:54], false},
		{"other dashes", "00+4bf92f3577b34da6a3ce929d0e0e4736+00f067aa0ba902b7+01", false},
		{"flags that are no number", parent[:53] + "xx", false},
		{"empty", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, r := recorder(t)
			_, s := trace.Request(ctx, http.Header{"Traceparent": {c.header}}, true)
			s.End(nil)
			if got := r.Ended()[0].SpanContext().TraceID().String() == parent[3:35]; got != c.taken {
				t.Errorf("taken: %v", got)
			}
		})
	}
}

// TestNothingWhereNothingIsTraced checks that without a tracer, and in a trace that is not sampled, there is no span
// and no stored origin.
func TestNothingWhereNothingIsTraced(t *testing.T) {
	unkept, r := recorder(t, sdk.WithSampler(sdk.NeverSample()))
	contexts := map[string]context.Context{
		"no tracer": (*trace.Tracer)(nil).Into(t.Context()),
		"not kept":  unkept,
	}
	for name, ctx := range contexts {
		t.Run(name, func(t *testing.T) {
			ctx, s := trace.Request(ctx, http.Header{"Traceparent": {parent}}, false)
			inner, child := trace.Start(ctx, "step")
			_, follows := trace.Continue(ctx, "follow", time.Now(), trace.Origin(parent))
			if s.Real() || child.Real() || follows.Real() || trace.OriginOf(inner) != "" || trace.ID(inner) != "" {
				t.Errorf("%v %v %v %q %q",
					s.Real(), child.Real(), follows.Real(), trace.OriginOf(inner), trace.ID(inner))
			}
			s.Text("key", "value") // records nothing
			s.End(nil)
		})
	}
	if len(r.Ended()) != 0 {
		t.Errorf("%d spans", len(r.Ended()))
	}
}

// TestNoTraceBeginsWithAStep checks that a step without a request makes no span: polls would fill every collector.
func TestNoTraceBeginsWithAStep(t *testing.T) {
	ctx, r := recorder(t)
	if _, s := trace.Start(ctx, "poll"); s.Real() || len(r.Started()) != 0 {
		t.Error("a step began a trace")
	}
}

// TestContinueSeveral checks that an effect of several requests continues the trace of the first one and links to each
// other trace once.
func TestContinueSeveral(t *testing.T) {
	ctx, r := recorder(t)
	began := time.Now().Add(-time.Minute)
	inside, s := trace.Continue(ctx, "follow", began, "", parent, other, parent, other)
	if trace.OriginOf(inside) == "" || trace.ID(inside) != parent[3:35] {
		t.Errorf("%q", trace.ID(inside))
	}
	s.End(nil)
	got := r.Ended()[0]
	if got.Parent().SpanID().String() != "00f067aa0ba902b7" || len(got.Links()) != 1 ||
		got.Links()[0].SpanContext.TraceID().String() != other[3:35] || !got.StartTime().Equal(began) {
		t.Errorf("%v under %v, linked to %v", got.StartTime(), got.Parent(), got.Links())
	}
	// Inside a request it belongs to that trace, and links to all.
	ctx, request := trace.Request(ctx, nil, true)
	_, s = trace.Continue(ctx, "catch up", began, parent, other)
	s.End(nil)
	request.End(nil)
	parent := otel.SpanFromContext(ctx).SpanContext().SpanID()
	if got := r.Ended()[1]; got.Parent().SpanID() != parent || len(got.Links()) != 2 {
		t.Errorf("under %v, linked to %v", got.Parent(), got.Links())
	}
}

// TestOriginRoundTrip continues a trace from the origin that OriginOf returns.
func TestOriginRoundTrip(t *testing.T) {
	ctx, _ := recorder(t)
	ctx, s := trace.Request(ctx, nil, false)
	defer s.End(nil)
	other := trace.New(sdk.NewTracerProvider()).Into(t.Context())
	inside, follows := trace.Continue(other, "follow", time.Now(), trace.OriginOf(ctx))
	defer follows.End(nil)
	if trace.ID(inside) != trace.ID(ctx) {
		t.Errorf("%s became %s", trace.ID(ctx), trace.ID(inside))
	}
}
