# shellcheck shell=bash
# The programs that only a real node has, and their settings. Paths in configuration files are absolute.

socket=/run/containerd/containerd.sock

write_containerd_config() {
  local snapshotter=overlayfs
  # Inside of a container the files may lie on an overlay already, and overlays cannot be stacked.
  [ "$(stat -f -c %T "$run")" != overlayfs ] || snapshotter=native
  cat >"$run/containerd.toml" <<TOML
version = 3
root = '$run/containerd'
state = '/run/containerd'
disabled_plugins = ['io.containerd.nri.v1.nri', 'io.containerd.internal.v1.tracing', 'io.containerd.tracing.processor.v1.otlp', 'io.containerd.snapshotter.v1.erofs', 'io.containerd.differ.v1.erofs']
[grpc]
  address = '$socket'
[plugins.'io.containerd.internal.v1.opt']
  path = '$run/containerd/opt'
[plugins.'io.containerd.cri.v1.images']
  snapshotter = '$snapshotter'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = 'localhost/pause:1'
[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  # Root of a virtual machine may lack CAP_SYS_RESOURCE; no sandbox would start.
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = 'runc'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = 'io.containerd.runc.v2'
      runtime_path = '$node_tools/containerd-shim-runc-v2'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = '$node_tools/runc'
        SystemdCgroup = false
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['$node_tools/cni']
    conf_dir = '$run/cni'
TOML
  mkdir -p "$run/cni"
  cat >"$run/cni/10-pods.conflist" <<JSON
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {
      "type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true, "ipMasq": false,
      "ipam": {"type": "host-local", "dataDir": "/run/cni", "ranges": [[{"subnet": "$pods"}]], "routes": [{"dst": "0.0.0.0/0"}]}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}, "backend": "nftables", "snat": true}
  ]
}
JSON
}

# Kubernetes' own defaults of everything that containers notice, except that a container that fails is started again after a
# second at most, not after minutes.
write_kubelet_config() {
  cat >"$run/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
authentication:
  anonymous:
    enabled: false
  x509:
    clientCAFile: $run/pki/ca.crt
containerRuntimeEndpoint: unix://$socket
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: $(cgroup)
failSwapOn: false
# The disk is this machine's, which may be full for other reasons; an image that is collected cannot be pulled again.
evictionHard:
  memory.available: "0%"
  nodefs.available: "0%"
  nodefs.inodesFree: "0%"
  imagefs.available: "0%"
  imagefs.inodesFree: "0%"
imageGCHighThresholdPercent: 100
podLogsDir: $run/pod-logs
volumePluginDir: $run/kubelet/plugins
resolvConf: $run/resolv.conf
clusterDomain: cluster.local
serializeImagePulls: false
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 200
kubeAPIBurst: 400
nodeStatusUpdateFrequency: 5s
crashLoopBackOff:
  maxContainerRestartPeriod: 1s
YAML
}

write_proxy_config() {
  cat >"$run/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection:
  kubeconfig: $run/pki/kube-proxy.kubeconfig
mode: nftables
hostnameOverride: $node
bindAddress: $address
clusterCIDR: $pods
# They are the machine's, not the namespace's.
conntrack:
  maxPerCore: 0
  min: 0
  tcpEstablishedTimeout: 0s
  tcpCloseWaitTimeout: 0s
nftables:
  minSyncPeriod: 50ms
YAML
}

containerd_answers() { "${enter[@]}" "$node_tools/ctr" --address "$socket" version; }

# import_images ARCHIVE...: from files of this machine.
import_images() {
  local archive
  for archive in "$@"; do
    "${enter[@]}" "$node_tools/ctr" --address "$socket" --namespace k8s.io images import --local=false - <"$archive" >>"$run/logs/images.log" 2>&1 || {
      tail -n 5 "$run/logs/images.log" >&2
      die "containerd cannot import $archive"
    }
  done
}

start_kubelet() {
  start kubelet "$node_tools/kubelet" --config "$run/kubelet.yaml" --kubeconfig pki/kubelet.kubeconfig \
    --root-dir "$run/kubelet" --cert-dir "$run/kubelet/pki" --hostname-override "$node" --node-ip "$address" \
    --node-labels topology.kubernetes.io/region=local,topology.kubernetes.io/zone=local-a
}
