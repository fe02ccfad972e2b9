package redis_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	redigo "github.com/gomodule/redigo/redis"

	"github.com/taskhouse/taskhouse/internal/redis"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

var timeouts = redis.Timeouts{Dial: time.Second, Command: time.Second}

// TestParseHidesThePassword reads URLs that are wrong: the errors say so without the password.
func TestParseHidesThePassword(t *testing.T) {
	for _, u := range []string{"http://:canary@cache:6379", "redis://:canary@cache:port", "canary"} {
		if _, err := redis.Parse(u); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", u, err)
		}
	}
}

// TestURLNamesTheDatabase writes through a URL with a database, and looks there and in another one.
func TestURLNamesTheDatabase(t *testing.T) {
	u, err := url.Parse(testenv.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	dial := func(path string) redigo.Conn {
		t.Helper()
		u.Path = path
		server, err := redis.Parse(u.String())
		if err != nil {
			t.Fatal(err)
		}
		c, err := server.Dial(t.Context(), timeouts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	first, second := dial("/1"), dial("/2")
	if _, err := first.Do("SET", t.Name(), "here", "EX", 60); err != nil {
		t.Fatal(err)
	}
	if v, err := redigo.String(first.Do("GET", t.Name())); v != "here" || err != nil {
		t.Errorf("database 1 has %q, %v", v, err)
	}
	if v, err := redigo.String(second.Do("GET", t.Name())); !errors.Is(err, redigo.ErrNil) {
		t.Errorf("database 2 has %q, %v", v, err)
	}
}

// TestCommandHasATimeout asks for an answer that takes longer than the timeout.
func TestCommandHasATimeout(t *testing.T) {
	server, err := redis.Parse(testenv.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := server.Dial(t.Context(), redis.Timeouts{Dial: time.Second, Command: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Do("BLPOP", t.Name(), 5); err == nil {
		t.Error("a command that takes 5 s is answered within 50 ms")
	}
}
