package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
)

// imageSpec is one image: what lies in it, and what runs unless a container says otherwise.
type imageSpec struct {
	Name       string            // reference, with tag
	Files      map[string]string // path in the image → file of this machine
	Links      map[string]string // path in the image → target of a symbolic link
	Text       map[string]string // path in the image → content
	Entrypoint []string
	Cmd        []string
	Env        []string
	User       string
	WorkingDir string
}

// runImage packs images that JSON files describe into one archive in the form of "docker save", which containerd and
// Docker import. The same input gives the same bytes.
func runImage(args []string) error {
	flags := flag.NewFlagSet("image", flag.ExitOnError)
	out := flags.String("out", "", "archive to write")
	flags.Parse(args)
	if *out == "" || flags.NArg() == 0 {
		return errors.New("image wants --out FILE and descriptions of images")
	}
	blobs := map[string][]byte{}
	var manifest []map[string]any
	for _, file := range flags.Args() {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		var spec imageSpec
		if err := decoder.Decode(&spec); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		entry, err := spec.pack(blobs)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		manifest = append(manifest, entry)
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	blobs["manifest.json"] = text
	archive, err := os.Create(*out)
	if err != nil {
		return err
	}
	if err := writeTar(archive, regular(blobs)); err != nil {
		return err
	}
	return archive.Close()
}

// pack adds the image's layer and configuration to blobs and returns its entry in the manifest.
func (spec *imageSpec) pack(blobs map[string][]byte) (map[string]any, error) {
	entries, err := spec.entries()
	if err != nil {
		return nil, err
	}
	var layer bytes.Buffer
	if err := writeTar(&layer, entries); err != nil {
		return nil, err
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(layer.Bytes()))
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config": map[string]any{
			"Entrypoint": spec.Entrypoint, "Cmd": spec.Cmd, "Env": spec.Env,
			"User": spec.User, "WorkingDir": spec.WorkingDir,
		},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + digest}},
		"history": []map[string]any{{"created_by": "hack/kit"}},
	})
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%x.json", sha256.Sum256(config))
	blobs[digest+"/layer.tar"] = layer.Bytes()
	blobs[name] = config
	return map[string]any{"Config": name, "RepoTags": []string{spec.Name}, "Layers": []string{digest + "/layer.tar"}}, nil
}

// entry is one member of an archive: a directory where its name ends in a slash, else a link where it has a target.
type entry struct {
	name, target string
	mode         int64
	data         []byte
}

func (spec *imageSpec) entries() ([]entry, error) {
	found := map[string]entry{"tmp/": {name: "tmp/", mode: 0o1777}}
	add := func(name string, one entry) {
		one.name = strings.TrimPrefix(name, "/")
		found[one.name] = one
		for dir := path.Dir(one.name); dir != "."; dir = path.Dir(dir) {
			if _, there := found[dir+"/"]; !there {
				found[dir+"/"] = entry{name: dir + "/", mode: 0o755}
			}
		}
	}
	for name, file := range spec.Files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		add(name, entry{mode: 0o755, data: data})
	}
	for name, target := range spec.Links {
		add(name, entry{mode: 0o777, target: target})
	}
	for name, text := range spec.Text {
		add(name, entry{mode: 0o644, data: []byte(text)})
	}
	var all []entry
	for _, one := range found {
		all = append(all, one)
	}
	return sorted(all), nil
}

// sorted puts directories before what lies in them.
func sorted(all []entry) []entry {
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return all
}

func regular(blobs map[string][]byte) []entry {
	var all []entry
	for name, data := range blobs {
		all = append(all, entry{name: name, mode: 0o644, data: data})
	}
	return sorted(all)
}

func writeTar(to io.Writer, entries []entry) error {
	archive := tar.NewWriter(to)
	for _, one := range entries {
		header := &tar.Header{Name: one.name, Mode: one.mode, Size: int64(len(one.data)), Typeflag: tar.TypeReg}
		switch {
		case strings.HasSuffix(one.name, "/"):
			header.Typeflag = tar.TypeDir
		case one.target != "":
			header.Typeflag, header.Linkname = tar.TypeSymlink, one.target
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(one.data); err != nil {
			return err
		}
	}
	return archive.Close()
}
