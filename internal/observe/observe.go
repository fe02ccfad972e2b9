// Package observe exports metrics for Prometheus, and spans by OpenTelemetry. The metrics count requests by route and
// collect the figures of other rooms.
//
// Other rooms do not import it: they return plain numbers, which it reads at each scrape. No label has a company, a
// person, a path or any other value that a client chose. So the number of series is bounded, and no label can contain a
// secret.
package observe

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// Source has the functions that return the figures. A nil function leaves its metrics out: a worker has no sockets.
type Source struct {
	Database  func() db.Numbers
	Sockets   func() int
	Jobs      func(context.Context) ([]job.Backlog, error)
	Followers func() []event.Progress
	Digests   func() int // daily summaries that fail
	Gate      func() limit.GateStats
}

// Metrics collects the metrics of a process.
type Metrics struct {
	source   Source
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

// scrapeTimeout bounds the database query of one scrape.
const scrapeTimeout = 2 * time.Second

// New returns the metrics of a program of a version.
func New(version string, s Source) *Metrics {
	m := &Metrics{
		source: s, registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taskhouse_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "taskhouse_http_request_seconds",
			Help:    "Duration of requests, by route; for the live feed, of connections.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "taskhouse_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.took, info, m,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request. It counts unknown paths under one label, "none", to bound the cardinality.
func (m *Metrics) Request(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

// Handler returns a handler that writes the metrics in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry,
		promhttp.HandlerOpts{MaxRequestsInFlight: 2, ErrorHandling: promhttp.ContinueOnError})
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("taskhouse_"+name, help, labels, nil)
}

var (
	dbConns      = desc("db_connections", "Database connections, busy or idle.", "state")
	dbMost       = desc("db_connections_max", "Limit of database connections (for SQLite: readers).")
	dbWaits      = desc("db_waits_total", "Waits for a connection to PostgreSQL.")
	dbWaited     = desc("db_wait_seconds_total", "Time spent waiting for connections to PostgreSQL.")
	writeQueue   = desc("db_writer_queue", "Writes that wait for the single writer of SQLite.")
	writes       = desc("db_writes_total", "Writes done by the writer of SQLite.")
	commits      = desc("db_commits_total", "Commits of the writer of SQLite; several writes share one.")
	sockets      = desc("feed_connections", "Connections to the live feed on this node.")
	gateRequests = desc("gate_requests", "Requests that run or wait at the gate, without live connections.", "state")
	gateLimit    = desc("gate_requests_max", "Present limit of the gate on concurrent requests.")
	refusing     = desc("gate_refusing_ratio", "Share of requests rejected for lack of CPU time, 0 to 1.")
	refused      = desc("gate_refused_total", "Requests rejected by load shedding.")
	jobs         = desc("jobs", "Jobs, by kind and state.", "kind", "state")
	jobAge       = desc("jobs_oldest_seconds", "Age of the oldest job, by kind and state.", "kind", "state")
	lag          = desc("follower_lag_seconds",
		"Delay of the follower's oldest unread event, beyond its intended delay.", "follower")
	failing = desc("follower_failing_companies",
		"Companies for which the follower's last step failed; the log has the reasons.", "follower")
	failures       = desc("follower_failures_total", "Steps of the follower that failed.", "follower")
	digestsFailing = desc("digests_failing", "Daily summaries that could not be enqueued; the log has the reasons.")
	askFailed      = desc("ask_failed", "1 if reading the jobs from the database failed at this scrape.")
)

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		dbConns, dbMost, dbWaits, dbWaited, writeQueue, writes, commits, sockets, gateRequests, gateLimit, refusing,
		refused,
		jobs, jobAge, lag, failing, failures, digestsFailing, askFailed,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	if m.source.Database != nil {
		n := m.source.Database()
		gauge(dbConns, float64(n.Busy), "busy")
		gauge(dbConns, float64(n.Idle), "idle")
		gauge(dbMost, float64(n.Max))
		counter(dbWaits, float64(n.Waits))
		counter(dbWaited, n.Waited.Seconds())
		gauge(writeQueue, float64(n.Queue))
		counter(writes, float64(n.Writes))
		counter(commits, float64(n.Commits))
	}
	if m.source.Sockets != nil {
		gauge(sockets, float64(m.source.Sockets()))
	}
	if m.source.Gate != nil {
		n := m.source.Gate()
		gauge(gateRequests, float64(n.Inside), "under_way")
		gauge(gateRequests, float64(n.Waiting), "waiting")
		gauge(gateLimit, float64(n.Limit))
		gauge(refusing, n.RejectedPart)
		counter(refused, float64(n.Rejected))
	}
	if m.source.Followers != nil {
		for _, p := range m.source.Followers() {
			gauge(lag, p.Lag.Seconds(), p.Name)
			gauge(failing, float64(p.Failing), p.Name)
			counter(failures, float64(p.Failures), p.Name)
		}
	}
	if m.source.Digests != nil {
		gauge(digestsFailing, float64(m.source.Digests()))
	}
	if m.source.Jobs != nil {
		m.collectJobs(gauge)
	}
}

func (m *Metrics) collectJobs(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	backlog, err := m.source.Jobs(ctx)
	if err != nil {
		gauge(askFailed, 1)
		return
	}
	gauge(askFailed, 0)
	for _, b := range backlog {
		gauge(jobs, float64(b.Count), b.Kind, string(b.State))
		gauge(jobAge, b.Oldest.Seconds(), b.Kind, string(b.State))
	}
}
