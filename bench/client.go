package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// connections is how many clients ask at the same time, each on a connection of its own that stays open.
const connections = 32

// request is the bytes that a client sends again and again, and the status that it expects.
type request struct {
	bytes []byte
	want  int
}

func get(path, token string) request {
	return request{
		fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", path, token),
		200,
	}
}

func post(path, token string, body []byte, want int) request {
	return send("POST", path, token, body, want)
}

func send(method, path, token string, body []byte, want int) request {
	auth := ""
	if token != "" {
		auth = "Authorization: Bearer " + token + "\r\n"
	}
	return request{
		fmt.Appendf(nil,
			"%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			method, path, auth, len(body), body),
		want,
	}
}

// plan holds the requests of each client, in this order, again and again.
type plan func(client int) []request

// same returns the plan of clients that all send one request.
func same(r request) plan { return func(int) []request { return []request{r} } }

// loaded holds the answers and latencies at the clients.
type loaded struct {
	took   time.Duration
	delays []time.Duration // of the answers that were as expected
	errors int
	first  error // the first of them
}

func (l *loaded) add(m loaded) {
	l.took += m.took
	l.delays = append(l.delays, m.delays...)
	l.errors += m.errors
	if l.first == nil {
		l.first = m.first
	}
}

// percentile returns the delay that a share of the answers did not exceed.
func (l *loaded) percentile(share float64) time.Duration {
	if len(l.delays) == 0 {
		return 0
	}
	slices.Sort(l.delays)
	return l.delays[min(int(share*float64(len(l.delays))), len(l.delays)-1)]
}

func (l *loaded) rate() float64 { return float64(len(l.delays)) / l.took.Seconds() }

// load asks for so long on that many connections. It writes prepared bytes and reads as little of the answer as tells
// where it ends: the two cores are the server's as well.
func load(addr string, p plan, clients int, d time.Duration) (sum loaded) {
	results := make([]loaded, clients)
	var wg sync.WaitGroup
	began := time.Now()
	for i := range results {
		wg.Go(func() { results[i] = repeatAll(p(i), addr, began.Add(d)) })
	}
	wg.Wait()
	for _, l := range results {
		sum.add(l)
	}
	sum.took = time.Since(began)
	return sum
}

func repeatAll(rs []request, addr string, until time.Time) (l loaded) {
	next := 0
	fail := func(err error) {
		if l.errors++; l.first == nil {
			l.first = err
		}
	}
	for time.Now().Before(until) {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			fail(err)
			time.Sleep(time.Millisecond)
			continue
		}
		in := bufio.NewReaderSize(c, 32<<10)
		for now := time.Now(); now.Before(until); {
			err := rs[next].once(c, in)
			next = (next + 1) % len(rs)
			after := time.Now()
			if err != nil {
				fail(err)
				break // and use a new connection: this one is in an unknown state
			}
			l.delays = append(l.delays, after.Sub(now))
			now = after
		}
		_ = c.Close()
	}
	return l
}

var (
	statusLine    = []byte("HTTP/1.1 ")
	contentLength = []byte("Content-Length: ")
)

// once sends the request and reads the answer to its end.
func (r request) once(c net.Conn, in *bufio.Reader) error {
	if _, err := c.Write(r.bytes); err != nil {
		return err
	}
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, statusLine) || len(line) < 12 {
		return fmt.Errorf("an answer begins %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return fmt.Errorf("an answer begins %q", line)
	}
	size := -1
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if bytes.HasPrefix(line, contentLength) {
			if size, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return err
			}
		}
	}
	if size < 0 {
		return errors.New("an answer without Content-Length")
	}
	if status != r.want {
		body, _ := io.ReadAll(io.LimitReader(in, int64(min(size, 500))))
		return fmt.Errorf("answered %d, not %d: %s", status, r.want, body)
	}
	_, err = in.Discard(size)
	return err
}
