# shellcheck shell=bash
# Life of one real node: $run holds it while it is there. $run/processes exists from its first process on, $run/ready once
# `up` has seen all of it work.

up() {
  local begin=$SECONDS why
  why=$(why_no_node)
  [ -z "$why" ] || die "$why"
  "$hack/build" --node
  mkdir -p "$nodes"
  locked "$nodes/.$name.lock"
  if [ -e "$run/processes" ]; then
    already_up
    return
  fi
  # What may be left here are the logs of a start that failed.
  rm -rf "$run"
  mkdir -p "$run/logs"
  trap 'up_failed' EXIT
  say "starting node $name in $run"
  start_node
  : >"$run/ready"
  trap - EXIT
  say "node $name is up after $((SECONDS - begin)) s: $(kubectl get nodes --no-headers -o custom-columns=V:.status.nodeInfo.kubeletVersion,R:.status.nodeInfo.containerRuntimeVersion | tr -s ' ')"
  how_to_use
}

how_to_use() {
  say "  files      $run (kubeconfig, logs)"
  say "  use it     $(command_line kubectl) get pods -A"
  say "  or         eval \"\$($(command_line env))\"; kubectl get pods -A; helm list"
  say "  images     localhost/task:1 (hack/image); more: $(command_line image) ARCHIVE"
  say "  stop it    $(command_line down)"
}

start_node() {
  local node=$name-node
  enter_namespaces
  cat >"$run/ports" <<'TXT'
kube-apiserver 6443
etcd 2379
etcd-peer 2380
kube-controller-manager 10257
kube-scheduler 10259
TXT
  # The first address of the range of Services is the API server's.
  "$kit" pki --dir "$run" --name "ecs-bridge-$name" --server "$(server)" --node "$node" \
    --address "$address" --address "198.19.$(slot).129"
  apiserver_options=(--advertise-address "$address" --enable-admission-plugins NodeRestriction
    --kubelet-client-certificate pki/kubelet-client.crt --kubelet-client-key pki/kubelet-client.key
    --kubelet-preferred-address-types InternalIP)
  controller_manager_options=(--flex-volume-plugin-dir "$run/kubelet/plugins")
  write_containerd_config
  write_kubelet_config
  write_proxy_config
  start_etcd
  start_apiserver
  start containerd "$node_tools/containerd" --config containerd.toml
  wait_until 60 "containerd" containerd_answers
  import_images "$root/target/node-images.tar"
  wait_until 90 "the API server" "$kit" get --ca "$run/pki/ca.crt" "$(server)/readyz"
  start_controller_manager
  start_scheduler
  start_kubelet
  start kube-proxy "$node_tools/kube-proxy" --config kube-proxy.yaml
  wait_until 60 "the scheduler" "${enter[@]}" "$kit" get "https://127.0.0.1:$(port kube-scheduler)/readyz"
  wait_until 90 "readiness of the node" kubectl wait --for=condition=Ready "node/$node" --timeout=2s
  wait_until 60 "the end of its taint" node_has_no_taint
  # Without it no pod can be created.
  wait_until 60 "the default service account" kubectl wait --for=create serviceaccount/default --namespace default --timeout=2s
}

node_has_no_taint() { [ -z "$(kubectl get nodes -o jsonpath='{.items[*].spec.taints[*].key}')" ]; }

up_failed() {
  local why=$?
  trap - EXIT
  [ ! -e "$run/processes" ] || complain_of_dead || true
  leave_namespaces
  find "$run" -xdev -mindepth 1 -maxdepth 1 ! -name logs -exec rm -rf --one-file-system {} +
  say "node $name is not up; what was started is stopped again, the logs are in $run/logs" >&2
  exit "$why"
}

already_up() {
  whole_or_die "node $name"
  say "node $name is running already"
  how_to_use
}

down() {
  if [ ! -d "$run" ]; then
    say "node $name is not there: nothing to stop"
    return
  fi
  [ "$(id -u)" = 0 ] || die "only root can stop a node: run it with sudo"
  locked "$nodes/.$name.lock"
  leave_namespaces
  rm -rf --one-file-system "$run"
  say "node $name is down"
}

status() {
  status_of "node $name" || return
  say "node $name is running"
}
