// Package redis connects to the Redis server that the nodes of an installation share. The server loses nothing that
// matters: it carries wake-ups, shared counts of rate limits, and cached answers. So every command has a short timeout,
// and no command is retried.
package redis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/gomodule/redigo/redis"
)

// Server is a Redis server, as a redis:// or rediss:// URL names it.
type Server struct{ url string }

// Timeouts bound the work of a connection.
type Timeouts struct {
	Dial    time.Duration // to connect, the TLS handshake apart
	Command time.Duration // for the server to take a command, and again to answer it
}

// Parse reads the URL of a server; it does not connect. Its error names the option, and never shows the password.
func Parse(rawURL string) (Server, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return Server{}, errors.New("REDIS_URL: not a URL")
	}
	if u.Scheme != "redis" && u.Scheme != "rediss" {
		return Server{}, fmt.Errorf("REDIS_URL: the scheme is %q, want redis or rediss", u.Scheme)
	}
	return Server{rawURL}, nil
}

// Dial connects and signs in. The caller closes the connection.
func (s Server) Dial(ctx context.Context, t Timeouts) (redis.Conn, error) {
	return redis.DialURLContext(ctx, s.url,
		redis.DialConnectTimeout(t.Dial), redis.DialTLSHandshakeTimeout(t.Dial),
		redis.DialReadTimeout(t.Command), redis.DialWriteTimeout(t.Command))
}

// Pool returns connections that many callers share: idle ones are kept, and broken ones are replaced.
func (s Server) Pool(idle int, t Timeouts) *redis.Pool {
	return &redis.Pool{
		MaxIdle:     idle,
		DialContext: func(ctx context.Context) (redis.Conn, error) { return s.Dial(ctx, t) },
	}
}
