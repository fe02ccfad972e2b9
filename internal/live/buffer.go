package live

// buffer holds the newest events of a company, in order and without a gap. Callers share its slices: the buffer never
// writes into a part that it has handed out.
type buffer struct {
	frames []*Frame
	bytes  int
}

// The size of a buffer, for clients that come back after a short absence.
const (
	maxBufferEvents = 512
	maxBufferBytes  = 1 << 20
)

func (b *buffer) add(f *Frame) {
	b.frames = append(b.frames, f)
	b.bytes += len(f.text)
	for len(b.frames) > 1 && (len(b.frames) > maxBufferEvents || b.bytes > maxBufferBytes) {
		b.bytes -= len(b.frames[0].text)
		b.frames = b.frames[1:]
	}
}

// after returns the frames that follow a number, up to about size bytes. It reports false if the buffer no longer holds
// them all.
func (b *buffer) after(seq int64, size int) (frames []*Frame, ok bool) {
	if len(b.frames) == 0 || seq+1 < b.frames[0].Seq {
		return nil, false
	}
	from := int(seq + 1 - b.frames[0].Seq)
	if from >= len(b.frames) {
		return nil, true
	}
	to := from
	for to < len(b.frames) && (to == from || size > 0) {
		size -= len(b.frames[to].text)
		to++
	}
	return b.frames[from:to:to], true
}

// horizon returns the smallest number that lies at most so many events and bytes behind the end of the buffer.
func (b *buffer) horizon(events, bytes int) int64 {
	i := len(b.frames)
	for i > 0 && len(b.frames)-i < events && bytes >= len(b.frames[i-1].text) {
		i--
		bytes -= len(b.frames[i].text)
	}
	if i == len(b.frames) {
		if i == 0 {
			return 0
		}
		return b.frames[i-1].Seq
	}
	return b.frames[i].Seq - 1
}
