package config

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// Setting is one option as `taskhouse config --json` prints it. Value is the effective value as text; of a secret it
// has only the part that may be shown.
type Setting struct {
	Name   string `json:"name"`
	Flag   string `json:"flag"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Secret bool   `json:"secret"`
	Set    bool   `json:"set"` // whether it has a value at all, which a hidden Value does not show
}

// Settings returns all options with their effective values, secrets hidden.
func (c *Config) Settings() []Setting {
	var out []Setting
	for _, o := range Options() {
		out = append(out, c.setting(o))
	}
	return out
}

// Setting returns the option of a name, which must be one of Options.
func (c *Config) Setting(name string) Setting {
	all := Options()
	return c.setting(all[slices.IndexFunc(all, func(o Option) bool { return o.Name == name })])
}

func (c *Config) setting(o Option) Setting {
	value := show(reflect.ValueOf(c).Elem().Field(o.index).Interface())
	return Setting{
		Name: o.Name, Flag: "--" + o.Flag, Value: value, Source: c.origin[o.Name], Secret: o.Secret, Set: value != "",
	}
}

// Print writes a table of every option: name, effective value and source. Secrets are hidden.
func (c *Config) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "OPTION\tVALUE\tFROM") // a tabwriter keeps its errors for Flush
	for _, s := range c.Settings() {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, Printable(s.Value), Printable(s.Source))
	}
	return table.Flush()
}

// PrintJSON writes the same as a JSON array of Setting.
func (c *Config) PrintJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(c.Settings())
}

// Printable returns a value that stays in its cell of a table: it quotes control characters, and writes an empty value
// as "-".
func Printable(s string) string {
	if s == "" {
		return "-"
	}
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// show returns a field's value as a person would write it, with secrets hidden.
func show(field any) string {
	switch v := field.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, ",")
	case int:
		return strconv.Itoa(v)
	case int64:
		return FormatBytes(v)
	case time.Duration:
		return formatDuration(v)
	case slog.Level:
		return strings.ToLower(v.String())
	case []netip.Prefix:
		return joined(v)
	case []Key:
		return joined(v)
	default:
		return fmt.Sprint(v)
	}
}

func joined[T fmt.Stringer](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.String()
	}
	return strings.Join(texts, ",")
}

// formatDuration omits the zeros that time.Duration prints: 1h, not 1h0m0s.
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
