package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// runNodes prints the Node objects of all files as one List, which kubectl applies as it is.
func runNodes(files []string) error {
	if len(files) == 0 {
		return fmt.Errorf("nodes wants at least one file")
	}
	list := struct {
		meta.TypeMeta `json:",inline"`
		Items         []core.Node `json:"items"`
	}{TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "List"}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		groups, err := parseGroups(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		list.Items = append(list.Items, nodesOf(groups)...)
	}
	return json.NewEncoder(os.Stdout).Encode(list)
}

// nodesOf numbers the nodes of all groups that share a name: two groups "node" of two are node-1 to node-4.
func nodesOf(groups []group) []core.Node {
	var nodes []core.Node
	last := map[string]int{}
	for _, group := range groups {
		for range group.count {
			last[group.name]++
			nodes = append(nodes, group.node(group.name+"-"+strconv.Itoa(last[group.name])))
		}
	}
	return nodes
}

func (g group) node(name string) core.Node {
	labels := map[string]string{
		core.LabelHostname:           name,
		core.LabelOSStable:           "linux",
		core.LabelArchStable:         g.arch,
		core.LabelTopologyZone:       g.zone,
		core.LabelTopologyRegion:     g.region(),
		core.LabelInstanceTypeStable: g.instanceType,
	}
	for key, value := range g.labels {
		labels[key] = value
	}
	resources := core.ResourceList{
		core.ResourceCPU:              g.cpu,
		core.ResourceMemory:           g.memory,
		core.ResourcePods:             *resource.NewQuantity(g.pods, resource.DecimalSI),
		core.ResourceEphemeralStorage: g.storage,
	}
	if g.gpu > 0 {
		resources["nvidia.com/gpu"] = *resource.NewQuantity(g.gpu, resource.DecimalSI)
	}
	return core.Node{
		TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: meta.ObjectMeta{
			Name:   name,
			Labels: labels,
			Annotations: map[string]string{
				"kwok.x-k8s.io/node": "fake",
				// Where metrics-server finds the node's metrics on kwok's one server.
				"metrics.k8s.io/resource-metrics-path": "/metrics/nodes/" + name + "/metrics/resource",
			},
		},
		Spec: core.NodeSpec{
			ProviderID: "kwok://" + g.zone + "/" + name,
			Taints:     g.taints,
		},
		Status: core.NodeStatus{
			Capacity:    resources,
			Allocatable: resources,
			NodeInfo:    core.NodeSystemInfo{Architecture: g.arch, OperatingSystem: "linux"},
		},
	}
}
