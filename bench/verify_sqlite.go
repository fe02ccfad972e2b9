package main

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

// eavesdrop runs the product in this process: SQLite has no network to record, but reports each connection's statements
// to a callback that is set when it is opened.
func (g *stage) eavesdrop(ctx context.Context) (asked, error) {
	d, err := g.traced(ctx)
	if err != nil {
		return asked{}, err
	}
	stop := func() {
		_ = d.Close()
		tls := libc.NewTLS()
		sqlite3.Xsqlite3_reset_auto_extension(tls)
		tls.Close()
	}
	cfg, err := config.Load(map[string]string{"data": g.place.data}, func(string) (string, bool) { return "", false })
	if err != nil {
		stop()
		return asked{}, err
	}
	house, err := app.Wire(cfg, d, slog.New(slog.DiscardHandler), io.Discard, app.Overrides{})
	if err != nil {
		stop()
		return asked{}, err
	}
	listener := httptest.NewServer(house.Handler())
	s := &server{addr: listener.Listener.Addr().String()}
	return asked{
		trips: func(name string) ([][]string, error) {
			err := g.askFor(s, name, func() { heard.reset() })
			return [][]string{heard.reset()}, err
		},
		stop: func() {
			listener.Close()
			stop()
		},
	}, nil
}

// traced opens the product's database with every connection traced that this process opens from now on.
func (g *stage) traced(ctx context.Context) (*db.DB, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	sqlite3.Xsqlite3_auto_extension(tls, pointer(traceConnection))
	return db.Open(ctx, db.Options{Path: filepath.Join(g.place.data, "taskhouse.db")})
}

// heard is the statements that the traced connections began.
var heard notes

type notes struct {
	mu    sync.Mutex
	texts []string
}

func (n *notes) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.texts = append(n.texts, text)
}

// reset gives the statements since it was last called.
func (n *notes) reset() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	texts := n.texts
	n.texts = nil
	return texts
}

func traceConnection(tls *libc.TLS, handle, _, _ uintptr) int32 {
	return sqlite3.Xsqlite3_trace_v2(tls, handle, sqlite3.SQLITE_TRACE_STMT, pointer(traceStatement), 0)
}

func traceStatement(_ *libc.TLS, _ uint32, _, _, text uintptr) int32 {
	if sql := libc.GoString(text); !strings.HasPrefix(sql, "--") { // a comment marks a statement inside another one
		heard.add(flat(sql))
	}
	return 0
}

// pointer converts a declared function into the form that the translated C calls, as the driver does (cFuncPointer).
func pointer[T any](f T) uintptr { return *(*uintptr)(unsafe.Pointer(&struct{ f T }{f})) }
