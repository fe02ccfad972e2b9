package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// notes are the results of a run as they come, so that one that is interrupted can go on. They hold for the sources
// they were made of.
type notes struct {
	sources string

	mu   sync.Mutex
	file *os.File // nil: nothing is noted
	all  map[string]string
}

// note is one line of the file.
type note struct{ Sources, Mutant, By string }

func openNotes(path, dir string) (n *notes, err error) {
	n = &notes{all: map[string]string{}}
	if path == "" {
		return n, nil
	}
	if n.sources, err = hashOf(dir); err != nil {
		return nil, err
	}
	if n.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(n.file)
	for lines.Scan() {
		var v note
		if json.Unmarshal(lines.Bytes(), &v) == nil &&
			v.Sources == n.sources { // half a line is a run that was interrupted there
			n.all[v.Mutant] = v.By
		}
	}
	return n, lines.Err()
}

// hashOf returns the hash of the files that a build is made of.
func hashOf(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".go", ".sql", ".mod", ".sum", ".html", ".txt":
		default:
			return nil
		}
		b, err := os.ReadFile(path)
		h.Write([]byte(path[len(dir):] + "\x00"))
		h.Write(b)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// known returns the test that kills a mutant, "" for one that survived; ok is false if it has not run.
func (n *notes) known(mutant string) (by string, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	by, ok = n.all[mutant]
	return by, ok
}

func (n *notes) add(mutant, by string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file == nil {
		return nil
	}
	b, err := json.Marshal(note{n.sources, mutant, by})
	if err == nil {
		_, err = n.file.Write(append(b, '\n'))
	}
	return err
}

func (n *notes) close() error {
	if n.file == nil {
		return nil
	}
	return errors.Join(n.file.Sync(), n.file.Close())
}
