// Package deploy_test holds the files of deploy/ against the real program: every name in them has to be one that it
// knows.
package deploy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/go-yaml"

	"github.com/taskhouse/taskhouse/test/server"
)

// bin is the program, built once.
var bin string

func TestMain(m *testing.M) { server.Main(m, &bin) }

const folder = "../../deploy/"

// object is a document or a part of one.
type object = map[string]any

// documents reads every document of a YAML file; a key that stands twice fails.
func documents(t *testing.T, path string) (all []object) {
	t.Helper()
	b, err := os.ReadFile(folder + path)
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	for {
		var o object
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, o)
	}
}

// at follows keys and indexes down, and returns nil for a missing one.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			o, _ := v.(object)
			v = o[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func text(v any) string { s, _ := v.(string); return s }
func items(v any) []any { l, _ := v.([]any); return l }
func texts(v any) (all []string) {
	for _, i := range items(v) {
		all = append(all, text(i))
	}
	return all
}

// options returns the names of the variables that the program reads, those of secret files included.
func options(t *testing.T) map[string]bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), bin, "config", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var settings []struct {
		Name   string `json:"name"`
		Secret bool   `json:"secret"`
	}
	if err := json.Unmarshal(out, &settings); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	names := map[string]bool{}
	for _, s := range settings {
		names[s.Name] = true
		names[s.Name+"_FILE"] = s.Secret
	}
	if len(names) < 20 {
		t.Fatalf("only %d options", len(names))
	}
	return names
}

// setting is a variable that a file gives a process.
type setting struct{ where, name, value string }

func settings(t *testing.T) (all []setting) {
	t.Helper()
	for name, service := range at(documents(t, "compose.yaml")[0], "services").(object) {
		if !strings.HasPrefix(text(at(service, "image")), "taskhouse:") {
			continue
		}
		env, _ := at(service, "environment").(object)
		for k, v := range env {
			all = append(all, setting{"compose.yaml: " + name, k, text(v)})
		}
	}
	for _, file := range []string{"serve", "worker", "migrate"} {
		for _, e := range items(at(documents(t, "kubernetes/"+file+".yaml")[0], "spec", "template", "spec",
			"containers", 0, "env")) {
			all = append(all, setting{"kubernetes/" + file + ".yaml", text(at(e, "name")), text(at(e, "value"))})
		}
	}
	for k, v := range at(documents(t, "kubernetes/config.yaml")[0], "data").(object) {
		all = append(all, setting{"kubernetes/config.yaml", k, text(v)})
	}
	for _, file := range []string{"systemd/taskhouse.service", "systemd/taskhouse-worker.service", "Dockerfile"} {
		b, err := os.ReadFile(folder + file)
		if err != nil {
			t.Fatal(err)
		}
		variable := regexp.MustCompile(`(?m)^(?:Environment=|ENV | {4})([A-Z][A-Z_]+)=(\S+)`)
		for _, m := range variable.FindAllStringSubmatch(string(b), -1) {
			all = append(all, setting{file, m[1], m[2]})
		}
	}
	return all
}

func TestEveryVariableIsAnOption(t *testing.T) {
	known := options(t)
	for _, s := range settings(t) {
		if !known[s.name] {
			t.Errorf("%s: the program knows no %s", s.where, s.name)
		}
		if strings.HasSuffix(s.name, "_FILE") || !known[s.name] {
			continue
		}
		cmd := exec.CommandContext(t.Context(), bin, "config")
		cmd.Env = append(os.Environ(), s.name+"="+s.value)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s", s.where, out)
		}
	}
}

func TestEveryCommandExists(t *testing.T) {
	commands := map[string][]string{}
	for name, service := range at(documents(t, "compose.yaml")[0], "services").(object) {
		if strings.HasPrefix(text(at(service, "image")), "taskhouse:") {
			commands["compose.yaml: "+name] = texts(at(service, "command"))
		}
	}
	for _, file := range []string{"serve", "worker", "migrate"} {
		commands[file+".yaml"] = texts(
			at(documents(t, "kubernetes/"+file+".yaml")[0], "spec", "template", "spec", "containers", 0, "args"))
	}
	for _, file := range []string{"taskhouse", "taskhouse-worker"} {
		b, err := os.ReadFile(folder + "systemd/" + file + ".service")
		if err != nil {
			t.Fatal(err)
		}
		line := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/taskhouse (.+)$`).FindStringSubmatch(string(b))
		if line == nil {
			t.Errorf("%s starts nothing", file)
			continue
		}
		commands[file+".service"] = strings.Fields(line[1])
	}
	dockerfile, err := os.ReadFile(folder + "Dockerfile")
	if err != nil || !strings.Contains(string(dockerfile), `CMD ["/taskhouse", "healthy"]`) {
		t.Errorf("the image does not look whether it is well: %v", err)
	}
	commands["Dockerfile"] = []string{"healthy"}
	for where, args := range commands {
		if out, err := exec.CommandContext(t.Context(), bin, append(args, "--help")...).CombinedOutput(); err != nil ||
			len(args) == 0 {
			t.Errorf("%s: taskhouse %s: %v\n%s", where, strings.Join(args, " "), err, out)
		}
	}
}

// Every secret that is read from a file exists: secrets.sh makes those of compose, the example has those of Kubernetes.
func TestEverySecretIsThere(t *testing.T) {
	dir := t.TempDir()
	script, err := os.ReadFile(folder + "compose/secrets.sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secrets.sh"), script, 0o700); err != nil {
		t.Fatal(err)
	}
	var before []byte
	for range 2 { // the second time changes nothing
		script := exec.CommandContext(t.Context(), "sh", filepath.Join(dir, "secrets.sh"))
		if out, err := script.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		key, err := os.ReadFile(filepath.Join(dir, "secrets", "secret_key"))
		if err != nil || before != nil && !bytes.Equal(before, key) {
			t.Fatalf("%v, %q became %q", err, before, key)
		}
		before = key
	}
	compose := documents(t, "compose.yaml")[0]
	for name, s := range at(compose, "secrets").(object) {
		if _, err := os.Stat(filepath.Join(dir, strings.TrimPrefix(text(at(s, "file")), "./compose/"))); err != nil {
			t.Errorf("compose.yaml: %s: %v", name, err)
		}
	}
	for name, service := range at(compose, "services").(object) {
		given := texts(at(service, "secrets"))
		env, _ := at(service, "environment").(object)
		for k, v := range env {
			if path, ok := strings.CutPrefix(text(v), "/run/secrets/"); ok && !slices.Contains(given, path) {
				t.Errorf("compose.yaml: %s reads %s for %s, and is not given it", name, path, k)
			}
		}
		for other := range conditions(service) {
			if at(compose, "services", other) == nil {
				t.Errorf("compose.yaml: %s waits for %s, which is not there", name, other)
			}
		}
	}
	for variable, file := range map[string]string{
		"DATABASE_URL": "database_url", "TASKHOUSE_SECRET_KEY": "secret_key", "REDIS_URL": "redis_url",
	} {
		cmd := exec.CommandContext(t.Context(), bin, "config")
		cmd.Env = append(os.Environ(), variable+"_FILE="+filepath.Join(dir, "secrets", file))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s", file, out)
		}
	}
	example, _ := at(documents(t, "kubernetes/secret.example.yaml")[0], "stringData").(object)
	for k, v := range example {
		if v != "" {
			t.Errorf("secret.example.yaml has a value for %s", k)
		}
	}
	for _, file := range []string{"serve", "worker", "migrate"} {
		spec := at(documents(t, "kubernetes/"+file+".yaml")[0], "spec", "template", "spec")
		paths := map[string]bool{}
		for _, i := range items(at(spec, "volumes", 0, "secret", "items")) {
			if _, ok := example[text(at(i, "key"))]; !ok {
				t.Errorf("%s.yaml mounts %v, which is not in the example", file, i)
			}
			paths["/etc/taskhouse/"+text(at(i, "path"))] = true
		}
		for _, e := range items(at(spec, "containers", 0, "env")) {
			if v := text(at(e, "value")); !paths[v] {
				t.Errorf("%s.yaml: %v: nothing is mounted there", file, e)
			}
		}
	}
}

func conditions(service any) object { o, _ := at(service, "depends_on").(object); return o }

// The description of a pod is true: probes use existing ports and paths, no container runs as root, selectors match.
func TestKubernetesPods(t *testing.T) {
	for _, file := range []string{"serve", "worker", "migrate"} {
		o := documents(t, "kubernetes/"+file+".yaml")[0]
		spec := at(o, "spec", "template", "spec")
		c := at(spec, "containers", 0)
		if at(spec, "automountServiceAccountToken") != false || at(spec, "securityContext", "runAsNonRoot") != true ||
			at(c, "securityContext", "readOnlyRootFilesystem") != true ||
			at(c, "securityContext", "allowPrivilegeEscalation") != false ||
			text(at(c, "securityContext", "capabilities", "drop", 0)) != "ALL" ||
			at(c, "resources", "limits", "memory") == nil {
			t.Errorf("%s.yaml lets its pod do more than it must", file)
		}
		if file == "migrate" {
			continue
		}
		ports := map[string]bool{}
		for _, p := range items(at(c, "ports")) {
			ports[text(at(p, "name"))] = true
		}
		for probe, path := range map[string]string{
			"startupProbe": "/livez/", "livenessProbe": "/livez/", "readinessProbe": "/readyz/",
		} {
			get := at(c, probe, "httpGet")
			if text(at(get, "path")) != path || !ports[text(at(get, "port"))] {
				t.Errorf("%s.yaml: %s asks %v", file, probe, get)
			}
		}
		labels := at(o, "spec", "template", "metadata", "labels").(object)
		for k, v := range at(o, "spec", "selector", "matchLabels").(object) {
			if labels[k] != v {
				t.Errorf("%s.yaml: the selector wants %s=%v", file, k, v)
			}
		}
	}
	names := map[string]bool{}
	for _, file := range texts(at(documents(t, "kubernetes/kustomization.yaml")[0], "resources")) {
		for _, o := range documents(t, "kubernetes/"+file) {
			if text(at(o, "apiVersion")) == "" || text(at(o, "kind")) == "" || text(at(o, "metadata", "name")) == "" {
				t.Errorf("%s has an object without a kind or a name", file)
			}
			names[text(at(o, "kind"))+"/"+text(at(o, "metadata", "name"))] = true
		}
	}
	for _, o := range documents(t, "kubernetes/scaling.yaml") {
		if target := at(o, "spec", "scaleTargetRef"); target != nil &&
			!names[text(at(target, "kind"))+"/"+text(at(target, "name"))] {
			t.Errorf("scaling.yaml scales %v, which is not there", target)
		}
	}
}

// systemd reads the units, and finds little that they could do without.
func TestSystemdUnits(t *testing.T) {
	systemd, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	for _, name := range []string{"taskhouse", "taskhouse-worker"} {
		b, err := os.ReadFile(folder + "systemd/" + name + ".service")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), name+".service")
		unit := strings.ReplaceAll(string(b), "/usr/local/bin/taskhouse", bin)
		if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"verify", "--man=no", path}, {"security", "--offline=true", "--threshold=20", "--no-pager", path},
		} {
			if out, err := exec.CommandContext(t.Context(), systemd, args...).CombinedOutput(); err != nil {
				t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
			}
		}
	}
}
