package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// receiveBody reads the body of the request, before the request takes a place in the gate: a client that sends slowly
// keeps its connection and the bytes that have arrived, and nothing else. A lack of memory ends the request here, and
// so does a body that breaks off. Every other fault waits until the caller is known, because a caller without rights
// must learn that first.
func (x *exchange) receiveBody() error {
	if x.route.op.body == nil {
		return nil
	}
	var broken bool
	x.payload, broken, x.badPayload = x.readBody()
	if broken || x.shed {
		return x.badPayload
	}
	return nil
}

// readRequest reads the operation's input: the ids in the path, the body and the conditional headers.
func (x *exchange) readRequest() error {
	if err := x.rejectHeaders(); err != nil {
		return x.preferSessionError(err)
	}
	if x.route.op.runner == nil {
		return nil
	}
	if err := x.readInput(); err != nil {
		return x.preferSessionError(err)
	}
	return nil
}

func (x *exchange) readInput() (err error) {
	op := &x.route.op
	if v := x.r.PathValue("id"); v != "" {
		if x.id, err = pathID(v); err != nil {
			return err
		}
	}
	x.session = x.r.PathValue("session")
	if !utf8.ValidString(x.session) || strings.ContainsRune(x.session, 0) { // PostgreSQL would reject it
		return fail.NotFound()
	}
	if x.badPayload != nil {
		return x.badPayload
	}
	if op.takesIfMatch && !x.reads() { // the answer to a read compares the version itself
		x.ifMatch = ifMatch(x.r.Header.Values("If-Match"))
	}
	if op.takesIdempotencyKey {
		x.once, err = x.idempotencyKey()
	}
	return err
}

// rejectHeaders rejects a change whose client relies on a header that the operation does not know.
func (x *exchange) rejectHeaders() error {
	op, h := &x.route.op, x.r.Header
	switch {
	case x.reads():
	case h["If-Match"] != nil && (!op.takesIfMatch || x.r.Method == http.MethodPost):
		return fail.Header("If-Match")
	case h["Idempotency-Key"] != nil && !op.takesIdempotencyKey:
		return fail.Header("Idempotency-Key")
	}
	return nil
}

// reads reports whether the method changes nothing.
func (x *exchange) reads() bool { return x.r.Method == http.MethodGet || x.r.Method == http.MethodHead }

// maxIdempotencyKey is in bytes.
const maxIdempotencyKey = 255

// idempotencyKey returns the Idempotency-Key with a hash of the request, so that a key is not used for two requests.
func (x *exchange) idempotencyKey() (once event.Once, err error) {
	key := x.r.Header.Get("Idempotency-Key")
	switch {
	case key == "":
		return once, nil
	case len(key) > maxIdempotencyKey:
		return once, fail.Malformed("Idempotency-Key is longer than 255 characters.")
	case !utf8.ValidString(key): // PostgreSQL would reject it
		return once, fail.Malformed("Idempotency-Key is not UTF-8.")
	}
	sum := sha256.Sum256([]byte(x.r.Method + " " + x.r.URL.Path + "\n" + string(x.payload)))
	return event.Once{Key: key, Request: hex.EncodeToString(sum[:])}, nil
}

// pathID reads an id in its one canonical form. Any other spelling is not found.
func pathID(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fail.NotFound()
	}
	return n, nil
}

// readBody reads the body. broken tells that it did not arrive whole.
func (x *exchange) readBody() (payload []byte, broken bool, err error) {
	r := x.r
	contentType := r.Header.Get("Content-Type")
	if x.readForm = x.formReader(contentType); x.readForm == nil {
		return nil, false, fail.MediaType(contentType)
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, false, fail.MediaType(contentType + "; content-encoding=" + enc)
	}
	if r.ContentLength > x.api.MaxBody {
		return nil, false, fail.TooLarge(x.api.MaxBody)
	}
	x.limitReading()
	payload, err = io.ReadAll(countedBody{http.MaxBytesReader(&x.w, r.Body, x.api.MaxBody), x})
	if x.shed {
		return nil, false, err
	}
	if err == nil {
		x.endReading()
		return payload, false, nil
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, false, fail.TooLarge(x.api.MaxBody)
	}
	return nil, true, fail.Malformed("The body did not arrive whole.").Because(err)
}

// deadlines is a connection whose reads can be given a deadline, as those of net/http's server can.
type deadlines interface{ SetReadDeadline(time.Time) error }

// limitReading ends the reading of a body that does not arrive in time.
func (x *exchange) limitReading() {
	if d, ok := x.w.ResponseWriter.(deadlines); ok && x.api.BodyTimeout > 0 {
		_ = d.SetReadDeadline(time.Now().Add(x.api.BodyTimeout)) //nolint:forbidigo // the kernel's clock
	}
}

// endReading removes the deadline of limitReading, which would end the operation. The server sets its own for the next
// request.
func (x *exchange) endReading() {
	if d, ok := x.w.ResponseWriter.(deadlines); ok && x.api.BodyTimeout > 0 {
		_ = d.SetReadDeadline(time.Time{})
	}
}

// formReader returns the function that reads a body of this media type, or nil if the API does not read it. A page of
// another site can send forms without asking, so forms are read only if no cookie speaks for the caller (CSRF).
func (x *exchange) formReader(contentType string) func([]byte) (*form.Form, error) {
	if contentType == "" && x.r.ContentLength == 0 {
		return form.Body
	}
	media, params, err := mime.ParseMediaType(contentType)
	if charset := params["charset"]; err != nil || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil
	}
	switch {
	case media == "application/json":
		return form.Body
	case x.hasCookie():
		return nil
	case media == "application/x-www-form-urlencoded":
		return form.URLEncoded
	case media == "multipart/form-data" && params["boundary"] != "":
		return func(b []byte) (*form.Form, error) { return form.Multipart(b, params["boundary"]) }
	}
	return nil
}

// hasCookie reports whether the request is made with a cookie of the web app, or could be: one that has no token, and
// comes from a browser with a session.
func (x *exchange) hasCookie() bool {
	return x.credential.cookie || x.r.Header.Get("Authorization") == "" &&
		(x.api.cookie(x.r, sessionCookie) != "" || x.api.cookie(x.r, operatorCookie) != "")
}
