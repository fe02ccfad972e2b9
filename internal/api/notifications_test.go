package api_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/notify/smtptest"
	"github.com/taskhouse/taskhouse/internal/page"
)

// inbox returns the unread messages of an actor, newest first.
func (a actor) inbox(t testing.TB) []string {
	t.Helper()
	return a.get(t, "/api/notifications/?unread=true&page_size=100").want(t, 200).list("message")
}

// kinds returns the kinds of the unread messages.
func (a actor) kinds(t testing.TB) []string {
	t.Helper()
	return a.get(t, "/api/notifications/?unread=true&page_size=100").want(t, 200).list("kind")
}

// sent runs the jobs, sends the mails to accounts, and returns the mails that were sent since the last call.
func (s *server) sent(t testing.TB) []notify.Message {
	t.Helper()
	s.runJobs(t)
	if err := s.letters.SendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.mails.mu.Lock()
	defer s.mails.mu.Unlock()
	all := s.mails.all
	s.mails.all = nil
	return all
}

// runJobs runs all jobs until none is left, without waiting between attempts.
func (s *server) runJobs(t testing.TB) {
	t.Helper()
	r := &job.Runner{
		DB: s.db, Queue: s.notices.Queue, Kinds: s.notices.Jobs(), Log: slog.New(slog.NewJSONHandler(s.logs, nil)),
		Poll:    time.Millisecond,
		Backoff: func(int) time.Duration { return 0 },
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for open := true; open; {
		rows, err := job.List(ctx, s.db, job.Query{}, page.First(page.Down, 1000))
		if err != nil {
			t.Fatal(err)
		}
		open = slices.ContainsFunc(rows,
			func(r job.Row) bool { return r.State == job.Queued || r.State == job.Running })
		<-tick.C
	}
	stop()
	<-done
}

// addresses returns the recipients of mails, sorted.
func addresses(all []notify.Message) (to []string) {
	for _, m := range all {
		to = append(to, m.To)
	}
	slices.Sort(to)
	return to
}

func equalStrings(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestWhoIsTold checks who is notified of each change, with a task of its own for each rule.
func TestThreat_F12_WhoIsTold(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, admin, member, guest := s.acme.owner, s.acme.admin, s.acme.member, s.acme.guest
		status := func(v string) body { return body{"status": v} }
		assign := func(v any) body { return body{"assigned_to": v} }
		type want struct {
			who  actor
			kind string
			text string
		}
		for _, c := range []struct {
			name string
			do   func(t *testing.T)
			want []want
		}{
			{
				"created for somebody",
				func(t *testing.T) { owner.task(t, body{"title": "Roof", "assigned_to": member.id}) },
				[]want{{member, "assigned", "acme.owner assigned you: Roof"}},
			},
			{
				"created for oneself",
				func(t *testing.T) { owner.task(t, body{"title": "Roof", "assigned_to": owner.id}) },
				[]want{{owner, "assigned", "Your new task: Roof"}},
			},
			{"created for nobody", func(t *testing.T) { owner.task(t, body{"title": "Roof"}) }, nil},
			{
				"given to oneself later",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof"})
					s.later(t, notifyDelay)
					owner.patch(t, path("/api/tasks/%d/", id), assign(owner.id)).want(t, 200)
				}, nil,
			},
			{
				"reassigned within the delay",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof", "assigned_to": member.id})
					s.later(t, notifyDelay/2)
					owner.patch(t, path("/api/tasks/%d/", id), assign(admin.id)).want(t, 200)
				},
				[]want{{admin, "assigned", "acme.owner assigned you: Roof"}},
			},
			{
				"unassigned within the delay",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof", "assigned_to": member.id})
					owner.patch(t, path("/api/tasks/%d/", id), assign(nil)).want(t, 200)
				}, nil,
			},
			{
				"deleted within the delay",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof for @acme.guest", "assigned_to": member.id})
					s.later(t, notifyDelay/2)
					owner.delete(t, path("/api/tasks/%d/", id)).want(t, 204)
				}, nil,
			},
			{
				"given away and back within the delay",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof", "assigned_to": member.id})
					s.later(t, notifyDelay)
					equalStrings(t, "first", member.kinds(t), "assigned")
					member.post(t, "/api/notifications/read/", nil).want(t, 200)
					owner.patch(t, path("/api/tasks/%d/", id), assign(admin.id)).want(t, 200)
					owner.patch(t, path("/api/tasks/%d/", id), assign(member.id)).want(t, 200)
				}, nil,
			},
			{
				"taken away",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof", "assigned_to": member.id})
					s.later(t, notifyDelay)
					member.post(t, "/api/notifications/read/", nil).want(t, 200)
					owner.patch(t, path("/api/tasks/%d/", id), assign(admin.id)).want(t, 200)
				},
				[]want{{member, "unassigned", "acme.owner took this task from you: Roof"}, {
					admin, "assigned", "acme.owner assigned you: Roof",
				}},
			},
			{
				"given away by oneself",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof", "assigned_to": member.id})
					s.later(t, notifyDelay)
					member.post(t, "/api/notifications/read/", nil).want(t, 200)
					member.patch(t, path("/api/tasks/%d/", id), assign(nil)).want(t, 200)
				}, nil,
			},
			{
				"moved by somebody else, twice within the delay",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof"})
					s.later(t, notifyDelay)
					member.patch(t, path("/api/tasks/%d/", id), status("in_progress")).want(t, 200)
					s.later(t, notifyDelay/2)
					member.patch(t, path("/api/tasks/%d/", id), status("done")).want(t, 200)
				},
				[]want{{owner, "status", "acme.member moved your task from todo to done: Roof"}},
			},
			{
				"moved and moved back within the delay",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof"})
					member.patch(t, path("/api/tasks/%d/", id), status("done")).want(t, 200)
					member.patch(t, path("/api/tasks/%d/", id), status("todo")).want(t, 200)
				}, nil,
			},
			{
				"moved by its creator",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof"})
					s.later(t, notifyDelay)
					owner.patch(t, path("/api/tasks/%d/", id), status("done")).want(t, 200)
				}, nil,
			},
			{
				"mentioned",
				func(t *testing.T) {
					owner.task(t, body{
						"title":       "Roof",
						"description": "Ask @ACME.member, (@acme.guest). Not me@acme.admin, @nobody or @globex.owner",
					})
				},
				[]want{{member, "mentioned", "acme.owner mentioned you: Roof"}, {
					guest, "mentioned", "acme.owner mentioned you: Roof",
				}},
			},
			{
				"mentioned again in another text",
				func(t *testing.T) {
					id := owner.task(t, body{"title": "Roof", "description": "Ask @acme.guest"})
					s.later(t, notifyDelay)
					guest.post(t, "/api/notifications/read/", nil).want(t, 200)
					owner.patch(t, path("/api/tasks/%d/", id),
						body{"description": "Do ask @acme.guest and @acme.admin"}).want(t, 200)
				},
				[]want{{admin, "mentioned", "acme.owner mentioned you: Roof"}},
			},
			{
				"several reasons are one message",
				func(t *testing.T) {
					id := member.task(t, body{"title": "Roof"})
					s.later(t, notifyDelay)
					owner.patch(t, path("/api/tasks/%d/", id),
						body{"title": "Roof for @acme.member", "status": "done", "assigned_to": member.id}).want(t, 200)
				},
				[]want{{member, "assigned", "acme.owner assigned you: Roof for @acme.member"}},
			},
			{
				"a guest accepts nothing; an invitation is accepted",
				func(t *testing.T) {
					token := admin.post(t, "/api/auth/invitations/", body{}).want(t, 201).text("token")
					s.globex.member.post(t, "/api/auth/invitations/accept/", body{"token": token}).want(t, 200)
				},
				[]want{{admin, "invitation", "globex.member accepted your invitation."}},
			},
		} {
			t.Run(c.name, func(t *testing.T) {
				c.do(t)
				s.later(t, notifyDelay)
				s.later(t, notifyDelay) // notifications of earlier changes do not come again
				for _, who := range []actor{owner, admin, member, guest} {
					var kinds, texts []string
					for _, w := range c.want {
						if w.who.id == who.id {
							kinds, texts = append(kinds, w.kind), append(texts, w.text)
						}
					}
					equalStrings(t, who.username+" is told", who.inbox(t), texts...)
					equalStrings(t, who.username+" is told", who.kinds(t), kinds...)
					who.post(t, "/api/notifications/read/", nil).want(t, 200)
				}
			})
		}
		for _, who := range []actor{s.globex.owner, s.globex.admin, s.globex.member, s.globex.guest} {
			equalStrings(t, who.username+" is told", who.inbox(t))
		}
	})
}

func TestInbox(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, member := s.acme.owner, s.acme.member
		var told []int64
		s.notices.OnInboxChange = func(company, user int64) {
			if company == s.acme.id {
				told = append(told, user)
			}
		}
		for i := range 3 {
			owner.task(t, body{"title": fmt.Sprint("Task ", i), "assigned_to": member.id})
		}
		s.later(t, notifyDelay)
		if len(told) == 0 || slices.ContainsFunc(told, func(u int64) bool { return u != member.id }) {
			t.Errorf("told were %v, want the member %d", told, member.id)
		}
		list := member.get(t, "/api/notifications/?page_size=2").want(t, 200)
		if list.id("count") != 3 || len(list.list("id")) != 2 ||
			list.text("next") != publicURL+"/api/notifications/?page=2&page_size=2" {
			t.Errorf("the inbox is %s", list.body)
		}
		first := list.id("results.0.id")
		if list.text("results.0.message") != "acme.owner assigned you: Task 2" ||
			list.text("results.0.actor.username") != "acme.owner" || list.text("results.0.actor.email") != "" ||
			list.at("results.0.read") != false || list.id("results.0.task") == 0 || list.id("results.0.event") == 0 ||
			list.text("results.0.title") != "Task 2" || list.at("results.0.old_status") != nil ||
			list.at("results.0.new_status") != nil {
			t.Errorf("a notification is %s", list.body)
		}
		if n := member.get(t, "/api/notifications/unread/").want(t, 200).id("unread"); n != 3 {
			t.Errorf("%d are unread", n)
		}
		told = nil
		p := path("/api/notifications/%d/", first)
		if a := member.patch(t, p, body{"read": true}).want(t, 200); a.at("read") != true || a.id("id") != first {
			t.Errorf("marked as read: %s", a.body)
		}
		equalStrings(t, "unread", member.get(t, "/api/notifications/?unread=true").want(t, 200).list("message"),
			"acme.owner assigned you: Task 1", "acme.owner assigned you: Task 0")
		equalStrings(t, "read", member.get(t, "/api/notifications/?unread=false").want(t, 200).list("message"),
			"acme.owner assigned you: Task 2")
		member.patch(t, p, body{"read": false}).want(t, 200)
		member.patch(t, p, body{"read": nil}).wantErrors(t, "read", "This field may not be null.")
		// Another member's or another company's notifications stay out of reach.
		owner.patch(t, p, body{"read": true}).want(t, 404)
		s.globex.owner.patch(t, p, body{"read": true}).want(t, 404)
		if n := member.post(t, "/api/notifications/read/", nil).want(t, 200).id("unread"); n != 0 {
			t.Errorf("after marking all %d are unread", n)
		}
		if n := member.get(t, "/api/notifications/unread/").want(t, 200).id("unread"); n != 0 {
			t.Errorf("after marking all %d are unread", n)
		}
		if !slices.Equal(told, []int64{member.id, member.id, member.id}) {
			t.Errorf("of three changes of the member's inbox were told %v", told)
		}
		equalStrings(t, "of another kind", member.get(t, "/api/notifications/?kind=mentioned").want(t, 200).list("id"))
		member.get(t, "/api/notifications/?kind=gossip").wantErrors(t, "kind", `"gossip" is not a valid choice.`)
		equalStrings(t, "the owner's", owner.inbox(t))

		id := owner.task(t, body{"title": "Moved"})
		s.later(t, notifyDelay)
		admin := s.acme.admin
		admin.patch(t, path("/api/tasks/%d/", id), body{"status": "in_progress"}).want(t, 200)
		admin.patch(t, path("/api/tasks/%d/", id), body{"status": "done", "title": "Moved and renamed"}).want(t, 200)
		s.later(t, notifyDelay)
		moved := owner.get(t, "/api/notifications/?kind=status").want(t, 200)
		if moved.text("results.0.title") != "Moved and renamed" || moved.text("results.0.old_status") != "todo" ||
			moved.text("results.0.new_status") != "done" {
			t.Errorf("of a task that was moved: %s", moved.body)
		}
	})
}

// TestMails checks the recipients of mails, and that a mail is checked again before it is sent.
func TestThreat_F12_AMailLooksAgain(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, admin, member := s.acme.owner, s.acme.admin, s.acme.member
		give := func(title string) int64 {
			id := owner.task(t, body{"title": title, "assigned_to": member.id})
			s.later(t, notifyDelay)
			return id
		}
		give("one")
		all := s.sent(t)
		equalStrings(t, "sent", addresses(all), member.email)
		m := all[0]
		if m.Subject != "acme.owner assigned you: one" || !strings.Contains(m.Text, "one") ||
			!strings.Contains(m.HTML, "one") || m.From != "Acme Wombat Works via Taskhouse" || m.ID == "" {
			t.Errorf("the mail is %+v", m)
		}
		equalStrings(t, "sent again", addresses(s.sent(t)))

		for _, c := range []struct {
			name string
			do   func(t *testing.T, id int64)
		}{
			{"deleted", func(t *testing.T, id int64) { owner.delete(t, path("/api/tasks/%d/", id)).want(t, 204) }},
			{"reassigned", func(t *testing.T, id int64) {
				owner.patch(t, path("/api/tasks/%d/", id), body{"assigned_to": admin.id}).want(t, 200)
			}},
			{"turned off", func(t *testing.T, _ int64) {
				member.patch(t, "/api/notifications/preferences/", body{"assigned_email": false}).want(t, 200)
			}},
		} {
			id := give(c.name)
			c.do(t, id)
			equalStrings(t, c.name+" before the mail went", addresses(s.sent(t)))
			s.later(t, notifyDelay) // the notifications of the change itself
			s.sent(t)
		}
		member.patch(t, "/api/notifications/preferences/", body{"assigned_email": true}).want(t, 200)
		give("left")
		owner.patch(t, path("/api/auth/company-users/%d/", member.id), body{"is_active": false}).want(t, 200)
		equalStrings(t, "deactivated before the mail went", addresses(s.sent(t)))
	})
}

// TestThreat_X6_NeverLostAndRecordedOnce uses a mail server that fails in every way, one after the other.
func TestThreat_X6_NeverLostAndRecordedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		peer := smtptest.Start(t, smtptest.Options{NoTLS: true})
		script := []smtptest.Fault{
			smtptest.CutFirst, smtptest.Temporary, smtptest.CutBefore, smtptest.None, smtptest.TempData,
			smtptest.CutAfter, smtptest.Permanent, smtptest.None, smtptest.PermData,
		}
		var mu sync.Mutex
		asked, refused, cut := 0, 0, 0
		peer.Fail(func() smtptest.Fault {
			mu.Lock()
			defer mu.Unlock()
			f := script[asked%len(script)]
			asked++
			switch f {
			case smtptest.Permanent, smtptest.PermData:
				refused++
			case smtptest.CutAfter:
				cut++
			}
			return f
		})
		m, err := notify.NewSMTP("smtp://"+peer.Addr+"?tls=off", "taskhouse@tasks.example.com", "tasks.example.com")
		if err != nil {
			t.Fatal(err)
		}
		s.notices.Mailer = m
		const n = 40
		for i := range n {
			s.acme.owner.task(t, body{"title": fmt.Sprint("Task ", i), "assigned_to": s.acme.member.id})
			s.later(t, notifyDelay)
			s.runJobs(t) // the next task is no part of this mail
		}
		states := map[job.State]int{}
		rows, err := job.List(t.Context(), s.db, job.Query{}, page.First(page.Down, 1000))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			states[r.State]++
			if r.State == job.DeadLetter && !strings.Contains(r.Error, "refuses") {
				t.Errorf("a job is dead because of %q", r.Error)
			}
		}
		sent := 0
		err = s.db.SystemScope(s.acme.id, "a test").Read(t.Context(), func(tx *db.Tx) error {
			return db.Exists(tx, func(r db.Row) error { return r.Scan(&sent) },
				`SELECT count(*) FROM notifications WHERE company_id = $1 AND mail = 'sent'`)
		})
		if err != nil {
			t.Fatal(err)
		}
		taken := map[string]int{}
		again := 0
		for _, mail := range peer.Mails() {
			id := mail.Message.Header.Get("Message-Id")
			if taken[id]++; taken[id] > 1 {
				again++
			}
		}
		t.Logf("%d mails asked for, of %d tasks: %d sent, %d dead, %d came again, %d cut after they were taken", asked,
			n, states[job.Done], states[job.DeadLetter], again, cut)
		if states[job.Done] != sent || states[job.DeadLetter] != refused || sent+refused != n || len(rows) != n {
			t.Errorf("%v, with %d recorded as sent and %d refused", states, sent, refused)
		}
		// A dead job may have been sent before, by a server that stopped after the mail server accepted it.
		if again > cut || len(taken) < sent || len(taken) > sent+cut {
			t.Errorf("%d came again, %d were cut; %d came at all, %d are recorded", again, cut, len(taken), sent)
		}
	})
}

// TestThreat_I9_NothingBreaksOutOfAHeader sends mails with hostile texts over the wire.
func TestThreat_I9_NothingBreaksOutOfAHeader(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		peer := smtptest.Start(t, smtptest.Options{NoTLS: true})
		m, err := notify.NewSMTP("smtp://"+peer.Addr+"?tls=off", "taskhouse@tasks.example.com", "tasks.example.com")
		if err != nil {
			t.Fatal(err)
		}
		s.notices.Mailer = m
		// These texts bypass the API, which refuses control characters: as if it had a gap.
		err = s.db.SystemScope(s.acme.id, "a test").Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE companies SET name = $2 WHERE company_id = $1`,
				"Acme\r\nBcc: eve@example.com\r\n\r\nbody"); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE members SET first_name = $2, last_name = $3 WHERE company_id = $1`,
				"J\r\nX-Evil: 1", "\"<eve@example.com>\u202e=?utf-8?q?=0aBcc:eve?=")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		titles := []string{
			strings.Repeat("ä", 200), strings.Repeat("x", 200), "=?utf-8?q?=0d=0aBcc:_eve@example.com?=",
			"<b>&amp;</b> {{.}} %s\u202e", "plain",
		}
		for _, title := range titles {
			s.acme.owner.task(t, body{"title": title, "assigned_to": s.acme.member.id})
			s.later(t, notifyDelay)
			s.runJobs(t) // the next task is no part of this mail
		}
		mails := peer.Mails()
		if len(mails) != len(titles) {
			t.Fatalf("%d mails came", len(mails))
		}
		for _, got := range mails {
			var names []string
			for name, values := range got.Message.Header {
				names = append(names, name)
				text, err := new(mime.WordDecoder).DecodeHeader(values[0])
				if len(values) != 1 || err != nil || strings.ContainsAny(text, "\r\n") {
					t.Errorf("%s is %q, %v", name, values, err)
				}
			}
			slices.Sort(names)
			equalStrings(t, "the headers", names, "Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe",
				"List-Unsubscribe-Post", "Message-Id", "Mime-Version", "Subject", "To")
			if to, err := got.Message.Header.AddressList("To"); err != nil || len(to) != 1 ||
				to[0].Address != s.acme.member.email || got.To != s.acme.member.email {
				t.Errorf("it goes to %v, %v", to, err)
			}
			if from, err := got.Message.Header.AddressList("From"); err != nil || len(from) != 1 ||
				from[0].Address != "taskhouse@tasks.example.com" {
				t.Errorf("it comes from %v, %v", from, err)
			}
			for line := range strings.Lines(got.Raw) {
				if len(line) > 1000 {
					t.Errorf("a line of %d bytes", len(line))
				}
			}
			b, err := io.ReadAll(got.Message.Body)
			if err != nil || strings.Contains(string(b), "<b>&amp;</b>") && strings.Contains(string(b), "<strong><b>") {
				t.Errorf("HTML of a title is HTML of the mail: %s", b)
			}
		}
	})
}

// TestThreat_T14_AJobThatNamesAnotherCompanysRows inserts jobs into the queue by hand.
func TestThreat_T14_AJobThatNamesAnotherCompanysRows(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		// A notification of Acme without a queued mail, and a person of each company.
		owner, member := s.acme.owner, s.acme.member
		owner.task(t, body{"title": "secret", "assigned_to": member.id})
		s.later(t, notifyDelay)
		s.sent(t)
		var seq int64
		err := s.db.SystemScope(s.acme.id, "a test").Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE notifications SET mail = 'queued' WHERE company_id = $1`); err != nil {
				return err
			}
			return db.Exists(tx, func(r db.Row) error { return r.Scan(&seq) },
				`SELECT seq FROM notifications WHERE company_id = $1`)
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, user := range []int64{member.id, s.globex.owner.id} {
			for company := range map[int64]bool{s.acme.id: true, s.globex.id: true} {
				if company == s.acme.id && user == member.id {
					continue // the valid job
				}
				err := s.db.SystemScope(company, "a test").Write(t.Context(), func(tx *db.Tx) error {
					return s.notices.Queue.Add(tx, "mail", fmt.Sprint("forged ", i),
						map[string]any{"seq": seq, "user": user, "kind": "assigned"})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		equalStrings(t, "sent", addresses(s.sent(t)))
		rows, err := job.List(t.Context(), s.db, job.Query{State: job.Cancelled}, page.First(page.Down, 10))
		if err != nil || len(rows) != 3 {
			t.Fatalf("dropped are %+v, %v", rows, err)
		}
		for _, r := range rows {
			if r.Error == "" {
				t.Errorf("no reason stands with %+v", r)
			}
		}
		if !strings.Contains(s.logs.String(), "a job was cancelled") {
			t.Error("the log does not report it")
		}
	})
}

func TestPreferences(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, member := s.acme.owner, s.acme.member
		const p = "/api/notifications/preferences/"
		all := member.get(t, p).want(t, 200)
		if all.at("assigned_inbox") != true || all.at("invitation_email") != true || all.at("digest") != false ||
			all.text("time_zone") != "UTC" {
			t.Errorf("by default: %s", all.body)
		}
		changed := member.patch(t, p, body{"assigned_email": false, "status_inbox": false, "status_email": false}).
			want(t, 200)
		if changed.at("assigned_email") != false || changed.at("assigned_inbox") != true ||
			changed.at("status_inbox") != false {
			t.Errorf("changed: %s", changed.body)
		}
		if got := member.get(t, p).want(t, 200); string(got.body) != string(changed.body) {
			t.Errorf("stored: %s, answered: %s", got.body, changed.body)
		}
		if got := owner.get(t, p).want(t, 200); string(got.body) != string(all.body) {
			t.Errorf("a colleague's have changed: %s", got.body)
		}
		member.patch(t, p, body{"time_zone": "Mars/Olympus", "digest_hour": 24}).wantErrors(t,
			"digest_hour", "Ensure this value is less than or equal to 23.", "time_zone", "This is no time zone.")
		member.patch(t, p, body{"time_zone": "../../etc/passwd"}).wantErrors(t, "time_zone", "This is no time zone.")

		id := member.task(t, body{"title": "mine"})
		owner.task(t, body{"title": "theirs", "assigned_to": member.id})
		s.later(t, notifyDelay)
		owner.patch(t, path("/api/tasks/%d/", id), body{"status": "done"}).want(t, 200)
		s.later(t, notifyDelay)
		equalStrings(t, "the inbox", member.kinds(t), "assigned")
		equalStrings(t, "sent", addresses(s.sent(t)))

		// Of several reasons, the most important one that the person has not switched off counts.
		member.patch(t, p, body{"assigned_inbox": false}).want(t, 200)
		owner.task(t, body{"title": "for @acme.member", "assigned_to": member.id})
		s.later(t, notifyDelay)
		equalStrings(t, "the inbox", member.kinds(t), "mentioned", "assigned")
		equalStrings(t, "sent", addresses(s.sent(t)), member.email)

		// With mails alone the inbox stays empty.
		member.patch(t, p, body{"assigned_email": true, "mentioned_inbox": false, "mentioned_email": false}).
			want(t, 200)
		owner.task(t, body{"title": "by mail", "assigned_to": member.id})
		s.later(t, notifyDelay)
		equalStrings(t, "the inbox", member.kinds(t), "mentioned", "assigned")
		equalStrings(t, "sent", addresses(s.sent(t)), member.email)
	})
}

func TestOneClickUnsubscribe(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, member := s.acme.owner, s.acme.member
		owner.task(t, body{"title": "one", "assigned_to": member.id})
		s.later(t, notifyDelay)
		all := s.sent(t)
		if len(all) != 1 {
			t.Fatalf("%d mails", len(all))
		}
		link, ok := strings.CutPrefix(all[0].Unsubscribe, publicURL)
		if !ok {
			t.Fatalf("the link is %q", all[0].Unsubscribe)
		}
		wantOff := func(off bool) {
			t.Helper()
			got := member.get(t, "/api/notifications/preferences/").want(t, 200)
			if got.at("assigned_email") == off || got.at("assigned_inbox") != true ||
				got.at("mentioned_email") != true {
				t.Errorf("preferences are %s", got.body)
			}
		}
		// A program that follows links changes nothing.
		page := s.call(t, "GET", link, nil).want(t, 200)
		if !strings.Contains(string(page.body), `<form method="post">`) {
			t.Errorf("the page is %s", page.body)
		}
		wantOff(false)
		for _, forged := range []string{
			link + "x", link[:len(link)-3] + "AAA", "/api/notifications/unsubscribe/?token=AAAA",
			strings.Replace(link, "token=", "token=A", 1),
		} {
			s.call(t, "POST", forged, "List-Unsubscribe=One-Click",
				"Content-Type", "application/x-www-form-urlencoded").want(t, 404)
			s.call(t, "GET", forged, nil).want(t, 404)
		}
		s.call(t, "POST", "/api/notifications/unsubscribe/", nil).wantErrors(t, "token", "This field is required.")
		wantOff(false)
		for range 2 {
			s.call(t, "POST", link, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded").
				want(t, 200)
			wantOff(true)
		}
		owner.task(t, body{"title": "two", "assigned_to": member.id})
		s.later(t, notifyDelay)
		equalStrings(t, "sent", addresses(s.sent(t)))
		equalStrings(t, "the inbox", member.kinds(t), "assigned", "assigned")
	})
}

// TestThreat_T15_DigestOfOnePersonInTwoCompanies switches the digest on in two companies with different time zones, and
// lets two nodes look.
func TestThreat_T15_DigestOfOnePersonInTwoCompanies(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		me := s.acme.member
		token := s.globex.owner.post(t, "/api/auth/invitations/", body{}).want(t, 201).text("token")
		me.post(t, "/api/auth/invitations/accept/", body{"token": token}).want(t, 200)
		there := me
		there.company = s.globex.id
		there = there.again(t)
		s.acme.owner.task(t, body{"title": "Quokka survey", "assigned_to": me.id})
		s.globex.owner.task(t, body{"title": "Penguin parade", "assigned_to": me.id})
		s.acme.admin.task(t, body{"title": "of a colleague", "assigned_to": s.acme.admin.id})
		s.later(t, notifyDelay)
		s.sent(t)
		// The clock shows nine in the morning, UTC.
		me.patch(t, "/api/notifications/preferences/",
			body{"digest": true, "digest_hour": 12, "time_zone": "Europe/Berlin"}).want(t, 200)
		there.patch(t, "/api/notifications/preferences/",
			body{"digest": true, "digest_hour": 8, "time_zone": "America/New_York"}).want(t, 200)
		look := func() []notify.Message {
			t.Helper()
			nodes := []*server{s}
			if s.engine == "postgres" {
				nodes = append(nodes, s.second(t))
			}
			errs := make(chan error, 10)
			for range 5 {
				for _, n := range nodes {
					go func() { errs <- n.notices.Digests(context.WithoutCancel(t.Context())) }()
				}
			}
			for range 5 * len(nodes) {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			return s.sent(t)
		}
		equalStrings(t, "at nine", addresses(look()))
		s.clock.advance(2*time.Hour + time.Minute) // 12:01 in Berlin, 6:01 in New York
		mails := look()
		equalStrings(t, "at eleven", addresses(mails), me.email)
		m := mails[0]
		if !strings.Contains(m.Text, "Quokka survey") || strings.Contains(m.Text+m.HTML+m.Subject+m.From, "Penguin") ||
			strings.Contains(m.Text+m.HTML+m.Subject+m.From, "Globex") || strings.Contains(m.Text, "colleague") {
			t.Errorf("Acme's mail is %+v", m)
		}
		s.clock.advance(2 * time.Hour) // 8:01 in New York
		mails = look()
		equalStrings(t, "at one", addresses(mails), me.email)
		m = mails[0]
		if !strings.Contains(m.Text, "Penguin parade") || strings.Contains(m.Text+m.HTML+m.Subject+m.From, "Quokka") ||
			strings.Contains(m.Text+m.HTML+m.Subject+m.From, "Acme") {
			t.Errorf("Globex's mail is %+v", m)
		}
		equalStrings(t, "once more", addresses(look()))
		// A member who leaves gets no more digests, and the other company's continue.
		s.globex.owner.again(t).delete(t, path("/api/auth/company-users/%d/", me.id)).want(t, 204)
		s.clock.advance(24 * time.Hour)
		equalStrings(t, "the next day", addresses(look()), me.email)
		// The link in the mail switches the digest off.
		s.clock.advance(22 * time.Hour)
		mails = look()
		if len(mails) != 1 {
			t.Fatalf("%d mails", len(mails))
		}
		link := strings.TrimPrefix(mails[0].Unsubscribe, publicURL)
		s.call(t, "POST", link, nil).want(t, 200)
		s.clock.advance(48 * time.Hour)
		equalStrings(t, "after it was turned off", addresses(look()))
	})
}
