package observe

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/taskhouse/taskhouse/internal/trace"
)

// Traces is where this process's spans go.
type Traces struct {
	provider *sdk.TracerProvider
	hear     func(error) // what goes wrong with them
}

// NewTraces reads OpenTelemetry's standard environment variables; nil, which is as good, is that they name no place for traces. Spans go
// by OTLP over HTTP, some thousand of them wait, and what a collector does not take in time is dropped: no request waits for one.
// OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_* and OTEL_EXPORTER_OTLP_* mean what the specification
// says. The place has not been tried when this returns.
func NewTraces(ctx context.Context, version string, log *slog.Logger) (*Traces, error) {
	if on, err := wanted(); err != nil || !on {
		return nil, err
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := os.Getenv(name); p != "" && p != "http/protobuf" {
			return nil, fmt.Errorf("%s: traces leave here by http/protobuf only, not by %q; collectors take it at port 4318", name, p)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	what, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "taskhouse"), attribute.String("service.version", version)), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	complaints := &complaints{log: log}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(complaints.hear)) // the library has one for the process
	return &Traces{sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(what)), complaints.hear}, nil
}

// wanted says whether the environment names a place for traces. The specification's default, a collector on this machine, would have
// every installation look for one.
func wanted() (bool, error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	switch exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter {
	case "none":
		return false, nil
	case "otlp":
		return true, nil
	case "":
		return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")+os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "", nil
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER: %q is neither otlp nor none", exporter)
	}
}

// Tracer begins traces that go there.
func (t *Traces) Tracer() *trace.Tracer {
	if t == nil {
		return nil
	}
	return trace.New(t.provider)
}

// closePatience is how long a process that ends tries to get rid of its last spans.
const closePatience = 3 * time.Second

// Close hands over what waits, as far as it is taken in time.
func (t *Traces) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.hear(err)
	}
}

// complaints are the exporter's, one a minute: a collector that is away says the same every five seconds.
type complaints struct {
	log *slog.Logger

	mu   sync.Mutex
	last time.Time
}

func (c *complaints) hear(err error) {
	now := time.Now() //nolint:forbidigo // how often a line is written is the machine's time
	c.mu.Lock()
	due := now.Sub(c.last) >= time.Minute
	if due {
		c.last = now
	}
	c.mu.Unlock()
	if due {
		c.log.Warn("traces are lost; the rest goes on", "error", err)
	}
}
