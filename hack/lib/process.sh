# shellcheck shell=bash
# Long-running programs of one cluster. $run is its directory; $run/processes has one line "NAME PID BIRTH" per started
# program, in the order of their start; each logs to $run/logs/NAME.log.

# birth PID: when the process started, or nothing if it is not there. PID and birth together never come again, so
# a process that merely got the number of an old one is never taken for it.
birth() {
  local stat
  if [ -d /proc/self ]; then
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    # The name in parentheses may hold anything; the state follows it, the start time 19 fields later.
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    [ "$1" = Z ] || echo "${20}"
  else
    ps -o lstart= -p "$1" | tr -s ' ' _
  fi
}

alive() { [ -n "$2" ] && [ "$(birth "$1")" = "$2" ]; }

# The words of a command that runs another one elsewhere, such as in the namespaces of a node; none: here.
enter=()

# start NAME COMMAND...: runs COMMAND in the run directory. A session of its own lets it outlive this shell and its terminal.
start() {
  local name=$1 detach=nohup pid
  shift
  ! command -v setsid >/dev/null || detach=setsid
  # Descriptor 9 is this script's lock, which must end with the script.
  (cd "$run" && exec "$detach" ${enter[@]+"${enter[@]}"} "$@" >"logs/$name.log" 2>&1 </dev/null 9>&-) &
  pid=$!
  # Without this bash would comment on the end of a program in words of its own.
  disown "$pid"
  echo "$name $pid $(birth "$pid")" >>"$run/processes"
}

# first_dead: the first program that was started and is no more.
first_dead() {
  local name pid born
  while read -r name pid born; do
    alive "$pid" "$born" && continue
    echo "$name"
    break
  done <"$run/processes"
}

# complain_of_dead shows the log of a program that ended by itself; it fails if all of them live.
complain_of_dead() {
  local ended
  ended=$(first_dead)
  [ -n "$ended" ] || return
  {
    say "$ended ended by itself; the last lines of its log, $run/logs/$ended.log:"
    tail -n 10 "$run/logs/$ended.log" | cut -c1-400 | sed 's/^/  /'
  } >&2
}

# whole_or_die WHAT: $run holds something that is up and complete.
whole_or_die() {
  ! complain_of_dead || die "$1 is broken. Remove what is left of it, then start again: $(command_line down)"
  [ -e "$run/ready" ] || die "an earlier start of $1 was interrupted. Remove what it left, then start again: $(command_line down)"
}

# status_of WHAT shows each program; it fails, and says why, where WHAT is not running as a whole.
status_of() {
  local program pid born state broken=
  if [ ! -e "$run/processes" ]; then
    say "$1 is not there"
    return 1
  fi
  while read -r program pid born; do
    state=running
    alive "$pid" "$born" || state=ENDED broken=1
    printf '%-24s %-8s process %-8s log %s\n' "$program" "$state" "$pid" "$run/logs/$program.log"
  done <"$run/processes"
  if [ -n "$broken" ]; then
    say "$1 is broken; remove it with: $(command_line down)"
    return 1
  elif [ ! -e "$run/ready" ]; then
    say "$1 is not up (yet)"
    return 1
  fi
}

# wait_until SECONDS WHAT COMMAND...: repeats COMMAND until it succeeds; fails at once when a program of the cluster ends.
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2 polls=0
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ -z "$(first_dead)" ] || die "a program of the cluster ended while this waited for $what"
    [ "$SECONDS" -lt "$deadline" ] || die "$what did not come in time; the logs in $run/logs may tell why"
    # Asking often is for small clusters; what takes long is not to be slowed down by it.
    if [ $((polls += 1)) -le 20 ]; then sleep 0.1; else sleep 1; fi
  done
}

# stop_all stops what was started, last first, and waits for each.
stop_all() {
  local line reversed='' patience=10
  [ -e "$run/processes" ] || return 0
  # An API server without etcd never ends by itself: no use in being patient with what remains of a broken cluster.
  [ -z "$(first_dead)" ] || patience=2
  while read -r line; do reversed="$line
$reversed"; done <"$run/processes"
  while read -r line; do
    # shellcheck disable=SC2086
    [ -z "$line" ] || stop $patience $line
  done <<<"$reversed"
}

stop() {
  local patience=$1 name=$2 pid=$3 born=$4 signal deadline
  for signal in TERM KILL; do
    alive "$pid" "$born" || return 0
    [ "$signal" = TERM ] || say "$name did not end within $patience s: killing it"
    kill -s "$signal" "$pid" 2>/dev/null || true
    deadline=$((SECONDS + patience))
    while alive "$pid" "$born" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.05; done
  done
  ! alive "$pid" "$born" || die "$name (process $pid) does not end, not even by SIGKILL; nothing was removed"
}
