package cli

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/taskhouse/taskhouse/internal/config"
)

// flagStruct is the type that tells kong of Config's options: each is text there, and absent when not given, because
// what a text means must not depend on whether it stands in a flag, the environment or a file.
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

// placeholder is what the help shows behind the flag: the default, else what sort of thing it takes.
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

// flagHelp says the name in the environment too; $$ is kong's way to write one $.
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
