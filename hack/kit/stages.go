package main

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kwok/kustomize/metrics/resource"
	"sigs.k8s.io/kwok/kustomize/metrics/usage"
	node "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	heartbeat "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	pod "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
)

// runStages prints what is used of kwok's own configuration. Its pod-ready and pod-complete stages are
// left out: hack/kwok/pods.yaml replaces them, so that pods which are meant to fail are not made ready.
func runStages() error {
	shipped := []string{
		node.DefaultNodeInit,
		heartbeat.DefaultNodeHeartbeatWithLease,
		pod.DefaultPodDelete,
		resource.DefaultMetricsResource,
		usage.DefaultUsageFromAnnotation,
	}
	fmt.Println(strings.Join(shipped, "\n---\n"))
	return nil
}
