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

// Traces exports the spans of this process.
type Traces struct {
	provider *sdk.TracerProvider
	report   func(error) // logs failures of the export
}

// NewTraces reads the standard environment variables of OpenTelemetry. It returns nil, a valid *Traces, if they name no
// collector. It sends spans by OTLP over HTTP and queues about two thousand. It drops those that the collector does not
// accept in time, so that no request waits. OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER,
// OTEL_BSP_* and OTEL_EXPORTER_OTLP_* work as specified. NewTraces does not connect to the collector.
func NewTraces(ctx context.Context, version string, log *slog.Logger) (*Traces, error) {
	if on, err := enabled(); err != nil || !on {
		return nil, err
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if p := os.Getenv(name); p != "" && p != "http/protobuf" {
			return nil, fmt.Errorf("%s: unsupported protocol %q "+
				"(want http/protobuf, which collectors accept at port 4318)", name, p)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	what, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(
			attribute.String("service.name", "taskhouse"),
			attribute.String("service.version", version),
		),
		resource.WithFromEnv(),
	)
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	failures := &failureLog{log: log}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(failures.report)) // the library has one per process
	return &Traces{sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(what)), failures.report}, nil
}

// enabled reports whether the environment names a collector. It ignores the default of the specification, a collector
// on this machine, because most installations have none.
func enabled() (bool, error) {
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
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER: unsupported exporter %q (want otlp or none)", exporter)
	}
}

// Tracer returns a tracer whose spans are exported; nil if t is nil.
func (t *Traces) Tracer() *trace.Tracer {
	if t == nil {
		return nil
	}
	return trace.New(t.provider)
}

// flushTimeout bounds the export of the last spans when the process ends.
const flushTimeout = 3 * time.Second

// Close exports the queued spans, for at most flushTimeout.
func (t *Traces) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.report(err)
	}
}

// failureLog logs failures of the export at most once a minute: an unreachable collector fails every five seconds.
type failureLog struct {
	log *slog.Logger

	mu   sync.Mutex
	last time.Time
}

func (c *failureLog) report(err error) {
	now := time.Now() //nolint:forbidigo // the rate of log lines follows the machine's clock
	c.mu.Lock()
	due := now.Sub(c.last) >= time.Minute
	if due {
		c.last = now
	}
	c.mu.Unlock()
	if due {
		c.log.Warn("exporting traces failed; spans are lost", "error", err)
	}
}
