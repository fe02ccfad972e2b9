// Package trace records where the time of a request and of its effects goes: spans for the request, each of its
// statements, each step of a follower and each mail, all in one trace (W3C Trace Context, OpenTelemetry).
//
// It is off unless the context carries a Tracer: then it makes no spans, and a call costs one lookup in the context.
// Package observe exports the spans. A span records an operation and its duration, but no data: no text that a person
// wrote, no name, no address, no value of a statement, no message of a failure. Those are in the log, whose lines have
// the trace's id.
package trace

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	otel "go.opentelemetry.io/otel/trace"
)

// Tracer starts traces.
type Tracer struct{ tracer otel.Tracer }

// New returns a tracer whose spans go to p.
func New(p otel.TracerProvider) *Tracer {
	return &Tracer{p.Tracer("github.com/taskhouse/taskhouse")}
}

type tracerKey struct{}

// Into returns a context that carries t, in which spans are made. For a nil t it returns ctx.
func (t *Tracer) Into(ctx context.Context) context.Context {
	if t == nil {
		return ctx
	}
	return context.WithValue(ctx, tracerKey{}, t)
}

func of(ctx context.Context) otel.Tracer {
	if t, ok := ctx.Value(tracerKey{}).(*Tracer); ok {
		return t.tracer
	}
	return nil
}

// Span is one step. The zero Span records nothing.
type Span struct{ span otel.Span }

// Real reports whether the span is recorded. Callers skip work that only the span needs if it is not.
func (s Span) Real() bool { return s.span != nil }

// Name changes the name of the span.
func (s Span) Name(name string) {
	if s.span != nil {
		s.span.SetName(name)
	}
}

// Text records a text that comes from this program, never from a person.
func (s Span) Text(key, value string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String(key, value))
	}
}

// Int records a number.
func (s Span) Int(key string, value int64) {
	if s.span != nil {
		s.span.SetAttributes(attribute.Int64(key, value))
	}
}

// Fail marks the span as failed. kind is a word of this program.
func (s Span) Fail(kind string) {
	if s.span != nil {
		s.span.SetStatus(codes.Error, "")
		s.span.SetAttributes(attribute.String("error.type", kind))
	}
}

// End ends the span; it failed if err is not nil.
func (s Span) End(err error) {
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "") // without its message, which may contain anything
	}
	s.span.End()
}

// Start starts a span for a step within the trace of ctx. Outside a trace it makes none: only requests, followers and
// jobs start a trace.
func Start(ctx context.Context, name string) (context.Context, Span) {
	return start(ctx, name, otel.SpanKindInternal)
}

// Call starts a span for a step that another server does, such as the database or the mail server.
func Call(ctx context.Context, name string) (context.Context, Span) {
	return start(ctx, name, otel.SpanKindClient)
}

func start(ctx context.Context, name string, kind otel.SpanKind) (context.Context, Span) {
	if !otel.SpanFromContext(ctx).IsRecording() {
		return ctx, Span{}
	}
	tracer := of(ctx)
	if tracer == nil {
		return ctx, Span{}
	}
	return begin(ctx, tracer, name, otel.WithSpanKind(kind))
}

func begin(ctx context.Context, tracer otel.Tracer, name string, o ...otel.SpanStartOption) (context.Context, Span) {
	ctx, s := tracer.Start(ctx, name, o...)
	if !s.IsRecording() {
		return ctx, Span{}
	}
	return ctx, Span{s}
}

// Request starts the span of a request. If the sender is known (the installation's own proxy), the span continues the
// trace in the traceparent header. Otherwise it only links to that trace: a stranger must not choose whether a request
// is traced, nor in which trace.
func Request(ctx context.Context, h http.Header, known bool) (context.Context, Span) {
	tracer := of(ctx)
	if tracer == nil {
		return ctx, Span{}
	}
	options := []otel.SpanStartOption{otel.WithSpanKind(otel.SpanKindServer)}
	if from := Origin(h.Get("Traceparent")).parse(); from.IsValid() {
		if known {
			ctx = otel.ContextWithRemoteSpanContext(ctx, from)
		} else {
			options = append(options, otel.WithLinks(otel.Link{SpanContext: from}))
		}
	}
	return begin(ctx, tracer, "request", options...)
}

// Continue starts, at began, the span of an effect of earlier operations, in this process or another. It continues the
// trace of the first origin, unless ctx is in a trace already, and links to the other origins.
func Continue(ctx context.Context, name string, began time.Time, origins ...Origin) (context.Context, Span) {
	tracer := of(ctx)
	if tracer == nil {
		return ctx, Span{}
	}
	options := []otel.SpanStartOption{otel.WithSpanKind(otel.SpanKindConsumer), otel.WithTimestamp(began)}
	parented := otel.SpanContextFromContext(ctx).IsValid()
	for i, o := range origins {
		from := o.parse()
		switch {
		case !from.IsValid(), slices.Contains(origins[:i], o):
		case !parented:
			ctx, parented = otel.ContextWithRemoteSpanContext(ctx, from), true
		default:
			options = append(options, otel.WithLinks(otel.Link{SpanContext: from}))
		}
	}
	return begin(ctx, tracer, name, options...)
}

// Origin is a position in a trace as a W3C traceparent, stored until an effect continues the trace. It is empty without
// a trace.
type Origin string

// OriginOf returns the position of ctx in its trace.
func OriginOf(ctx context.Context) Origin {
	s := otel.SpanFromContext(ctx)
	if !s.IsRecording() {
		return ""
	}
	c := s.SpanContext()
	return Origin("00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-" + c.TraceFlags().String())
}

// parse reads a traceparent of version 00, and the fields of version 00 in a later version (W3C Trace Context, 3.2.2).
// It ignores tracestate, which is text from others.
func (o Origin) parse() (none otel.SpanContext) {
	const whole = len("00-") + 32 + len("-") + 16 + len("-") + 2
	if len(o) < whole || o[2] != '-' || o[35] != '-' || o[52] != '-' || o[:2] == "ff" ||
		o[:2] == "00" && len(o) != whole || len(o) > whole && o[whole] != '-' {
		return none
	}
	trace, err := otel.TraceIDFromHex(string(o[3:35]))
	if err != nil {
		return none
	}
	span, err := otel.SpanIDFromHex(string(o[36:52]))
	if err != nil {
		return none
	}
	var version, flags [1]byte
	if _, err := hex.Decode(version[:], []byte(o[:2])); err != nil {
		return none
	}
	if _, err := hex.Decode(flags[:], []byte(o[53:whole])); err != nil {
		return none
	}
	return otel.NewSpanContext(otel.SpanContextConfig{
		TraceID: trace, SpanID: span, TraceFlags: otel.TraceFlags(flags[0]) & otel.FlagsSampled, Remote: true,
	})
}

// ID returns the id of the trace of ctx, or an empty text if the trace is not recorded.
func ID(ctx context.Context) string {
	if c := otel.SpanContextFromContext(ctx); c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}
