package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// Redis is the bus of an installation with Redis: publish and subscribe. It stores nothing there, and only the sender
// of wake-ups waits for it.
type Redis struct {
	channel string
	options rueidis.ClientOption

	mu     sync.Mutex
	client rueidis.Client // nil until there is a connection
}

// redisTimeout is how long a PING may stay unanswered before the connection is closed: a broken network may reset
// nothing.
const redisTimeout = time.Second

// NewRedis reads a redis:// URL; it does not connect.
func NewRedis(url, channel string) (*Redis, error) {
	o, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	o.DisableCache = true
	o.DisableRetry = true // a late wake-up is useless
	o.Dialer.Timeout = redisTimeout
	o.Dialer.KeepAlive = redisTimeout
	o.ConnWriteTimeout = redisTimeout
	return &Redis{channel: channel, options: o}, nil
}

// Ping checks that the server answers, on a new connection.
func (r *Redis) Ping(ctx context.Context) error {
	client, err := rueidis.NewClient(r.options)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Do(ctx, client.B().Ping().Build()).Error()
}

// Run implements Bus.
func (r *Redis) Run(ctx context.Context, connected func(), receive func([]byte)) {
	defer r.replace(nil)
	for wait := time.Duration(0); ; wait = reconnectBackoff(wait) {
		if !sleep(ctx, wait) {
			return
		}
		client, err := rueidis.NewClient(r.options)
		if err != nil {
			continue
		}
		r.replace(client)
		_ = r.listen(ctx, client, func() { wait = 0; connected() }, receive) // whatever the error: reconnect
		r.replace(nil)
		if ctx.Err() != nil {
			return
		}
	}
}

// listen subscribes and receives until the connection ends.
func (r *Redis) listen(ctx context.Context, client rueidis.Client, connected func(), receive func([]byte)) error {
	c, release := client.Dedicate()
	defer release()
	ended := c.SetPubSubHooks(rueidis.PubSubHooks{
		OnSubscription: func(s rueidis.PubSubSubscription) {
			if s.Kind == "subscribe" {
				connected()
			}
		},
		OnMessage: func(m rueidis.PubSubMessage) { receive([]byte(m.Message)) },
	})
	if err := c.Do(ctx, c.B().Subscribe().Channel(r.channel).Build()).Error(); err != nil {
		return err
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replace installs a client and closes the one before.
func (r *Redis) replace(client rueidis.Client) {
	r.mu.Lock()
	old := r.client
	r.client = client
	r.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

// Send implements Bus.
func (r *Redis) Send(ctx context.Context, message []byte) error {
	r.mu.Lock()
	client := r.client
	r.mu.Unlock()
	if client == nil {
		return fmt.Errorf("redis is not connected")
	}
	command := client.B().Publish().Channel(r.channel).Message(rueidis.BinaryString(message)).Build()
	return client.Do(ctx, command).Error()
}
