package config

import (
	"cmp"
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
	"unicode"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// checkText checks a text by the rule that o.check names, and normalizes it.
func (o Option) checkText(p *string) error {
	switch o.check {
	case "address":
		if *p == "" && o.Default == "" { // optional
			return nil
		}
		return checkAddress(*p)
	case "origin":
		return checkOrigin(p)
	case "host":
		return checkHost(p)
	case "url":
		return CheckURL(*p, []string{"https"})
	case "contact":
		return checkContact(*p)
	case "file":
		if strings.ContainsRune(*p, 0) {
			return errors.New("invalid path")
		}
	case "path":
		if *p == "" || strings.ContainsRune(*p, 0) {
			return errors.New("invalid path")
		}
	case "fields":
		_, err := external.ParseFields(*p)
		return err
	case "mailbox":
		return checkMailbox(*p)
	case "logformat":
		if !slices.Contains([]string{"auto", "text", "json"}, *p) {
			return fmt.Errorf("invalid log format %q (want auto, text or json)", *p)
		}
	}
	return nil
}

// checkContact checks a URI for people to write to, which stands in a line of security.txt.
func checkContact(text string) error {
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return errors.New("invalid contact: it has a space")
	}
	if address, ok := strings.CutPrefix(text, "mailto:"); ok {
		return checkMailbox(address)
	}
	if text == "" { // optional
		return nil
	}
	return CheckURL(text, []string{"https"})
}

func checkAddress(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Errorf("invalid address %q (want host:port)", text)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("invalid port in %q (want 0 to 65535)", text)
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || strings.ContainsRune("/@?#\\\x7f", r) }) {
		return fmt.Errorf("invalid host in %q", text)
	}
	return nil
}

// checkOrigin accepts scheme://host[:port] and an empty text. It removes a final slash and a default port.
func checkOrigin(p *string) error {
	if *p == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSuffix(*p, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("invalid URL %q (want http:// or https://)", *p)
	}
	hasQuery := u.RawQuery != "" || u.ForceQuery
	if u.User != nil || u.Path != "" || hasQuery || u.Fragment != "" || strings.Contains(*p, "#") {
		return fmt.Errorf("invalid origin %q (want scheme, host and port only)", *p)
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == defaultPorts[u.Scheme] { // browsers leave it out of the origin too
		host = strings.TrimSuffix(host, ":"+port)
	}
	*p = u.Scheme + "://" + host
	return nil
}

// defaultPorts are the ports that a URL and an origin leave out.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// checkHost accepts a fully qualified host name: a certificate authority issues for nothing else.
func checkHost(p *string) error {
	host := strings.ToLower(strings.TrimSuffix(*p, "."))
	if host == "" {
		return nil
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("invalid host name %q (write non-ASCII letters as xn--...)", *p)
		}
	}
	if ip := net.ParseIP(host); ip != nil || len(host) > 253 {
		return fmt.Errorf("invalid host name %q", *p)
	}
	*p = host
	return nil
}

// CheckURL accepts an empty text and a URL of one of the schemes; the scheme "off" stands for that word. Its errors
// repeat neither the text nor net/url's error, which contains it: the text may contain a password.
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
		return errors.New("invalid URL (in a password, write @, / and % as %40, %2F and %25)")
	}
	if !slices.Contains(schemes, u.Scheme) || u.Opaque != "" {
		return fmt.Errorf("invalid URL (want %s://...)", strings.Join(schemes, "://... or "))
	}
	// Only PostgreSQL can do without a host: the query may name the folder of a socket.
	if u.Hostname() == "" && schemes[0] != "postgres" {
		return errors.New("invalid URL (the host is missing)")
	}
	return nil
}

func checkMailbox(text string) error {
	if text != "" && len(account.CheckEmail(text)) > 0 {
		return fmt.Errorf("invalid e-mail address %q", text)
	}
	return nil
}

func parseInt(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("invalid number %q", text)
	}
	return n, nil
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("invalid duration %q (units: ms, s, m, h)", text)
	}
	return d, nil
}

// setBounded parses text into p and checks it against o.min and o.max.
func setBounded[T cmp.Ordered](o Option, p *T, text string, parse func(string) (T, error)) error {
	v, err := parse(text)
	if err != nil {
		return err
	}
	least, err := parse(o.min)
	if err != nil {
		return err
	}
	most, err := parse(o.max)
	if err != nil {
		return err
	}
	if v < least || v > most {
		return fmt.Errorf("%s is out of range (%s to %s)", text, o.min, o.max)
	}
	*p = v
	return nil
}

var bytesForm = regexp.MustCompile(`^([0-9]{1,10})(B|KiB|MiB|GiB)?$`)

func parseBytes(text string) (int64, error) {
	m := bytesForm.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("invalid size %q (units: B, KiB, MiB, GiB)", text)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := map[string]int{"": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[m[2]]
	if err != nil || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("size %q is too large", text)
	}
	return n << shift, nil
}

// FormatBytes writes a size in the largest unit that divides it.
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
		return fmt.Errorf("invalid value %q (want true or false)", text)
	}
	return nil
}

func setLevel(p *slog.Level, text string) error {
	switch strings.ToLower(text) {
	case "debug", "info", "warn", "error":
		return p.UnmarshalText([]byte(text))
	}
	return fmt.Errorf("invalid log level %q (want debug, info, warn or error)", text)
}

func setPrefixes(p *[]netip.Prefix, text string) error {
	for part := range list(text) {
		prefix, err := netip.ParsePrefix(part)
		if ip, ipErr := netip.ParseAddr(part); ipErr == nil && ip.Zone() == "" {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return fmt.Errorf("invalid network or address %q", part)
		}
		// Client addresses are compared as plain IPv4, so ::ffff:10.0.0.0/104 would never match.
		if prefix.Addr().Is4In6() {
			return fmt.Errorf("invalid network %q (write IPv4 as IPv4, not as IPv6)", part)
		}
		*p = append(*p, prefix.Masked())
	}
	return nil
}

// list yields the parts of a comma-separated text without the space around them. It skips empty parts.
func list(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}

// Rate allows Count events per duration. The zero Rate is no limit.
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
		return fmt.Errorf("invalid rate %q (want a count, a slash and a duration, such as 10/1m, or off)", text)
	}
	*p = Rate{Count: r.Burst, Per: r.Per}
	return nil
}
