// Package trace_test looks at traces from outside: the real program, and a collector that its spans come to.
package trace_test

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/notify/smtptest"
	"github.com/taskhouse/taskhouse/test/server"
)

// bin is the program, built once.
var bin string

func TestMain(m *testing.M) { server.Main(m, &bin) }

// start runs the program on an engine, with mails and traces and whatever else the environment shall have.
func start(t *testing.T, engine string, collector string, more map[string]string) (*server.Server, *smtptest.Server) {
	t.Helper()
	mails := smtptest.Start(t, smtptest.Options{NoTLS: true})
	env := map[string]string{
		"SMTP_URL": "smtp://" + mails.Addr + "?tls=off", "TASKHOUSE_NOTIFY_DELAY": "0s",
		"TASKHOUSE_CONFIRM_ADDRESSES": "false",
		"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_BSP_SCHEDULE_DELAY": "50",
		"TASKHOUSE_LOG_LEVEL": "info", "TASKHOUSE_LOG_FORMAT": "json", "EXTERNAL_TASKS_URL": "off",
	}
	if engine == "postgres" {
		env["DATABASE_URL"] = dbtest.Empty(t, engine).URL
	}
	maps.Copy(env, more)
	return server.Start(t, server.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "data"), Env: env}), mails
}

func each(t *testing.T, test func(t *testing.T, engine string)) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) { test(t, engine) })
	}
}

// The request, its statements, the follower, the job and the mail are one trace, whose id stands in the log too.
func TestOneTraceFromRequestToMail(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		r := newReceiver(t)
		s, mails := start(
			t,
			engine,
			r.URL,
			map[string]string{
				"OTEL_SERVICE_NAME":        "acme-tasks",
				"OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
			},
		)
		company := server.SignUp(t, s.URL, "Acme")
		c := server.Client{URL: s.URL, Token: company.Token}
		c.Must(t, "POST", "/api/tasks/", map[string]any{"title": "Paint the fence", "assigned_to": company.Member}, nil)

		request := r.await(t, "of the request", func(v *otlp.Span) bool { return v.Name == "createTask" })
		under := func(above *otlp.Span, name string) *otlp.Span {
			return r.await(t, fmt.Sprintf("%s under %s", name, above.Name), func(v *otlp.Span) bool {
				return v.Name == name && id(v.TraceId) == id(request.TraceId) && id(v.ParentSpanId) == id(above.SpanId)
			})
		}
		if request.Kind != otlp.Span_SPAN_KIND_SERVER || len(request.ParentSpanId) > 0 ||
			attribute(request, "http.request.method") != "POST" ||
			!strings.Contains(attribute(request, "http.response.status_code"), "201") {
			t.Errorf("the request's span is\n%v", request)
		}
		insert := r.await(t, "of the statement", func(v *otlp.Span) bool {
			return strings.HasPrefix(attribute(v, "db.query.text"), "INSERT INTO tasks (company_id,") &&
				id(v.TraceId) == id(request.TraceId)
		})
		got := attribute(insert, "db.system.name")
		if got != map[string]string{"sqlite": "sqlite", "postgres": "postgresql"}[engine] {
			t.Errorf("the statement is of %q", got)
		}
		write := r.await(t, "of the transaction",
			func(v *otlp.Span) bool { return id(v.SpanId) == id(insert.ParentSpanId) })
		if write.Name != "write" || id(write.ParentSpanId) != id(request.SpanId) {
			t.Errorf("the statement is under %s", write.Name)
		}
		under(write, "COMMIT")
		under(under(request, "follow notify"), "COMMIT")
		under(under(request, "job mail"), "hand a mail over")
		if !slices.ContainsFunc(mails.Mails(),
			func(m smtptest.Mail) bool { return strings.Contains(m.Raw, "Paint the fence") }) {
			t.Error("the span of the mail came, and no mail")
		}
		if said := r.said(); !strings.Contains(said, "acme-tasks") ||
			!strings.Contains(said, "deployment.environment.name") {
			t.Error("the resource has not what the environment says")
		}
		if line := fmt.Sprintf(`"request_id":%q`, attribute(request, "taskhouse.request_id")); !strings.Contains(
			s.Stderr(),
			line,
		) {
			t.Errorf("no line of the log has %s", line)
		}
		if line := fmt.Sprintf(`"trace_id":"%s"`, id(request.TraceId)); !strings.Contains(s.Stderr(), line) {
			t.Errorf("no line of the log has %s:\n%s", line, s.Stderr())
		}
	})
}

// A24: whatever clients send, no span shows it.
func TestThreat_A24_SpansShowNothingThatClientsSent(t *testing.T) {
	const canary = "hunter2canary"
	each(t, func(t *testing.T, engine string) {
		r := newReceiver(t)
		s, mails := start(t, engine, r.URL, nil)
		company := server.SignUp(t, s.URL, canary)
		c := server.Client{URL: s.URL, Token: company.Token}
		shady := []string{
			"Tracestate", "vendor=" + canary, "Baggage", "user=" + canary, "User-Agent", canary, "Cookie",
			"session=" + canary, "X-Forwarded-For", canary,
			"Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		}
		call := func(token, method, path string, in any) {
			c := server.Client{URL: s.URL, Token: token}
			if _, err := c.Call(t.Context(), method, path, in, nil, shady...); err != nil {
				t.Fatal(err)
			}
		}
		task := map[string]any{
			"title":       canary,
			"description": "@" + canary + ".member " + canary,
			"assigned_to": company.Member,
		}
		call(company.Token, "POST", "/api/tasks/", task)
		call(company.Token, "POST", "/api/auth/invitations/",
			map[string]any{"role": "member", "email": canary + "@example.com"})
		call(company.Token, "GET", "/api/tasks/?search="+canary, nil)
		call(company.Token, "GET", "/api/tasks/?"+canary+"=1", nil)
		call(company.Token, "PATCH", "/api/tasks/1/", map[string]any{canary: canary, "status": canary})
		call(canary, "GET", "/api/auth/profile/", nil)
		call("", "GET", "/"+canary+"/", nil)
		call("", "GET", "/ws/tasks/?token="+canary, nil)
		call("", "POST", "/api/auth/login/", map[string]any{"username": canary + ".owner", "password": canary})
		c.Must(t, "PATCH", "/api/auth/company/", map[string]any{"name": "last"}, nil)
		r.await(t, "of the last request", func(v *otlp.Span) bool { return v.Name == "changeCompany" })
		for n := len(mails.Mails()); n < 2; n = len(mails.Mails()) {
			<-mails.Fresh()
		}
		for _, name := range []string{"job mail", "job invite", "none"} {
			r.await(t, name, func(v *otlp.Span) bool { return v.Name == name })
		}
		said := strings.ToLower(r.said())
		for _, secret := range []string{canary, "a-fine-long-phrase", strings.ToLower(company.Token), "example.com"} {
			if i := strings.Index(said, secret); i >= 0 {
				t.Errorf("a span shows %q: ...%s...", secret, said[max(0, i-200):min(len(said), i+100)])
			}
		}
		if strings.Contains(r.said(), "trace_state") {
			t.Error("a client's tracestate is handed on")
		}
	})
}

// A trusted proxy's trace goes on here; a stranger's is only linked to.
func TestTraceOfTheCaller(t *testing.T) {
	const trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for _, c := range []struct {
		name, proxies, parent string
		continued, linked     bool
	}{
		{"a trusted proxy's", "127.0.0.1", "00-" + trace + "-" + span + "-01", true, false},
		{"a stranger's", "10.0.0.0/8", "00-" + trace + "-" + span + "-01", false, true},
		{"a stranger's that shall not be kept", "", "00-" + trace + "-" + span + "-00", false, true},
		{"nonsense", "127.0.0.1", "00-" + trace + "-" + span, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newReceiver(t)
			s, _ := start(t, "sqlite", r.URL, map[string]string{"TASKHOUSE_TRUSTED_PROXIES": c.proxies})
			client := server.Client{URL: s.URL}
			client.Must(t, "GET", "/readyz/", nil, nil, "Traceparent", c.parent)
			v := r.await(t, "of the request", func(v *otlp.Span) bool { return v.Name == "readyz" })
			if got := id(v.TraceId) == trace && id(v.ParentSpanId) == span; got != c.continued {
				t.Errorf("it goes on with the caller's trace: %v", got)
			}
			got := len(v.Links) == 1 && id(v.Links[0].TraceId) == trace && id(v.Links[0].SpanId) == span
			if got != c.linked {
				t.Errorf("it is linked to the caller's: %v", got)
			}
		})
	}
}

// A collector that is away, or answers only with failures, delays no request; and a process that ends does not wait
// long for it.
func TestTracesWithoutACollector(t *testing.T) {
	refuses := newReceiver(t)
	refuses.Config.Handler = http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	for _, c := range []struct{ name, collector string }{
		{"nobody there", "http://127.0.0.1:9"}, {"refuses", refuses.URL},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, mails := start(t, "sqlite", c.collector, nil)
			company := server.SignUp(t, s.URL, "Acme")
			client := server.Client{URL: s.URL, Token: company.Token}
			client.Must(t, "POST", "/api/tasks/",
				map[string]any{"title": "Paint the fence", "assigned_to": company.Member}, nil)
			for len(mails.Mails()) == 0 {
				<-mails.Fresh()
			}
			if code := s.Stop(t); code != 0 {
				t.Errorf("it ends with %d", code)
			}
		})
	}
}

// An unsupported setting of the environment is an error, not ignored.
func TestTracesThatCannotBe(t *testing.T) {
	for _, c := range []struct{ name, variable, value, says string }{
		{"another protocol", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"},
		{"another exporter", "OTEL_TRACES_EXPORTER", "zipkin", "want otlp or none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", c.variable: c.value}
			s := server.Launch(t, server.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "data"), Env: env})
			if code := s.Exit(t); code != 1 || !strings.Contains(s.Stderr(), c.says) {
				t.Errorf("%d, %s", code, s.Stderr())
			}
		})
	}
}
