package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// standard names standard output, where a command writes a file, and standard input, where it reads one.
const standard = "-"

// free returns a usage error if a file that a command makes exists already, or if the file is standard output and that
// is a terminal.
func (p *program) free(file string, replace bool) error {
	if file == standard {
		if f, ok := p.stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			return usage(errors.New("standard output is a terminal: redirect it to a file or a program"))
		}
		return nil
	}
	if _, err := os.Lstat(file); err == nil && !replace {
		return usage(fmt.Errorf("%s already exists: choose another name, or replace it with --replace", file))
	}
	return nil
}

// report returns where a command reports what it has done: stdout, unless the file itself goes there.
func (p *program) report(file string) io.Writer {
	if file == standard {
		return p.stderr
	}
	return p.stdout
}

// create calls write with the file to write: a new one, or standard output.
func (p *program) create(file string, write func(io.Writer) error) error {
	if file == standard {
		return write(p.stdout)
	}
	return newFile(file, write)
}

// newFile writes a file that only its owner may read. It gets its name only when it is complete and on the disk.
func newFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part*") // 0600
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// input returns the path of the file to read. It first copies standard input into a private temporary file, because
// files are read more than once. done removes that.
func (p *program) input(file string) (path string, done func(), err error) {
	if file != standard {
		return file, func() {}, nil
	}
	in := ""
	if p.inside != nil { // a server may write nothing but its data folder
		in = p.inside.cfg.Data
	}
	folder, err := os.MkdirTemp(in, "taskhouse-") // 0700
	if err != nil {
		return "", nil, fmt.Errorf("store standard input (set TMPDIR to a folder with enough room): %w", err)
	}
	done = func() { _ = os.RemoveAll(folder) }
	path = filepath.Join(folder, "stdin")
	bar := p.newProgress("reading standard input", "bytes")
	defer bar.end()
	counted := readerFunc(func(b []byte) (int, error) {
		n, err := p.stdin.Read(b)
		bar.add(int64(n))
		return n, err
	})
	if err := newFile(path, func(w io.Writer) error { return p.copy(w, counted) }); err != nil {
		done()
		return "", nil, fmt.Errorf("store standard input (set TMPDIR to a folder with enough room): %w", err)
	}
	return path, done, nil
}

// copy copies everything, until the command is interrupted.
func (p *program) copy(w io.Writer, r io.Reader) error {
	_, err := io.Copy(w, p.untilInterrupt(r))
	return err
}

// untilInterrupt returns a reader that fails once the command is interrupted.
func (p *program) untilInterrupt(r io.Reader) io.Reader {
	return readerFunc(func(b []byte) (int, error) {
		if err := p.ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(b)
	})
}

// readerFunc is a function that reads.
type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// open opens a file whose reading ends when the command is interrupted.
func (p *program) open(file string) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{p.untilInterrupt(f), f}, nil
}
