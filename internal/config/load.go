package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// source returns the text of an option by its name in the environment, and where it found it.
type source func(name string) (text, where string, ok bool)

// Error lists the settings that cannot be used, one problem each. Its exit code is 2.
type Error struct{ Problems []error }

// Error joins the problems, one a line.
func (e *Error) Error() string { return errors.Join(e.Problems...).Error() }

// Unwrap returns the problems.
func (e *Error) Unwrap() []error { return e.Problems }

// ExitCode returns 2, the code that shells use for misuse.
func (e *Error) ExitCode() int { return 2 }

// Load reads the options: flags first, then the environment, then the file that --config or TASKHOUSE_CONFIG names,
// then the defaults. flags maps a flag's name, without the dashes, to its text; lookup is os.LookupEnv. An empty
// variable, or an empty value in a file, counts as unset.
//
// A secret comes from the environment or the file. With _FILE appended to its name, it comes from a file of its own,
// without that file's final newline; setting both in one place is an error. Load returns an *Error: one line for each
// bad value, with the option, its source, the fault, and an example.
func Load(flags map[string]string, lookup func(string) (string, bool)) (Config, error) {
	file, problems := configFile(flags, lookup)
	if len(problems) > 0 {
		return Config{}, &Error{problems}
	}
	sources := []source{flagSource(flags), environment(lookup), file}
	cfg := Config{origin: map[string]string{}}
	var failed []error
	bad := map[string]bool{}
	for _, o := range Options() {
		if err := cfg.read(o, sources); err != nil {
			failed = append(failed, err)
			bad[o.Name] = true
		}
	}
	if len(failed) == 0 {
		failed = cfg.conflicting()
	}
	if len(failed) > 0 {
		return Config{}, &Error{failed}
	}
	cfg.derive()
	return cfg, nil
}

// read sets o's field from the first source that has the option.
func (c *Config) read(o Option, sources []source) error {
	text, where, err := o.find(sources)
	if err == nil {
		err = o.set(c, text)
	}
	if err != nil {
		return o.complain(where, err)
	}
	c.origin[o.Name] = where
	return nil
}

// find returns o's text from the first source that has it, or its default.
func (o Option) find(sources []source) (text, where string, err error) {
	for _, from := range sources {
		text, where, ok := from(o.Name)
		if !o.Secret {
			if ok {
				return text, where, nil
			}
			continue
		}
		path, pathWhere, pathOK := from(o.Name + "_FILE")
		switch {
		case ok && pathOK:
			return "", where, fmt.Errorf("set twice, also as %s_FILE (%s)", o.Name, pathWhere)
		case ok:
			return text, where, nil
		case pathOK:
			text, err := readSecret(path)
			return text, pathWhere + ", " + path, err
		}
	}
	return o.Default, "default", nil
}

// complain formats the one line that reports a bad value of o.
func (o Option) complain(where string, err error) error {
	name, example := o.Name, o.Name+"="+o.Example
	if strings.HasPrefix(where, "flag") {
		name, example = "--"+o.Flag, "--"+o.Flag+"="+o.Example
		if o.Secret {
			example = "--" + o.Flag + "=/run/secrets/" + strings.TrimSuffix(o.Flag, "-file")
		}
	}
	return fmt.Errorf("%s (%s): %w; for example %s", name, where, err, example)
}

func (c *Config) conflicting() []error {
	var out []error
	broken := c.conflicts()
	for _, o := range Options() {
		if err := broken[o.Name]; err != nil {
			out = append(out, o.complain(c.origin[o.Name], err))
		}
	}
	return out
}

func flagSource(flags map[string]string) source {
	byName := map[string]string{}
	for _, o := range Options() {
		name := o.Name
		if o.Secret {
			name += "_FILE"
		}
		if text, ok := flags[o.Flag]; ok {
			byName[name] = text
		}
	}
	return func(name string) (string, string, bool) {
		text, ok := byName[name]
		return text, "flag", ok
	}
}

func environment(lookup func(string) (string, bool)) source {
	return func(name string) (string, string, bool) {
		text, ok := lookup(name)
		return text, "environment", ok && text != ""
	}
}

// configFile reads the file that the flag, or else the environment, names. Without a name the source is empty.
func configFile(flags map[string]string, lookup func(string) (string, bool)) (from source, problems []error) {
	path, where := flags["config"], "--config"
	if path == "" {
		path, _ = lookup("TASKHOUSE_CONFIG")
		where = "TASKHOUSE_CONFIG"
	}
	if path == "" {
		return func(string) (string, string, bool) { return "", "", false }, nil
	}
	body, err := readSmall(path)
	if err != nil {
		return nil, []error{fmt.Errorf("%s: %w; name a readable file of NAME=value lines", where, err)}
	}
	return parseFile(path, body)
}

// line is a value in a file, and its place (file:line).
type line struct{ text, where string }

func parseFile(path, body string) (from source, problems []error) {
	known := fileNames()
	lines := map[string]line{}
	n := 0
	for row := range strings.Lines(strings.TrimPrefix(body, "\ufeff")) {
		n++
		where := fmt.Sprintf("%s:%d", path, n)
		name, text, err := parseLine(row)
		earlier, twice := lines[name]
		switch {
		case err != nil:
		case name == "":
			continue
		case !known[name]:
			err = fmt.Errorf("unknown option %q; taskhouse config lists them all", name)
		case twice:
			err = fmt.Errorf("%s is already set at %s; remove one of them", name, earlier.where)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", where, err))
			continue
		}
		lines[name] = line{text: text, where: where}
	}
	return func(name string) (string, string, bool) {
		l := lines[name]
		return l.text, l.where, l.text != ""
	}, problems
}

// parseLine reads one NAME=value. An empty line or a comment has no name. Its errors do not repeat the value, which may
// be a secret.
func parseLine(row string) (name, text string, err error) {
	row = strings.TrimSpace(row)
	if row == "" || row[0] == '#' {
		return "", "", nil
	}
	name, text, ok := strings.Cut(row, "=")
	name, text = strings.TrimSpace(name), strings.TrimSpace(text)
	if !ok || name == "" {
		return "", "", errors.New("invalid line (want NAME=value; comments begin with #)")
	}
	if text == "" {
		return name, "", nil
	}
	if q := text[0]; q == '"' || q == '\'' {
		if len(text) < 2 || text[len(text)-1] != q {
			return "", "", fmt.Errorf("the value of %q lacks its closing %c", name, q)
		}
		return name, text[1 : len(text)-1], nil
	}
	// Some tools read " #" as a comment and some as part of the value. A password must not depend on that.
	if strings.Contains(text, " #") {
		return "", "", fmt.Errorf(
			"the value of %q contains a #: quote the value, or put the comment on its own line", name)
	}
	return name, text, nil
}

func fileNames() map[string]bool {
	names := map[string]bool{}
	for _, o := range Options() {
		names[o.Name] = true
		if o.Secret {
			names[o.Name+"_FILE"] = true
		}
	}
	return names
}

// readSecret reads a secret from its own file, without the newline that editors and echo append.
func readSecret(path string) (string, error) {
	text, err := readSmall(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the secret: %w", err)
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	if text == "" {
		return "", errors.New("the file of the secret is empty")
	}
	return text, nil
}

// readSmall reads a file of at most 1 MiB, so that naming a device or a database by mistake does not fill the memory.
func readSmall(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	const limit = 1 << 20
	body, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return "", err
	}
	if len(body) > limit {
		return "", fmt.Errorf("%s is larger than 1 MiB", path)
	}
	return string(body), nil
}
