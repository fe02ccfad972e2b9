// Package compress compresses answers with gzip, and reads which encodings a client accepts.
//
// It knows one encoding: every client has gzip. Its callers decide what may be compressed; see Jittered for answers
// that hold a secret beside a text of the client.
package compress

import (
	"bytes"
	"compress/gzip"
	"hash/maphash"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Accepts reports whether Accept-Encoding names gzip, and not with a weight of nothing (RFC 9110, 12.5.3).
func Accepts(h http.Header) bool {
	for _, line := range h["Accept-Encoding"] {
		for e := range strings.SplitSeq(line, ",") {
			name, weight, weighted := strings.Cut(strings.TrimSpace(e), ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, isWeight := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(weight, " ", "")), "q=")
			n, err := strconv.ParseFloat(q, 64)
			return !weighted || isWeight && err == nil && n > 0
		}
	}
	return false
}

// Each pool has the compressors of one level, because each of them needs up to a megabyte.
var (
	small = pool(gzip.BestCompression)
	fast  = pool(gzip.BestSpeed)
)

func pool(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, level) // the level is valid
		return z
	}}
}

// Once compresses content that is sent many times as far as possible. It returns nil if that saves less than a tenth.
func Once(content []byte) []byte {
	var b bytes.Buffer
	compress(&b, small, content, "")
	if b.Len() >= len(content)*9/10 {
		return nil
	}
	return b.Bytes()
}

// maxJitter is in bytes.
const maxJitter = 64

// seed differs between processes, so that a client cannot compute the padding of an answer.
var seed = maphash.MakeSeed()

const padding = "                                                                " // maxJitter characters

// Jittered compresses content quickly and appends it to buf. The length of the result says nothing exact about the
// content: it is padded by up to 64 bytes, by a number that depends on the whole content. An attacker who sees lengths,
// and adds guesses to an answer, cannot tell a guess that compresses well from one that has less padding (BREACH). The
// same content has the same padding, so that many tries have no average.
func Jittered(buf *bytes.Buffer, content []byte) {
	n := maphash.Bytes(seed, content)%maxJitter + 1
	compress(buf, fast, content, padding[:n])
}

func compress(buf *bytes.Buffer, from *sync.Pool, content []byte, comment string) {
	z := from.Get().(*gzip.Writer)
	defer from.Put(z)
	z.Reset(buf)
	z.Comment = comment
	_, _ = z.Write(content) // it writes to memory
	_ = z.Close()
}
