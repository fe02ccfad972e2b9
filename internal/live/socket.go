package live

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// A socket is a client of the feed over a WebSocket (RFC 6455). The library performs the handshake and reads. Frames
// are encoded once for all clients and go straight to the connection, several in one write if there are several. Every
// write holds whole frames, so the frames that the library itself writes (the answer to a close) fall between them.
type socket struct {
	sub     *Subscription
	ws      *websocket.Conn
	conn    net.Conn
	writing coalescer
	ping    *time.Timer
	rateKey string // under which its messages are counted

	deadlineSet time.Time // when the write deadline was last moved; only the writing side uses it

	mu      sync.Mutex
	control [][]byte
	ended   bool
	closing bool // our close frame is on its way; the peer's answer to it gets no answer
}

const (
	pingInterval   = 25 * time.Second
	peerTimeout    = 55 * time.Second // a peer that sends nothing, not even a pong, is dropped after it
	writeTimeout   = 10 * time.Second
	closeTimeout   = 2 * time.Second // for the peer to answer a close
	maxMessage     = 32 << 10        // bytes of a message from a client
	sendBufferSize = 64 << 10        // bytes that the kernel may hold for a client that does not read
	maxControls    = 32              // frames outside the log that wait for a client
)

var (
	pong        = newFrame(0, []byte(`{"type":"pong","message":"Connection alive"}`)).text
	notAMessage = newFrame(0,
		[]byte(`{"type":"error","message":"This is not a message: send a JSON object with a type."}`)).text
)

// writeBuffers holds buffers for the library's writes. They are rare, so a socket holds no buffer of its own.
var writeBuffers sync.Pool

var upgrader = websocket.Upgrader{
	ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &writeBuffers, HandshakeTimeout: writeTimeout,
	CheckOrigin: func(*http.Request) bool { return true }, // package api has checked it
	Error:       func(http.ResponseWriter, *http.Request, int, error) {},
}

// Upgrade performs the handshake. protocol is the subprotocol to answer with, or "". On an error nothing was written.
func Upgrade(w http.ResponseWriter, r *http.Request, protocol string) (*websocket.Conn, error) {
	header := http.Header{}
	if protocol != "" {
		header.Set("Sec-WebSocket-Protocol", protocol)
	}
	ws, err := upgrader.Upgrade(w, r, header)
	if err != nil {
		return nil, err
	}
	under := ws.NetConn()
	if c, ok := under.(interface{ NetConn() net.Conn }); ok { // below TLS
		under = c.NetConn()
	}
	if c, ok := under.(interface{ SetWriteBuffer(int) error }); ok {
		_ = c.SetWriteBuffer(sendBufferSize)
	}
	return ws, nil
}

// Refuse closes a connection that has just been opened: a browser shows the code of a close, but not of a failed
// handshake.
func Refuse(ws *websocket.Conn, end End) {
	conn := ws.NetConn()
	ws.SetCloseHandler(ignoreClose)
	_ = conn.SetDeadline(now().Add(closeTimeout))
	if _, err := conn.Write(end.frame()); err == nil {
		_, _, _ = ws.NextReader() // the peer's answer, or the deadline
	}
	_ = conn.Close()
}

// ignoreClose accepts the peer's answer to our close without answering it, as the library would. A browser treats a
// second close frame as a protocol error: its page then sees a broken connection instead of our code.
func ignoreClose(int, string) error { return nil }

// Serve subscribes and serves an open socket. It returns at once; goroutines of the socket do the work.
func (h *Hub) Serve(ws *websocket.Conn, req Request) {
	s := &socket{ws: ws, conn: ws.NetConn()}
	ready := make(chan struct{})
	sub, err := h.Subscribe(h.ctx, req, func() { s.writing.request(func() { <-ready; s.write() }) })
	if err != nil {
		Refuse(ws, endOf(err))
		return
	}
	s.sub, s.rateKey = sub, strconv.FormatUint(sub.serial, 36)
	s.ping = time.AfterFunc(pingInterval, s.sendPing)
	close(ready)
	s.sub.wake()
	go s.read()
}

func (s *socket) sendPing() {
	s.sendControl(control(opPing, ""))
	s.ping.Reset(pingInterval)
}

// sendControl queues a frame outside the log.
func (s *socket) sendControl(frame []byte) {
	s.mu.Lock()
	full := len(s.control) >= maxControls
	if !full {
		s.control = append(s.control, frame)
	}
	s.mu.Unlock()
	if full {
		s.sub.finish(TooSlow)
		return
	}
	s.sub.wake()
}

// read handles the client's messages until the connection ends, and then cleans up.
func (s *socket) read() {
	defer func() {
		s.ping.Stop()
		_ = s.conn.Close()
		s.sub.Close()
	}()
	if err := s.listen(); errors.Is(err, errFlood) {
		s.sub.finish(Refused)
		// Discard input for a moment: closing a connection with unread bytes resets it, and the close frame would be
		// lost.
		_ = s.conn.SetReadDeadline(now().Add(closeTimeout))
		_, _ = io.Copy(io.Discard, s.conn)
	}
}

// listen handles the client's messages. It returns errFlood if the client exceeds its rate limit, or else the error
// that ended the connection.
func (s *socket) listen() error {
	s.ws.SetReadLimit(maxMessage)
	extend := func() { _ = s.conn.SetReadDeadline(now().Add(peerTimeout)) }
	extend()
	answer := s.ws.CloseHandler()
	s.ws.SetCloseHandler(func(code int, reason string) error {
		s.mu.Lock()
		ours := s.closing
		s.mu.Unlock()
		if ours {
			return ignoreClose(code, reason)
		}
		return answer(code, reason)
	})
	s.ws.SetPongHandler(func(string) error { s.unlessEnded(extend); return nil })
	s.ws.SetPingHandler(func(payload string) error {
		s.unlessEnded(extend)
		if !s.allowed() { // the handler runs inside NextReader: reading on here would nest once per ping
			return errFlood
		}
		s.sendControl(control(opPong, payload))
		return nil
	})
	for {
		_, r, err := s.ws.NextReader()
		if err != nil {
			return err
		}
		message, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		s.unlessEnded(extend)
		if !s.allowed() {
			return errFlood
		}
		s.handle(message)
	}
}

var errFlood = errors.New("too many messages")

// unlessEnded extends the read deadline, unless the socket is being closed.
func (s *socket) unlessEnded(extend func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		extend()
	}
}

// allowed counts a message against the rate limit and reports whether it is within it.
func (s *socket) allowed() bool {
	ok, _ := s.sub.hub.messages.Allow(s.rateKey)
	return ok
}

// handle acts on a client's message and ignores unknown types.
func (s *socket) handle(message []byte) {
	var m struct {
		Type string `json:"type"`
		Task int64  `json:"task"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		s.sendControl(notAMessage)
		return
	}
	switch m.Type {
	case "ping":
		s.sendControl(pong)
	case "viewing":
		s.sub.SetViewing(m.Task)
	}
}

// write writes the frames of the subscription and of the control queue, until both are empty.
func (s *socket) write() {
	for {
		frames, end := s.sub.Take(s.sub.hub.ctx)
		s.mu.Lock()
		controls := s.control
		s.control = nil
		ended := s.ended
		s.closing = s.closing || end != nil
		s.mu.Unlock()
		if ended || end == nil && len(frames)+len(controls) == 0 {
			return
		}
		if end != nil && end.Code != 0 {
			controls = append(controls, end.frame())
		}
		if err := s.send(frames, controls); err != nil {
			s.end(0)
			return
		}
		if end != nil {
			s.end(closeTimeout)
			return
		}
	}
}

// send writes the frames and then the control frames: the greeting, which must come first, is one of the frames.
func (s *socket) send(frames []*Frame, controls [][]byte) error {
	if at := now(); at.Sub(s.deadlineSet) > writeTimeout/5 { // moving a timer costs as much as a short write
		s.deadlineSet = at
		_ = s.conn.SetWriteDeadline(at.Add(writeTimeout))
	}
	if len(frames) == 1 && len(controls) == 0 { // the usual case
		_, err := s.conn.Write(frames[0].text)
		return err
	}
	buffers := make(net.Buffers, 0, len(frames))
	for _, f := range frames {
		buffers = append(buffers, f.text)
	}
	_, err := (&buffers).WriteTo(s.conn)
	if err == nil && len(controls) > 0 {
		buffers = controls
		_, err = (&buffers).WriteTo(s.conn)
	}
	return err
}

// end makes the reading side end after a while, which cleans up the socket.
func (s *socket) end(after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	_ = s.conn.SetReadDeadline(now().Add(after))
}
