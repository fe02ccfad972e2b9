package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// checkText holds a text against the rule that o.check names, and brings it to its one form.
func (o Option) checkText(p *string) error {
	switch o.check {
	case "address":
		if *p == "" && o.Default == "" { // an absent text stays absent
			return nil
		}
		return checkAddress(*p)
	case "origin":
		return checkOrigin(p)
	case "host":
		return checkHost(p)
	case "url":
		return CheckURL(*p, []string{"https"})
	case "file":
		if strings.ContainsRune(*p, 0) {
			return errors.New("this is no path")
		}
	case "path":
		if *p == "" || strings.ContainsRune(*p, 0) {
			return errors.New("this is no path")
		}
	case "fields":
		_, err := external.ParseFields(*p)
		return err
	case "mailbox":
		return checkMailbox(*p)
	case "logformat":
		if !slices.Contains([]string{"auto", "text", "json"}, *p) {
			return fmt.Errorf("%q is none of auto, text and json", *p)
		}
	}
	return nil
}

func checkAddress(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Errorf("%q is no address and port", text)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("%q has no port between 0 and 65535", text)
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || strings.ContainsRune("/@?#\\\x7f", r) }) {
		return fmt.Errorf("%q has no usable host", text)
	}
	return nil
}

// checkOrigin takes scheme://host[:port]; a final slash is dropped, an absent text stays absent.
func checkOrigin(p *string) error {
	if *p == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSuffix(*p, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("%q is no http or https URL", *p)
	}
	if u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(*p, "#") {
		return fmt.Errorf("%q has more than scheme, host and port", *p)
	}
	*p = u.Scheme + "://" + strings.ToLower(u.Host)
	return nil
}

// checkHost takes a name by which a host is known everywhere; certificates are for nothing else.
func checkHost(p *string) error {
	host := strings.ToLower(strings.TrimSuffix(*p, "."))
	if host == "" {
		return nil
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("%q is no host name (write umlauts as xn--...)", *p)
		}
	}
	if ip := net.ParseIP(host); ip != nil || len(host) > 253 {
		return fmt.Errorf("%q is no host name", *p)
	}
	*p = host
	return nil
}

// CheckURL never repeats the text nor net/url's error, which holds it: the text may hold a password.
func CheckURL(text string, schemes []string) error {
	if text == "" {
		return nil
	}
	if i := slices.Index(schemes, "off"); i >= 0 {
		if text == "off" {
			return nil
		}
		schemes = slices.Delete(slices.Clone(schemes), i, i+1)
	}
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("this is no URL (characters such as @, / and % in a password are written as %40, %2F and %25)")
	}
	if !slices.Contains(schemes, u.Scheme) || u.Opaque != "" {
		return fmt.Errorf("this is no URL that starts with %s://", strings.Join(schemes, ":// or "))
	}
	// PostgreSQL alone is also reached without a host, by a socket folder in the query.
	if u.Hostname() == "" && schemes[0] != "postgres" {
		return errors.New("this is a URL without a host")
	}
	return nil
}

func checkMailbox(text string) error {
	if text != "" && len(account.CheckEmail(text)) > 0 {
		return fmt.Errorf("%q is no e-mail address", text)
	}
	return nil
}

func (o Option) setInt(p *int, text string) error {
	if text == "auto" && o.Default == "auto" {
		*p = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is no whole number", text)
	}
	least, _ := strconv.Atoi(o.min)
	most, _ := strconv.Atoi(o.max)
	if n < least || n > most {
		return fmt.Errorf("%d is not between %s and %s", n, o.min, o.max)
	}
	*p = n
	return nil
}

func (o Option) setDuration(p *time.Duration, text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no duration (units: ms, s, m, h)", text)
	}
	least, _ := time.ParseDuration(o.min)
	most, _ := time.ParseDuration(o.max)
	if d < least || d > most {
		return fmt.Errorf("%q is not between %s and %s", text, o.min, o.max)
	}
	*p = d
	return nil
}

func (o Option) setBytes(p *int64, text string) error {
	n, err := parseBytes(text)
	if err != nil {
		return err
	}
	least, _ := parseBytes(o.min)
	most, _ := parseBytes(o.max)
	if n < least || n > most {
		return fmt.Errorf("%q is not between %s and %s", text, o.min, o.max)
	}
	*p = n
	return nil
}

var bytesForm = regexp.MustCompile(`^([0-9]{1,10})(B|KiB|MiB|GiB)?$`)

func parseBytes(text string) (int64, error) {
	m := bytesForm.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is no size (units: B, KiB, MiB, GiB)", text)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := map[string]int{"": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[m[2]]
	if err != nil || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is too large", text)
	}
	return n << shift, nil
}

func FormatBytes(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func setBool(p *bool, text string) error {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		*p = true
	case "false", "no", "off", "0":
		*p = false
	default:
		return fmt.Errorf("%q is neither true nor false", text)
	}
	return nil
}

func setLevel(p *slog.Level, text string) error {
	switch strings.ToLower(text) {
	case "debug", "info", "warn", "error":
		return p.UnmarshalText([]byte(text))
	}
	return fmt.Errorf("%q is none of debug, info, warn and error", text)
}

func setPrefixes(p *[]netip.Prefix, text string) error {
	for part := range list(text) {
		prefix, err := netip.ParsePrefix(part)
		if ip, ipErr := netip.ParseAddr(part); ipErr == nil && ip.Zone() == "" {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%q is no network and no address", part)
		}
		// Clients are compared as plain IPv4, so a network that is written as ::ffff:10.0.0.0/104 would never match one.
		if prefix.Addr().Is4In6() {
			return fmt.Errorf("%q is IPv4 written as IPv6: write it as IPv4", part)
		}
		*p = append(*p, prefix.Masked())
	}
	return nil
}

// list walks the parts of a comma-separated text, without the space around them; empty parts are left out.
func list(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}

// A Rate is so many events in so long a time; the zero Rate is no limit.
type Rate struct {
	Count int
	Per   time.Duration
}

func (r Rate) String() string {
	if r.Count == 0 {
		return "off"
	}
	return fmt.Sprintf("%d/%s", r.Count, formatDuration(r.Per))
}

func setRate(p *Rate, text string) error {
	r, err := limit.ParseRate(text)
	if err != nil {
		return fmt.Errorf("%q is no rate (a number, a slash and a duration, or off)", text)
	}
	*p = Rate{Count: r.Burst, Per: r.Per}
	return nil
}
