package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/live"
)

// soon is how long a message on its way may take, on a busy machine too.
const soon = 10 * time.Second

// listener is a client of the feed.
type listener struct {
	ws  *websocket.Conn
	seq float64 // the number of the last message that had one
}

// said is a message of the feed.
type said map[string]any

// listen opens a socket with an actor's token in the header. Headers may leave the token out.
func (a actor) listen(t testing.TB, query string, headers ...string) *listener {
	t.Helper()
	h := http.Header{"Authorization": {"Bearer " + a.access}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			h.Del(headers[i])
		}
	}
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(),
		"ws"+strings.TrimPrefix(a.s.url, "http")+"/ws/tasks/"+query, h)
	if res != nil {
		defer func() { _ = res.Body.Close() }()
	}
	if err != nil {
		t.Fatalf("open the socket: %v (%v)", err, res)
	}
	t.Cleanup(func() { _ = ws.Close() })
	return &listener{ws: ws}
}

// joined opens a socket and reads the greeting.
func (a actor) joined(t testing.TB, query string, headers ...string) *listener {
	t.Helper()
	l := a.listen(t, query, headers...)
	if m := l.next(t); m["type"] != "connection_established" {
		t.Fatalf("the first message is %v", m)
	}
	return l
}

// read returns the bytes of the next message.
func (l *listener) read() ([]byte, error) {
	_ = l.ws.SetReadDeadline(time.Now().Add(soon))
	_, b, err := l.ws.ReadMessage()
	return b, err
}

func (l *listener) next(t testing.TB) said {
	t.Helper()
	b, err := l.read()
	if err != nil {
		t.Fatalf("wait for a message: %v", err)
	}
	var m said
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	if seq, ok := m["seq"].(float64); ok {
		l.seq = seq
	}
	return m
}

// until reads up to the first message of a type.
func (l *listener) until(t testing.TB, kind string) said {
	t.Helper()
	for {
		if m := l.next(t); m["type"] == kind {
			return m
		}
	}
}

// closed reads until the server closes, and returns the code and the messages before it.
func (l *listener) closed(t testing.TB) (code int, before []said) {
	t.Helper()
	for {
		b, err := l.read()
		var end *websocket.CloseError
		if errors.As(err, &end) {
			// The client has answered the close. A browser forgets the code if anything comes after that.
			conn := l.ws.NetConn()
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if rest, _ := io.ReadAll(conn); len(rest) > 0 {
				t.Errorf("after the close comes %x", rest)
			}
			return end.Code, before
		}
		if err != nil {
			t.Fatalf("wait for the close: %v", err)
		}
		var m said
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		before = append(before, m)
	}
}

func (l *listener) say(t testing.TB, text string) {
	t.Helper()
	if err := l.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// stream reads the feed as server-sent events, and returns the data of its messages by id.
func (a actor) stream(t testing.TB, query string, headers ...string) (next func() (id, data string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", a.s.url+"/api/events/stream/"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.access)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := carrier.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream answers %s, %s", res.Status, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	return func() (id, data string) {
		for lines.Scan() {
			line := lines.Text()
			if v, ok := strings.CutPrefix(line, "id: "); ok {
				id = v
			}
			if v, ok := strings.CutPrefix(line, "data: "); ok {
				return id, v
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return "", ""
	}
}

func TestFeed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		l := s.acme.guest.listen(t, "")
		if m := l.next(t); m["type"] != "connection_established" ||
			m["message"] != "Connected to Acme Wombat Works task updates" || m["seq"] != 0.0 {
			t.Errorf("the first message is %v", m)
		}
		id := s.acme.member.task(t, body{"title": "Paint the fence"})
		m := l.next(t)
		task, _ := m["task"].(map[string]any)
		if m["type"] != "task_created" || m["seq"] != 1.0 || m["message"] != "New task created: Paint the fence" ||
			task["title"] != "Paint the fence" {
			t.Errorf("the message of a new task is %v", m)
		}
		s.acme.owner.patch(t, path("/api/tasks/%d/", id), body{"status": "done"}).want(t, 200)
		m = l.next(t)
		changes, _ := m["changes"].(map[string]any)
		if m["type"] != "task_updated" || m["seq"] != 2.0 || changes["status"] == nil ||
			changes["completed_at"] == nil || len(changes) != 2 {
			t.Errorf("the message of a change is %v", m)
		}
		s.acme.owner.delete(t, path("/api/tasks/%d/", id)).want(t, 204)
		if m := l.next(t); m["type"] != "task_deleted" || m["seq"] != 3.0 {
			t.Errorf("the message of a deletion is %v", m)
		}
	})
}

func TestFeedIsTheSameByEveryDoor(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		id := m.task(t, body{"title": `Zäune & "Tore" </script>`})
		m.patch(t, path("/api/tasks/%d/", id), body{"description": "a\nb"}).want(t, 200)
		socket, stream := m.joined(t, "?since=0"), m.stream(t, "?since=0")
		if id, data := stream(); id != "" || !strings.Contains(data, `"connection_established"`) {
			t.Errorf("the stream begins with %q %s", id, data)
		}
		m.task(t, body{"title": "and one while they listen"})
		var polled struct{ Results []json.RawMessage }
		if err := json.Unmarshal(m.get(t, "/api/events/?after=0").want(t, 200).body, &polled); err != nil ||
			len(polled.Results) != 3 {
			t.Fatalf("%d events, %v", len(polled.Results), err)
		}
		for i, want := range polled.Results {
			got, err := socket.read()
			if err != nil || string(got) != string(want) {
				t.Errorf("event %d by the socket is\n%s\nand polled\n%s (%v)", i+1, got, want, err)
			}
			seq, data := stream()
			if data != string(want) || seq != fmt.Sprint(i+1) {
				t.Errorf("event %d by the stream is %s\n%s\nand polled\n%s", i+1, seq, data, want)
			}
		}
	})
}

func TestFeedResumes(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for i := range 700 { // more than a room keeps in memory
			if i == 600 {
				_ = m.joined(t, "") // later events reach this listener live
			}
			m.task(t, body{"title": fmt.Sprint("task ", i+1)})
		}
		for _, since := range []int{0, 1, 150, 599, 650, 699, 700} {
			l := m.listen(t, fmt.Sprint("?since=", since))
			if g := l.next(t); g["seq"] != float64(since) {
				t.Errorf("since %d: the greeting is %v", since, g)
			}
			for seq := since + 1; seq <= 700; seq++ {
				e := l.next(t)
				if e["seq"] != float64(seq) || e["message"] != fmt.Sprint("New task created: task ", seq) {
					t.Fatalf("since %d: %v where %d is next", since, e, seq)
				}
			}
			_ = l.ws.Close()
		}
		next := m.stream(t, "?since=3", "Last-Event-ID", "698")
		next()
		for _, want := range []string{"699", "700"} {
			if id, _ := next(); id != want {
				t.Errorf("the stream resumes with %s, want %s", id, want)
			}
		}
		l := m.joined(t, "?since=701") // a client of a database that was restored since
		if r := l.next(t); r["type"] != "resync" || r["seq"] != 700.0 {
			t.Errorf("who comes from the future is told %v", r)
		}
		m.task(t, body{})
		if e := l.next(t); e["seq"] != 701.0 {
			t.Errorf("and then %v", e)
		}
		for _, query := range []string{"?since=-1", "?since=x", "?since=", "?after=1", "?since=1&since=2"} {
			m.get(t, "/api/events/stream/"+query).want(t, 400)
		}
		m.get(t, "/api/events/stream/", "Last-Event-ID", "x").want(t, 400)
		m.call(t, "HEAD", "/api/events/stream/", nil).want(t, 200) // it ends, unlike GET
		m.get(t, "/ws/tasks/").want(t, 400)                        // not a WebSocket handshake
	})
}

func TestFeedAuthentication(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		m.joined(t, "?token="+m.access, "Authorization", "")
		l := m.joined(t, "", "Authorization", "", "Sec-WebSocket-Protocol", "bearer, "+m.access)
		if got := l.ws.Subprotocol(); got != "bearer" {
			t.Errorf("the subprotocol is answered with %q", got)
		}
		for name, headers := range map[string][]string{
			"no token":             {"Authorization", ""},
			"another scheme":       {"Authorization", "Basic " + m.access},
			"a refresh token":      {"Authorization", "Bearer " + m.token},
			"a forged one":         {"Authorization", "Bearer " + m.access + "x"},
			"a protocol too many":  {"Authorization", "", "Sec-WebSocket-Protocol", "bearer, " + m.access + ", x"},
			"another protocol":     {"Authorization", "", "Sec-WebSocket-Protocol", "token, " + m.access},
			"a forged subprotocol": {"Authorization", "", "Sec-WebSocket-Protocol", "bearer, x"},
		} {
			if code, before := m.listen(t, "", headers...).closed(t); code != 4001 || len(before) > 0 {
				t.Errorf("%s: closed with %d after %v", name, code, before)
			}
		}
		m.joined(t, "")
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": m.token}).want(t, 204)
		if code, before := m.listen(t, "").closed(t); code != 4001 || len(before) > 0 {
			t.Errorf("a session that ended: closed with %d after %v", code, before)
		}
		m.get(t, "/api/events/stream/").wantDetail(t, 401, badToken)
		s.call(t, "GET", "/api/events/stream/?token="+s.acme.guest.access+"x", nil).wantDetail(t, 401, badToken)
		if strings.Contains(s.logs.String(), m.access) {
			t.Error("the log shows a token that stood in an address")
		}
	})
}

func TestThreat_I21_FeedOrigins(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.api.AllowedOrigins = []string{"https://app.example.com"}
		for origin, status := range map[string]int{
			"": 101, publicURL: 101, s.url: 101, "https://app.example.com": 101,
			"null": 403, "https://evil.example": 403, "https://app.example.com.evil.example": 403,
			"http://app.example.com":   403,
			"https://xapp.example.com": 403, publicURL + ".evil.example": 403, publicURL + ":8443": 403,
		} {
			h := http.Header{"Authorization": {"Bearer " + s.acme.member.access}}
			if origin != "" {
				h.Set("Origin", origin)
			}
			ws, res, err := websocket.DefaultDialer.DialContext(t.Context(),
				"ws"+strings.TrimPrefix(s.url, "http")+"/ws/tasks/", h)
			if err == nil {
				_ = ws.Close()
			}
			if res != nil {
				_ = res.Body.Close()
			}
			if res == nil || res.StatusCode != status {
				t.Errorf("from %q: %v, want %d", origin, res, status)
			}
		}
	})
}

func TestFeedTalks(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		l := s.acme.member.joined(t, "")
		l.say(t, `{"type": "ping"}`)
		if m := l.next(t); m["type"] != "pong" || m["message"] != "Connection alive" {
			t.Errorf("a ping is answered with %v", m)
		}
		heard := make(chan string, 1)
		l.ws.SetPongHandler(func(payload string) error { heard <- payload; return nil })
		if err := l.ws.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(soon)); err != nil {
			t.Fatal(err)
		}
		l.say(t, `{"type": "nobody knows this"}`)
		l.say(t, `[`)
		if m := l.next(t); m["type"] != "error" {
			t.Errorf("what is no message is answered with %v", m)
		}
		if got := <-heard; got != "are you there" {
			t.Errorf("the pong says %q", got)
		}
	})
}

func TestThreat_R5_R6_FeedLimits(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		l := m.joined(t, "")
		l.say(t, `{"type": "`+strings.Repeat("x", 33<<10)+`"}`)
		if code, _ := l.closed(t); code != websocket.CloseMessageTooBig {
			t.Errorf("a message of 33 KiB: closed with %d", code)
		}
		l = m.joined(t, "")
		for range 100 {
			if l.ws.WriteMessage(websocket.TextMessage, []byte(`{"type": "ping"}`)) != nil {
				break
			}
		}
		if code, answered := l.closed(t); code != 1008 || len(answered) > 35 {
			t.Errorf("a flood of messages: closed with %d after %d answers", code, len(answered))
		}
		l = m.joined(t, "")
		for range 100 {
			if l.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(soon)) != nil {
				break
			}
		}
		if code, _ := l.closed(t); code != 1008 {
			t.Errorf("a flood of pings: closed with %d", code)
		}
	})
}

func TestThreat_R6_FeedConnections(t *testing.T) {
	for name, limits := range map[string]live.Limits{
		"member": {PerMember: 3}, "company": {PerCompany: 3}, "address": {PerAddress: 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServerWithFeed(t, "sqlite", limits)
			m := s.acme.member
			first := m.joined(t, "")
			m.joined(t, "")
			m.joined(t, "")
			if code, _ := m.listen(t, "").closed(t); code != 1008 {
				t.Errorf("the fourth is closed with %d", code)
			}
			m.get(t, "/api/events/stream/").want(t, 429)
			if name == "company" {
				s.globex.member.joined(t, "")
			}
			_ = first.ws.Close()
			for end := time.Now().Add(soon); ; { // the place is free as soon as the server notices
				b, err := m.listen(t, "").read()
				if err == nil && strings.Contains(string(b), "connection_established") {
					break
				} else if time.Now().After(end) {
					t.Fatal("the place of a connection that ended stays taken")
				}
			}
		})
	}
}

// TestThreat_R5_AFloodOfPings sends far more pings at once than are allowed. The server must not keep a stack for each:
// a stack that grows without bound ends the process.
func TestThreat_R5_AFloodOfPings(t *testing.T) {
	s := newServer(t, "sqlite")
	defer debug.SetMaxStack(debug.SetMaxStack(32 << 20))
	l := s.acme.member.joined(t, "")
	ping := []byte{0x89, 0x80, 1, 2, 3, 4} // final, masked, empty
	go func() {
		flood := bytes.Repeat(ping, 10_000)
		for range 100 {
			if _, err := l.ws.NetConn().Write(flood); err != nil {
				return
			}
		}
	}()
	if code, _ := l.closed(t); code != 1008 {
		t.Errorf("closed with %d", code)
	}
	s.acme.guest.joined(t, "")
}

// TestThreat_T12_WhoIsRevokedAndDoesNotRead revokes the access of a member whose connection is stuck. This must not
// delay the other clients, although the server can send nothing to the stuck one.
func TestThreat_T12_WhoIsRevokedAndDoesNotRead(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		reader, p := m.joined(t, ""), s.person(t, s.acme.id, "acme.stuck", account.Ordinary)
		if err := p.joined(t, "").ws.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		words := strings.Repeat("so much to read ", 2000) // 32 kB
		for range 60 {                                    // more than all buffers hold: the server's write waits
			m.task(t, body{"description": words})
			reader.until(t, "task_created")
		}
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"is_active": false}).want(t, 200)
		began := time.Now()
		m.task(t, body{"title": "after it"})
		for {
			e := reader.until(t, "task_created")
			if task, _ := e["task"].(map[string]any); task["title"] == "after it" {
				break
			}
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("the next event came after %s", took)
		}
	})
}

// closing describes a way in which a member loses access to the feed, and the close code.
type closing struct {
	name string
	code int
	end  func(t *testing.T, s *server, p actor)
}

var closings = []closing{
	{"deactivated", 4003, func(t *testing.T, s *server, p actor) {
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"is_active": false}).want(t, 200)
	}},
	{"removed", 4003, func(t *testing.T, s *server, p actor) {
		s.acme.owner.delete(t, path("/api/auth/company-users/%d/", p.id)).want(t, 204)
	}},
	{"signed out", 4001, func(t *testing.T, s *server, p actor) {
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.token}).want(t, 204)
	}},
	{"password changed elsewhere", 4001, func(t *testing.T, s *server, p actor) {
		p.on(s).again(t).post(t, "/api/auth/password/",
			body{"current_password": password, "new_password": "another " + password}).want(t, 204)
	}},
	{"signed out from another session", 4001, func(t *testing.T, s *server, p actor) {
		p.on(s).again(t).delete(t, path("/api/auth/sessions/%s/", p.session)).want(t, 204)
	}},
	{"a session ended by a manager", 4001, func(t *testing.T, s *server, p actor) {
		s.acme.admin.delete(t, path("/api/auth/company-users/%d/sessions/%s/", p.id, p.session)).want(t, 204)
	}},
	{"signed out by a manager", 4001, func(t *testing.T, s *server, p actor) {
		s.acme.admin.delete(t, path("/api/auth/company-users/%d/sessions/", p.id)).want(t, 204)
	}},
	{"refresh token came back", 4001, func(t *testing.T, s *server, p actor) {
		s.tryRefresh(t, p.token).want(t, 200)
		s.clock.advance(11 * time.Second)
		s.tryRefresh(t, p.token).want(t, 401)
	}},
}

// TestThreat_T12_T13_FeedEndsWithTheRight ends a member's access in every way while others keep changing tasks. The
// last event on the feed must not be one that was committed afterwards.
func TestThreat_T12_T13_FeedEndsWithTheRight(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		nodes := map[string]*server{"here": s}
		if s.engine == "postgres" {
			nodes["on another node"] = s.second(t)
		}
		n := 0
		for where, node := range nodes {
			var delays []time.Duration
			for _, c := range closings {
				t.Run(c.name+" "+where, func(t *testing.T) {
					n++
					// The clock ticks with every reading, and this test reads it often: no token may expire.
					s.acme.owner, s.acme.admin = s.acme.owner.again(t), s.acme.admin.again(t)
					s.acme.member, s.acme.guest = s.acme.member.again(t), s.acme.guest.again(t)
					p := s.person(t, s.acme.id, fmt.Sprint("acme.l", n), account.Ordinary).on(node)
					l, other := p.joined(t, ""), s.acme.guest.on(node).joined(t, "")
					for range 3 {
						s.acme.member.task(t, body{"title": "before"})
					}
					ctx, cancel := context.WithCancel(t.Context())
					writes := make(chan struct{})
					go func() { // as fast as possible: before, at and after the end
						defer close(writes)
						for ctx.Err() == nil {
							s.acme.member.task(t, body{"title": "meanwhile"})
						}
					}()
					c.end(t, s, p)
					marker := s.acme.owner.task(t, body{"title": "after the end"})
					began := time.Now()
					code, before := l.closed(t)
					delays = append(delays, time.Since(began))
					cancel()
					<-writes
					if code != c.code {
						t.Errorf("closed with %d, want %d", code, c.code)
					}
					for _, m := range before {
						if task, _ := m["task"].(map[string]any); task["title"] == "after the end" {
							t.Errorf("an event from after the end came through: %v", m)
						}
					}
					for { // the other listeners continue
						m := other.until(t, "task_created")
						if task, _ := m["task"].(map[string]any); task["id"] == float64(marker) {
							break
						}
					}
					if code, before := p.listen(t, "?since=0").closed(t); code != 4001 || len(before) > 0 {
						t.Errorf("coming back: closed with %d after %d messages", code, len(before))
					}
				})
			}
			// Most of them, because one may have waited for the machine.
			if slices.Sort(delays); len(delays) == len(closings) && delays[len(delays)/2] > time.Second {
				t.Errorf("%s they were closed so late: %v", where, delays)
			}
			t.Run("a lower role hears on "+where, func(t *testing.T) {
				n++
				p := s.person(t, s.acme.id, fmt.Sprint("acme.l", n), account.Admin).on(node)
				l := p.joined(t, "")
				s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"role": "guest"}).want(t, 200)
				l.until(t, "member_role_changed")
			})
			t.Run("a stream ends "+where, func(t *testing.T) {
				n++
				p := s.person(t, s.acme.id, fmt.Sprint("acme.l", n), account.Ordinary).on(node)
				res, err := carrier.RoundTrip(p.request(t, "GET", "/api/events/stream/"))
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.token}).want(t, 204)
				lines := bufio.NewScanner(res.Body)
				last := ""
				for lines.Scan() {
					if lines.Text() != "" {
						last = lines.Text()
					}
				}
				if !strings.HasPrefix(last, ": 4001") {
					t.Errorf("it ended with %q", last)
				}
			})
			t.Run("sessions that ran out "+where, func(t *testing.T) {
				n++
				p := s.person(t, s.acme.id, fmt.Sprint("acme.l", n), account.Ordinary).on(node)
				l := p.joined(t, "")
				s.clock.advance(25 * time.Hour)
				owner := s.acme.owner.again(t)
				// makes the server verify every caller again
				owner.patch(t, "/api/auth/company/", body{"description": where}).want(t, 200)
				if code, _ := l.closed(t); code != 4001 {
					t.Errorf("closed with %d", code)
				}
				s.acme.owner, s.acme.member, s.acme.guest = owner, s.acme.member.again(t), s.acme.guest.again(t)
			})
		}
	})
}

// request returns a request of the actor, to be sent by hand.
func (a actor) request(t testing.TB, method, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.access)
	return req
}

// TestThreat_T10_T11_FeedsDoNotCross makes the same changes in two companies at the same time, each with its own words.
func TestThreat_T10_T11_FeedsDoNotCross(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		words := map[string]cast{"wombat": s.acme, "platypus": s.globex}
		listeners := map[string][]*listener{}
		for word, c := range words {
			for _, p := range []actor{c.owner, c.member, c.guest} {
				// A client cannot ask for another company's number, room or id.
				listeners[word] = append(listeners[word], p.joined(t, ""), p.joined(t, "?since=0"))
			}
		}
		const each = 40
		done := make(chan struct{})
		for word, c := range words {
			go func() {
				defer func() { done <- struct{}{} }()
				for i := range each {
					id := c.member.task(t,
						body{"title": fmt.Sprint(word, " ", i), "description": word, "assigned_to": c.admin.id})
					c.member.patch(t, path("/api/tasks/%d/", id), body{"title": fmt.Sprint(word, " again ", i)}).
						want(t, 200)
				}
			}()
		}
		<-done
		<-done
		for word, ls := range listeners {
			foreign := "platypus"
			if word == foreign {
				foreign = "wombat"
			}
			for _, l := range ls {
				for seq := 1; seq <= 2*each; seq++ {
					b, err := l.read()
					if err != nil {
						t.Fatalf("%s: event %d: %v", word, seq, err)
					}
					if strings.Contains(string(b), foreign) || !strings.Contains(string(b), word) ||
						!strings.Contains(string(b), fmt.Sprintf(`"seq":%d,`, seq)) {
						t.Fatalf("%s: event %d is %s", word, seq, b)
					}
				}
			}
		}
	})
}

func TestPresence(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		nodes := []*server{s, s}
		if s.engine == "postgres" {
			nodes[1] = s.second(t)
		}
		m, admin := s.acme.member, s.acme.admin.on(nodes[1])
		here := func(who actor) (list []string) {
			for _, r := range who.get(t, "/api/presence/").want(t, 200).json.(map[string]any)["results"].([]any) {
				p := r.(map[string]any)
				list = append(list, fmt.Sprint(p["user"], " ", p["tasks"]))
			}
			return list
		}
		if got := here(m); len(got) != 0 {
			t.Errorf("before anybody came: %v", got)
		}
		watch := m.joined(t, "?presence=true")
		quiet := s.acme.guest.joined(t, "") // has not asked for presence
		sees := func(who actor, person int64) bool {
			return slices.ContainsFunc(here(who),
				func(p string) bool { return strings.HasPrefix(p, fmt.Sprint(person, " ")) })
		}
		for end := time.Now().Add(soon); !sees(admin, m.id); { // other nodes know it a moment later
			if time.Now().After(end) {
				t.Fatalf("%s does not see %s", admin.username, m.username)
			}
		}
		theirs := admin.joined(t, "")
		if !sees(admin, m.id) { // a new room on that node knows the earlier messages
			t.Errorf("%s no longer sees %s", admin.username, m.username)
		}
		theirs.say(t, `{"type": "viewing", "task": 7}`)
		for {
			p := watch.until(t, "presence")
			if p["user"] == float64(admin.id) && p["online"] == true && slices.Equal(p["tasks"].([]any), []any{7.0}) {
				break
			}
		}
		want := []string{fmt.Sprint(admin.id, " [7]"), fmt.Sprint(m.id, " []"), fmt.Sprint(s.acme.guest.id, " []")}
		slices.Sort(want)
		for _, who := range []actor{m, admin} {
			for end := time.Now().Add(soon); ; {
				got := here(who)
				slices.Sort(got)
				if slices.Equal(got, want) {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("%s sees %v, want %v", who.username, got, want)
				}
			}
		}
		if got := here(s.globex.owner); len(got) != 0 {
			t.Errorf("another company sees %v", got)
		}
		_ = theirs.ws.Close()
		for {
			if p := watch.until(t, "presence"); p["user"] == float64(admin.id) && p["online"] == false {
				break
			}
		}
		m.task(t, body{})
		if e := quiet.next(t); e["seq"] != 1.0 {
			t.Errorf("who did not ask is told %v", e)
		}
	})
}

// TestThreat_F13_FeedSaysGoodbye stops a server with sockets and streams. Each client is told to reconnect, and then
// gets the rest.
func TestThreat_F13_FeedSaysGoodbye(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		l := s.acme.member.joined(t, "")
		res, err := carrier.RoundTrip(s.acme.member.request(t, "GET", "/api/events/stream/"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		defer cancel()
		go s.api.Live.Close(ctx)
		if code, _ := l.closed(t); code != 1012 {
			t.Errorf("the socket is closed with %d", code)
		}
		lines, last := bufio.NewScanner(res.Body), ""
		for lines.Scan() {
			if lines.Text() != "" {
				last = lines.Text()
			}
		}
		if !strings.HasPrefix(last, ": 1012") {
			t.Errorf("the stream ended with %q", last)
		}
		if code, _ := s.acme.member.listen(t, "").closed(t); code != 1012 {
			t.Errorf("who comes late is told %d", code)
		}
		s.acme.member.get(t, "/api/events/stream/").want(t, 503)
	})
}

// TestThreat_R4_FeedOfWhoDoesNotRead mixes clients that never read with clients that do.
func TestThreat_R4_FeedOfWhoDoesNotRead(t *testing.T) {
	s := newServer(t, "sqlite")
	m := s.acme.member
	l := m.joined(t, "")
	stuck := make([]net.Conn, 20)
	for i := range stuck {
		c := m.joined(t, "").ws.NetConn()
		if err := c.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		stuck[i] = c
	}
	words := strings.Repeat("so much to read ", 2000) // 32 kB
	var worst time.Duration
	for i := range 300 { // 10 MB: more than all buffers between
		began := time.Now()
		m.task(t, body{"description": words})
		if e := l.until(t, "task_created"); e["seq"] != float64(i+1) {
			t.Fatalf("event %d is %v", i+1, e["seq"])
		}
		worst = max(worst, time.Since(began))
	}
	t.Logf("the slowest event took %s", worst)
	for end := time.Now().Add(30 * time.Second); s.api.Live.Subscribers() > 1; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d still subscribe, and one reads", s.api.Live.Subscribers())
		}
	}
}
