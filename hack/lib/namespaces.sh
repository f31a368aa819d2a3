# shellcheck shell=bash
# What a node has of its own: one process whose namespaces (mounts, network, processes, host name, IPC) hold all the others and
# end with it, one pair of network interfaces, one subtree of each cgroup hierarchy.

# Slot k of this machine's nodes has the networks 198.18.k.0/24 (1 is the machine, 2 the node) and 198.19.k.0/24 (pods,
# Services): addresses that are reserved for benchmarks and never routed. The interface is the claim to a slot.
slots=32

slot() { cat "$run/slot"; }
interface() { echo "ecsbridge$(slot)"; }
cgroup() { echo "/ecs-bridge-$(slot)"; }

# pid 1 of the node, as this machine counts.
init() {
  local parent
  parent=$(awk '$1 == "init" { print $2 }' "$run/processes")
  tr -d ' ' <"/proc/$parent/task/$parent/children"
}

# inside: lets `start` and "${enter[@]}" run commands in the node.
inside() {
  enter=(nsenter --target "$(init)" --mount --net --pid --uts --ipc -- env -C "$run" "PATH=$node_tools:$PATH")
}

# Runs as pid 1 of the node. /run is the node's own; what lies below the other directories may be read, but nothing that is
# written there reaches the machine. Kubelet wants some settings of the whole machine: it finds them as it wants them.
init_script() {
  cat <<'SH'
set -eu
# -n: no notes in the machine's /run.
mount -n --make-rshared /
mount -n -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock
for directory in /var/lib /var/log; do
  mkdir -p "/run/over$directory/upper" "/run/over$directory/work"
  mount -t overlay overlay -o "lowerdir=$directory,upperdir=/run/over$directory/upper,workdir=/run/over$directory/work" "$directory"
done
while read -r setting value; do
  [ -e "/proc/sys/$setting" ] || continue
  mkdir -p "/run/sysctl/${setting%/*}"
  echo "$value" >"/run/sysctl/$setting"
  mount --bind "/run/sysctl/$setting" "/proc/sys/$setting"
done <<'TXT'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
TXT
# There is nothing that could be asked for a name: fail at once instead of after a timeout.
resolver=$(readlink -m /etc/resolv.conf)
case $resolver in /run/*) mkdir -p "${resolver%/*}" && : >"$resolver" ;; esac
[ ! -e "$resolver" ] || mount --bind resolv.conf "$resolver"
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
: >init.ready
# Bash reaps what is orphaned.
trap : TERM INT HUP
while :; do
  sleep 100000 &
  wait "$!" || :
done
SH
}

enter_namespaces() {
  echo "nameserver 127.0.0.1" >"$run/resolv.conf"
  init_script >"$run/init.sh"
  start init unshare --mount --net --pid --uts --ipc --fork --kill-child=KILL --mount-proc --propagation private bash init.sh
  wait_until 20 "the node's namespaces" test -e "$run/init.ready"
  take_slot
  address=198.18.$(slot).2
  pods=198.19.$(slot).0/25
  services=198.19.$(slot).128/25
  inside
  "${enter[@]}" sh -ec "hostname '$node'
    ip address add $address/24 dev eth0
    ip link set eth0 up
    ip route add $services dev eth0"
  ip address add "198.18.$(slot).1/24" dev "$(interface)"
  ip link set "$(interface)" up
  ip route add "198.19.$(slot).0/24" via "$address"
  local directory
  while read -r directory; do
    pass_on_controllers "$directory"
    mkdir -p "$directory$(cgroup)"
  done < <(cgroup_roots)
}

# In version 2 a group has only those controllers that the group above passes on; kubelet wants all that it knows.
pass_on_controllers() {
  local controller
  grep -qw memory "$1/cgroup.controllers" 2>/dev/null || return 0
  for controller in cpu cpuset hugetlb memory pids; do
    grep -qw "$controller" "$1/cgroup.controllers" || continue
    ! grep -qw "$controller" "$1/cgroup.subtree_control" || continue
    echo "+$controller" >"$1/cgroup.subtree_control"
    echo "$1 $controller" >>"$run/controllers"
  done
}

take_slot() {
  local number
  for ((number = 0; number < slots; number++)); do
    [ -z "$(ip -4 route show root 198.18.$number.0/24)$(ip -4 route show root 198.19.$number.0/24)" ] || continue
    # Whoever makes the interface has the slot; a second one of the same name is refused.
    if ip link add "ecsbridge$number" type veth peer name eth0 netns "$(init)" 2>/dev/null; then
      echo "$number" >"$run/slot"
      return
    fi
  done
  die "no network for the node: all of 198.18.0.0/24 to 198.18.$((slots - 1)).0/24 are taken (ip route shows by whom), or interfaces cannot be made here"
}

# leave_namespaces ends pid 1, and with it every process of the node, its mounts and its network; then removes what is left.
leave_namespaces() {
  local name pid born deadline=$((SECONDS + 30))
  [ -e "$run/processes" ] || return 0
  read -r name pid born <"$run/processes"
  ! alive "$pid" "$born" || kill -s KILL "$pid" 2>/dev/null || true
  while read -r name pid born; do
    while alive "$pid" "$born"; do
      [ "$SECONDS" -lt "$deadline" ] || die "$name (process $pid) does not end; nothing was removed"
      sleep 0.05
    done
  done <"$run/processes"
  [ -e "$run/slot" ] || return 0
  ip link delete "$(interface)" 2>/dev/null || true
  local directory
  while read -r directory; do remove_cgroups "$directory$(cgroup)"; done < <(cgroup_roots)
  [ -e "$run/controllers" ] || return 0
  # The kernel keeps those that somebody else has come to use.
  while read -r directory name; do echo "-$name" >"$directory/cgroup.subtree_control" 2>/dev/null || true; done <"$run/controllers"
}

# Containers' processes may take a moment to be gone after pid 1.
remove_cgroups() {
  local deadline=$((SECONDS + 20))
  while [ -d "$1" ]; do
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [ ! -d "$1" ] || [ "$SECONDS" -lt "$deadline" ] || die "$1 cannot be removed: some process is still in it"
    [ ! -d "$1" ] || sleep 0.1
  done
}
