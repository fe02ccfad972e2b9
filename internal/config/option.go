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
	Field   string // the field's name in Config
	Name    string // in the environment and in a file
	Flag    string // on the command line, without the dashes
	Secret  bool   // the flag takes the name of a file, and the value is never shown
	Group   string // the heading in the help
	Default string // as a person writes it; may be empty
	Example string
	Help    string // a phrase without a full stop

	index    int // of the field in Config
	check    string
	min, max string
}

// Options returns Config's fields in their order.
func Options() []Option {
	var out []Option
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		o := Option{
			Field: f.Name, Name: f.Tag.Get("env"), Secret: secretType(f.Type),
			Group: f.Tag.Get("group"), Default: f.Tag.Get("default"), Example: f.Tag.Get("example"), Help: f.Tag.Get("help"),
			index: i, check: f.Tag.Get("check"), min: f.Tag.Get("min"), max: f.Tag.Get("max"),
		}
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

// set reads text into o's field of c and holds it against the option's rules. Its errors name neither the option nor a
// secret value.
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
		return o.setInt(p, text)
	case *int64:
		return o.setBytes(p, text)
	case *time.Duration:
		return o.setDuration(p, text)
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
