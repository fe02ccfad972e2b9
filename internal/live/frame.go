package live

import (
	"encoding/binary"

	"github.com/taskhouse/taskhouse/internal/event"
)

// Frame is one message, encoded once for all its recipients: a WebSocket text frame, whose payload is the JSON that the
// other transports send too.
type Frame struct {
	Seq  int64 // the event's number, which is the client's position after it; 0: the message does not move the position
	text []byte
	head int // the length of the frame's header
}

// JSON returns the message without the frame's header.
func (f *Frame) JSON() []byte { return f.text[f.head:] }

const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xa
)

// newFrame wraps a JSON text in a frame.
func newFrame(seq int64, json []byte) *Frame {
	f := &Frame{Seq: seq}
	f.text = appendHeader(make([]byte, 0, 10+len(json)), opText, len(json))
	f.head = len(f.text)
	f.text = append(f.text, json...)
	return f
}

// appendHeader appends the header of a whole message from a server (RFC 6455, 5.2): final, not masked.
func appendHeader(b []byte, op byte, size int) []byte {
	b = append(b, 0x80|op)
	switch {
	case size < 126:
		return append(b, byte(size)) //nolint:gosec // compared above
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(size))
}

// control returns a control frame; its payload must have at most 125 bytes.
func control(op byte, payload string) []byte {
	return append(appendHeader(make([]byte, 0, 2+len(payload)), op, len(payload)), payload...)
}

func frameOf(e event.Entry) (*Frame, error) {
	json, err := e.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return newFrame(e.Seq, json), nil
}

// End says why a subscription is over: a close code of RFC 6455 or of docs/api.md, and a sentence.
type End struct {
	Code   int
	Reason string
}

// The reasons for which the server ends a subscription.
var (
	SignedOut  = End{4001, "Sign in again."}
	NotAllowed = End{4003, "You are no longer a member of this company."}
	Refused    = End{1008, "Too many connections or messages."}
	Broken     = End{1011, "Something went wrong here. Come back with your seq."}
	Restart    = End{1012, "The server restarts. Come back with your seq."}
	TooSlow    = End{1013, "Too far behind. Come back with your seq."}
)

// frame returns the close frame.
func (e End) frame() []byte {
	code := binary.BigEndian.AppendUint16(nil, uint16(e.Code)) //nolint:gosec // four digits
	return control(opClose, string(code)+e.Reason)
}
