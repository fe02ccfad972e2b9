package external

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"code.dny.dev/ssrf"
)

// Reason is why the source gave nothing, in a word that clients may read: it tells nothing of addresses.
type Reason string

// The reasons.
const (
	Off         Reason = "off"         // none is configured
	Unreachable Reason = "unreachable" // no connection, or one that broke
	Timeout     Reason = "timeout"     // not within the deadline
	Refused     Reason = "refused"     // an answer with another status than 200; a redirect is one
	TooLarge    Reason = "too_large"   // more than maxBody
	Malformed   Reason = "malformed"   // not the JSON that was expected
)

// Values lists every reason.
func (Reason) Values() []string {
	return []string{
		string(Off), string(Unreachable), string(Timeout), string(Refused), string(TooLarge), string(Malformed),
	}
}

// failure is why a fetch gave nothing.
type failure struct {
	Reason Reason
	err    error
	again  bool          // another attempt may help
	after  time.Duration // how long the source wants to be left alone
}

func (f *failure) Error() string { return string(f.Reason) + ": " + f.err.Error() }

// Unwrap gives the cause.
func (f *failure) Unwrap() error { return f.err }

var errDeadline = errors.New("no answer within the deadline")

// maxBody is the largest answer that is read, in bytes. Compressed answers are refused, so it is also what arrives.
const maxBody = 1 << 20

// guarded is a client that follows no redirect, asks no proxy that the environment names, and connects only to public
// addresses: they are looked at when the connection is made, after every look-up of a name.
func guarded(o Options) *http.Client {
	dialer := &net.Dialer{Resolver: o.Resolver, Timeout: o.Deadline}
	if !o.AllowPrivate {
		dialer.Control = ssrf.New().Safe
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil,
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxIdleConns:           2,
			MaxConnsPerHost:        2,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask tries a few times within the context's deadline: a GET may be repeated.
func (s *Source) ask(ctx context.Context) ([]Task, *failure) {
	for i := 1; ; i++ {
		tasks, f := s.attempt(ctx)
		if f == nil || !f.again || i == attempts || f.after > s.deadline {
			return tasks, f
		}
		t := time.NewTimer(max(jitter(firstWait<<(i-1)), f.after))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, f
		}
	}
}

func (s *Source) attempt(ctx context.Context) ([]Task, *failure) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.String(), nil)
	if err != nil {
		return nil, &failure{Reason: Unreachable, err: withoutURL(err)}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "taskhouse")
	if s.header != "" {
		req.Header.Set(s.header, s.secret)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, broken(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, &failure{
			Reason: Refused, err: fmt.Errorf("it answered %d", res.StatusCode),
			again: res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests, after: s.retryAfter(res.Header.Get("Retry-After")),
		}
	}
	if enc := res.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, &failure{Reason: Malformed, err: fmt.Errorf("it sent %q although it was asked not to compress", enc)}
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return nil, broken(ctx, err)
	}
	if len(body) > maxBody {
		return nil, &failure{Reason: TooLarge, err: errors.New("it sent more than 1 MiB")}
	}
	tasks, err := s.fields.decode(body)
	if err != nil {
		return nil, &failure{Reason: Malformed, err: err}
	}
	return tasks, nil
}

// broken is a connection that was not made, or did not last.
func broken(ctx context.Context, err error) *failure {
	err = withoutURL(err)
	switch {
	case errors.Is(context.Cause(ctx), errDeadline):
		return &failure{Reason: Timeout, err: errDeadline}
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return &failure{Reason: Unreachable, err: fmt.Errorf("%w: a private address needs EXTERNAL_TASKS_ALLOW_PRIVATE=true", err)}
	}
	return &failure{Reason: Unreachable, err: err, again: true}
}

// withoutURL takes the URL out of a client's error: it may hold a password.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// retryAfter reads the header, which has seconds or a date (RFC 9110, 10.2.3).
func (s *Source) retryAfter(v string) time.Duration {
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(s.now()), 0)
	}
	return 0
}
