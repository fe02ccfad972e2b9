package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/lmittmann/tint"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// NewLogger writes records of at least level to w. format is text, json, or auto: coloured when w is a terminal, else
// text. Whatever a record holds stays one line and moves no cursor, and Redact hides what should not have been logged. What is logged
// about something that is traced has its trace_id.
func NewLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	switch {
	case format == "json":
		return slog.New(tracedHandler{slog.NewJSONHandler(jsonWriter{w}, &slog.HandlerOptions{Level: level, ReplaceAttr: Redact})})
	case format == "auto" && IsTerminal(w):
		return slog.New(tracedHandler{terminalHandler(w, level)})
	default:
		// slog's text handler quotes and escapes every character that is not printable.
		return slog.New(tracedHandler{slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: Redact})})
	}
}

// tracedHandler adds the id of the trace that a record's context is in.
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
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// onTerminal escapes here, because tint lets escape sequences pass on purpose, for colours.
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

// A jsonWriter escapes what JSON lets stand as it is: DEL, the C1 controls (CSI among them) and the marks that turn the
// direction of writing, which reach a terminal when somebody reads the log there. Outside strings JSON has none of them,
// so the record stays the same to a program.
type jsonWriter struct{ w io.Writer }

// Write takes one record, as slog's handlers write it.
func (j jsonWriter) Write(record []byte) (int, error) {
	text := strings.TrimSuffix(string(record), "\n")
	if _, err := io.WriteString(j.w, Escape(text)+"\n"); err != nil {
		return 0, err
	}
	return len(record), nil
}

// secretWords stand in the names of attributes that are never logged.
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

// Redact hides a secret that is about to be logged: by the name of the attribute or of its group, and inside strings and
// errors by its form (a URL's user information, a query's token, a JWT). It is the second lock: nothing should log one
// in the first place. It does not look inside structs and maps.
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
			// fmt survives an Error method that panics, on a nil pointer for instance.
			a.Value = slog.StringValue(scrub(fmt.Sprint(err)))
		}
	}
	return a
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
