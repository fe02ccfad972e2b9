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

// Reason says why a fetch failed. Clients may read it: it reveals no addresses.
type Reason string

// The reasons.
const (
	Off         Reason = "off"         // no source is configured
	Unreachable Reason = "unreachable" // the connection could not be made, or broke
	Timeout     Reason = "timeout"     // no answer within the deadline
	Refused     Reason = "refused"     // the answer's status is not 200; a redirect counts as refused
	TooLarge    Reason = "too_large"   // the answer has more than maxBody bytes
	Malformed   Reason = "malformed"   // the answer is not the expected JSON
)

// Values lists every reason.
func (Reason) Values() []string {
	return []string{
		string(Off), string(Unreachable), string(Timeout), string(Refused), string(TooLarge), string(Malformed),
	}
}

// failure says why a fetch failed.
type failure struct {
	Reason Reason
	err    error
	retry  bool          // another attempt may succeed
	after  time.Duration // from the header Retry-After; 0 without it
}

func (f *failure) Error() string { return string(f.Reason) + ": " + f.err.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

var errDeadline = errors.New("no answer within the deadline")

// maxBody bounds an answer in bytes. Compressed answers are refused, so it also bounds the decoded data.
const maxBody = 1 << 20

// newClient returns a client that follows no redirect, uses no proxy from the environment, and connects only to public
// addresses (SSRF protection). It checks the address when it connects, after every DNS lookup, so that a name cannot
// change in between.
func newClient(o Options) *http.Client {
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

// fetchWithRetries makes up to maxAttempts attempts within the context's deadline: a GET may be repeated.
func (s *Source) fetchWithRetries(ctx context.Context) ([]Task, *failure) {
	for i := 1; ; i++ {
		tasks, f := s.attempt(ctx)
		if f == nil || !f.retry || i == maxAttempts || f.after > s.deadline {
			return tasks, f
		}
		t := time.NewTimer(max(jitter(firstRetryWait<<(i-1)), f.after))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, f
		}
	}
}

// attempt makes one request and decodes the answer.
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
		return nil, connectionFailure(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, &failure{
			Reason: Refused, err: fmt.Errorf("it answered %d", res.StatusCode),
			retry: res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests,
			after: s.retryAfter(res.Header.Get("Retry-After")),
		}
	}
	if enc := res.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, &failure{
			Reason: Malformed,
			err:    fmt.Errorf("it sent the encoding %q although the request did not accept compression", enc),
		}
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return nil, connectionFailure(ctx, err)
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

// connectionFailure returns the failure of a connection that could not be made, or that broke.
func connectionFailure(ctx context.Context, err error) *failure {
	err = withoutURL(err)
	switch {
	case errors.Is(context.Cause(ctx), errDeadline):
		return &failure{Reason: Timeout, err: errDeadline}
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort),
		errors.Is(err, ssrf.ErrProhibitedNetwork):
		return &failure{
			Reason: Unreachable,
			err:    fmt.Errorf("%w: a private address needs EXTERNAL_TASKS_ALLOW_PRIVATE=true", err),
		}
	}
	return &failure{Reason: Unreachable, err: err, retry: true}
}

// withoutURL removes the URL from a client's error: it may hold a password.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// retryAfter parses the header, which holds seconds or a date (RFC 9110, 10.2.3). It returns 0 if it holds neither.
func (s *Source) retryAfter(v string) time.Duration {
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(s.now()), 0)
	}
	return 0
}
