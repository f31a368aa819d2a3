# shellcheck shell=bash
# Paths and messages that all scripts in hack/ share. They run on bash 3.2 (macOS) too.
# shellcheck disable=SC2034 # used by the scripts that read this file

hack=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
root=$(dirname "$hack")
tools=$root/target/tools
kit=$root/target/kit
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set: where should the cache be?}/.cache}/ecs-bridge

say() { printf '%s\n' "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The comment block at the top of a script is its help.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p;}' "$0"; }

# locked FILE: holds FILE's lock on descriptor 9 until the script ends. macOS has no flock; there nothing is locked.
locked() {
  exec 9>"$1"
  command -v flock >/dev/null || return 0
  flock -n 9 && return
  say "waiting for another command that works on the same files ($1)"
  flock 9
}
