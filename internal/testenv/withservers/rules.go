package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// rules holds the conditions for a run.
type rules struct {
	// allowed lists the tests that may be skipped, and under noTests the packages that may have no tests.
	allowed map[name]bool
	// floor is the least number of tests that must run, subtests included.
	floor int
}

// name is a test, by the import path of its package.
type name struct{ pkg, test string }

// noTests replaces the name of a test in allowed-skips.txt, for a package without tests.
const noTests = "-"

const (
	allowedFile = "allowed-skips.txt"
	floorFile   = "floor.txt"
)

func readRules(dir string) (rules, error) {
	allowed, err := readFile(dir, allowedFile, parseAllowed)
	if err != nil {
		return rules{}, err
	}
	floor, err := readFile(dir, floorFile, parseFloor)
	return rules{allowed: allowed, floor: floor}, err
}

func readFile[T any](dir, file string, parse func(string) (T, error)) (T, error) {
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		var none T
		return none, fmt.Errorf("read the rules of the run: %w", err)
	}
	rules, err := parse(string(text))
	if err != nil {
		return rules, fmt.Errorf("%s: %w", file, err)
	}
	return rules, nil
}

// parseAllowed reads lines of the form "package Test  # reason". The reason shows when a line can be removed.
func parseAllowed(text string) (map[name]bool, error) {
	allowed := map[name]bool{}
	for i, line := range strings.Split(text, "\n") {
		entry, reason, _ := strings.Cut(line, "#")
		words := strings.Fields(entry)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf(
				"line %d is %q: write the package, the test (or %s for a package without tests) and # the reason", i+1,
				line, noTests)
		}
		allowed[name{words[0], words[1]}] = true
	}
	return allowed, nil
}

// parseFloor reads the one number of the file; # starts a comment.
func parseFloor(text string) (int, error) {
	var words []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words = append(words, strings.Fields(line)...)
	}
	if len(words) != 1 {
		return 0, fmt.Errorf("it holds %d words: write the least number of tests, once", len(words))
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is no number of tests", words[0])
	}
	return n, nil
}
