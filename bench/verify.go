package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// compareStatements fails when the floor would run other statements than the product. On PostgreSQL it listens between the two.
// SQLite has no such place: there the texts that stand in the source as they are must stand there, and those that are put
// together are PostgreSQL's too.
func (g *stage) compareStatements(context.Context) error {
	if g.name == "sqlite" {
		return inSource("internal", sqlTakeSeq, sqlEvent, sqlInsert, sqlCountUp, sqlCounts, sqlMembers)
	}
	w, err := tap(g.place.databaseURL)
	if err != nil {
		return err
	}
	defer w.close()
	p := g.place
	p.databaseURL = w.url
	s, err := p.serve("warn")
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	who := g.people[middle]
	requests := map[string]func() error{
		"list": func() error { _, err := s.ask("GET", "/api/tasks/", who.token, nil, nil); return err },
		"get": func() error {
			_, err := s.ask("GET", fmt.Sprintf("/api/tasks/%d/", g.about.Task), who.token, nil, nil)
			return err
		},
		"statistics": func() error { _, err := s.ask("GET", "/api/tasks/statistics/", who.token, nil, nil); return err },
		"create": func() error {
			_, err := s.ask("POST", "/api/tasks/", who.token, jsontext.Value(createdTask(who.Owner)), nil)
			return err
		},
	}
	for _, name := range []string{"list", "get", "statistics", "create"} {
		if err := w.same(requests[name], operation("postgres", name, g.about)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
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

// listen reads the frontend's messages and passes them on: a startup message, then a letter, a length and a payload each.
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

// same sends a request until the product remembers the caller and the persons, and compares the round trips of the last one.
func (w *wiretap) same(ask func() error, want []trip) error {
	for range 5 {
		w.mu.Lock()
		w.trips = nil
		w.mu.Unlock()
		if err := ask(); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var floor [][]string
	for _, t := range want {
		var texts []string
		for _, s := range t {
			texts = append(texts, flat(s.sql))
		}
		floor = append(floor, texts)
	}
	if !slices.EqualFunc(w.trips, floor, slices.Equal) {
		return fmt.Errorf("the floor would not be the product's: bring statements.go up to date\nthe product: %q\nthe floor:   %q", w.trips, floor)
	}
	return nil
}

func flat(sql string) string { return strings.Join(strings.Fields(sql), " ") }

// inSource fails for the first text that no Go file of the product under dir contains.
func inSource(dir string, texts ...string) error {
	var source strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		source.WriteString(flat(string(b)))
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range texts {
		if !strings.Contains(source.String(), flat(t)) {
			return fmt.Errorf("the floor would not be the product's: bring statements.go up to date: nothing under %s says %q", dir, flat(t))
		}
	}
	return nil
}
