package cli

import (
	"io"
	"strings"
)

// Failures returns the lines that Main prints of an error.
var Failures = failures

// Cell quotes a text for a CSV.
var Cell = cell

// ProgressLine returns the line of a progress bar.
var ProgressLine = progressLine

// Command is a command of the program, as the command line declares it.
type Command struct {
	Name     string // such as "company budget"
	InServer bool   // it runs inside a server that has the embedded database open
	Explains bool   // it says what to do after an interruption
}

// Commands lists the commands.
func Commands() (all []Command, err error) {
	var cmds commands
	parser, _, err := newParser(&cmds, io.Discard, io.Discard, func(int) {})
	if err != nil {
		return nil, err
	}
	for _, leaf := range parser.Model.Leaves(true) {
		var names []string
		for n := leaf; n.Parent != nil; n = n.Parent {
			names = append([]string{n.Name}, names...)
		}
		command := leaf.Target.Interface()
		_, in := command.(localCommand)
		_, explains := command.(interruptible)
		all = append(all, Command{strings.Join(names, " "), in, explains})
	}
	return all, nil
}
