package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lmittmann/tint"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// NewLogger returns a logger that writes records of at least level to w. format is text, json, or auto: coloured if w
// is a terminal, else text. A record is always one line and cannot move the cursor, whatever it contains. Redact hides
// secrets that should not have been logged. A record within a trace has its trace_id.
func NewLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	switch {
	case format == "json":
		o := &slog.HandlerOptions{Level: level, ReplaceAttr: Redact}
		return slog.New(tracedHandler{slog.NewJSONHandler(jsonWriter{w}, o)})
	case format == "auto" && IsTerminal(w):
		return slog.New(tracedHandler{terminalHandler(w, level)})
	default:
		// The text handler of slog quotes and escapes every character that is not printable.
		return slog.New(tracedHandler{slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: Redact})})
	}
}

// tracedHandler adds the id of the trace in a record's context.
type tracedHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h tracedHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := trace.ID(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h tracedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return tracedHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h tracedHandler) WithGroup(name string) slog.Handler {
	return tracedHandler{h.Handler.WithGroup(name)}
}

func terminalHandler(w io.Writer, level slog.Level) slog.Handler {
	return tint.NewTextHandler(w, &tint.Options{
		Level: level, ReplaceAttr: onTerminal, TimeFormat: time.TimeOnly, NoColor: os.Getenv("NO_COLOR") != "",
	})
}

// IsTerminal reports whether w is a terminal that understands colours and cursor movements.
func IsTerminal(w io.Writer) bool {
	if other, ok := w.(interface{ IsTerminal() bool }); ok { // the stream of a command's client
		return other.IsTerminal()
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// onTerminal redacts and escapes an attribute: tint passes escape sequences on purpose, for colours.
func onTerminal(groups []string, a slog.Attr) slog.Attr {
	a = Redact(groups, a)
	a.Key = Escape(a.Key)
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Escape(v.String()))
	case slog.KindAny:
		switch v.Any().(type) {
		case slog.Level, *slog.Source, []byte:
		default:
			a.Value = slog.StringValue(Escape(fmt.Sprintf("%+v", v.Any())))
		}
	}
	return a
}

// jsonWriter escapes characters that JSON allows in strings but a terminal interprets: DEL, the C1 controls (such as
// CSI) and the marks that change the direction of writing. JSON has none of them outside strings, so programs read the
// same record.
type jsonWriter struct{ w io.Writer }

// Write writes one record.
func (j jsonWriter) Write(record []byte) (int, error) {
	text := strings.TrimSuffix(string(record), "\n")
	if _, err := io.WriteString(j.w, Escape(text)+"\n"); err != nil {
		return 0, err
	}
	return len(record), nil
}

// secretWords are parts of the names of attributes that are never logged.
var secretWords = []string{
	"password", "passwd", "passphrase", "secret", "token", "authorization", "bearer", "jwt", "cookie", "credential",
	"apikey", "privatekey", "signingkey", "databaseurl", "dsn",
}

var plainName = strings.NewReplacer("_", "", "-", "", ".", "", " ", "")

func secretName(name string) bool {
	name = strings.ToLower(plainName.Replace(name))
	for _, w := range secretWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// Redact replaces a secret in an attribute. It recognizes secrets by the name of the attribute or its group, and inside
// strings and errors by their form: user information of a URL, a token in a query, a JWT. It is a second line of
// defence, because code must not log secrets at all. It does not search structs and maps.
func Redact(groups []string, a slog.Attr) slog.Attr {
	if secretName(a.Key) {
		return slog.String(a.Key, config.Hidden)
	}
	for _, g := range groups {
		if secretName(g) {
			return slog.String(a.Key, config.Hidden)
		}
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(scrub(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			// fmt survives an Error method that panics, for instance on a nil pointer.
			a.Value = slog.StringValue(scrub(fmt.Sprint(err) + statementOf(err)))
		}
	}
	return a
}

// statementOf returns the statement that failed with err, in parentheses. An error does not name it itself, because
// people read errors.
func statementOf(err error) (text string) {
	defer func() { _ = recover() }() // an Unwrap method on a nil pointer may panic
	if sql := db.StatementOf(err); sql != "" {
		text = " (in " + strconv.Quote(strings.Join(strings.Fields(sql), " ")) + ")"
	}
	return text
}

var (
	userInfo   = regexp.MustCompile(`://[^\s/?#]*@`)
	queryToken = regexp.MustCompile(`(?i)((?:token|password|secret)=)[^&\s"']+`)
	webToken   = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
)

func scrub(s string) string {
	if strings.Contains(s, "://") {
		s = userInfo.ReplaceAllString(s, "://"+config.Hidden+"@")
	}
	if strings.Contains(s, "=") {
		s = queryToken.ReplaceAllString(s, "${1}"+config.Hidden)
	}
	if strings.Contains(s, "eyJ") {
		s = webToken.ReplaceAllString(s, config.Hidden)
	}
	return s
}
