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
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// readRequest reads the operation's input: the ids in the path, the body and the conditional headers.
func (x *exchange) readRequest() error {
	if x.route.op.runner == nil {
		return nil
	}
	if err := x.readInput(); err != nil {
		return x.sessionEnded(err)
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
	if op.body != nil {
		if x.payload, err = x.readBody(); err != nil {
			return err
		}
	}
	if op.takesIfMatch && !x.reads() { // the answer to a read compares the version itself
		x.ifMatch = ifMatch(x.r.Header.Values("If-Match"))
	}
	if op.takesIdempotencyKey {
		x.once, err = x.idempotencyKey()
	}
	return err
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

func (x *exchange) readBody() ([]byte, error) {
	r := x.r
	contentType := r.Header.Get("Content-Type")
	if (contentType != "" || r.ContentLength != 0) && !isJSON(contentType) {
		return nil, fail.MediaType(contentType)
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, fail.MediaType(contentType + "; content-encoding=" + enc)
	}
	if r.ContentLength > x.api.MaxBody {
		return nil, fail.TooLarge(x.api.MaxBody)
	}
	payload, err := io.ReadAll(countedBody{http.MaxBytesReader(&x.w, r.Body, x.api.MaxBody), x})
	if fail.Is(err, fail.KindUnavailable) {
		return nil, err
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, fail.TooLarge(x.api.MaxBody)
	}
	if err != nil {
		return nil, fail.Malformed("The body did not arrive whole.").Because(err)
	}
	return payload, nil
}

func isJSON(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	return err == nil && media == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
