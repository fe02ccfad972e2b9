package analytics

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/taskhouse/taskhouse/internal/db"
)

// fine is the number of buckets in each power of two. Durations are counted in buckets, so that sums give the median of
// any stretch of time. A bucket is one second wide up to 128 seconds. Above, each power of two has 64 buckets, so the
// middle of a bucket is at most 0.8 % off.
const fine = 64

// bucket returns the number of the bucket that contains a duration.
func bucket(d db.Time) int64 {
	s := max(int64(d), 0) / 1_000_000
	if s < 2*fine {
		return s
	}
	shift := bits.Len64(uint64(s)) - 7 // s>>shift has seven bits
	return int64(shift)*fine + s>>shift
}

// middle returns the middle of a bucket in seconds.
func middle(b int64) int64 {
	if b < 2*fine {
		return b
	}
	shift := b/fine - 1
	low := (b - shift*fine) << shift
	return low + (int64(1)<<shift-1)/2
}

// Spread summarizes durations: half of them are at most the median, nine in ten at most P90.
type Spread struct {
	Count  int64  `json:"count"`
	Median *int64 `json:"median_seconds" nullable:"true" doc:"Exact up to two minutes, then within 0.8 %; null: none."`
	P90    *int64 `json:"p90_seconds" nullable:"true" doc:"Nine in ten took at most as long, within 0.8 %."`
}

// spread summarizes the counts of buckets.
func spread(counts map[int64]int64) (s Spread) {
	for _, n := range counts {
		s.Count += n
	}
	if s.Count <= 0 {
		return Spread{}
	}
	s.Median, s.P90 = rank(counts, (s.Count+1)/2), rank(counts, (9*s.Count+9)/10)
	return s
}

// rank returns the n-th smallest duration, counted from 1.
func rank(counts map[int64]int64, n int64) *int64 {
	for _, b := range slices.Sorted(maps.Keys(counts)) {
		if n -= counts[b]; n <= 0 {
			v := middle(b)
			return &v
		}
	}
	return nil
}
