package live

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Stream serves the feed as Server-Sent Events (HTML, 9.2). Every message is the JSON of the socket and its id is the
// event's number, so that a browser reconnects with Last-Event-ID. Stream returns when the client leaves or the
// subscription ends.
func (h *Hub) Stream(w http.ResponseWriter, r *http.Request, req Request) error {
	ready := make(chan struct{}, 1)
	sub, err := h.Subscribe(r.Context(), req, func() {
		select {
		case ready <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer sub.Close()
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // the server's deadline is meant for requests
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // without it a proxy buffers the stream
	w.WriteHeader(http.StatusOK)
	out := []byte("retry: 1000\n\n")
	heartbeat := time.NewTicker(pingInterval)
	defer heartbeat.Stop()
	for {
		frames, end := sub.Take(r.Context())
		for _, f := range frames {
			out = appendEvent(out, f)
		}
		if end != nil {
			out = strconv.AppendInt(append(out, ": "...), int64(end.Code), 10)
			out = append(append(append(out, ' '), end.Reason...), "\n\n"...)
		}
		if len(out) > 0 {
			_ = rc.SetWriteDeadline(now().Add(writeTimeout))
			if _, err := w.Write(out); err != nil || rc.Flush() != nil {
				return nil //nolint:nilerr // the client has left, so no one could receive the error
			}
			out = out[:0]
		}
		if end != nil {
			return nil
		}
		if len(frames) > 0 {
			continue
		}
		if out = h.wait(r.Context(), ready, heartbeat, out); out == nil {
			return nil
		}
	}
}

// wait waits until there is something to write, or returns nil if the client has left.
func (h *Hub) wait(ctx context.Context, ready <-chan struct{}, heartbeat *time.Ticker, out []byte) []byte {
	select {
	case <-ready:
		return out
	case <-heartbeat.C:
		return append(out, ": alive\n\n"...)
	case <-ctx.Done():
		return nil
	}
}

func appendEvent(b []byte, f *Frame) []byte {
	if f.Seq != 0 {
		b = strconv.AppendInt(append(b, "id: "...), f.Seq, 10)
		b = append(b, '\n')
	}
	b = append(append(b, "data: "...), f.JSON()...)
	return append(b, "\n\n"...)
}
