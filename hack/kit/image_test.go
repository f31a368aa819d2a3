package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func names(t *testing.T, archive []byte) []string {
	t.Helper()
	var found []string
	for reader := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found = append(found, header.Name)
	}
}

func TestDirectoriesComeBeforeWhatLiesInThem(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	spec := imageSpec{
		Name:  "localhost/x:1",
		Files: map[string]string{"/usr/bin/program": program},
		Links: map[string]string{"/bin/sh": "/usr/bin/program"},
		Text:  map[string]string{"/etc/passwd": "root:x:0:0::/:/bin/sh\n"},
	}
	blobs := map[string][]byte{}
	entry, err := spec.pack(blobs)
	if err != nil {
		t.Fatal(err)
	}
	found := names(t, blobs[entry["Layers"].([]string)[0]])
	want := []string{"bin/", "bin/sh", "etc/", "etc/passwd", "tmp/", "usr/", "usr/bin/", "usr/bin/program"}
	if !slices.Equal(found, want) {
		t.Errorf("%v instead of %v", found, want)
	}
	again := map[string][]byte{}
	if _, err := spec.pack(again); err != nil || len(again) != len(blobs) {
		t.Errorf("%d blobs, then %d (%v)", len(blobs), len(again), err)
	}
	for name := range blobs {
		if _, there := again[name]; !there {
			t.Errorf("the same image has another %s the second time", name)
		}
	}
}

func TestAnArchiveNamesItsImages(t *testing.T) {
	dir := t.TempDir()
	description, out := filepath.Join(dir, "image.json"), filepath.Join(dir, "out.tar")
	if err := os.WriteFile(description, []byte(`{"Name": "localhost/x:1", "Text": {"/a": "b"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := runImage([]string{"--out", out, description}); err != nil {
		t.Fatal(err)
	}
	archive, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if found := names(t, archive); !slices.Contains(found, "manifest.json") {
		t.Errorf("no manifest among %v", found)
	}
	if !bytes.Contains(archive, []byte(`"RepoTags":["localhost/x:1"]`)) {
		t.Error("the manifest does not name the image")
	}
}

func TestAMisspelledMemberIsRefused(t *testing.T) {
	description := filepath.Join(t.TempDir(), "image.json")
	text, _ := json.Marshal(map[string]string{"Name": "x", "EntryPoint": "y", "Comand": "z"})
	if err := os.WriteFile(description, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := runImage([]string{"--out", os.DevNull, description}); err == nil {
		t.Error("accepted")
	}
}
