package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// buffers are for answers; a larger one than maxBuffer is not kept.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const maxBuffer = 64 << 10

func (e *endpoint) answer(c *call, w http.ResponseWriter, r *http.Request, out any) error {
	if c.location != "" {
		w.Header().Set("Location", c.location)
	}
	if c.seq != 0 {
		w.Header().Set("Event-Seq", strconv.FormatInt(c.seq, 10))
	}
	if c.give != nil {
		http.SetCookie(w, c.give)
	}
	if e.route.op.answer == nil {
		w.WriteHeader(e.route.op.status)
		return nil
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	b, err := page.Append((*buffer)[:0], out)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	if cap(b) <= maxBuffer {
		*buffer = b
	} else if r.Method == http.MethodGet || r.Method == http.MethodHead { // a change that was made is told, whatever it takes
		if !e.api.Memory.Send(cap(b)) {
			note(r).shed = true
			return overloaded()
		}
		defer e.api.Memory.Sent(cap(b))
	}
	if e.route.op.tag {
		tag := etag(out, b)
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			if c.match != nil && !c.match(versionOf(out)) {
				return fail.Precondition()
			}
			w.Header().Set("ETag", tag)
			if noneMatch(r.Header.Values("If-None-Match"), tag) {
				w.WriteHeader(http.StatusNotModified)
				return nil
			}
		}
		w.Header().Set("ETag", tag)
	}
	writeBytes(w, e.route.op.status, "application/json", b)
	return nil
}

// versioned is an answer that counts its changes.
type versioned interface{ ETagVersion() int64 }

func versionOf(out any) int64 {
	if v, ok := out.(versioned); ok {
		return v.ETagVersion()
	}
	return 0
}

// etag is strong: the version, for If-Match, and a hash of the bytes, because the persons in them change without it.
func etag(out any, b []byte) string {
	sum := sha256.Sum256(b)
	return fmt.Sprintf(`"%d-%s"`, versionOf(out), hex.EncodeToString(sum[:8]))
}

// ifMatch reads If-Match: it holds for a version when one of the tags was given to that version (RFC 9110, 13.1.1).
func ifMatch(headers []string) func(int64) bool {
	if len(headers) == 0 {
		return nil
	}
	versions, any := map[int64]bool{}, false
	for tag := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		tag = strings.TrimSpace(tag)
		any = any || tag == "*"
		if s, ok := strings.CutPrefix(tag, `"`); ok {
			s, _, _ = strings.Cut(s, "-")
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				versions[n] = true
			}
		}
	}
	return func(v int64) bool { return any || versions[v] }
}

// noneMatch reports whether If-None-Match names the tag; the comparison is weak (RFC 9110, 13.1.2).
func noneMatch(headers []string, tag string) bool {
	for t := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
		if t == "*" || t == tag {
			return true
		}
	}
	return false
}
