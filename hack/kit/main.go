// Command kit does for the scripts in hack/ what bash does badly: certificates, free ports, node objects, HTTPS probes.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const help = `kit: helper of hack/cluster and hack/build; not meant to be called by hand.

  kit ports --owner RUN_DIR --promises DIR NAME[=PORT]...
                                    choose free loopback ports, print "NAME PORT" lines
  kit pki --dir RUN_DIR --name CLUSTER --server URL [--address IP]... [--node NAME]
                                    write certificates, keys and kubeconfigs
  kit nodes FILE...                 print the Node objects of node files
  kit create --dir RUN_DIR --server URL FILE
                                    create the Node objects that "kit nodes" printed into FILE
  kit stages                        print the stages and metrics that kwok ships
  kit image --out FILE IMAGE...     write an archive of images for "ctr images import"; image.go has the syntax
  kit get [--ca FILE] URL           fetch URL; fails unless the answer is 2xx

example: kit nodes hack/nodes/three-zones.yaml
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, help)
		os.Exit(2)
	}
	var err error
	switch command, args := os.Args[1], os.Args[2:]; command {
	case "ports":
		err = runPorts(args)
	case "pki":
		err = runPKI(args)
	case "nodes":
		err = runNodes(args)
	case "create":
		err = runCreate(args)
	case "stages":
		err = runStages()
	case "image":
		err = runImage(args)
	case "get":
		err = runGet(args)
	case "-h", "--help", "help":
		fmt.Print(help)
	default:
		err = fmt.Errorf("unknown command %q; see %s --help", command, filepath.Base(os.Args[0]))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
