# shellcheck shell=bash
# What a real node needs of the machine, and what of it is missing.

# PACKAGE, what shows that it is there, and what for. Names are Debian's.
needed_packages() {
  cat <<'TXT'
busybox-static static-busybox the shell in the test images
iproute2 ip the network of the node
libc6-dev /usr/include/stdlib.h compiling runc
gcc gcc compiling runc
libseccomp-dev /usr/include/seccomp.h compiling runc, which filters system calls
nftables nft Services and host ports
pkg-config pkg-config compiling runc
util-linux nsenter namespaces
TXT
}

is_there() {
  case $1 in
    /*) [ -e "$1" ] ;;
    # It goes into an image without any library.
    static-busybox) command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# missing_packages: one name a line.
missing_packages() {
  local package sign
  while read -r package sign _; do
    is_there "$sign" || echo "$package"
  done < <(needed_packages)
}

# what_for PACKAGE
what_for() { needed_packages | awk -v name="$1" '$1 == name { $1 = $2 = ""; sub(/^ +/, ""); print }'; }

# cgroup_roots: where the hierarchies of cgroup v1 are mounted, or that of v2.
cgroup_roots() { awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/self/mounts; }

has_controller() {
  grep -qw "$1" /sys/fs/cgroup/cgroup.controllers 2>/dev/null || [ -d "/sys/fs/cgroup/$1" ]
}

# why_no_node: what keeps this machine from having a real node, in one sentence with its remedy; nothing if it can.
why_no_node() {
  local controller directory missing
  [ "$(uname -s)" = Linux ] || { echo "a real node needs Linux: run it in a virtual machine"; return; }
  [ "$(id -u)" = 0 ] || { echo "a real node needs root: run it with sudo"; return; }
  missing=$(missing_packages | xargs)
  [ -z "$missing" ] || { echo "Debian packages are missing ($missing): run hack/deps as root"; return; }
  unshare --mount --net --pid --uts --ipc --fork true 2>/dev/null ||
    { echo "namespaces cannot be made here (a container without privileges?): use a virtual machine"; return; }
  for controller in cpu memory pids; do
    has_controller "$controller" || { echo "there is no cgroup controller \"$controller\": use a virtual machine"; return; }
  done
  while read -r directory; do
    [ -w "$directory" ] || { echo "$directory cannot be written (a container without privileges?): use a virtual machine"; return; }
  done < <(cgroup_roots)
}
