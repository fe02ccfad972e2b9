package cli

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/taskhouse/taskhouse/internal/config"
)

// flagStruct returns a struct type that declares Config's options to kong. Each field is a *string, nil if the flag is
// not given: package config parses the text, so that it means the same in a flag, the environment and a file.
func flagStruct() reflect.Type {
	var fields []reflect.StructField
	for _, o := range config.Options() {
		tag := fmt.Sprintf("name:%q group:%q placeholder:%q help:%q", o.Flag, o.Group, placeholder(o), flagHelp(o))
		fields = append(fields, reflect.StructField{
			Name: o.Field, Type: reflect.TypeFor[*string](), Tag: reflect.StructTag(tag),
		})
	}
	return reflect.StructOf(fields)
}

// placeholder returns the text after the flag in the help: the default, or else the kind of value.
func placeholder(o config.Option) string {
	switch {
	case o.Secret:
		return "FILE"
	case o.Default != "":
		return o.Default
	default:
		return strings.ToUpper(o.Flag[strings.LastIndex(o.Flag, "-")+1:])
	}
}

// flagHelp adds the name in the environment. Kong prints $$ as one $.
func flagHelp(o config.Option) string {
	if o.Secret {
		return fmt.Sprintf("%s; read from a file ($$%s, $$%s_FILE).", o.Help, o.Name, o.Name)
	}
	return fmt.Sprintf("%s ($$%s).", o.Help, o.Name)
}

func flagTexts(flags reflect.Value) map[string]string {
	texts := map[string]string{}
	for i, o := range config.Options() {
		if text, ok := flags.Field(i).Interface().(*string); ok && text != nil {
			texts[o.Flag] = *text
		}
	}
	return texts
}
