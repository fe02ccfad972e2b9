package live

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	redigo "github.com/gomodule/redigo/redis"

	"github.com/taskhouse/taskhouse/internal/redis"
)

// Redis is the bus of an installation with Redis: publish and subscribe. It stores nothing there, and only the sender
// of wake-ups waits for it.
type Redis struct {
	channel string
	server  redis.Server
	senders atomic.Pointer[redigo.Pool] // nil while Redis is away: no sender tries to reach it then
}

const (
	// redisTimeout bounds a command. A PING that is unanswered for so long ends the connection: a broken network may
	// reset nothing.
	redisTimeout      = time.Second
	redisPingInterval = time.Second
	idleSenders       = 2 // connections
)

var redisTimeouts = redis.Timeouts{Dial: redisTimeout, Command: redisTimeout}

// NewRedis reads a redis:// URL; it does not connect.
func NewRedis(url, channel string) (*Redis, error) {
	server, err := redis.Parse(url)
	if err != nil {
		return nil, err
	}
	return &Redis{channel: channel, server: server}, nil
}

// Ping checks that the server answers, on a new connection.
func (r *Redis) Ping(ctx context.Context) error {
	c, err := r.server.Dial(ctx, redisTimeouts)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = redigo.DoContext(c, ctx, "PING")
	return err
}

// Run implements Bus.
func (r *Redis) Run(ctx context.Context, connected func(), receive func([]byte)) {
	for wait := time.Duration(0); ; wait = reconnectBackoff(wait) {
		if !sleep(ctx, wait) {
			return
		}
		c, err := r.server.Dial(ctx, redisTimeouts)
		if err != nil {
			continue
		}
		senders := r.server.Pool(idleSenders, redisTimeouts)
		r.senders.Store(senders)
		_ = r.listen(ctx, c, func() { wait = 0; connected() }, receive) // whatever the error: reconnect
		r.senders.Store(nil)
		_ = senders.Close()
		if ctx.Err() != nil {
			return
		}
	}
}

// listen subscribes and receives until the connection or ctx ends. It closes the connection.
func (r *Redis) listen(ctx context.Context, c redigo.Conn, connected func(), receive func([]byte)) error {
	sub := redigo.PubSubConn{Conn: c}
	ctx, stop := context.WithCancel(ctx)
	pings := make(chan struct{})
	defer func() { stop(); <-pings }()
	if err := sub.Subscribe(r.channel); err != nil {
		close(pings)
		return errors.Join(err, c.Close())
	}
	// The connection may be written by one goroutine while another reads from it.
	go func() {
		defer close(pings)
		for sleep(ctx, redisPingInterval) && sub.Ping("") == nil {
		}
		_ = c.Close() // ends the reading
	}()
	for {
		switch m := sub.ReceiveWithTimeout(redisPingInterval + redisTimeout).(type) {
		case redigo.Subscription:
			connected()
		case redigo.Message:
			receive(m.Data)
		case error:
			return m
		}
	}
}

// Send implements Bus.
func (r *Redis) Send(ctx context.Context, message []byte) error {
	senders := r.senders.Load()
	if senders == nil {
		return errors.New("redis is not connected")
	}
	c, err := senders.GetContext(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // gives it back
	_, err = redigo.DoContext(c, ctx, "PUBLISH", r.channel, message)
	return err
}
