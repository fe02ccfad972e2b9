package deploy_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/jsonschema/v6"
)

// The files match the schemas of Kubernetes 1.30 and of the compose specification in every field. The schemas are in
// the modules of tools/schemas.mod. The test downloads these, and therefore runs only if CI is set.
func TestFilesAreAsTheirSchemasSay(t *testing.T) {
	if os.Getenv("CI") == "" {
		t.Skip("it fetches schemas: set CI=true")
	}
	for _, why := range refusals(t, composeSchema(t), documents(t, "compose.yaml")[0]) {
		t.Errorf("compose.yaml: %s", why)
	}
	looked := 0
	files, err := filepath.Glob(folder + "kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, o := range documents(t, "kubernetes/"+filepath.Base(file)) {
			if text(o["kind"]) == "Kustomization" { // kubectl's own, and no object of a cluster
				continue
			}
			looked++
			for _, why := range refusals(t, kubernetesSchema(t, text(o["apiVersion"]), text(o["kind"])), o) {
				t.Errorf("%s: %s: %s", filepath.Base(file), text(o["kind"]), why)
			}
		}
	}
	if looked < 10 {
		t.Errorf("only %d objects for Kubernetes", looked)
	}
	// The check must notice an unknown field, one of another type, and a missing one.
	serve := func() object { return documents(t, "kubernetes/serve.yaml")[0] }
	for name, spoil := range map[string]func(o object){
		"a field that there is not": func(o object) { at(o, "spec").(object)["replcas"] = 2 },
		"a field of another type":   func(o object) { at(o, "spec").(object)["replicas"] = "two" },
		"a field that is missing":   func(o object) { delete(at(o, "spec").(object), "selector") },
		"deep inside": func(o object) {
			at(o, "spec", "template", "spec", "containers", 0).(object)["livenesProbe"] = object{}
		},
	} {
		o := serve()
		spoil(o)
		if len(refusals(t, kubernetesSchema(t, "apps/v1", "Deployment"), o)) == 0 {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// refusals returns the errors of a document by a schema.
func refusals(t *testing.T, s *jsonschema.Schema, document object) (why []string) {
	t.Helper()
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		why = append(why, err.Error())
	}
	return why
}

func composeSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	return compile(t, fetched(t, "github.com/compose-spec/compose-go/v2")+"/schema/compose-spec.json", "")
}

// kubernetesSchema returns the schema of one kind of object. Kubernetes accepts unknown fields with a warning; here
// they are errors.
func kubernetesSchema(t *testing.T, version, kind string) *jsonschema.Schema {
	t.Helper()
	group, number, grouped := strings.Cut(version, "/")
	file := "/api/" + version + ".json"
	if grouped {
		file = "/apis/" + group + "/" + number + ".json"
	} else {
		group, number = "", version
	}
	file = fetched(t, "sigs.k8s.io/kubectl-validate") + "/pkg/openapiclient/builtins/1.30" + file
	schemas := at(read(t, file), "components", "schemas").(object)
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		for _, k := range items(at(schemas[name], "x-kubernetes-group-version-kind")) {
			if text(at(k, "group")) == group && text(at(k, "version")) == number && text(at(k, "kind")) == kind {
				return compile(t, file, "#/components/schemas/"+name)
			}
		}
	}
	t.Fatalf("Kubernetes 1.30 has no %s in %s", kind, version)
	return nil
}

func compile(t *testing.T, file, at string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	document := read(t, file)
	if at != "" {
		closed(document)
	}
	if err := c.AddResource("file:///schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("file:///schema.json" + at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closed lets no object have fields but those that its schema names.
func closed(v any) {
	switch v := v.(type) {
	case object:
		_, has := v["properties"].(object)
		if has && v["additionalProperties"] == nil && v["x-kubernetes-preserve-unknown-fields"] == nil {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closed(inner)
		}
	case []any:
		for _, inner := range v {
			closed(inner)
		}
	}
}

func read(t *testing.T, file string) object {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return v.(object)
}

// fetched downloads a module of tools/schemas.mod and returns its folder.
func fetched(t *testing.T, module string) string {
	t.Helper()
	get := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module)
	get.Env = append(os.Environ(), "GOFLAGS=-modfile=../../tools/schemas.mod")
	out, err := get.Output()
	if err != nil {
		t.Fatalf("fetch %s: %v\n%s", module, err, out)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return m.Dir
}
