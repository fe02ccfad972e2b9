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

// A socket is a client of the feed over a WebSocket (RFC 6455). The library shakes hands and reads; what is written was encoded
// once for everybody and goes straight to the connection, several frames in one write where there are several. Every write is
// whole frames, so what the library itself writes (the answer to a close) falls between them.
type socket struct {
	sub     *Subscription
	ws      *websocket.Conn
	conn    net.Conn
	writing turn
	ping    *time.Timer
	budget  string // under which its messages are counted

	deadlineSet time.Time // when the deadline of writes was moved; of the writing side

	mu      sync.Mutex
	control [][]byte
	ended   bool
	closing bool // our close frame is on its way, and what answers it is not answered
}

// The patience with a socket. A dead peer is dropped within silence, as long as pings are answered.
const (
	pingEvery   = 25 * time.Second
	silence     = 55 * time.Second
	writeWithin = 10 * time.Second
	sayGoodbye  = 2 * time.Second // for the peer to answer a close
	readLimit   = 32 << 10
	sendBuffer  = 64 << 10 // what the kernel may hold of a client that does not read
	maxControl  = 32
)

var pong = newFrame(0, []byte(`{"type":"pong","message":"Connection alive"}`)).text

// pool is for the library's writes, which are rare: a socket then holds no buffer for them.
var pool sync.Pool

var upgrader = websocket.Upgrader{
	ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &pool, HandshakeTimeout: writeWithin,
	CheckOrigin: func(*http.Request) bool { return true }, // whoever routes here has checked it
	Error:       func(http.ResponseWriter, *http.Request, int, error) {},
}

// Upgrade shakes hands. protocol is the subprotocol to answer with, if any. On an error nothing was written.
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
		_ = c.SetWriteBuffer(sendBuffer)
	}
	return ws, nil
}

// Refuse closes a connection as soon as it is open, so that a browser can tell why.
func Refuse(ws *websocket.Conn, end End) {
	conn := ws.NetConn()
	ws.SetCloseHandler(taken)
	_ = conn.SetDeadline(now().Add(sayGoodbye))
	if _, err := conn.Write(end.frame()); err == nil {
		_, _, _ = ws.NextReader() // the peer's answer, or the deadline
	}
	_ = conn.Close()
}

// taken takes a peer's answer to our close. It is not answered again, as the library would: a second close frame is a fault to a
// browser, which then tells its page of a broken connection and not of the code that says why.
func taken(int, string) error { return nil }

// Serve subscribes and serves a socket that is open. It returns at once; the socket lives on by itself.
func (h *Hub) Serve(ws *websocket.Conn, req Request) {
	s := &socket{ws: ws, conn: ws.NetConn()}
	ready := make(chan struct{})
	sub, err := h.Subscribe(h.ctx, req, func() { s.writing.ask(func() { <-ready; s.write() }) })
	if err != nil {
		Refuse(ws, endOf(err))
		return
	}
	s.sub, s.budget = sub, strconv.FormatUint(sub.serial, 36)
	s.ping = time.AfterFunc(pingEvery, s.sendPing)
	close(ready)
	s.sub.wake()
	go s.read()
}

func (s *socket) sendPing() {
	s.say(control(opPing, ""))
	s.ping.Reset(pingEvery)
}

// say sends a frame that is not of the log.
func (s *socket) say(frame []byte) {
	s.mu.Lock()
	full := len(s.control) >= maxControl
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

// read reads what the client says until the connection ends, and then cleans up.
func (s *socket) read() {
	defer func() {
		s.ping.Stop()
		_ = s.conn.Close()
		s.sub.Close()
	}()
	if err := s.listen(); errors.Is(err, errFlood) {
		s.sub.finish(Refused)
		// What still comes is thrown away for a moment: a connection that is closed with bytes unread is reset, and the close frame
		// lost with it.
		_ = s.conn.SetReadDeadline(now().Add(sayGoodbye))
		_, _ = io.Copy(io.Discard, s.conn)
	}
}

// listen acts on what the client says. It gives errFlood when that is too much, and else what ended the connection.
func (s *socket) listen() error {
	s.ws.SetReadLimit(readLimit)
	heard := func() { _ = s.conn.SetReadDeadline(now().Add(silence)) }
	heard()
	answer := s.ws.CloseHandler()
	s.ws.SetCloseHandler(func(code int, reason string) error {
		s.mu.Lock()
		ours := s.closing
		s.mu.Unlock()
		if ours {
			return taken(code, reason)
		}
		return answer(code, reason)
	})
	s.ws.SetPongHandler(func(string) error { s.stay(heard); return nil })
	s.ws.SetPingHandler(func(payload string) error {
		s.stay(heard)
		if !s.allowed() { // the handler runs inside NextReader: to read on from here would nest as deep as there are pings
			return errFlood
		}
		s.say(control(opPong, payload))
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
		s.stay(heard)
		if !s.allowed() {
			return errFlood
		}
		s.hear(message)
	}
}

var errFlood = errors.New("too many messages")

// stay moves the deadline, unless the socket is being closed.
func (s *socket) stay(heard func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		heard()
	}
}

// allowed counts a message, and reports whether it is not one too many.
func (s *socket) allowed() bool {
	ok, _ := s.sub.hub.chatter.Allow(s.budget)
	return ok
}

// hear acts on what a client says; what it does not know it ignores.
func (s *socket) hear(message []byte) {
	var m struct {
		Type string `json:"type"`
		Task int64  `json:"task"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		s.say(newFrame(0, []byte(`{"type":"error","message":"This is not a message: send a JSON object with a type."}`)).text)
		return
	}
	switch m.Type {
	case "ping":
		s.say(pong)
	case "viewing":
		s.sub.Look(m.Task)
	}
}

// write writes what there is, by turns.
func (s *socket) write() {
	for {
		frames, end := s.sub.Take(s.sub.hub.ctx)
		s.mu.Lock()
		said := s.control
		s.control = nil
		ended := s.ended
		s.closing = s.closing || end != nil
		s.mu.Unlock()
		if ended || end == nil && len(frames)+len(said) == 0 {
			return
		}
		if end != nil && end.Code != 0 {
			said = append(said, end.frame())
		}
		if err := s.send(frames, said); err != nil {
			s.end(0)
			return
		}
		if end != nil {
			s.end(sayGoodbye)
			return
		}
	}
}

// send writes frames, and then what else is said: the greeting is one of the frames.
func (s *socket) send(frames []*Frame, said [][]byte) error {
	if at := now(); at.Sub(s.deadlineSet) > writeWithin/5 { // a timer that is moved with each write costs as much as a short one
		s.deadlineSet = at
		_ = s.conn.SetWriteDeadline(at.Add(writeWithin))
	}
	if len(frames) == 1 && len(said) == 0 { // as most are
		_, err := s.conn.Write(frames[0].text)
		return err
	}
	buffers := make(net.Buffers, 0, len(frames)+len(said))
	for _, f := range frames {
		buffers = append(buffers, f.text)
	}
	_, err := (&buffers).WriteTo(s.conn)
	if err == nil && len(said) > 0 {
		buffers = said
		_, err = (&buffers).WriteTo(s.conn)
	}
	return err
}

// end has the reading side end soon, and with it the socket.
func (s *socket) end(after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	_ = s.conn.SetReadDeadline(now().Add(after))
}
