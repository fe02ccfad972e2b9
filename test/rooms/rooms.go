// Package rooms reads internal/rooms.txt, the one list of the product's packages. Its test checks that every package is
// listed, that each imports only earlier ones, and that the documentation shows the same list. It does not check
// the imports of bench and test: these may use everything.
package rooms

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Room is one package of the product, or of its test tools.
type Room struct {
	Folder  string // from the repository's root: "internal/task"
	Name    string // as it is listed: "task", "/web"
	Purpose string
	Tests   bool // only tests may import it
}

const testsHeading = "tests:"

// Read returns the rooms of a repository in their order.
func Read(root string) ([]Room, error) {
	text, err := os.ReadFile(filepath.Join(root, "internal", "rooms.txt"))
	if err != nil {
		return nil, err
	}
	var rooms []Room
	tests := false
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case line == testsHeading:
			tests = true
			continue
		}
		name, purpose, _ := strings.Cut(line, " ")
		purpose = strings.TrimSpace(purpose)
		if purpose == "" {
			return nil, fmt.Errorf("rooms.txt:%d: write the purpose of %q after its name", i+1, name)
		}
		folder, fromRoot := strings.CutPrefix(name, "/")
		if !fromRoot {
			folder = "internal/" + name
		}
		rooms = append(rooms, Room{Folder: folder, Name: name, Purpose: purpose, Tests: tests})
	}
	return rooms, nil
}

// List returns the lines of rooms.txt without its comments, as the documentation shows them.
func List(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "internal", "rooms.txt"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}
