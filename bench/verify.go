package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// compareStatements fails when the floor would run other statements than the product, so that the two cannot drift
// apart.
func (g *stage) compareStatements(ctx context.Context) error {
	var product asked
	var err error
	if g.name == "sqlite" {
		product, err = g.eavesdrop(ctx)
	} else {
		product, err = g.wiretap()
	}
	if err != nil {
		return err
	}
	defer product.stop()
	for _, name := range []string{"list", "get", "my_tasks", "statistics", "create", "update"} {
		want, err := g.floorTrips(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var got [][]string
		for range 5 { // background work is recorded too, at times
			if got, err = product.trips(name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if len(slices.Concat(got...)) == 0 {
				return fmt.Errorf("%s: nothing was heard of the product's statements", name)
			}
			if slices.EqualFunc(got, want, slices.Equal) {
				break
			}
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			return fmt.Errorf("%s: the floor would not be the product's: bring statements.go up to date\n"+
				"the product: %q\nthe floor:   %q", name, got, want)
		}
	}
	return nil
}

// asked runs the product and records its statements.
type asked struct {
	trips func(name string) ([][]string, error) // the statements of an operation, by round trip
	stop  func()
}

// floorTrips returns the round trips of the floor. On SQLite it also records them while the floor runs the operation
// once.
func (g *stage) floorTrips(ctx context.Context, name string) (trips [][]string, err error) {
	if g.name == "sqlite" {
		r, err := newDriverRunner(floorConfig{Where: g.floor, Subject: g.about}, order{Name: name})
		if err != nil {
			return nil, err
		}
		defer func() { _ = r.close() }()
		r.batch = min(r.batch, 1)
		heard.reset()
		_, err = r.run(ctx)
		return [][]string{heard.reset()}, err
	}
	for _, t := range operation(g.name, name, g.about) {
		var texts []string
		for _, s := range t {
			texts = append(texts, flat(s.sql))
		}
		trips = append(trips, texts)
	}
	return trips, nil
}

// askFor sends an operation's request a few times, so that the product remembers the caller and the persons; forget is
// called before each.
func (g *stage) askFor(s *server, name string, forget func()) error {
	who := g.people[middle]
	for i := range 5 {
		forget()
		var err error
		switch name {
		case "list":
			_, err = s.ask("GET", "/api/tasks/", who.token, nil, nil)
		case "get":
			_, err = s.ask("GET", fmt.Sprintf("/api/tasks/%d/", g.about.Task), who.token, nil, nil)
		case "my_tasks":
			_, err = s.ask("GET", "/api/tasks/my_tasks/", who.token, nil, nil)
		case "statistics":
			_, err = s.ask("GET", "/api/tasks/statistics/", who.token, nil, nil)
		case "create":
			_, err = s.ask("POST", "/api/tasks/", who.token, jsontext.Value(createdTask(who.Owner)), nil)
		case "update":
			_, err = s.ask("PATCH", taskPath(g.about.Task), who.token, jsontext.Value(changedTask(i)), nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func flat(sql string) string { return strings.Join(strings.Fields(sql), " ") }

// wiretap runs the product on PostgreSQL with a listener between the two.
func (g *stage) wiretap() (asked, error) {
	w, err := tap(g.place.databaseURL)
	if err != nil {
		return asked{}, err
	}
	p := g.place
	p.databaseURL = w.url
	s, err := p.serve("warn", withoutWorker)
	if err != nil {
		w.close()
		return asked{}, err
	}
	return asked{
		trips: func(name string) ([][]string, error) {
			err := g.askFor(s, name, func() { w.take() })
			return w.take(), err
		},
		stop: func() {
			_ = s.stop()
			w.close()
		},
	}, nil
}

// wiretap is a server between the product and PostgreSQL that notes which statements travel together.
type wiretap struct {
	url string
	l   net.Listener
	to  string

	mu    sync.Mutex
	trips [][]string
}

func tap(databaseURL string) (*wiretap, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wiretap{l: l, to: u.Host}
	u.Host = l.Addr().String()
	w.url = u.String()
	go w.serve()
	return w, nil
}

func (w *wiretap) close() { _ = w.l.Close() }

func (w *wiretap) serve() {
	for {
		c, err := w.l.Accept()
		if err != nil {
			return
		}
		go w.connect(c)
	}
}

func (w *wiretap) connect(c net.Conn) {
	defer func() { _ = c.Close() }()
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		_, _ = io.Copy(c, server)
		_ = c.Close()
	}()
	_ = w.listen(bufio.NewReader(c), server)
}

// listen reads the frontend's messages and passes them on: a startup message, then a letter, a length and a payload
// each.
func (w *wiretap) listen(in *bufio.Reader, out io.Writer) error {
	if _, err := message(in, out, false); err != nil {
		return err
	}
	texts := map[string]string{} // by the name of the prepared statement
	var trip []string
	for {
		m, err := message(in, out, true)
		if err != nil {
			return err
		}
		parts := bytes.SplitN(m[5:], []byte{0}, 3)
		switch m[0] {
		case 'P':
			texts[string(parts[0])] = flat(string(parts[1]))
		case 'B':
			trip = append(trip, texts[string(parts[1])])
		case 'Q':
			trip = append(trip, flat(string(parts[0])))
			w.note(&trip)
		case 'S':
			w.note(&trip)
		}
	}
}

func message(in *bufio.Reader, out io.Writer, typed bool) ([]byte, error) {
	head := 4
	if typed {
		head = 5
	}
	b := make([]byte, head)
	if _, err := io.ReadFull(in, b); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint32(b[head-4:])) - 4
	if size < 0 || size > 1<<24 {
		return nil, errors.New("this is not PostgreSQL's protocol")
	}
	b = append(b, make([]byte, size)...)
	if _, err := io.ReadFull(in, b[head:]); err != nil {
		return nil, err
	}
	_, err := out.Write(b)
	return b, err
}

// note ends a round trip; one that only prepares statements runs none.
func (w *wiretap) note(trip *[]string) {
	if len(*trip) > 0 {
		w.mu.Lock()
		w.trips = append(w.trips, *trip)
		w.mu.Unlock()
	}
	*trip = nil
}

// take gives the round trips since it was last called.
func (w *wiretap) take() [][]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	trips := w.trips
	w.trips = nil
	return trips
}
