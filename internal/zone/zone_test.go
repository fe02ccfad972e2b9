package zone_test

import (
	"archive/zip"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/zone"
)

var update = flag.Bool("update", false, "write names.txt")

func TestLoad(t *testing.T) {
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kathmandu", "Etc/GMT+5", "EST",
	} {
		if z, err := zone.Load(name); err != nil || z.String() != name {
			t.Errorf("%s: %v, %v", name, z, err)
		}
	}
	// The first ones are in the zone files of many systems.
	for _, name := range []string{
		"posix/UTC", "right/UTC", "posixrules", "localtime", "Factory", "./UTC", "Europe//Berlin",
		"Local", "", "Etc/Unknown", "europe/berlin", "../etc/passwd", "UTC\n", " UTC",
	} {
		if _, err := zone.Load(name); !errors.Is(err, zone.ErrUnknown) {
			t.Errorf("%q is a time zone: %v", name, err)
		}
	}
}

// TestNames compares the list with the data that the toolchain embeds; -update writes it.
func TestNames(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("there is no toolchain: %v", err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skipf("the toolchain has no zone data: %v", err)
	}
	defer archive.Close()
	var names []string
	for _, f := range archive.File {
		if f.Name != "Factory" && !strings.HasSuffix(f.Name, "/") { // Factory stands for a machine that is not set up
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	want := strings.Join(names, "\n") + "\n"
	if *update {
		if err := os.WriteFile("names.txt", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("names.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("names.txt differs from the toolchain's data; run: go test ./internal/zone -update")
	}
	for _, name := range names {
		if _, err := zone.Load(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
