package crash_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify/smtptest"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/test/server"
)

// mailing returns o with a mail server.
func mailing(o server.Options, s *smtptest.Server, delay string) server.Options {
	env := map[string]string{
		"SMTP_URL": "smtp://" + s.Addr + "?tls=off", "TASKHOUSE_NOTIFY_DELAY": delay,
		"TASKHOUSE_CONFIRM_ADDRESSES": "false",
	}
	maps.Copy(env, o.Env)
	o.Env = env
	return o
}

// told is a notification about a task as the database holds it.
type told struct {
	title string
	mail  string
	event db.Time
	made  db.Time
	sent  db.Time
}

// toldOf returns all notifications, and the jobs that are not done.
func toldOf(t *testing.T, o db.Options) (all []told, open []job.Row) {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	err = d.System("a test looks at all companies").Read(t.Context(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error {
			var v told
			err := r.Scan(&v.title, &v.mail, &v.event, &v.made, &v.sent)
			_, v.title, _ = strings.Cut(v.title, ": ")
			all = append(all, v)
			return err
		}, `SELECT n.message, n.mail, e.at, n.created_at, n.sent_at FROM notifications n
			JOIN events e ON e.company_id = n.company_id AND e.seq = n.seq
			WHERE n.kind = 'assigned'`)
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := job.List(t.Context(), d, job.Query{}, page.First(page.Down, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.State != job.Done {
			open = append(open, r)
		}
	}
	return all, open
}

// tasksIn returns those of the titles that a mail is about. The changes of a burst are lines of one mail.
func tasksIn(t *testing.T, m smtptest.Mail, titles map[string]bool) (found []string) {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextPart() // the text comes first
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, title, _ := strings.Cut(strings.TrimSpace(line), ": "); titles[title] {
			found = append(found, title)
		}
	}
	return found
}

// awaitMails waits until a mail has come for every title.
func awaitMails(t *testing.T, s *smtptest.Server, titles map[string]bool) {
	t.Helper()
	limit := time.After(90 * time.Second)
	for {
		missing := maps.Clone(titles)
		for _, m := range s.Mails() {
			for _, title := range tasksIn(t, m, missing) {
				delete(missing, title)
			}
		}
		if len(missing) == 0 {
			return
		}
		select {
		case <-s.Fresh():
		case <-limit:
			t.Fatalf("%d of %d mails never came", len(missing), len(titles))
		}
	}
}

// settleMails stops the program and starts it again until no job is open: a mail that was taken and not recorded is
// sent again.
func settleMails(t *testing.T, s *smtptest.Server, running *server.Server, o server.Options,
	where db.Options,
) *server.Server {
	t.Helper()
	for range 10 {
		before := len(s.Mails())
		if code := running.Stop(t); code != 0 {
			t.Errorf("it ends with %d", code)
		}
		_, open := toldOf(t, where)
		running = server.Start(t, o)
		if len(open) == 0 {
			return running
		}
		for limit := time.After(30 * time.Second); len(s.Mails()) < before+len(open); {
			select {
			case <-s.Fresh():
			case <-limit:
				t.Fatalf("%d jobs stay open, the first %+v", len(open), open[0])
			}
		}
	}
	t.Fatal("jobs stay open")
	return nil
}

// TestThreat_F10_KillAroundTheMail kills the program before a mail is handed over, when it is taken, and while that is
// recorded.
func TestThreat_F10_KillAroundTheMail(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{NoTLS: true})
	var mu sync.Mutex
	var at string
	var kill func()
	s.On(func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if kill != nil && point == at {
			kill()
			kill = nil
		}
	})
	data := filepath.Join(t.TempDir(), "data")
	where := db.Options{Path: filepath.Join(data, "taskhouse.db")}
	o := mailing(server.Options{Bin: bin, Data: data}, s, "0s")
	running := server.Start(t, o)
	company := server.SignUp(t, running.URL, "Acme")
	titles := map[string]bool{}
	n := count(6, 30)
	for i := range n {
		dead := make(chan struct{})
		mu.Lock()
		// a reset is the first that is heard of a client which has its answer
		at = []string{"mail", "taken", "reset"}[i%3]
		kill = func() {
			if err := running.Signal(syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			close(dead)
		}
		mu.Unlock()
		c := server.Client{URL: running.URL, Token: company.Token}
		for k := range 3 {
			title := fmt.Sprintf("cycle %d task %d", i, k)
			// The third may come too late for this process: then it is not acknowledged, and nothing is owed.
			if status, err := c.Call(t.Context(), "POST", "/api/tasks/",
				map[string]any{"title": title, "assigned_to": company.Owner}, nil); err == nil &&
				status == 201 {
				titles[title] = true
			}
		}
		select {
		case <-dead:
		case <-time.After(30 * time.Second):
			t.Fatalf("cycle %d: no mail has come to the point %q", i, at)
		}
		running.Kill9()
		running = server.Start(t, o)
		awaitMails(t, s, titles)
		running = settleMails(t, s, running, o, where)
	}
	if code := running.Stop(t); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	all, open := toldOf(t, where)
	if len(open) > 0 {
		t.Errorf("%d jobs are open, the first %+v", len(open), open[0])
	}
	recorded := map[string]int{}
	for _, v := range all {
		recorded[v.title]++
		if v.mail != "sent" || v.sent == 0 {
			t.Errorf("%q is %s", v.title, v.mail)
		}
	}
	ids, more := map[string]string{}, 0
	for _, m := range s.Mails() {
		id := m.Message.Header.Get("Message-Id")
		for _, title := range tasksIn(t, m, titles) {
			if ids[title] != "" {
				if more++; ids[title] != id {
					t.Errorf("%q came as %s and as %s", title, ids[title], id)
				}
			}
			ids[title] = id
		}
	}
	lost, twice := 0, 0
	for title := range titles {
		if recorded[title] == 0 || ids[title] == "" {
			lost++
		}
	}
	for _, n := range recorded {
		if n > 1 {
			twice++
		}
	}
	t.Logf("%d kills, %d tasks, %d mails of which %d came again, %d lost, %d recorded twice", n, len(titles),
		len(s.Mails()), more, lost, twice)
	if lost > 0 || twice > 0 {
		t.Errorf("%d lost, %d recorded twice", lost, twice)
	}
}

// TestThreat_F10_AnotherWorkerTakesOver kills a worker on PostgreSQL, beside which another one runs.
func TestThreat_F10_AnotherWorkerTakesOver(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the end of a lease: 20 s")
	}
	s := smtptest.Start(t, smtptest.Options{NoTLS: true})
	rows := dbtest.Empty(t, "postgres")
	o := mailing(
		server.Options{
			Bin:  bin,
			Data: filepath.Join(t.TempDir(), "data"),
			Env:  map[string]string{"DATABASE_URL": rows.URL},
		},
		s,
		"0s",
	)
	serve := o
	serve.Args = []string{"serve", "--addr=127.0.0.1:0", "--no-worker"}
	running := server.Start(t, serve)
	company := server.SignUp(t, running.URL, "Acme")
	(server.Client{URL: running.URL, Token: company.Token}).Must(t, "POST", "/api/tasks/",
		map[string]any{"title": "it", "assigned_to": company.Owner}, nil)

	var once sync.Once
	reached, release := make(chan struct{}), make(chan struct{})
	s.On(func(point string) {
		if point == "mail" {
			once.Do(func() { close(reached); <-release })
		}
	})
	worker := o
	worker.Args = []string{"worker"}
	first := server.Launch(t, worker)
	select {
	case <-reached:
	case <-time.After(30 * time.Second):
		t.Fatal("the worker sends nothing")
	}
	first.Kill9()
	killed := time.Now()
	close(release)
	second := server.Launch(t, worker)
	awaitMails(t, s, map[string]bool{"it": true})
	took := time.Since(killed)
	t.Logf("sent by another worker %v after the kill", took.Round(time.Millisecond))
	if took > 30*time.Second {
		t.Errorf("it took another worker %v", took)
	}
	if code := second.Stop(t); code != 0 {
		t.Errorf("the worker ends with %d", code)
	}
	if all, open := toldOf(t, rows); len(all) != 1 || all[0].mail != "sent" || len(open) > 0 {
		t.Errorf("recorded are %+v, open are %+v", all, open)
	}
}

// TestOneThousandDueAtOnce makes a thousand tasks as fast as they are taken, and looks when people were told.
func TestOneThousandDueAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the delay: 10 s")
	}
	each(t, func(t *testing.T, o server.Options, rows db.Options) {
		s := smtptest.Start(t, smtptest.Options{NoTLS: true})
		running := server.Start(t, mailing(o, s, "10s"))
		companies := []server.Company{server.SignUp(t, running.URL, "Acme"), server.SignUp(t, running.URL, "Globex")}
		titles := map[string]bool{}
		var all sync.WaitGroup
		began := time.Now()
		for w := range 8 {
			for i := range 125 {
				titles[fmt.Sprintf("task %d of %d", i, w)] = true
			}
			all.Go(func() {
				c := companies[w%2]
				for i := range 125 {
					status, err := (server.Client{URL: running.URL, Token: c.Token}).Call(
						context.WithoutCancel(t.Context()), "POST", "/api/tasks/",
						map[string]any{"title": fmt.Sprintf("task %d of %d", i, w), "assigned_to": c.Member}, nil)
					if err != nil || status != 201 {
						t.Errorf("%d, %v", status, err)
						return
					}
				}
			})
		}
		all.Wait()
		t.Logf("made within %v", time.Since(began).Round(time.Millisecond))
		awaitMails(t, s, titles)
		running.Stop(t)
		told, open := toldOf(t, rows)
		if len(told) != 1000 || len(open) > 0 {
			t.Errorf("%d are recorded, %d jobs are open", len(told), len(open))
		}
		var made, sent []time.Duration
		for _, v := range told {
			made = append(made, time.Duration(v.made-v.event)*time.Microsecond)
			sent = append(sent, time.Duration(v.sent-v.event)*time.Microsecond)
		}
		slices.Sort(made)
		slices.Sort(sent)
		at := func(all []time.Duration, p int) time.Duration { return all[len(all)*p/100].Round(time.Millisecond) }
		t.Logf("recorded after %v (first), %v (p50), %v (p99); mail recorded as sent after %v, %v, %v",
			made[0].Round(time.Millisecond), at(made, 50), at(made, 99), sent[0].Round(time.Millisecond), at(sent, 50),
			at(sent, 99))
		if made[0] < 10*time.Second {
			t.Errorf("somebody was told after %v: too early", made[0])
		}
		if p99 := at(made, 99); p99 > 11*time.Second {
			t.Errorf("p99 is %v", p99)
		}
	})
}

// TestIdleCostsNothing measures a program without requests. It takes the best of three, because the machine may be
// busy with other tests, and a garbage collection may fall into the time.
func TestIdleCostsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it looks for a quarter of a minute")
	}
	each(t, func(t *testing.T, o server.Options, _ db.Options) {
		running := server.Start(t, o)
		server.SignUp(t, running.URL, "Acme")
		best := 1.0
		for range 3 {
			before, ok := running.CPU()
			if !ok {
				t.Skip("the system does not tell")
			}
			<-time.After(5 * time.Second)
			after, _ := running.CPU()
			best = min(best, (after-before).Seconds()/5)
		}
		t.Logf("idle: %.2f %% of a core", 100*best)
		if best >= 0.01 {
			t.Errorf("an idle program takes %.2f %% of a core", 100*best)
		}
	})
}
