// Package trace tells where the time of a request goes, and of what follows from it: a span for the request, each of its statements,
// each follower's step and each mail, all in one trace (W3C Trace Context, OpenTelemetry).
//
// It is off unless a Tracer stands in the context: then there is no span anywhere, and a call here is one look into the context. How
// spans leave the process is package observe's business. A span says what was done and how long it took, never with what: no text
// that a person wrote, no name, no address, no value of a statement, no words of a failure. Those stay in the log, whose lines
// carry the trace's id.
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

// Tracer begins traces.
type Tracer struct{ tracer otel.Tracer }

// New is a tracer whose spans go to p.
func New(p otel.TracerProvider) *Tracer {
	return &Tracer{p.Tracer("github.com/taskhouse/taskhouse")}
}

type tracerKey struct{}

// Into gives a context in which spans are made. Of no tracer (nil) it is ctx itself.
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

// Span is one step. The zero Span is none, and everything it is told is forgotten.
type Span struct{ span otel.Span }

// Real says whether somebody will see the span: what only it needs is not to be made for nothing.
func (s Span) Real() bool { return s.span != nil }

// Name gives the span another name than it began with.
func (s Span) Name(name string) {
	if s.span != nil {
		s.span.SetName(name)
	}
}

// Text and Int note something: a word of this program, never one of a person; and a number.
func (s Span) Text(key, value string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String(key, value))
	}
}

// Int notes a number.
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
		s.span.SetStatus(codes.Error, "") // not its words: they may hold anything
	}
	s.span.End()
}

// Start begins a step of what goes on in ctx. Where that is not traced, the step is not either: nothing begins a trace but a request,
// a follower and a job.
func Start(ctx context.Context, name string) (context.Context, Span) {
	return start(ctx, name, otel.SpanKindInternal)
}

// Call is Start for a step that another server does: the database, the mail server.
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

// Request begins a request's span. It goes on with the trace that the request's traceparent names where its sender is known (the
// installation's own proxy); a stranger's is only linked to, for they must not choose what is traced here, nor into whose trace it goes.
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

// Continue begins, at began, what follows from things that happened before, in this process or another. It goes on with the trace of
// the first of their origins, unless ctx is traced itself, and is linked to those of the others.
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

// Origin is a place in a trace as a W3C traceparent, to be kept until something follows from it; empty: nobody traces that.
type Origin string

// OriginOf is where ctx is.
func OriginOf(ctx context.Context) Origin {
	s := otel.SpanFromContext(ctx)
	if !s.IsRecording() {
		return ""
	}
	c := s.SpanContext()
	return Origin("00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-" + c.TraceFlags().String())
}

// parse reads a traceparent of version 00; of a later version it reads what this one has (W3C Trace Context, 3.2.2). tracestate is left
// out: it is a text that others wrote.
func (o Origin) parse() (none otel.SpanContext) {
	const whole = len("00-") + 32 + len("-") + 16 + len("-") + 2
	if len(o) < whole || o[2] != '-' || o[35] != '-' || o[52] != '-' || o[:2] == "ff" || o[:2] == "00" && len(o) != whole || len(o) > whole && o[whole] != '-' {
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
	return otel.NewSpanContext(otel.SpanContextConfig{TraceID: trace, SpanID: span, TraceFlags: otel.TraceFlags(flags[0]) & otel.FlagsSampled, Remote: true})
}

// ID is the id of the trace that ctx is in; empty where nobody keeps one.
func ID(ctx context.Context) string {
	if c := otel.SpanContextFromContext(ctx); c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}
