package live

// ring is the newest events of a company, in order and without a gap. Its slices are handed out: nothing in them is written
// again.
type ring struct {
	frames []*Frame
	bytes  int
}

// What a room keeps in memory, for those who come back after a short absence.
const (
	ringEvents = 512
	ringBytes  = 1 << 20
)

func (r *ring) add(f *Frame) {
	r.frames = append(r.frames, f)
	r.bytes += len(f.text)
	for len(r.frames) > 1 && (len(r.frames) > ringEvents || r.bytes > ringBytes) {
		r.bytes -= len(r.frames[0].text)
		r.frames = r.frames[1:]
	}
}

// after gives the frames that follow a number, up to about size bytes; ok is false when they are no longer all here.
func (r *ring) after(seq int64, size int) (frames []*Frame, ok bool) {
	if len(r.frames) == 0 || seq+1 < r.frames[0].Seq {
		return nil, false
	}
	from := int(seq + 1 - r.frames[0].Seq)
	if from >= len(r.frames) {
		return nil, true
	}
	to := from
	for to < len(r.frames) && (to == from || size > 0) {
		size -= len(r.frames[to].text)
		to++
	}
	return r.frames[from:to:to], true
}

// horizon is the least number that is not further back than so many events and bytes.
func (r *ring) horizon(events, bytes int) int64 {
	i := len(r.frames)
	for i > 0 && len(r.frames)-i < events && bytes >= len(r.frames[i-1].text) {
		i--
		bytes -= len(r.frames[i].text)
	}
	if i == len(r.frames) {
		if i == 0 {
			return 0
		}
		return r.frames[i-1].Seq
	}
	return r.frames[i].Seq - 1
}
