# shellcheck shell=bash
# The programs of a control plane and their settings. All run in $run, so paths are relative to it; all listen on loopback
# only, except that a real node's API server has an address that pods can reach.

address=127.0.0.1
services=10.96.0.0/16
# Without a kubelet nobody needs to find the API server inside of the cluster.
apiserver_options=(--endpoint-reconciler-type none)
controller_manager_options=()

port() { awk -v name="$1" '$1 == name { print $2 }' "$run/ports"; }
server() { echo "https://$address:$(port kube-apiserver)"; }

start_etcd() {
  local client peer
  client=http://127.0.0.1:$(port etcd) peer=http://127.0.0.1:$(port etcd-peer)
  # Data of a test cluster need not survive a power cut: no fsync.
  start etcd "$tools/etcd" --name "$name" --data-dir etcd --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "$name=$peer" \
    --quota-backend-bytes 8589934592
}

start_apiserver() {
  set --
  # Blocking (the default mode) has a request in the log before its answer is sent, so that counting is exact.
  [ -z "$audit" ] || set -- "$@" --audit-policy-file "$hack/audit-policy.yaml" --audit-log-path logs/audit.log --audit-log-maxsize 0
  [ -z "$bench" ] || set -- "$@" --enable-priority-and-fairness=false --max-requests-inflight 0 --max-mutating-requests-inflight 0
  start kube-apiserver "$tools/kube-apiserver" \
    --etcd-servers "http://127.0.0.1:$(port etcd)" \
    --bind-address "$address" --secure-port "$(port kube-apiserver)" "${apiserver_options[@]}" \
    --tls-cert-file pki/kube-apiserver.crt --tls-private-key-file pki/kube-apiserver.key --client-ca-file pki/ca.crt \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file pki/service-account.key --service-account-signing-key-file pki/service-account.key \
    --service-cluster-ip-range "$services" --authorization-mode Node,RBAC --allow-privileged \
    --requestheader-client-ca-file pki/ca.crt --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file pki/front-proxy.crt --proxy-client-key-file pki/front-proxy.key \
    "$@"
}

start_controller_manager() {
  # With the default of 20 requests a second the controllers need 4 s to start.
  local qps=200
  [ -z "$bench" ] || qps=5000
  # The autoscaler's usual pace (15 s, 5 minutes before a young pod's CPU counts) is not for tests; nor is that at which
  # a new node loses its not-ready taint (5 s).
  start kube-controller-manager "$tools/kube-controller-manager" --kubeconfig pki/kube-controller-manager.kubeconfig \
    --use-service-account-credentials --service-account-private-key-file pki/service-account.key --root-ca-file pki/ca.crt \
    --leader-elect=false --bind-address 127.0.0.1 --secure-port "$(port kube-controller-manager)" \
    --horizontal-pod-autoscaler-sync-period 2s --horizontal-pod-autoscaler-initial-readiness-delay 1s \
    --horizontal-pod-autoscaler-cpu-initialization-period 1s \
    --node-monitor-period 1s --kube-api-qps "$qps" --kube-api-burst "$qps" \
    ${controller_manager_options[@]+"${controller_manager_options[@]}"}
}

start_scheduler() {
  local qps=50 burst=100
  [ -z "$bench" ] || qps=5000 burst=5000
  cat >"$run/scheduler.yaml" <<YAML
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection:
  leaderElect: false
clientConnection:
  kubeconfig: pki/kube-scheduler.kubeconfig
  qps: $qps
  burst: $burst
YAML
  start kube-scheduler "$tools/kube-scheduler" --config scheduler.yaml \
    --bind-address 127.0.0.1 --secure-port "$(port kube-scheduler)"
}

start_kwok() {
  # A node renews its lease four times in its duration; the node controller's patience is 50 s.
  local file lease=40
  [ -z "$bench" ] || lease=120
  {
    "$kit" stages
    for file in pods failures changes volumes ${bench:+bench}; do
      echo ---
      cat "$hack/kwok/$file.yaml"
    done
  } >"$run/kwok.yaml"
  # The default range of pod addresses has 254.
  start kwok "$tools/kwok" --kubeconfig pki/kwok.kubeconfig --config kwok.yaml --manage-all-nodes=true --cidr 10.244.0.0/14 \
    --server-address "127.0.0.1:$(port kwok)" --node-ip 127.0.0.1 --node-port "$(port kwok)" --node-lease-duration-seconds "$lease"
}

start_metrics_server() {
  # The timeout of one scrape must be shorter than the time between two; 10 s is the shortest that the program accepts.
  start metrics-server "$tools/metrics-server" --kubeconfig pki/metrics-server.kubeconfig \
    --authentication-kubeconfig pki/metrics-server.kubeconfig --authorization-kubeconfig pki/metrics-server.kubeconfig \
    --bind-address 127.0.0.1 --secure-port "$(port metrics-server)" --cert-dir metrics-server \
    --kubelet-preferred-address-types InternalIP --kubelet-use-node-status-port --deprecated-kubelet-completely-insecure \
    --metric-resolution 10s --kubelet-request-timeout 5s
}

# What makes the API server find metrics-server on this machine; any webhook or API server is reached in the same way.
metrics_api() {
  cat <<YAML
apiVersion: v1
kind: Service
metadata:
  name: metrics-server
  namespace: kube-system
spec:
  type: ExternalName
  externalName: localhost
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: v1beta1.metrics.k8s.io
spec:
  group: metrics.k8s.io
  version: v1beta1
  service:
    name: metrics-server
    namespace: kube-system
    port: $(port metrics-server)
  insecureSkipTLSVerify: true
  groupPriorityMinimum: 100
  versionPriority: 100
YAML
}
