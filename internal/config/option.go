package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// Option describes one field of Config to the code that reads, shows or documents it.
type Option struct {
	Name    string // in the environment and in a file
	Flag    string // on the command line, without the dashes
	Field   string // the field's name in Config
	Secret  bool   // the flag takes the name of a file, and the value is never shown
	Group   string // heading in the help of the command line
	Default string // as a person writes it; may be empty
	Example string
	Help    string // a phrase without a full stop at its end

	index    int    // of the field in Config
	check    string // names a rule of checkText, or lists the schemes of a URL
	min, max string // bounds of a number, size or duration, as a person writes them
}

// Options returns the options in the order of Config's fields. A field without a row in table is left out, which a test
// reports.
//
// A flag is made from the name: TASKHOUSE_MAX_BODY is --max-body, and the secret DATABASE_URL is --database-url-file.
func Options() []Option {
	rows := make(map[string]Option, len(table))
	for _, o := range table {
		rows[o.Name] = o
	}
	out := make([]Option, 0, len(table))
	for f := range reflect.TypeFor[Config]().Fields() {
		o, ok := rows[f.Tag.Get("env")]
		if !ok {
			continue
		}
		o.Field, o.index, o.Secret = f.Name, f.Index[0], secretType(f.Type)
		o.Flag = strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(o.Name, "TASKHOUSE_"), "_", "-"))
		if o.Secret {
			o.Flag += "-file"
		}
		out = append(out, o)
	}
	return out
}

func secretType(t reflect.Type) bool {
	return t == reflect.TypeFor[SecretURL]() || t == reflect.TypeFor[Key]() || t == reflect.TypeFor[[]Key]()
}

// autoNumber is the default of a number that derive chooses.
const autoNumber = "auto"

// set parses text into o's field of c and checks it by the option's rules. Its errors contain neither the option's name
// nor a secret value.
func (o Option) set(c *Config, text string) error {
	field := reflect.ValueOf(c).Elem().Field(o.index).Addr().Interface()
	switch p := field.(type) {
	case *string:
		*p = text
		return o.checkText(p)
	case *[]string:
		for part := range list(text) {
			if err := o.checkText(&part); err != nil {
				return err
			}
			*p = append(*p, part)
		}
	case *int:
		if text == autoNumber && o.Default == autoNumber {
			*p = 0
			return nil
		}
		return setBounded(o, p, text, parseInt)
	case *int64:
		return setBounded(o, p, text, parseBytes)
	case *time.Duration:
		return setBounded(o, p, text, parseDuration)
	case *bool:
		return setBool(p, text)
	case *slog.Level:
		return setLevel(p, text)
	case *[]netip.Prefix:
		return setPrefixes(p, text)
	case *Rate:
		return setRate(p, text)
	case *SecretURL:
		*p = SecretURL(text)
		return CheckURL(text, strings.Split(o.check, ","))
	case *Key:
		return setKey(p, text)
	case *[]Key:
		for part := range list(text) {
			var k Key
			if err := setKey(&k, part); err != nil {
				return err
			}
			*p = append(*p, k)
		}
	default:
		return fmt.Errorf("no reader for %T", field)
	}
	return nil
}
