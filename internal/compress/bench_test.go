package compress_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/compress"
)

// BenchmarkJittered compresses a page of 20 tasks, as the API sends it.
func BenchmarkJittered(b *testing.B) {
	var page strings.Builder
	for i := range 20 {
		fmt.Fprintf(&page, `{"id":%d,"title":"Paint fence %d","description":"All that is worth knowing about it %x.",`+
			`"status":"todo","assigned_to":3,"assigned_to_detail":{"id":3,"username":"jane","first_name":"Jane",`+
			`"last_name":"Doe","role":"member","company":{"id":1,"name":"Acme"}},"created_by":%d,"version":%d,`+
			`"created_at":"2026-03-02T09:%02d:00.0%02dZ","updated_at":"2026-03-02T10:%02d:00.0%02dZ"},`,
			i, i*7, i*i*7919, i%5, i, i, i*3, i*2, i)
	}
	var zipped bytes.Buffer
	b.SetBytes(int64(page.Len()))
	for b.Loop() {
		zipped.Reset()
		compress.Jittered(&zipped, []byte(page.String()))
	}
	b.ReportMetric(float64(zipped.Len()), "bytes")
}
