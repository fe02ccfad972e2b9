package api

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/taskhouse/taskhouse/internal/compress"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// buffers are reused for answers. One that has grown beyond maxBuffer is dropped.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const maxBuffer = 64 << 10 // bytes

// answer writes the operation's result.
func (x *exchange) answer() error {
	op, h := &x.route.op, x.w.Header()
	if op.runner == nil { // it has written its answer
		return nil
	}
	if x.result.location != "" {
		h.Set("Location", x.result.location)
	}
	if x.result.seq != 0 {
		h.Set("Event-Seq", strconv.FormatInt(x.result.seq, 10))
	}
	if cookie := cmp.Or(x.result.cookie, x.renewed); cookie != nil {
		http.SetCookie(&x.w, cookie)
	}
	if x.result.device != nil {
		http.SetCookie(&x.w, x.result.device)
	}
	if op.answer == nil {
		x.stopPaying()
		x.w.WriteHeader(op.status)
		return nil
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	b, err := page.Append((*buffer)[:0], x.result.body)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	if cap(b) <= maxBuffer {
		*buffer = b
	} else if x.reads() { // the answer to a change needs no permission: the change has been made
		if !x.api.Memory.Send(cap(b)) {
			x.shed = true
			return errOverloaded
		}
		defer x.api.Memory.ReleaseOut(cap(b))
	}
	if op.hasETag {
		current, err := x.conditions(b)
		if current || err != nil {
			return err
		}
	}
	if x.compresses(len(b)) {
		zipped := zipBuffers.Get().(*bytes.Buffer)
		defer zipBuffers.Put(zipped)
		zipped.Reset()
		compress.Jittered(zipped, b)
		b = zipped.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	x.stopPaying()
	writeBytes(&x.w, op.status, "application/json", b)
	return nil
}

// minCompressed is the length in bytes from which compression pays: a shorter answer is one packet either way.
const minCompressed = 1024

// zipBuffers are reused for compressed answers, which are small.
var zipBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// compresses reports whether an answer of so many bytes is compressed.
func (x *exchange) compresses(length int) bool {
	return length >= minCompressed && !x.route.op.isSecret && compress.Accepts(x.r.Header)
}

// conditions sets the ETag of an answer, and applies If-Match and If-None-Match to a read. It returns true if it has
// answered that the client's copy is current. A change applies If-Match in its transaction.
func (x *exchange) conditions(b []byte) (current bool, err error) {
	tag := etag(x.result.body, b)
	if x.compresses(len(b)) {
		tag = zippedTag(tag)
	}
	if x.reads() {
		if match := ifMatch(x.r.Header.Values("If-Match")); match != nil && !match(versionOf(x.result.body)) {
			return false, fail.Precondition()
		}
		current = ifNoneMatch(x.r.Header.Values("If-None-Match"), tag)
	}
	x.w.Header().Set("ETag", tag)
	if current {
		x.w.WriteHeader(http.StatusNotModified)
	}
	return current, nil
}

// versioned is an answer that counts its changes.
type versioned interface{ ETagVersion() int64 }

func versionOf(body any) int64 {
	if v, ok := body.(versioned); ok {
		return v.ETagVersion()
	}
	return 0
}

// etag returns a strong tag: the version, for If-Match, and a hash of the bytes. The hash is needed because the members
// shown in a task change without a new version of the task.
func etag(body any, b []byte) string {
	sum := sha256.Sum256(b)
	return fmt.Sprintf(`"%d-%s"`, versionOf(body), hex.EncodeToString(sum[:8]))
}

// zippedTag returns the tag of the compressed form: two forms of one resource must not share a strong tag.
func zippedTag(tag string) string { return strings.TrimSuffix(tag, `"`) + zippedEnd }

const zippedEnd = `-gzip"`

// plainTag returns a tag without the mark of compression, and without that of a weak tag.
func plainTag(tag string) string {
	tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
	if plain, ok := strings.CutSuffix(tag, zippedEnd); ok {
		return plain + `"`
	}
	return tag
}

// ifMatch returns a test of versions: it accepts a version if one of the tags in If-Match was given to it (RFC 9110,
// 13.1.1). Without the header it returns nil. The RFC compares strongly, but a proxy that compresses weakens every tag.
// A weak tag is accepted as well: the version in it is exact whatever the proxy did to the bytes.
func ifMatch(headers []string) func(int64) bool {
	if len(headers) == 0 {
		return nil
	}
	versions, any := map[int64]bool{}, false
	for tag := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		tag = strings.TrimSpace(tag)
		any = any || tag == "*"
		if s, ok := strings.CutPrefix(strings.TrimPrefix(tag, "W/"), `"`); ok {
			s, _, _ = strings.Cut(s, "-")
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				versions[n] = true
			}
		}
	}
	return func(v int64) bool { return any || versions[v] }
}

// ifNoneMatch reports whether If-None-Match names the tag. The comparison is weak (RFC 9110, 13.1.2), and so compressed
// and other forms are alike.
func ifNoneMatch(headers []string, tag string) bool {
	for t := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		if t = plainTag(t); t == "*" || t == plainTag(tag) {
			return true
		}
	}
	return false
}
