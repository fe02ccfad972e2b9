package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// Redis is the bus of an installation that has one: publish and subscribe. It keeps nothing there, and nothing waits for it but
// the sender of the wake-ups.
type Redis struct {
	channel string
	options rueidis.ClientOption

	mu     sync.Mutex
	client rueidis.Client // nil until there is a connection
}

// redisSilence is how long a connection may say nothing to a PING before it is given up: a server behind a cut that resets nothing.
const redisSilence = time.Second

// NewRedis reads a redis:// URL; it does not connect.
func NewRedis(url, channel string) (*Redis, error) {
	o, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	o.DisableCache = true
	o.DisableRetry = true // a wake-up that is late is none
	o.Dialer.Timeout = redisSilence
	o.Dialer.KeepAlive = redisSilence
	o.ConnWriteTimeout = redisSilence
	return &Redis{channel: channel, options: o}, nil
}

// Ping asks whether the server answers, on a connection of its own.
func (r *Redis) Ping(ctx context.Context) error {
	client, err := rueidis.NewClient(r.options)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Do(ctx, client.B().Ping().Build()).Error()
}

// Run implements Bus.
func (r *Redis) Run(ctx context.Context, up func(), got func([]byte)) {
	defer r.replace(nil)
	for wait := time.Duration(0); ; wait = min(wait*2+100*time.Millisecond, 2*time.Second) {
		if !sleep(ctx, wait) {
			return
		}
		client, err := rueidis.NewClient(r.options)
		if err != nil {
			continue
		}
		r.replace(client)
		err = r.listen(ctx, client, func() { wait = 0; up() }, got)
		r.replace(nil)
		if ctx.Err() != nil {
			return
		}
		_ = err // whatever it was: connect again
	}
}

// listen is subscribed until the connection ends.
func (r *Redis) listen(ctx context.Context, client rueidis.Client, up func(), got func([]byte)) error {
	c, release := client.Dedicate()
	defer release()
	ended := c.SetPubSubHooks(rueidis.PubSubHooks{
		OnSubscription: func(s rueidis.PubSubSubscription) {
			if s.Kind == "subscribe" {
				up()
			}
		},
		OnMessage: func(m rueidis.PubSubMessage) { got([]byte(m.Message)) },
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

// replace takes the place of the present client, which is closed.
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
	return client.Do(ctx, client.B().Publish().Channel(r.channel).Message(rueidis.BinaryString(message)).Build()).Error()
}
