package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNodesOfAGroup(t *testing.T) {
	groups, err := parseGroups([]byte(`
- {zone: eu-central-1a, count: 2, cpu: 500m, memory: 8Gi}
- {zone: local, cpu: 2, memory: 8Gi, gpu: 4, labels: {team: web}, taints: ["a=b:NoSchedule", "c:NoExecute"]}
`))
	if err != nil {
		t.Fatal(err)
	}
	nodes := nodesOf(groups)
	if len(nodes) != 3 || nodes[2].Name != "node-3" {
		t.Fatalf("want node-1 to node-3, have %d nodes, the last is %q", len(nodes), nodes[len(nodes)-1].Name)
	}
	first, gpu := nodes[0], nodes[2]
	for label, want := range map[string]string{
		"topology.kubernetes.io/zone":      "eu-central-1a",
		"topology.kubernetes.io/region":    "eu-central-1",
		"node.kubernetes.io/instance-type": "m6i.large",
		"kubernetes.io/hostname":           "node-1",
		"kubernetes.io/arch":               "amd64",
		"kubernetes.io/os":                 "linux",
	} {
		if have := first.Labels[label]; have != want {
			t.Errorf("label %s: want %q, have %q", label, want, have)
		}
	}
	if first.Status.Allocatable.Cpu().MilliValue() != 500 || first.Status.Allocatable.Pods().Value() != 110 {
		t.Errorf("allocatable: %v", first.Status.Allocatable)
	}
	if _, has := first.Status.Allocatable["nvidia.com/gpu"]; has {
		t.Error("a node without GPU must not have the resource")
	}
	if gpu.Labels["team"] != "web" || gpu.Labels["topology.kubernetes.io/region"] != "local" {
		t.Errorf("labels: %v", gpu.Labels)
	}
	if count := gpu.Status.Capacity["nvidia.com/gpu"]; count.Value() != 4 {
		t.Errorf("gpu: %v", gpu.Status.Capacity)
	}
	if len(gpu.Spec.Taints) != 2 || gpu.Spec.Taints[1].Key != "c" || gpu.Spec.Taints[1].Value != "" {
		t.Errorf("taints: %v", gpu.Spec.Taints)
	}
}

func TestWrongFilesNameGroupAndField(t *testing.T) {
	for text, want := range map[string]string{
		``:                                      "no node groups",
		`{zone: a}`:                             "not a YAML list",
		`[{cpu: 1, memory: 1Gi}]`:               "group 1: zone: missing",
		`[{zone: a, memory: 1Gi}]`:              "group 1: cpu: missing",
		`[{zone: a, cpu: two, memory: 1Gi}]`:    "group 1: cpu: two is not",
		`[{zone: a, cpu: 1, memory: -1Gi}]`:     "group 1: memory: -1Gi is not",
		`[{zone: a, cpu: 1, memroy: 1Gi}]`:      `unknown field "memroy"`,
		`[{zone: a, cpu: 1, cpu: 2}]`:           `"cpu" already set`,
		`[{zone: a b, cpu: 1, memory: 1Gi}]`:    "group 1: zone: a valid label",
		`[{zone: 1, cpu: 1, memory: 1Gi}]`:      "group 1: zone: 1 is not a text",
		`[{zone: a, cpu: 1, memory: 1}, {}]`:    "group 2: zone: missing",
		with(`name: A_b`):                       "group 1: name: a lowercase",
		with(`count: 1.5`):                      "group 1: count: 1.5 is not",
		with(`count: -1`):                       "group 1: count: -1 is not",
		with(`gpu: many`):                       "group 1: gpu: many is not",
		with(`labels: [a]`):                     "group 1: labels: ",
		with(`labels: {a: 1}`):                  "group 1: labels.a: 1 is not a text",
		with(`labels: {"a b": c}`):              "group 1: labels.a b: ",
		with(`taints: a:NoSchedule`):            "group 1: taints: ",
		with(`taints: [a]`):                     "group 1: taints[0]: a is not",
		with(`taints: ["a:NoSchedule", "a:B"]`): "group 1: taints[1]: a:B is not",
	} {
		_, err := parseGroups([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n  want an error with: %s\n  have: %v", text, want, err)
		}
	}
}

func with(field string) string {
	return "[{zone: a, cpu: 1, memory: 1Gi, " + field + "}]"
}

func TestShippedNodeFiles(t *testing.T) {
	files, err := filepath.Glob("../nodes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no node files: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseGroups(text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
