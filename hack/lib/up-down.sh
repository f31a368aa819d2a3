# shellcheck shell=bash
# Life of one cluster: $run holds it while it is there. $run/processes exists from its first program on, $run/ready
# once `up` has seen all of it work.

up() {
  local begin=$SECONDS
  "$hack/build"
  mkdir -p "$clusters"
  locked "$clusters/.$name.lock"
  if [ -e "$run/processes" ]; then
    already_up
    return
  fi
  # What may be left here are the logs of a start that failed.
  rm -rf "$run"
  mkdir -p "$run/logs"
  trap 'up_failed' EXIT
  say "starting cluster $name in $run"
  prepare
  start_all
  : >"$run/ready"
  trap - EXIT
  say "cluster $name is up after $((SECONDS - begin)) s: Kubernetes $(kubectl version -o json | sed -n '/serverVersion/,$s/.*"gitVersion": "\(.*\)".*/\1/p'), $(node_count) nodes"
  how_to_use
}

prepare() {
  [ -z "$bench" ] || echo bench >>"$run/options"
  [ -z "$audit" ] || echo audit >>"$run/options"
  "$kit" nodes "$nodes" >"$run/nodes.json"
  "$kit" ports --owner "$run" --promises "$cache/ports" "kube-apiserver${api_port:+=$api_port}" etcd etcd-peer \
    kube-controller-manager kube-scheduler kwok metrics-server >"$run/ports"
  "$kit" pki --dir "$run" --name "ecs-bridge-$name" --server "$(server)"
}

start_all() {
  start_etcd
  start_apiserver
  wait_until 60 "the API server" "$kit" get --ca "$run/pki/ca.crt" "$(server)/readyz"
  start_controller_manager
  start_scheduler
  start_kwok
  "$kit" create --dir "$run" --server "$(server)" "$run/nodes.json"
  # A bench has thousands of nodes, which nobody wants to be scraped every 10 s.
  if [ -z "$bench" ]; then
    start_metrics_server
    metrics_api | kubectl create -f - >/dev/null
  fi
  wait_until 60 "the scheduler" "$kit" get "https://127.0.0.1:$(port kube-scheduler)/readyz"
  wait_until 60 "the controller manager" "$kit" get "https://127.0.0.1:$(port kube-controller-manager)/healthz"
  wait_until $((60 + $(node_count) / 5)) "readiness of the nodes" nodes_are_ready
  # Without it no pod can be created.
  wait_until 60 "the default service account" kubectl wait --for=create serviceaccount/default --namespace default --timeout=2s
  [ -n "$bench" ] || wait_until 60 "the metrics API" kubectl wait --for=condition=Available apiservice/v1beta1.metrics.k8s.io --timeout=2s
}

node_count() { grep -o '"kind":"Node"' "$run/nodes.json" | wc -l | tr -d ' '; }

# Every node has the taint from its creation until the node controller has seen it ready.
nodes_are_ready() {
  local taints
  taints=$(kubectl get nodes -o jsonpath='{.items[*].spec.taints[*].key}') || return
  case $taints in *node.kubernetes.io/not-ready*) return 1 ;; esac
}

up_failed() {
  local why=$?
  trap - EXIT
  [ ! -e "$run/processes" ] || complain_of_dead || true
  stop_all
  if [ -n "$(ls "$run/logs")" ]; then
    find "$run" -mindepth 1 -maxdepth 1 ! -name logs -exec rm -rf {} +
    say "cluster $name is not up; what was started is stopped again, the logs are in $run/logs" >&2
  else
    rm -rf "$run"
  fi
  exit "$why"
}

already_up() {
  local option
  whole_or_die "cluster $name"
  for option in ${audit:+audit} ${bench:+bench}; do
    grep -qx "$option" "$run/options" 2>/dev/null || die "cluster $name runs already, without --$option; to change that, stop it first: $(command_line down)"
  done
  if [ -n "$nodes_asked" ] && ! "$kit" nodes "$nodes" | cmp -s - "$run/nodes.json"; then
    die "cluster $name runs already, with other nodes than those of $nodes; to change that, stop it first: $(command_line down)"
  fi
  if [ -n "$api_port" ] && [ "$api_port" != "$(port kube-apiserver)" ]; then
    die "cluster $name runs already, on port $(port kube-apiserver); to change that, stop it first: $(command_line down)"
  fi
  say "cluster $name is running already"
  how_to_use
}

down() {
  if [ ! -d "$run" ]; then
    say "cluster $name is not there: nothing to stop"
    return
  fi
  locked "$clusters/.$name.lock"
  stop_all
  rm -rf "$run"
  say "cluster $name is down"
}

status() {
  status_of "cluster $name" || return
  say "cluster $name is running: $(server)"
}
