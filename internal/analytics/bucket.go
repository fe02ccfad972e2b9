package analytics

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Durations are counted in buckets, because a median over any stretch of time must come from sums. Up to 128 seconds a
// bucket is a second; from there on each power of two has 64 of them, so that a bucket's middle is at most 0.8 % off.
const fine = 64

// bucket is the number of the bucket that a duration falls into.
func bucket(d db.Time) int64 {
	s := max(int64(d), 0) / 1_000_000
	if s < 2*fine {
		return s
	}
	shift := bits.Len64(uint64(s)) - 7 // s>>shift has seven bits
	return int64(shift)*fine + s>>shift
}

// middle is the seconds in the middle of a bucket.
func middle(b int64) int64 {
	if b < 2*fine {
		return b
	}
	shift := b/fine - 1
	low := (b - shift*fine) << shift
	return low + (int64(1)<<shift-1)/2
}

// Spread says how long things took: half of them at most the median, nine in ten at most P90.
type Spread struct {
	Count  int64  `json:"count"`
	Median *int64 `json:"median_seconds" nullable:"true" doc:"Exact up to two minutes, then within 0.8 %. null: there is none."`
	P90    *int64 `json:"p90_seconds" nullable:"true" doc:"Nine in ten took at most as long, within 0.8 %. null: there is none."`
}

// spread reads buckets with their counts.
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

// rank is the n-th smallest, from 1.
func rank(counts map[int64]int64, n int64) *int64 {
	for _, b := range slices.Sorted(maps.Keys(counts)) {
		if n -= counts[b]; n <= 0 {
			v := middle(b)
			return &v
		}
	}
	return nil
}
