package external

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/redis/rueidis"
)

// Cache keeps answers where all nodes find them. It is a convenience: what it loses is asked for again, and when it does not answer
// nobody waits for it longer than cacheTimeout.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte, life time.Duration) error
}

// cacheTimeout bounds a question to the cache, of a fetch that may take Deadline.
const cacheTimeout = 200 * time.Millisecond

// answer is what is kept of a source's answer.
type answer struct {
	Fetched time.Time `json:"fetched"`
	Tasks   []Task    `json:"tasks"`
}

// cacheKey names the answers of one source, and tells nothing of its secret.
func (o *Options) cacheKey() string {
	h := sha256.Sum256([]byte(strings.Join([]string{o.URL, fmt.Sprint(o.Fields), o.Header, o.Secret}, "\x00")))
	return hex.EncodeToString(h[:])
}

// remembered is another node's answer that is Fresh still.
func (s *Source) remembered(ctx context.Context) (a answer, ok bool) {
	if s.cache == nil {
		return a, false
	}
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	b, err := s.cache.Get(ctx, s.key)
	if err != nil || json.Unmarshal(b, &a) != nil {
		return a, false
	}
	age := s.now().Sub(a.Fetched)
	return a, age >= 0 && age < Fresh
}

// remember tells the other nodes.
func (s *Source) remember(ctx context.Context, a answer) {
	if s.cache == nil {
		return
	}
	b, err := json.Marshal(a)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cacheTimeout)
	defer cancel()
	_ = s.cache.Put(ctx, s.key, b, Fresh) // the next fetch tries again
}

// Redis is a Cache in a Redis server, which all nodes of the installation share. It connects when it is first asked.
type Redis struct {
	prefix  string
	options rueidis.ClientOption

	mu     sync.Mutex
	client rueidis.Client
	next   time.Time // when a connection is tried again
}

// NewRedis reads a redis:// URL; it does not connect. prefix keeps installations apart that share a server.
func NewRedis(url, prefix string) (*Redis, error) {
	o, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	o.DisableCache, o.DisableRetry = true, true
	o.Dialer.Timeout, o.ConnWriteTimeout = cacheTimeout, time.Second
	return &Redis{prefix: prefix, options: o}, nil
}

// Get implements Cache.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, error) {
	c, err := r.connection()
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, c.B().Get().Key(r.prefix+key).Build()).AsBytes()
}

// Put implements Cache.
func (r *Redis) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	c, err := r.connection()
	if err != nil {
		return err
	}
	return c.Do(ctx, c.B().Set().Key(r.prefix+key).Value(rueidis.BinaryString(value)).Px(life).Build()).Error()
}

// connection is the client. It connects again by itself; only the first connection is tried here, and not more often than each second.
func (r *Redis) connection() (rueidis.Client, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.client != nil {
		return r.client, nil
	}
	now := time.Now() //nolint:forbidigo // the machine's clock: how often a connection is tried
	if now.Before(r.next) {
		return nil, fmt.Errorf("redis is not connected")
	}
	r.next = now.Add(time.Second)
	c, err := rueidis.NewClient(r.options)
	if err != nil {
		return nil, err
	}
	r.client = c
	return c, nil
}
