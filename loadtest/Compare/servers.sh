# What the scripts beside this one share: they start servers, and end them when they end. To be sourced.

# Debian keeps servers in /usr/sbin, which is not on every path.
PATH=$PATH:/usr/sbin

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

work=$(mktemp -d)
started=()

clean_up() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${started[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets the variable of this name to a port that nothing listens on, below those that the kernel gives to connections.
taken=" "
choose_port() {
  local port
  while port=$((10000 + RANDOM % 20000)); do
    if [[ $taken != *" $port "* ]] && ! answers "$port"; then
      taken+="$port "
      printf -v "$1" '%s' "$port"
      return
    fi
  done
}

# Waits until the process that was started last listens there.
await() {
  local name=$1 port=$2 pid=${started[-1]} tries
  for ((tries = 0; tries < 300; tries++)); do
    kill -0 "$pid" 2>/dev/null || break
    if answers "$port"; then
      return
    fi
    sleep 0.1
  done
  cat "$work/$name.log" >&2
  fail "$name did not start at port $port."
}
