package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/crypto/argon2"
)

// roleVariable makes this program one of the floors instead of the bench: a process of its own, told what to do on its
// stdin.
const roleVariable = "TASKHOUSE_BENCH_ROLE"

// floorConfig is the first thing that a floor of statements is told.
type floorConfig struct {
	Engine  string
	Where   string // the SQLite file or the URL
	Conns   int
	Subject subject
}

// order is one measurement: an operation for so long.
type order struct {
	Name    string
	Variant string // "driver" or "database/sql"; PostgreSQL has "pgx"
	For     nanos
	First   int `json:"-"` // where a runner begins in its cycles, so that no two of them write the same row at once
}

// writes reports whether an operation changes something.
func writes(name string) bool { return name == "create" || name == "update" }

// nanos is a duration between the processes: JSON has none.
type nanos int64

// outcome is the result of an order.
type outcome struct {
	N    int
	Took nanos
	CPU  nanos // of the floor's process
	Err  string
}

// callers is how many writes share a commit, as 32 clients of the product do.
const callers = connections

// runner does an operation on one connection, so many times at once as it stands for.
type runner interface {
	run(ctx context.Context) (n int, err error)
	close() error
}

func playRole(role string, in io.Reader, out io.Writer) error {
	d := jsontext.NewDecoder(in)
	switch role {
	case "bare":
		return playBare(d, out)
	case "sockets":
		return playSockets(d, out)
	}
	var cfg floorConfig
	if err := json.UnmarshalDecode(d, &cfg); err != nil {
		return err
	}
	c := crew{cfg, map[string][]runner{}}
	for {
		var o order
		if err := json.UnmarshalDecode(d, &o); errors.Is(err, io.EOF) {
			return c.close()
		} else if err != nil {
			return err
		}
		done, err := c.fulfil(o)
		if err != nil {
			done.Err = err.Error()
		}
		if err := json.MarshalWrite(out, done); err != nil {
			return err
		}
	}
}

// crew is the runners of each operation that was ordered so far. They stay, as the product's connections do: with
// statements prepared and caches warm.
type crew struct {
	floorConfig
	runners map[string][]runner
}

func (c crew) fulfil(o order) (done outcome, err error) {
	rs, ok := c.runners[o.Name+o.Variant]
	if !ok {
		if rs, err = c.hire(o); err != nil {
			return done, err
		}
		c.runners[o.Name+o.Variant] = rs
	}
	return done, repeat(rs, time.Duration(o.For), &done)
}

func (c crew) close() (err error) {
	for _, rs := range c.runners {
		for _, r := range rs {
			err = errors.Join(err, r.close())
		}
	}
	return err
}

func (c floorConfig) hire(o order) (rs []runner, err error) {
	n := c.Conns
	if writes(o.Name) && c.Engine == "sqlite" {
		n = 1 // there is one writer
	}
	if o.Name == "login" {
		n = runtime.GOMAXPROCS(0)
	}
	for i := range n {
		o.First = i * callers / n
		var r runner
		switch {
		case o.Name == "login":
			r = hash{}
		case c.Engine == "postgres":
			r, err = newPostgresRunner(c, o)
		case o.Variant == "database/sql":
			r, err = newPoolRunner(c, o)
		default:
			r, err = newDriverRunner(c, o)
		}
		if err != nil {
			return rs, err
		}
		rs = append(rs, r)
	}
	return rs, nil
}

// repeat runs all runners at once for so long.
func repeat(rs []runner, d time.Duration, done *outcome) error {
	var n atomic.Int64
	errs := make([]error, len(rs))
	before, began := usage(), time.Now()
	var wg sync.WaitGroup
	for i, r := range rs {
		wg.Go(func() {
			for time.Since(began) < d && errs[i] == nil {
				var did int
				did, errs[i] = r.run(context.Background())
				n.Add(int64(did))
			}
		})
	}
	wg.Wait()
	done.N, done.Took, done.CPU = int(n.Load()), nanos(time.Since(began)), nanos(usage()-before)
	return errors.Join(errs...)
}

// usage returns the processor time of this process.
func usage() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// hash is a sign-in without anything around it: Argon2id with the product's parameters.
type hash struct{}

func (hash) run(context.Context) (int, error) {
	argon2.IDKey([]byte(password), []byte("sixteen bytes of"), 2, 19<<10, 1, 32)
	return 1, nil
}

func (hash) close() error { return nil }

// floor is such a process as the bench sees it.
type floor struct {
	*child
	in  *os.File
	out *jsontext.Decoder
}

func startRole(role string, first any, dir string) (*floor, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	// Files and no Go pipes: a copying goroutine would be this process's time.
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdin, cmd.Stdout = childIn, childOut
	c, err := start(cmd, []string{roleVariable + "=" + role}, filepath.Join(dir, role+".log"))
	err = errors.Join(err, childIn.Close(), childOut.Close())
	if err != nil {
		return nil, err
	}
	f := &floor{c, in, jsontext.NewDecoder(out)}
	return f, f.tell(first)
}

func (f *floor) tell(v any) error { return json.MarshalWrite(f.in, v) }

func (f *floor) hear(v any) error {
	if err := json.UnmarshalDecode(f.out, v); err != nil {
		return fmt.Errorf("a floor ended: %w: %s", err, f.said())
	}
	return nil
}

func (f *floor) measure(o order) (done outcome, err error) {
	if err = f.tell(o); err == nil {
		err = f.hear(&done)
	}
	if err == nil && done.Err != "" {
		err = fmt.Errorf("floor of %s: %s", o.Name, done.Err)
	}
	return done, err
}

func (f *floor) stop() error {
	err := f.in.Close()
	if err == nil {
		err = f.Err()
	}
	return err
}
