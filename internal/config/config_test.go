package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/config"
)

// env returns a lookup function for a fixed environment.
func env(pairs ...string) func(string) (string, bool) {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
}

func write(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "taskhouse.env")
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, flags map[string]string, lookup func(string) (string, bool)) config.Config {
	t.Helper()
	cfg, err := config.Load(flags, lookup)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return cfg
}

// exitCode returns the exit code that an error of Load carries, and 0 for any other.
func exitCode(err error) int {
	var invalid *config.Error
	if !errors.As(err, &invalid) {
		return 0
	}
	return invalid.ExitCode()
}

const hexKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

func TestDefaults(t *testing.T) {
	cfg := load(t, nil, env())
	got := []any{
		cfg.Addr, cfg.PublicURL, cfg.Data, cfg.DatabaseURL, cfg.MaxBody, cfg.ShutdownGrace, cfg.StatementTimeout,
		cfg.AccessTTL, cfg.RefreshTTL, cfg.LoginRate.String(), cfg.LoginAddressRate.String(), cfg.RegisterRate.String(),
		cfg.RefreshRate.String(), cfg.LogLevel, cfg.LogFormat, cfg.NotifyDelay, len(cfg.SecretKey),
	}
	want := []any{
		"127.0.0.1:8000", "http://127.0.0.1:8000", "./taskhouse-data", config.SecretURL(""), int64(1 << 20),
		8 * time.Second, 5 * time.Second,
		time.Hour, 24 * time.Hour, "10/1m", "30/1m", "20/1h",
		"60/1m", slog.LevelInfo, "auto", 10 * time.Second, 0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if want := max(4, 2*runtime.GOMAXPROCS(0)); cfg.DatabaseConns != want {
		t.Errorf("DatabaseConns of SQLite = %d, want %d", cfg.DatabaseConns, want)
	}
	served := load(t, nil, env("DATABASE_URL", "postgres://taskhouse@db.example.com/taskhouse"))
	if want := max(8, 2*runtime.GOMAXPROCS(0)); served.DatabaseConns != want {
		t.Errorf("DatabaseConns of PostgreSQL = %d, want %d", served.DatabaseConns, want)
	}
}

func TestPrecedence(t *testing.T) {
	file := write(t, `TASKHOUSE_ADDR=127.0.0.1:3
TASKHOUSE_DATA=/file
# a comment

  TASKHOUSE_ACCESS_TTL = '30m'
TASKHOUSE_REFRESH_TTL="12h"
TASKHOUSE_MAX_BODY=
`)
	for _, c := range []struct {
		name   string
		flags  map[string]string
		lookup func(string) (string, bool)
		addr   string
		source string
	}{
		{
			"flag before all",
			map[string]string{"addr": "127.0.0.1:1", "config": file},
			env("TASKHOUSE_ADDR", "127.0.0.1:2"),
			"127.0.0.1:1",
			"flag",
		},
		{
			"environment before file",
			map[string]string{"config": file},
			env("TASKHOUSE_ADDR", "127.0.0.1:2"),
			"127.0.0.1:2",
			"environment",
		},
		{"file before default", nil, env("TASKHOUSE_CONFIG", file), "127.0.0.1:3", file + ":1"},
		{
			"an empty variable is none",
			map[string]string{"config": file},
			env("TASKHOUSE_ADDR", ""),
			"127.0.0.1:3",
			file + ":1",
		},
		{"default", nil, env(), "127.0.0.1:8000", "default"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := load(t, c.flags, c.lookup)
			if got := cfg.Settings()[0]; got.Value != c.addr || got.Source != c.source || cfg.Addr != c.addr {
				t.Errorf("address %q, setting %+v; want %q from %q", cfg.Addr, got, c.addr, c.source)
			}
		})
	}
	cfg := load(t, map[string]string{"config": file}, env())
	got := []any{cfg.Data, cfg.AccessTTL, cfg.RefreshTTL, cfg.MaxBody}
	if want := []any{"/file", 30 * time.Minute, 12 * time.Hour, int64(1 << 20)}; !cmp.Equal(want, got) {
		t.Errorf("from the file: %v, want %v", got, want)
	}
}

func TestValues(t *testing.T) {
	cfg := load(t, nil, env(
		"TASKHOUSE_ADDR", "[::]:80",
		"TASKHOUSE_TRUSTED_PROXIES", "10.1.2.3/8, ::1 ,",
		"TASKHOUSE_ALLOWED_ORIGINS", "https://App.example.com/,http://localhost:3000",
		"TASKHOUSE_MAX_BODY", "512KiB",
		"TASKHOUSE_DATABASE_CONNS", "2",
		"TASKHOUSE_LOG_LEVEL", "DEBUG",
		"TASKHOUSE_LOGIN_RATE", "off",
		"TASKHOUSE_SECRET_KEY", "ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8",
		"TASKHOUSE_OLD_SECRET_KEYS", hexKey+", "+hexKey,
	))
	got := []string{
		cfg.PublicURL, fmt.Sprint(cfg.TrustedProxies), fmt.Sprint(cfg.AllowedOrigins), fmt.Sprint(cfg.MaxBody),
		fmt.Sprint(cfg.DatabaseConns), cfg.LogLevel.String(), cfg.LoginRate.String(),
		fmt.Sprintf("%x", []byte(cfg.SecretKey)), fmt.Sprint(len(cfg.OldSecretKeys)),
	}
	want := []string{
		"http://localhost", "[10.0.0.0/8 ::1/128]", "[https://app.example.com http://localhost:3000]", "524288",
		"2", "DEBUG", "off", hexKey, "2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	const url = "postgres://u:p%40ss@db:5432/app"
	secret := write(t, url+"\r\n")
	file := write(t, "DATABASE_URL_FILE="+secret+"\n")
	for _, c := range []struct {
		name   string
		flags  map[string]string
		lookup func(string) (string, bool)
		source string
	}{
		{
			"flag",
			map[string]string{"database-url-file": secret},
			env("DATABASE_URL", "postgres://other"),
			"flag, " + secret,
		},
		{"environment", nil, env("DATABASE_URL_FILE", secret), "environment, " + secret},
		{"file", map[string]string{"config": file}, env(), file + ":1, " + secret},
		{"the value itself", nil, env("DATABASE_URL", url), "environment"},
		{
			"the environment's value before the file's",
			map[string]string{"config": file},
			env("DATABASE_URL", url),
			"environment",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := load(t, c.flags, c.lookup)
			if string(cfg.DatabaseURL) != url {
				t.Errorf("DatabaseURL = %q", string(cfg.DatabaseURL))
			}
			for _, s := range cfg.Settings() {
				if s.Name == "DATABASE_URL" && s.Source != c.source {
					t.Errorf("source %q, want %q", s.Source, c.source)
				}
			}
		})
	}
}

// TestBadValues checks that the error of a bad value is one line with the option, its source, the fault and an example.
func TestBadValues(t *testing.T) {
	empty := write(t, "\n")
	for _, c := range []struct {
		name, value, want string
	}{
		{
			"TASKHOUSE_ADDR",
			"8000",
			`invalid address "8000" (want host:port); for example TASKHOUSE_ADDR=127.0.0.1:8000`,
		},
		{"TASKHOUSE_ADDR", "127.0.0.1:http", `invalid port in "127.0.0.1:http" (want 0 to 65535)`},
		{"TASKHOUSE_ADDR", "127.0.0.1:65536", `invalid port`},
		{"TASKHOUSE_ADDR", "a b:80", `invalid host in "a b:80"`},
		{
			"TASKHOUSE_PUBLIC_URL",
			"tasks.example.com",
			`invalid URL "tasks.example.com" (want http:// or https://); ` +
				`for example TASKHOUSE_PUBLIC_URL=https://tasks.example.com`,
		},
		{"TASKHOUSE_PUBLIC_URL", "https://u:p@tasks.example.com", `(want scheme, host and port only)`},
		{"TASKHOUSE_PUBLIC_URL", "https://tasks.example.com/app", `(want scheme, host and port only)`},
		{"TASKHOUSE_ALLOWED_ORIGINS", "https://a.example,*", `invalid URL "*" (want http:// or https://)`},
		{"TASKHOUSE_TRUSTED_PROXIES", "10.0.0.0/33", `invalid network or address "10.0.0.0/33"`},
		{
			"TASKHOUSE_TRUSTED_PROXIES",
			"10.0.0.1,::ffff:10.0.0.0/104",
			`invalid network "::ffff:10.0.0.0/104" (write IPv4 as IPv4, not as IPv6)`,
		},
		{"TASKHOUSE_TRUSTED_PROXIES", "fe80::1%eth0", `invalid network or address`},
		{
			"TASKHOUSE_MAX_BODY",
			"1MB",
			`invalid size "1MB" (units: B, KiB, MiB, GiB); for example TASKHOUSE_MAX_BODY=1MiB`,
		},
		{"TASKHOUSE_MAX_BODY", "10", `10 is out of range (1KiB to 1GiB)`},
		{"TASKHOUSE_MAX_BODY", "9999999999GiB", `size "9999999999GiB" is too large`},
		{
			"TASKHOUSE_ACCESS_TTL",
			"60",
			`invalid duration "60" (units: ms, s, m, h); for example TASKHOUSE_ACCESS_TTL=60m`,
		},
		{"TASKHOUSE_ACCESS_TTL", "-1m", `-1m is out of range (1s to 24h)`},
		{"TASKHOUSE_REFRESH_TTL", "5m", `5m0s is shorter than the access token's 1h0m0s (TASKHOUSE_ACCESS_TTL)`},
		{"TASKHOUSE_DATABASE_CONNS", "many", `invalid number "many"; for example TASKHOUSE_DATABASE_CONNS=16`},
		{"TASKHOUSE_DATABASE_CONNS", "1", `1 is out of range (2 to 1000)`},
		{"TASKHOUSE_LOGIN_RATE", "10", `invalid rate "10"`},
		{"TASKHOUSE_LOGIN_RATE", "0/1m", `invalid rate "0/1m"`},
		{"TASKHOUSE_LOG_LEVEL", "info+3", `invalid log level "info+3" (want debug, info, warn or error)`},
		{"TASKHOUSE_LOG_FORMAT", "xml", `invalid log format "xml" (want auto, text or json)`},
		{"DATABASE_URL", "mysql://u:hunter2@h/d", `invalid URL (want postgres://... or postgresql://...)`},
		{"DATABASE_URL", "postgres://u:hunter2%zz@h/d", `invalid URL (in a password`},
		{"DATABASE_URL", "host=h password=hunter2", `invalid URL (`},
		{"TASKHOUSE_MIGRATE_URL", "postgres://u:hunter2@h/d", `it has no effect without DATABASE_URL`},
		{"TASKHOUSE_SECRET_KEY", "hunter2", `the key has 5 bytes, but needs at least 32`},
		{"TASKHOUSE_SECRET_KEY", "hunter2!", `invalid key (want hex or base64)`},
		{"TASKHOUSE_OLD_SECRET_KEYS", hexKey + ",hunter2", `needs at least 32`},
		{"REDIS_URL", "redis:///0", `invalid URL (the host is missing)`},
		{"EXTERNAL_TASKS_URL", "ftp://h", `invalid URL (want http://... or https://...)`},
		{"SMTP_URL", "smtp:h", `invalid URL (want smtp://... or smtps://...)`},
		{"TASKHOUSE_NOTIFY_DELAY", "soon", `invalid duration "soon"`},
		{"DATABASE_URL_FILE", "/does/not/exist", `cannot read the secret: open /does/not/exist`},
		{"DATABASE_URL_FILE", empty, `the file of the secret is empty`},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			_, err := config.Load(nil, env(c.name, c.value))
			if err == nil {
				t.Fatal("no error")
			}
			line := err.Error()
			option := strings.TrimSuffix(c.name, "_FILE")
			if strings.Contains(line, "\n") || !strings.HasPrefix(line, option+" (environment") ||
				!strings.Contains(line, c.want) || !strings.Contains(line, "; for example ") {
				t.Errorf("%s\nwant one line with %s", line, c.want)
			}
			if strings.Contains(line, "hunter2") {
				t.Errorf("shows a secret: %s", line)
			}
			if exitCode(err) != 2 {
				t.Errorf("exit code %d", exitCode(err))
			}
		})
	}
}

func TestBadValueOfAFlag(t *testing.T) {
	_, err := config.Load(map[string]string{"addr": "", "secret-key-file": "/does/not/exist"}, env())
	want := "--addr (flag): invalid address \"\" (want host:port); for example --addr=127.0.0.1:8000\n" +
		"--secret-key-file (flag, /does/not/exist): cannot read the secret: open /does/not/exist: " +
		"no such file or directory; for example --secret-key-file=/run/secrets/secret-key"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

func TestSecretGivenTwice(t *testing.T) {
	_, err := config.Load(nil, env("DATABASE_URL", "postgres://u:hunter2@h/d", "DATABASE_URL_FILE", "/x"))
	want := "DATABASE_URL (environment): set twice, also as DATABASE_URL_FILE (environment); " +
		"for example DATABASE_URL=postgres://taskhouse:password@localhost:5432/taskhouse"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{
			"unknown name",
			"\nTASKHOUSE_ADRESS=x\n",
			`:2: unknown option "TASKHOUSE_ADRESS"; taskhouse config lists them all`,
		},
		{"no assignment", "hunter2\n", `:1: invalid line (want NAME=value; comments begin with #)`},
		{"no name", "=hunter2\n", `:1: invalid line (want NAME=value; comments begin with #)`},
		{"open quote", "DATABASE_URL=\"hunter2\n", `:1: the value of "DATABASE_URL" lacks its closing "`},
		{
			"comment behind a value",
			"DATABASE_URL=hunter2 # main\n",
			`:1: the value of "DATABASE_URL" contains a #: quote the value, or put the comment on its own line`,
		},
		{
			"twice",
			"TASKHOUSE_DATA=a\nTASKHOUSE_DATA=b\n",
			`:2: TASKHOUSE_DATA is already set at FILE:1; remove one of them`,
		},
		{
			"a bad value",
			"#\n\nTASKHOUSE_DATA=a\nTASKHOUSE_ACCESS_TTL=x\n",
			`TASKHOUSE_ACCESS_TTL (FILE:4): invalid duration "x" (units: ms, s, m, h); ` +
				`for example TASKHOUSE_ACCESS_TTL=60m`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.body)
			_, err := config.Load(map[string]string{"config": path}, env())
			want := strings.ReplaceAll(c.want, "FILE", path)
			if strings.HasPrefix(want, ":") {
				want = path + want
			}
			if err == nil || err.Error() != want || exitCode(err) != 2 {
				t.Errorf("%v\nwant\n%s", err, want)
			}
		})
	}
	_, err := config.Load(nil, env("TASKHOUSE_CONFIG", "/does/not/exist"))
	if err == nil || !strings.HasPrefix(err.Error(), "TASKHOUSE_CONFIG: open /does/not/exist") {
		t.Errorf("missing file: %v", err)
	}
	_, err = config.Load(map[string]string{"config": write(t, strings.Repeat("#\n", 1<<20))}, env())
	if err == nil || !strings.Contains(err.Error(), "is larger than 1 MiB") {
		t.Errorf("large file: %v", err)
	}
}

// TestThreat_M5_ConfigHidesSecrets prints a Config in every way. No output has a secret, but the parts that identify a
// database stay.
func TestThreat_M5_ConfigHidesSecrets(t *testing.T) {
	const canary = "hunter2"
	cfg := load(t, nil, env(
		"DATABASE_URL", "postgres://app:"+canary+"@db.example:5432/taskhouse?sslmode=disable&password="+canary,
		"TASKHOUSE_MIGRATE_URL", "postgres://"+canary+"@db.example/taskhouse",
		"REDIS_URL", "redis://:"+canary+"@cache:6379/0",
		"SMTP_URL", "smtps://user:"+canary+"@mail:465",
		"EXTERNAL_TASKS_URL", "https://external.example/todos?key="+canary,
		"TASKHOUSE_SECRET_KEY", hexKey,
		"TASKHOUSE_OLD_SECRET_KEYS", hexKey,
	))
	var text, jsonText, logged bytes.Buffer
	if err := cfg.Print(&text); err != nil {
		t.Fatal(err)
	}
	if err := cfg.PrintJSON(&jsonText); err != nil {
		t.Fatal(err)
	}
	marshalled, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "cfg", cfg, "url", cfg.DatabaseURL, "key", cfg.SecretKey)
	outputs := map[string]string{
		"Print": text.String(), "PrintJSON": jsonText.String(), "json": string(marshalled), "slog": logged.String(),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outputs["fmt "+verb] = fmt.Sprintf(verb+" "+verb+" "+verb, cfg, cfg.DatabaseURL, cfg.SecretKey)
	}
	keyForms := []string{hexKey, hexKey[:16], "ABEiM0RVZneImaq7", "0 17 34 51", "0x0, 0x11"}
	for where, out := range outputs {
		for _, secret := range append(keyForms, canary, fmt.Sprintf("%x", canary)) {
			if strings.Contains(out, secret) {
				t.Errorf("%s shows %q:\n%s", where, secret, out)
			}
		}
	}
	for _, want := range []string{
		"postgres://db.example:5432/taskhouse ",
		"redis://cache:6379/0",
		"smtps://mail:465",
		"https://external.example/todos ",
		"[hidden]",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("Print has no %q:\n%s", want, text.String())
		}
	}
	var settings []config.Setting
	if err := json.Unmarshal(jsonText.Bytes(), &settings); err != nil || len(settings) != len(cfg.Settings()) {
		t.Errorf("PrintJSON: %v, %d settings", err, len(settings))
	}
}

// TestPrintEscapes checks that a printed value stays in its row, whatever it contains.
func TestPrintEscapes(t *testing.T) {
	cfg := load(t, map[string]string{"data": "a\nDATABASE_URL\x1b[2J"}, env())
	var out bytes.Buffer
	if err := cfg.Print(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "\x1b") || !strings.Contains(out.String(), `"a\nDATABASE_URL\x1b[2J"`) {
		t.Errorf("%s", out.String())
	}
}

func TestPublicURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8000": "http://127.0.0.1:8000",
		":8000":          "http://localhost:8000",
		"0.0.0.0:80":     "http://localhost",
		"[::1]:80":       "http://[::1]",
		"[::]:8080":      "http://localhost:8080",
		"tasks:8080":     "http://tasks:8080",
	} {
		if got := config.PublicURL(addr); got != want {
			t.Errorf("PublicURL(%q) = %q, want %q", addr, got, want)
		}
	}
}

func FuzzConfigFile(f *testing.F) {
	f.Add("TASKHOUSE_ADDR=127.0.0.1:1\n#\nDATABASE_URL='postgres://h/d'\n")
	f.Fuzz(func(t *testing.T, body string) {
		cfg, err := config.Load(map[string]string{"config": write(t, body)}, env())
		if err != nil && exitCode(err) != 2 {
			t.Errorf("%v has exit code %d", err, exitCode(err))
		}
		if err == nil && cfg.Addr == "" {
			t.Error("no error and no address")
		}
	})
}

// TestFault_P3_DefaultPortsOfOrigins shows that an origin is stored as browsers send it.
func TestFault_P3_DefaultPortsOfOrigins(t *testing.T) {
	for given, want := range map[string]string{
		"https://Tasks.example.com:443/": "https://tasks.example.com",
		"http://tasks.example.com:80":    "http://tasks.example.com",
		"http://tasks.example.com:443":   "http://tasks.example.com:443",
		"https://[::1]:443":              "https://[::1]",
		"https://[::1]:8443":             "https://[::1]:8443",
	} {
		cfg, err := config.Load(map[string]string{"public-url": given, "cors-origins": given},
			func(string) (string, bool) { return "", false })
		if err != nil || cfg.PublicURL != want || cfg.CORSOrigins[0] != want || cfg.GuessedURL() {
			t.Errorf("%s becomes %q and %q, guessed: %v, %v", given, cfg.PublicURL, cfg.CORSOrigins,
				cfg.GuessedURL(), err)
		}
	}
	none := func(string) (string, bool) { return "", false }
	if cfg, err := config.Load(nil, none); err != nil || !cfg.GuessedURL() {
		t.Errorf("an unset address counts as configured: %v", err)
	}
	if cfg, err := config.Load(map[string]string{"acme-hosts": "a.example.com"}, none); err != nil || cfg.GuessedURL() {
		t.Errorf("the host of a certificate counts as a guess: %v", err)
	}
}
