package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/cli"
	"github.com/taskhouse/taskhouse/internal/config"
)

// run runs the program once, with a clean environment.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	for _, s := range new(config.Config).Settings() {
		for _, name := range []string{s.Name, s.Name + "_FILE"} {
			t.Setenv(name, "")
		}
	}
	var out, errs bytes.Buffer
	code = cli.Main(context.Background(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		stdout string // a part
		stderr string // the whole
	}{
		{"help", []string{"--help"}, 0, "--addr=127.0.0.1:8000", ""},
		{"help of a command", []string{"migrate", "--help"}, 0, "migrate status", ""},
		{"version", []string{"version"}, 0, "taskhouse ", ""},
		{"version flag", []string{"--version"}, 0, "go1.", ""},
		{"version with a bad option", []string{"version", "--addr=x"}, 0, "taskhouse ", ""},
		{"config", []string{"config", "--addr=127.0.0.1:1"}, 0, "127.0.0.1:1", ""},
		{"unknown flag", []string{"--bogus"}, 2, "", "taskhouse: unknown flag --bogus; see taskhouse --help\n"},
		{
			"two bad options",
			[]string{"--addr=1", "--max-body=1"},
			2, "",
			"taskhouse: --addr (flag): invalid address \"1\" (want host:port); for example --addr=127.0.0.1:8000\n" +
				"taskhouse: --max-body (flag): 1 is out of range (1KiB to 1GiB); for example --max-body=1MiB\n",
		},
		{
			"hostile path",
			[]string{"--database-url-file=/\x1b[2J"},
			2, "",
			"taskhouse: --database-url-file (flag, /\\u001b[2J): cannot read the secret: open /\\u001b[2J: " +
				"no such file or directory; for example --database-url-file=/run/secrets/database-url\n",
		},
		{
			"hostile flag",
			[]string{"--a\nb\x1b[2J"},
			2, "",
			"taskhouse: unknown flag --a; b\\u001b[2J; see taskhouse --help\n",
		},
		{"unknown command", []string{"bogus"}, 2, "", "taskhouse: unexpected argument bogus; see taskhouse --help\n"},
		{
			"half a command",
			[]string{"migrate"},
			2, "",
			"taskhouse: expected one of \"up\", \"status\"; see taskhouse --help\n",
		},
		{
			"bad option to serve",
			[]string{"--addr=8000"},
			2, "",
			"taskhouse: --addr (flag): invalid address \"8000\" (want host:port); for example --addr=127.0.0.1:8000\n",
		},
		{
			"bad option to serve by name",
			[]string{"serve", "--addr=80\n00"},
			2, "",
			"taskhouse: --addr (flag): invalid address \"80\\n00\" (want host:port); " +
				"for example --addr=127.0.0.1:8000\n",
		},
		{
			"a secret as a flag is not taken, and not repeated",
			[]string{"--database-url=postgres://u:hunter2@h/d"},
			2, "",
			"taskhouse: unknown flag --database-url, did you mean \"--database-url-file\"?; see taskhouse --help\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := run(t, c.args...)
			if code != c.code || !strings.Contains(stdout, c.stdout) || stderr != c.stderr {
				t.Errorf("code %d\nstdout %s\nstderr %s\nwant %d, %q, %q", code, stdout, stderr, c.code, c.stdout,
					c.stderr)
			}
		})
	}
}

func TestConfigJSON(t *testing.T) {
	_, out, _ := run(t, "config", "--json", "--max-body=2MiB")
	var settings []config.Setting
	if err := json.Unmarshal([]byte(out), &settings); err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		want := config.Setting{Name: s.Name, Flag: "--max-body", Value: "2MiB", Source: "flag", Set: true}
		if s.Name == "TASKHOUSE_MAX_BODY" && s != want {
			t.Errorf("%+v", s)
		}
	}
}

// TestThreat_M5_SecretsAreNoFlags checks that no flag takes a secret, so that none appears in a list of processes, and
// that the help shows none.
func TestThreat_M5_SecretsAreNoFlags(t *testing.T) {
	_, help, _ := run(t, "--help")
	secrets := 0
	for _, s := range new(config.Config).Settings() {
		if !s.Secret {
			continue
		}
		secrets++
		if !strings.HasSuffix(s.Flag, "-file") || !strings.Contains(help, s.Flag+"=FILE") {
			t.Errorf("%s has the flag %s", s.Name, s.Flag)
		}
	}
	if secrets != 7 {
		t.Errorf("%d secret options, want 7: is a new one meant to be secret?", secrets)
	}
	t.Setenv("DATABASE_URL", "postgres://u:hunter2@h/d")
	var out bytes.Buffer
	cli.Main(context.Background(), []string{"--help"}, os.Stdin, &out, &out)
	if strings.Contains(out.String(), "hunter2") {
		t.Errorf("the help shows a secret:\n%s", out.String())
	}
}

type codedError struct{ error }

func (codedError) ExitCode() int { return 3 }

func TestExitCode(t *testing.T) {
	for want, err := range map[int]error{
		0: nil, 1: errors.New("x"), 3: fmt.Errorf("wrapped: %w", codedError{errors.New("x")}),
	} {
		if got := cli.ExitCode(err); got != want {
			t.Errorf("ExitCode(%v) = %d, want %d", err, got, want)
		}
	}
}

func TestFailuresAreOneLine(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want []string
	}{
		{"none", nil, nil},
		{"a list", errors.New("connect:\n\ta: refused\n\tb: refused\n"), []string{"connect: a: refused; b: refused"}},
		{"joined", errors.Join(errors.New("close a"), errors.New("close b")), []string{"close a; close b"}},
		{"hostile", errors.New("x\x1b[2J"), []string{`x\u001b[2J`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, cli.Failures(c.err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
