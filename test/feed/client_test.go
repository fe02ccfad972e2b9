package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// client follows a company's feed as an app does: it folds every event into its state, and after a cut of any kind
// resumes from the number of the last one.
type client struct {
	name  string
	token string
	pick  func() string // where a server may be

	mu    sync.Mutex
	ws    *websocket.Conn
	seq   int64
	tasks map[int64]string // by id, as the events describe them
	seen  map[int64]time.Time
	wrong []string
	came  chan struct{} // closed and renewed with each event
	cuts  int
}

func newClient(name, token string, pick func() string) *client {
	return &client{
		name:  name,
		token: token,
		pick:  pick,
		tasks: map[int64]string{},
		seen:  map[int64]time.Time{},
		came:  make(chan struct{}),
	}
}

// message has the fields that a client reads.
type message struct {
	Type string          `json:"type"`
	Seq  int64           `json:"seq"`
	Task json.RawMessage `json:"task"`
}

// follow runs until ctx ends.
func (c *client) follow(ctx context.Context) {
	for ctx.Err() == nil {
		ws, err := c.dial(ctx)
		if err != nil {
			pause(ctx, 10*time.Millisecond)
			continue
		}
		stop := context.AfterFunc(ctx, c.cut)
		c.read(ws)
		stop()
		_ = ws.Close()
	}
}

func (c *client) dial(ctx context.Context) (*websocket.Conn, error) {
	c.mu.Lock()
	since := c.seq
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := fmt.Sprintf("ws%s/ws/tasks/?since=%d", strings.TrimPrefix(c.pick(), "http"), since)
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, url, http.Header{"Authorization": {"Bearer " + c.token}})
	if res != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ws = ws
	c.cuts++
	return ws, nil
}

func (c *client) read(ws *websocket.Conn) {
	for {
		_, b, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil {
			c.complain("a message is no JSON: %s", b)
			return
		}
		c.take(m)
	}
}

func (c *client) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, fmt.Sprintf(c.name+": "+format, args...))
}

func (c *client) take(m message) {
	switch m.Type {
	case "connection_established":
		c.mu.Lock()
		at := c.seq
		c.mu.Unlock()
		if m.Seq != at {
			c.complain("asked for what follows %d and is greeted with %d", at, m.Seq)
		}
		return
	case "resync":
		c.complain("told to load again, at %d", m.Seq)
		return
	}
	c.mu.Lock()
	last := c.seq
	c.mu.Unlock()
	if m.Seq != last+1 {
		c.complain("%s %d comes after %d", m.Type, m.Seq, last)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq = m.Seq
	c.seen[m.Seq] = time.Now()
	if m.Task != nil {
		id, state := fold(m.Task)
		if m.Type == "task_deleted" {
			delete(c.tasks, id)
		} else {
			c.tasks[id] = state
		}
	}
	close(c.came)
	c.came = make(chan struct{})
}

// fold returns the fields on which two descriptions of a task must agree.
func fold(raw json.RawMessage) (id int64, state string) {
	var t struct {
		ID         int64
		Title      string
		Status     string
		Version    int64
		AssignedTo *int64 `json:"assigned_to"`
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return 0, err.Error()
	}
	assigned := int64(0)
	if t.AssignedTo != nil {
		assigned = *t.AssignedTo
	}
	return t.ID, fmt.Sprintf("%q %s v%d @%d", t.Title, t.Status, t.Version, assigned)
}

// cut breaks the connection without a word.
func (c *client) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws != nil {
		_ = c.ws.NetConn().Close()
	}
}

// reach waits until the client has an event, and gives when it came; false when it does not come in time.
func (c *client) reach(seq int64, within time.Duration) (time.Time, bool) {
	timeout := time.After(within)
	for {
		c.mu.Lock()
		at, came := c.seq, c.came
		when := c.seen[seq]
		c.mu.Unlock()
		if at >= seq {
			return when, true
		}
		select {
		case <-came:
		case <-timeout:
			return time.Time{}, false
		}
	}
}

// holds returns the state that the client has put together.
func (c *client) holds() (seq int64, tasks map[int64]string, wrong []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seq, maps.Clone(c.tasks), c.wrong
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
