// Words counts the habits of English that make a comment hard to read, room by room:
//
//	go run ./test/words                  # everything, and the limits
//	go run ./test/words internal/task    # one room, with the places
//	go run ./test/words -commits         # the subjects of the commits
//
// It counts clauses without a noun ("What is refused is ...", "for whoever asks"), doc comments of functions that begin
// "Name is" instead of a verb, and words such as "nobody". It does not judge spelling or grammar. The test of this
// package fails if a limit is exceeded.
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
)

func main() {
	places := flag.Bool("places", false, "list the places that were counted")
	commits := flag.Bool("commits", false, "check the subjects of the commits instead")
	flag.Parse()
	if err := run(os.Stdout, *commits, *places || flag.NArg() > 0, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "words:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, commits, places bool, dirs []string) error {
	if commits {
		return printCommits(out)
	}
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	t, err := count(".", dirs...)
	if err != nil {
		return err
	}
	if places {
		for _, f := range t.findings {
			fmt.Fprintln(out, f)
		}
	}
	t.print(out)
	return nil
}

// printCommits lists the commits whose subject breaks the rule, and returns an error if there are any.
func printCommits(out io.Writer) error {
	wrong, looked, err := checkCommits(".")
	if err != nil {
		return err
	}
	for _, w := range wrong {
		fmt.Fprintln(out, w)
	}
	fmt.Fprintf(out, "%d commits checked\n", looked)
	if len(wrong) > 0 {
		return fmt.Errorf("%d subjects to reword", len(wrong))
	}
	return nil
}

// print writes a table with a line for each room, and the totals to which the limits apply.
func (t tally) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "words\tno noun\tX is\tnobody\t\t")
	line := func(name string, c counts) {
		r := c.rates()
		fmt.Fprintf(w, "%d\t%.0f\t%.0f %%\t%.0f\t\t%s\n", c.words, r.headless, r.isDocs, r.people, name)
	}
	for _, room := range slices.Sorted(maps.Keys(t.rooms)) {
		line(room, t.rooms[room])
	}
	for _, s := range scopes {
		if c := s.of(t); c.words > 0 {
			line("= "+s.name, c)
		}
	}
	_ = w.Flush() // to a terminal or a pipe that is gone
}
