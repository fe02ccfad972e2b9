package external

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	redigo "github.com/gomodule/redigo/redis"

	"github.com/taskhouse/taskhouse/internal/redis"
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

// idleConnections is how many connections to Redis stay open between fetches.
const idleConnections = 2

// Redis is a Cache in a Redis server that all nodes of the installation share. It connects when it is used.
type Redis struct {
	prefix string
	pool   *redigo.Pool
}

// NewRedis parses a redis:// URL; it does not connect. prefix separates installations that share a server.
func NewRedis(url, prefix string) (*Redis, error) {
	server, err := redis.Parse(url)
	if err != nil {
		return nil, err
	}
	timeouts := redis.Timeouts{Dial: cacheTimeout, Command: cacheTimeout}
	return &Redis{prefix: prefix, pool: server.Pool(idleConnections, timeouts)}, nil
}

// Get implements Cache.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, error) {
	c, err := r.pool.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }() // gives it back
	return redigo.Bytes(redigo.DoContext(c, ctx, "GET", r.prefix+key))
}

// Put implements Cache.
func (r *Redis) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	c, err := r.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = redigo.DoContext(c, ctx, "SET", r.prefix+key, value, "PX", life.Milliseconds())
	return err
}
