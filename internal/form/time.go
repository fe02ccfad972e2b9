package form

import (
	"strings"
	"time"
)

// ParseTime reads a time as Form.Time does.
func ParseTime(s string) (time.Time, bool) { return parseTime(s, false) }

// parseTime reads YYYY-MM-DD[Thh:mm[:ss[.fraction]][zone]]. It does not use package time, whose layouts accept
// one-digit hours, decimal commas and offsets of more than a day. It truncates to nanoseconds. In a text that was
// decoded like a URL, a space before the zone is a plus sign that the client did not escape.
func parseTime(s string, decoded bool) (time.Time, bool) {
	c := timeScanner{rest: s, decoded: decoded}
	year := c.digits(4, 1, 9999)
	c.want("-")
	month := time.Month(c.digits(2, 1, 12))
	c.want("-")
	day := c.digits(2, 1, 31)
	var hour, minute, second, nano, offset int
	if c.rest != "" {
		c.want("Tt ")
		hour = c.digits(2, 0, 23)
		c.want(":")
		minute = c.digits(2, 0, 59)
		if c.has(":") {
			second = c.digits(2, 0, 59)
			if c.has(".") {
				nano = c.fraction()
			}
		}
		offset = c.zone()
	}
	if c.bad || c.rest != "" {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, nano, time.UTC)
	if t.Day() != day {
		return time.Time{}, false // the month does not have that day
	}
	t = t.Add(-time.Duration(offset) * time.Minute)
	return t, 1 <= t.Year() && t.Year() <= 9999
}

// timeScanner reads a time from the front. Once bad is set, it stays.
type timeScanner struct {
	rest    string
	bad     bool
	decoded bool
}

// has reads one of these characters if it is next.
func (c *timeScanner) has(chars string) bool {
	if c.rest == "" || strings.IndexByte(chars, c.rest[0]) < 0 {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

func (c *timeScanner) want(chars string) {
	if !c.has(chars) {
		c.bad = true
	}
}

// digits reads a number of exactly n digits.
func (c *timeScanner) digits(n, least, most int) int {
	if len(c.rest) < n || !plain(c.rest[:n]) {
		c.bad = true
		return 0
	}
	v := 0
	for i := range n {
		v = 10*v + int(c.rest[i]-'0')
	}
	c.rest = c.rest[n:]
	if v < least || v > most {
		c.bad = true
	}
	return v
}

// fraction reads the digits after the point and returns nanoseconds.
func (c *timeScanner) fraction() int {
	nano, unit := 0, int(time.Second)
	if c.rest == "" || !isDigit(c.rest[0]) {
		c.bad = true
	}
	for c.rest != "" && isDigit(c.rest[0]) {
		unit /= 10
		nano += int(c.rest[0]-'0') * unit
		c.rest = c.rest[1:]
	}
	return nano
}

// zone reads the offset from UTC and returns minutes.
func (c *timeScanner) zone() int {
	sign := 1
	switch {
	case c.rest == "", c.has("Zz"):
		return 0
	case c.has("-"):
		sign = -1
	case c.decoded && c.has(" "):
	default:
		c.want("+")
	}
	hours := c.digits(2, 0, 23)
	c.want(":")
	return sign * (60*hours + c.digits(2, 0, 59))
}
