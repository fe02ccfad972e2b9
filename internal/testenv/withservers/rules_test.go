package main

import (
	"maps"
	"path/filepath"
	"testing"
)

func TestParseAllowed(t *testing.T) {
	tests := []struct {
		name, text string
		want       map[name]bool // nil: refused
	}{
		{"nothing", "", map[name]bool{}},
		{"comments and empty lines", "# about\n\n  # more\n", map[name]bool{}},
		{
			"a test and a package", "a/b TestX/y  # slow\na/c -  # generated\n",
			map[name]bool{{"a/b", "TestX/y"}: true, {"a/c", noTests}: true},
		},
		{"no reason", "a/b TestX\n", nil},
		{"an empty reason", "a/b TestX #  \n", nil},
		{"no test", "a/b  # slow\n", nil},
		{"a word too many", "a/b TestX TestY  # slow\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseAllowed(tt.text)
			if (err != nil) != (tt.want == nil) || !maps.Equal(got, tt.want) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestParseFloor(t *testing.T) {
	tests := []struct {
		name, text string
		want       int // 0: refused
	}{
		{"a number", "42\n", 42},
		{"with comments", "# why\n42 # since then\n", 42},
		{"nothing", "# why\n", 0},
		{"two numbers", "42\n43\n", 0},
		{"no number", "many\n", 0},
		{"zero", "0\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseFloor(tt.text)
			if got != tt.want || (err != nil) != (tt.want == 0) {
				t.Errorf("got %d, %v; want %d", got, err, tt.want)
			}
		})
	}
}

// TestRulesOfThisRepository checks that the files of a run can be read.
func TestRulesOfThisRepository(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readRules(filepath.Join(root, "internal", "testenv")); err != nil {
		t.Error(err)
	}
}
