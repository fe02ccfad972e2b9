package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// maxPollSilence is how long a follower may go without a successful poll of the database before the process is not
// ready. Followers poll every 2 s.
const maxPollSilence = 30 * time.Second

// part is a condition for readiness.
type part struct {
	name  string
	check func(context.Context) error
}

// parts returns the conditions of this process. It skips work that other processes do.
func parts(d *db.DB, w *worker) []part {
	return []part{
		{"database", d.Ping},
		{"schema", d.Current},
		{"followers", func(context.Context) error { return checkFollowers(w.followers.Progress(), d.Now()) }},
		{"jobs", func(context.Context) error { return stalled("jobs", w.jobs.LastPoll(), d.Now()) }},
	}
}

// readiness returns a check of all parts. Its errors have no details that the public must not read.
func readiness(all []part) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, p := range all {
			if err := p.check(ctx); fail.Is(err, fail.KindUnavailable) {
				return err
			} else if err != nil {
				err = fmt.Errorf("%s: %w", p.name, err)
				return fail.Unavailable("This server is not ready.", time.Second).Because(err)
			}
		}
		return nil
	}
}

func checkFollowers(all []event.Progress, now db.Time) error {
	for _, p := range all {
		if err := stalled("follower "+p.Name, p.LastPoll, now); err != nil {
			return err
		}
	}
	return nil
}

// stalled returns an error if a poller has had no successful poll for maxPollSilence. A zero time means that it does
// not run in this process.
func stalled(name string, lastPoll, now db.Time) error {
	if lastPoll == 0 || lastPoll.Add(maxPollSilence) >= now {
		return nil
	}
	return fail.Unavailable("The work that follows from changes has come to a halt.", time.Second).
		Because(fmt.Errorf("%s: no answer since %s", name, lastPoll.Std().Format(time.RFC3339)))
}

// reportParts writes a line for each part. Only operators see which part fails, and why.
func reportParts(ctx context.Context, w http.ResponseWriter, all []part) {
	status := http.StatusOK
	var lines strings.Builder
	for _, p := range all {
		err := p.check(ctx)
		if err == nil {
			_, _ = fmt.Fprintf(&lines, "%s: ok\n", p.name)
			continue
		}
		status = http.StatusServiceUnavailable
		_, _ = fmt.Fprintf(&lines, "%s: %s\n", p.name, scrub(OneLine(err.Error())))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(lines.String()))
}
