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

// Cache shares answers between the nodes. It is an optimisation: a lost answer is fetched again, and no caller waits
// for the cache longer than cacheTimeout.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, value []byte, life time.Duration) error
}

// cacheTimeout bounds one access to the cache, within a fetch that may take Deadline.
const cacheTimeout = 200 * time.Millisecond

// answer is a source's answer as the cache holds it.
type answer struct {
	Fetched time.Time `json:"fetched"`
	Tasks   []Task    `json:"tasks"`
}

// cacheKey returns the key of a source's answers: a hash, so that it reveals nothing about the secret.
func (o *Options) cacheKey() string {
	h := sha256.Sum256([]byte(strings.Join([]string{o.URL, fmt.Sprint(o.Fields), o.Header, o.Secret}, "\x00")))
	return hex.EncodeToString(h[:])
}

// cached returns another node's answer if it is still Fresh.
func (s *Source) cached(ctx context.Context) (a answer, ok bool) {
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

// share puts an answer into the cache for the other nodes.
func (s *Source) share(ctx context.Context, a answer) {
	if s.cache == nil {
		return
	}
	b, err := json.Marshal(a)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cacheTimeout)
	defer cancel()
	_ = s.cache.Put(ctx, s.key, b, Fresh) // on an error the next fetch tries again
}

const (
	connectInterval   = time.Second
	redisWriteTimeout = time.Second
)

// Redis is a Cache in a Redis server that all nodes of the installation share. It connects at the first access.
type Redis struct {
	prefix  string
	options rueidis.ClientOption

	mu      sync.Mutex
	client  rueidis.Client
	retryAt time.Time // no connection is tried before
}

// NewRedis parses a redis:// URL; it does not connect. prefix separates installations that share a server.
func NewRedis(url, prefix string) (*Redis, error) {
	o, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	o.DisableCache, o.DisableRetry = true, true
	o.Dialer.Timeout, o.ConnWriteTimeout = cacheTimeout, redisWriteTimeout
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

// connection returns the client. The client reconnects on its own; connection only makes the first connection, and
// tries at most once per connectInterval.
func (r *Redis) connection() (rueidis.Client, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.client != nil {
		return r.client, nil
	}
	now := time.Now() //nolint:forbidigo // the machine's clock limits attempts to connect
	if now.Before(r.retryAt) {
		return nil, fmt.Errorf("redis is not connected")
	}
	r.retryAt = now.Add(connectInterval)
	c, err := rueidis.NewClient(r.options)
	if err != nil {
		return nil, err
	}
	r.client = c
	return c, nil
}
