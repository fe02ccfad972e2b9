package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// LocalCommand runs one command that a shell on this machine sends over a connection, until it is done or ctx ends. The
// process that serves an embedded database is the only one that may open it, so such commands run inside it.
type LocalCommand func(ctx context.Context, c net.Conn, d *db.DB, events *event.Log)

// maxLocalCommands bounds the commands that run at the same time. The others wait.
const maxLocalCommands = 2

// localSocketName is the name of the socket in the data folder.
const localSocketName = "taskhouse.sock"

// serveLocal runs commands for shells on this machine until stop is called, which waits for them. It does nothing for
// PostgreSQL, where commands connect to the database themselves. Without a socket the commands need the server
// stopped, so a failure is a warning.
func (b *base) serveLocal(ctx context.Context, run LocalCommand) (stop func()) {
	if run == nil || b.db.Engine() != "sqlite" {
		return func() {}
	}
	ln, err := listenLocal(b.cfg.Data)
	if err != nil {
		b.log.Warn("commands of operators need the server stopped, because it has no socket for them", "error", err)
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var busy sync.WaitGroup
	room := make(chan struct{}, maxLocalCommands)
	busy.Go(func() {
		for {
			c, err := ln.AcceptUnix()
			if err != nil {
				return // closed by stop
			}
			busy.Go(func() {
				defer func() { _ = c.Close() }()
				if err := checkPeer(c); err != nil {
					b.log.Warn("a command was refused", "error", err)
					return
				}
				select {
				case room <- struct{}{}:
				case <-ctx.Done():
					return
				}
				defer func() { <-room }()
				run(ctx, c, b.db, b.events)
			})
		}
	})
	return func() {
		// The socket goes before the lock of the database does, so this removes no successor's.
		removeLocal(b.cfg, b.log)
		cancel()
		_ = ln.Close()
		busy.Wait()
	}
}

func removeLocal(cfg config.Config, log *slog.Logger) {
	if err := os.Remove(filepath.Join(cfg.Data, localSocketName)); err != nil {
		log.Warn("remove the socket for commands", "error", err)
	}
}

// DialLocal connects to the process that serves the embedded database in a data folder. It fails if there is none, also
// if a killed process left its socket behind.
func DialLocal(ctx context.Context, folder string) (net.Conn, error) {
	path, done, err := shortPath(folder, localSocketName)
	if err != nil {
		return nil, err
	}
	defer done()
	return new(net.Dialer).DialContext(ctx, "unix", path)
}

// listenLocal listens on a socket in the data folder that only the user of this process may open. It replaces a socket
// that a killed process left behind: this process holds the lock of the database, so none other serves it.
func listenLocal(folder string) (ln *net.UnixListener, err error) {
	// The socket is made in a folder of its own, so that no other user can reach it before its mode is set.
	private, err := os.MkdirTemp(folder, "socket-") // 0700
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(private) }()
	path, done, err := shortPath(private, localSocketName)
	if err != nil {
		return nil, err
	}
	defer done()
	if ln, err = net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"}); err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false) // it would remove the name that the socket had first
	made := filepath.Join(private, localSocketName)
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, filepath.Join(folder, localSocketName))
	}
	if err != nil {
		_ = ln.Close()
		return nil, err
	}
	return ln, nil
}

// maxSocketPath is the longest path of a socket that every system takes.
const maxSocketPath = 100

// shortPath returns a path of a file in a folder that is short enough for a socket, and valid until done is called.
func shortPath(folder, name string) (path string, done func(), err error) {
	if path, err = filepath.Abs(filepath.Join(folder, name)); err != nil {
		return "", nil, err
	}
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	if runtime.GOOS != "linux" {
		return "", nil, fmt.Errorf("%s is longer than the %d characters that a socket may have", path, maxSocketPath)
	}
	f, err := os.Open(folder)
	if err != nil {
		return "", nil, err
	}
	return "/proc/self/fd/" + strconv.Itoa(int(f.Fd())) + "/" + name, func() { _ = f.Close() }, nil
}
