package openapi

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// YAML converts JSON to YAML 1.2. Short texts keep their JSON quotes, which YAML reads alike, so that none can turn
// into a date, a number or a comment.
func YAML(b []byte) ([]byte, error) {
	y := yamlWriter{in: jsontext.NewDecoder(bytes.NewReader(b))}
	err := y.value(0)
	return y.out.Bytes(), err
}

type yamlWriter struct {
	in   *jsontext.Decoder
	out  bytes.Buffer
	dash bool // the next line continues after a dash
}

// value writes the next value. Lines that it adds are indented by depth.
func (y *yamlWriter) value(depth int) error {
	switch y.in.PeekKind() {
	case '{':
		return y.block(depth, '}', "{}")
	case '[':
		return y.block(depth, ']', "[]")
	case '"':
		return y.text(depth)
	}
	v, err := y.in.ReadValue()
	y.end(string(v))
	return err
}

// end writes s and ends the line.
func (y *yamlWriter) end(s string) {
	y.out.WriteString(" " + s + "\n")
	y.dash = false
}

// begin starts a line with s, or continues the line after a dash.
func (y *yamlWriter) begin(depth int, s string) {
	if y.dash {
		y.out.WriteString(" " + s)
	} else {
		y.out.WriteString(strings.Repeat("  ", depth) + s)
	}
	y.dash = false
}

// block writes an object or a list up to its end.
func (y *yamlWriter) block(depth int, end jsontext.Kind, empty string) error {
	if _, err := y.in.ReadToken(); err != nil {
		return err
	}
	if y.in.PeekKind() == end {
		y.end(empty)
	} else if depth > 0 && !y.dash {
		y.out.WriteByte('\n')
	}
	for y.in.PeekKind() != end {
		if end == ']' {
			y.begin(depth, "-")
			y.dash = true
		} else {
			name, err := y.in.ReadValue()
			if err != nil {
				return err
			}
			y.begin(depth, plainKey(string(name))+":")
		}
		if err := y.value(depth + 1); err != nil {
			return err
		}
	}
	_, err := y.in.ReadToken()
	return err
}

// text writes a string: in quotes, or as a literal block if it has several lines.
func (y *yamlWriter) text(depth int) error {
	v, err := y.in.ReadValue()
	if err != nil {
		return err
	}
	s, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return err
	}
	lines := strings.Split(string(s), "\n")
	if len(lines) == 1 || !literal(string(s)) {
		y.end(string(v))
		return nil
	}
	y.end("|-")
	for _, l := range lines {
		if l != "" {
			l = strings.Repeat("  ", depth) + l
		}
		y.out.WriteString(l + "\n")
	}
	return nil
}

// literal reports whether a literal block preserves a text of several lines.
func literal(s string) bool {
	control := func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff')
	}
	return !strings.HasPrefix(s, " ") && !strings.HasPrefix(s, "\n") && !strings.HasSuffix(s, "\n") &&
		!strings.ContainsFunc(s, control)
}

// plainKey removes the quotes from a name that YAML cannot read as anything else.
func plainKey(quoted string) string {
	name := quoted[1 : len(quoted)-1]
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return quoted
		}
	}
	switch strings.ToLower(name) {
	case "", "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return quoted
	}
	return name
}
