package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// feedResult holds the cost of the live feed with so many sockets of one company.
type feedResult struct {
	sockets      int
	product, raw []float64       // us of processor time per delivered message, of each round
	last         []time.Duration // from the POST to the last socket that has it
	idle         float64         // bytes resident for each socket
	idleRaw      float64
	storm        time.Duration // until the last of stormSockets has caught up
	// ms of processor time per event, alone and among feedCompanies others with a listener each
	alone, among float64
}

// The sizes of the feed's load.
const (
	stormSockets  = 2000
	stormMissed   = 50
	feedCompanies = 200
	feedEvents    = 20 // of a round
)

// measureFeed measures the live feed on an installation of its own.
func measureFeed(ctx context.Context, s settings, r *report, dir string) (err error) {
	p := place{binary: s.binary, data: filepath.Join(dir, "feed", "data")}
	if err := os.MkdirAll(filepath.Dir(p.data), 0o700); err != nil {
		return err
	}
	sizes := []int{1000, 5000}
	if s.quick {
		sizes = []int{1000}
	}
	for _, n := range sizes {
		r.progress("feed", fmt.Sprintf("%d sockets", n))
		f, err := measureSockets(ctx, s, p, n, filepath.Join(dir, "feed"))
		if err != nil {
			return err
		}
		r.feeds = append(r.feeds, f)
	}
	return nil
}

func measureSockets(ctx context.Context, s settings, p place, n int, dir string) (f feedResult, err error) {
	f.sockets = n
	srv, err := p.serve("warn")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	who, err := srv.found(fmt.Sprintf("feed%d", n), 0)
	if err == nil {
		err = srv.login(who)
	}
	if err != nil {
		return f, err
	}
	raw, err := startRole("sockets", howMany{n}, dir)
	if err != nil {
		return f, err
	}
	defer func() { // it may be waiting for connections that never come
		_ = raw.Signal(syscall.SIGKILL)
		<-raw.Done()
	}()
	var rawAddr string
	if err := raw.hear(&rawAddr); err != nil {
		return f, err
	}

	post := func() error {
		_, err := srv.ask("POST", "/api/tasks/", who.token, jsontext.Value(createdTask(who.Owner)), nil)
		return err
	}
	if err := post(); err != nil { // so that the row, its statements and the heap are there before memory is looked at
		return f, err
	}
	before, _, err := memory(srv.Pid())
	if err != nil {
		return f, err
	}
	rawBefore, _, err := memory(raw.Pid())
	if err != nil {
		return f, err
	}
	mine, err := openSockets(n, func() (net.Conn, *bufio.Reader, error) { return dialFeed(srv.addr, who.token, "") })
	if err != nil {
		return f, err
	}
	defer mine.close()
	bare, err := openSockets(n, func() (net.Conn, *bufio.Reader, error) {
		c, err := net.Dial("tcp", rawAddr)
		return c, bufio.NewReaderSize(c, 512), err
	})
	if err != nil {
		return f, err
	}
	defer bare.close()
	var ready string
	if err := raw.hear(&ready); err != nil { // it has accepted all
		return f, err
	}
	if f.idle, err = settled(ctx, srv.Pid(), before, n); err != nil {
		return f, err
	}
	if f.idleRaw, err = settled(ctx, raw.Pid(), rawBefore, n); err != nil {
		return f, err
	}
	for range s.rounds {
		if err := f.round(srv, raw, mine, bare, post); err != nil {
			return f, err
		}
	}
	bare.close()
	if n < stormSockets {
		return f, f.measureOthers(srv, who)
	}
	mine.close()
	return f, f.measureStorm(srv, who, post)
}

// settled waits until a process has returned its temporary memory, and returns its memory for each of n.
func settled(ctx context.Context, pid int, before int64, n int) (float64, error) {
	least := int64(1 << 62)
	for range 40 {
		now, _, err := memory(pid)
		if err != nil {
			return 0, err
		}
		least = min(least, now)
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return float64(least-before) / float64(n), nil
}

// round has the product deliver events, and the floor write the same bytes to as many connections.
func (f *feedResult) round(srv *server, raw *floor, mine, bare *sockets, post func() error) error {
	cpu, err := spent(srv.Pid(), func() error {
		for range feedEvents {
			began := time.Now()
			if err := post(); err != nil {
				return err
			}
			last, err := mine.wait()
			if err != nil {
				return err
			}
			f.last = append(f.last, last.Sub(began))
		}
		return nil
	})
	if err != nil {
		return err
	}
	// The product also made a change and its event, which is not delivery: the same without listeners is taken off by
	// no one, so that the ratio is, if anything, too high.
	f.product = append(f.product, float64(cpu.Microseconds())/float64(feedEvents*f.sockets))
	message := mine.message()
	cpu, err = spent(raw.Pid(), func() error {
		for range feedEvents {
			if err := raw.tell(message); err != nil {
				return err
			}
			if _, err := bare.wait(); err != nil {
				return err
			}
		}
		return nil
	})
	f.raw = append(f.raw, float64(cpu.Microseconds())/float64(feedEvents*f.sockets))
	return err
}

// spent returns the processor time of a process while fn runs.
func spent(pid int, fn func() error) (time.Duration, error) {
	before, err := processor(pid)
	if err != nil {
		return 0, err
	}
	if err := fn(); err != nil {
		return 0, err
	}
	after, err := processor(pid)
	return after - before, err
}

// measureStorm has many clients come back at once with the number of the last event they had.
func (f *feedResult) measureStorm(srv *server, who *person, post func() error) error {
	var log struct {
		Count int64 `json:"count"`
	}
	if _, err := srv.ask("GET", "/api/events/?limit=1", who.token, nil, &log); err != nil {
		return err
	}
	for range stormMissed {
		if err := post(); err != nil {
			return err
		}
	}
	began := time.Now()
	back, err := openSockets(stormSockets, func() (net.Conn, *bufio.Reader, error) {
		return dialFeed(srv.addr, who.token, fmt.Sprintf("?since=%d", log.Count))
	})
	if err != nil {
		return err
	}
	defer back.close()
	for range stormMissed {
		last, err := back.wait()
		if err != nil {
			return err
		}
		f.storm = last.Sub(began)
	}
	return nil
}

// measureOthers compares the cost of an event in a company with one listener, alone and among companies that each have
// one.
func (f *feedResult) measureOthers(srv *server, _ *person) error {
	var people []*person
	for i := range feedCompanies {
		p, err := srv.found(fmt.Sprintf("feed-other%d", i), 0)
		if err == nil {
			err = srv.login(p)
		}
		if err != nil {
			return err
		}
		people = append(people, p)
	}
	listen := func(ps []*person) (*sockets, error) {
		next := atomic.Int64{}
		return openSockets(len(ps), func() (net.Conn, *bufio.Reader, error) {
			return dialFeed(srv.addr, ps[next.Add(1)-1].token, "")
		})
	}
	cost := func() (float64, error) {
		const events = 2000
		cpu, err := spent(srv.Pid(), func() error {
			for range events {
				_, err := srv.ask("POST", "/api/tasks/", people[0].token, jsontext.Value(createdTask(people[0].Owner)),
					nil)
				if err != nil {
					return err
				}
			}
			return nil
		})
		return perOp(cpu, events), err
	}
	one, err := listen(people[:1])
	if err != nil {
		return err
	}
	defer one.close()
	if _, err = cost(); err != nil { // warm
		return err
	}
	if f.alone, err = cost(); err != nil {
		return err
	}
	all, err := listen(people[1:])
	if err != nil {
		return err
	}
	defer all.close()
	f.among, err = cost()
	return err
}

// sockets are clients that read whatever comes, and tell when all of them have had the next message.
type sockets struct {
	conns []net.Conn
	done  chan time.Time // when the last of all had the next message
	errs  chan error
	had   []atomic.Int64 // how many have had the message with this number
	text  atomic.Pointer[[]byte]
}

const mostMessages = 4096

// openSockets opens n, some at a time, as clients that come from everywhere do.
func openSockets(n int, dial func() (net.Conn, *bufio.Reader, error)) (*sockets, error) {
	s := &sockets{
		done: make(chan time.Time, mostMessages),
		errs: make(chan error, n),
		had:  make([]atomic.Int64, mostMessages),
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	gate := make(chan struct{}, 64)
	for range n {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			c, r, err := dial()
			if err != nil {
				s.errs <- err
				return
			}
			mu.Lock()
			s.conns = append(s.conns, c)
			mu.Unlock()
			go s.read(r, n)
		})
	}
	wg.Wait()
	if len(s.conns) < n {
		s.close()
		return nil, <-s.errs
	}
	return s, nil
}

// read counts the messages of one connection.
func (s *sockets) read(r *bufio.Reader, n int) {
	for i := 0; i < mostMessages; i++ {
		b, err := readFrame(r)
		if err != nil {
			return // closed by the bench, or its waiting reader reports the loss
		}
		if s.text.Load() == nil {
			s.text.Store(&b)
		}
		if s.had[i].Add(1) == int64(n) {
			s.done <- time.Now()
		}
	}
}

// readFrame reads one unmasked WebSocket frame, header and all; pings are left out.
func readFrame(r *bufio.Reader) ([]byte, error) {
	for {
		head, err := r.Peek(2)
		if err != nil {
			return nil, err
		}
		op, size, length := head[0]&0xf, 2, int(head[1])
		if length == 126 {
			if head, err = r.Peek(4); err != nil {
				return nil, err
			}
			size, length = 4, int(binary.BigEndian.Uint16(head[2:]))
		}
		b := make([]byte, size+length)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		if op == 1 {
			return b, nil
		}
	}
}

// wait returns when all have had the next message.
func (s *sockets) wait() (time.Time, error) {
	select {
	case at := <-s.done:
		return at, nil
	case <-time.After(30 * time.Second):
		return time.Time{}, errors.New("a message did not come to all sockets within 30 s")
	}
}

func (s *sockets) message() []byte { return *s.text.Load() }

func (s *sockets) close() {
	for _, c := range s.conns {
		_ = c.Close()
	}
}

// dialFeed opens a socket by hand, so that no received byte is lost in a library, and returns after the greeting.
func dialFeed(addr, token, query string) (net.Conn, *bufio.Reader, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	const handshake = "GET /ws/tasks/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n" +
		"Upgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	_, err = fmt.Fprintf(c, handshake, query, addr, token)
	if err != nil {
		return nil, nil, err
	}
	r := bufio.NewReaderSize(c, 512)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, nil, err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		return nil, nil, fmt.Errorf("the handshake is answered %s", res.Status)
	}
	b, err := readFrame(r)
	if err != nil || !strings.Contains(string(b), "connection_established") {
		return nil, nil, fmt.Errorf("the first message is %q: %w", b, err)
	}
	return c, r, nil
}

// howMany tells the floor the number of connections to wait for. (A bare number has no end until something follows it.)
type howMany struct{ Sockets int }

// playSockets runs the floor of the feed: it accepts connections, and broadcasts each message from its input.
func playSockets(in *jsontext.Decoder, out io.Writer) error {
	var n howMany
	if err := json.UnmarshalDecode(in, &n); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := json.MarshalWrite(out, l.Addr().String()); err != nil {
		return err
	}
	conns := make([]net.Conn, n.Sockets)
	for i := range conns {
		if conns[i], err = l.Accept(); err != nil {
			return err
		}
	}
	if err := json.MarshalWrite(out, "ready"); err != nil {
		return err
	}
	for {
		var message []byte
		if err := json.UnmarshalDecode(in, &message); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for _, c := range conns {
			if _, err := c.Write(message); err != nil {
				return err
			}
		}
	}
}

func (f feedResult) figures() []figure {
	product, raw := median(f.product), median(f.raw)
	slices.Sort(f.last)
	p99 := f.last[min(len(f.last)-1, len(f.last)*99/100)]
	what := fmt.Sprintf("one event to %d sockets", f.sockets)
	fs := []figure{
		{
			what + ": server CPU per message",
			"",
			fmt.Sprintf("%.1f us", product),
			fmt.Sprintf("%.1f us", raw),
			fmt.Sprintf("%.2f", product/raw),
			"≤ 1.5x",
			product <= 1.5*raw,
			"feed",
		},
	}
	if f.sockets == 1000 {
		fs = append(
			fs,
			figure{
				what + ": POST to the last socket, p99",
				"",
				ms(p99),
				"",
				"",
				"< 50 ms",
				p99 < 50*time.Millisecond,
				"feed",
			},
		)
		ratio := f.among / f.alone
		fs = append(
			fs,
			figure{
				fmt.Sprintf("an event among %d companies that listen, to alone", feedCompanies),
				"",
				fmt.Sprintf("%.3f ms", f.among),
				fmt.Sprintf("%.3f ms", f.alone),
				fmt.Sprintf("%.2f", ratio),
				"0.8 to 1.2",
				ratio >= 0.8 && ratio <= 1.2,
				"feed",
			},
		)
	} else {
		fs = append(fs,
			figure{
				fmt.Sprintf("idle socket of %d: resident memory", f.sockets), "", fmt.Sprintf("%.1f kB", f.idle/1000),
				fmt.Sprintf("%.1f kB", f.idleRaw/1000), "", "≤ 10 kB", f.idle <= 10_000, "feed",
			},
			figure{
				fmt.Sprintf("%d sockets come back at once, %d events missed", stormSockets, stormMissed), "",
				ms(f.storm), "", "", "≤ 2 s", f.storm <= 2*time.Second, "feed",
			})
	}
	return fs
}
