// Package observe shows a running house in figures, for Prometheus: how requests go by route, and what the rooms say of themselves.
//
// The rooms know nothing of it: they give plain numbers, which are asked for when somebody scrapes. No figure has a company, a
// person, a path or anything else that a client chose in its labels, so their number is bounded and no secret can stand there.
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

// Source is where the figures come from. What is nil is not shown: a worker has no sockets.
type Source struct {
	Database  func() db.Numbers
	Sockets   func() int
	Jobs      func(context.Context) ([]job.Backlog, error)
	Followers func() []event.Progress
	Gate      func() limit.GateStats
}

// Metrics are a process's figures.
type Metrics struct {
	source   Source
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

// askTimeout is how long the database may take for one scrape.
const askTimeout = 2 * time.Second

// New makes them; version is the program's.
func New(version string, s Source) *Metrics {
	m := &Metrics{
		source: s, registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "taskhouse_http_requests_total", Help: "Requests answered, by the route's name and the status."}, []string{"route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "taskhouse_http_request_seconds", Help: "How long requests took, by the route's name; of the live feed, how long somebody listened.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "taskhouse_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.took, info, m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request. A route without a name is none of ours: whatever path was asked for, it is one.
func (m *Metrics) Request(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

// Handler writes the figures in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, ErrorHandling: promhttp.ContinueOnError})
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("taskhouse_"+name, help, labels, nil)
}

var (
	dbConns    = desc("db_connections", "Database connections, by whether they are at work.", "state")
	dbMost     = desc("db_connections_max", "Most database connections (on SQLite, readers).")
	dbWaits    = desc("db_waits_total", "How often a connection of PostgreSQL had to be waited for.")
	dbWaited   = desc("db_wait_seconds_total", "How long connections of PostgreSQL were waited for.")
	writeQueue = desc("db_writer_queue", "Writes that wait for SQLite's one writer.")
	writes     = desc("db_writes_total", "Writes that SQLite's writer has run.")
	commits    = desc("db_commits_total", "Commits of SQLite's writer: several writes share one.")
	sockets    = desc("feed_connections", "Connections to the live feed on this node.")
	atWork     = desc("gate_requests", "Requests that are under way or wait at the gate, live connections aside.", "state")
	room       = desc("gate_requests_max", "Most requests under way at once, as the gate has it now.")
	refusing   = desc("gate_refusing_ratio", "Which part of the requests is refused for want of processors, 0 to 1.")
	refused    = desc("gate_refused_total", "Requests refused at overload.")
	jobs       = desc("jobs", "Jobs, by kind and state.", "kind", "state")
	jobAge     = desc("jobs_oldest_seconds", "Age of the oldest job, by kind and state.", "kind", "state")
	lag        = desc("follower_lag_seconds", "How late the follower is with its oldest event, beyond the delay it keeps on purpose.", "follower")
	askFailed  = desc("ask_failed", "1 when the database did not tell of its jobs at this scrape.")
)

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{dbConns, dbMost, dbWaits, dbWaited, writeQueue, writes, commits, sockets, atWork, room, refusing, refused, jobs, jobAge, lag, askFailed} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
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
		gauge(atWork, float64(n.Inside), "under_way")
		gauge(atWork, float64(n.Waiting), "waiting")
		gauge(room, float64(n.Limit))
		gauge(refusing, n.Part)
		counter(refused, float64(n.Refused))
	}
	if m.source.Followers != nil {
		for _, p := range m.source.Followers() {
			gauge(lag, p.Lag.Seconds(), p.Name)
		}
	}
	if m.source.Jobs != nil {
		m.collectJobs(gauge)
	}
}

func (m *Metrics) collectJobs(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
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
