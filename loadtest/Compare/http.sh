#!/usr/bin/env bash
# Measures plain HTTP through wsbalancer on each engine, keep-alive, before one node: requests a second, and processor
# time of the balancer for each request. What matters is the ratio to `sockets`, the server's own transport.
#
#   loadtest/Compare/http.sh [engine]…        (default: sockets epoll io_uring)
#
# LOOPS, CONNECTIONS, SIZE, ROUNDS and SECONDS_EACH, in the environment, change the load. The engines take turns, so
# that what else the machine does meets all of them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
wsbalancer=${WSBALANCER:-$here/../../artifacts/bin/WsBalancer.Cli/release/wsbalancer}
loops=${LOOPS:-1} connections=${CONNECTIONS:-50} size=${SIZE:-64} rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-5}
engines=("$@")
[ $# -gt 0 ] || engines=(sockets epoll io_uring)
# shellcheck source=servers.sh
. "$here/servers.sh"

command -v nginx >/dev/null || fail "nginx, which is the node, is not installed (Debian: apt-get install nginx)."
command -v wrk >/dev/null || fail "wrk is not installed (Debian: apt-get install wrk)."
[ -x "$wsbalancer" ] || fail "build first: dotnet build -c Release"

# Waits for a line in a log, and prints what follows it.
told() {
  local log=$1 words=$2 tries
  for ((tries = 0; tries < 300; tries++)); do
    if grep -qs "$words" "$log"; then
      sed -n "s/.*$words//p" "$log" | head -n 1
      return
    fi
    sleep 0.1
  done
  cat "$log" >&2
  fail "'$words' is not said in $log."
}

choose_port node_port
head -c "$size" /dev/zero >"$work/body"
# Started by root, its workers are somebody else.
chmod 755 "$work"
cat >"$work/nginx.conf" <<END
worker_processes 1;
daemon off;
pid nginx.pid;
error_log /dev/null crit;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  open_file_cache max=10;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:$node_port;
    location / {
      root $work;
      rewrite ^ /body break;
    }
  }
}
END
nginx -e /dev/null -p "$work" -c "$work/nginx.conf" >"$work/nginx.log" 2>&1 &
started+=($!)

declare -A pids urls rates costs
for engine in "${engines[@]}"; do
  log=$work/$engine.log
  WSBALANCER__WsBalancer__Sockets__Engine=$engine WSBALANCER__WsBalancer__Sockets__Loops=$loops \
    DOTNET_PROCESSOR_COUNT=$loops "$wsbalancer" run --node "node=http://127.0.0.1:$node_port" \
    --listen http://127.0.0.1:0 --admin http://127.0.0.1:0 >"$log" 2>&1 &
  started+=($!)
  pids[$engine]=$!
  told "$log" "wsbalancer ready" >/dev/null
  urls[$engine]=$(told "$log" "wsbalancer listening on ")
done

# Of a process, in milliseconds.
processor_time() {
  local stat
  read -r -a stat <<<"$(sed 's/.*) //' "/proc/$1/stat")"
  echo $(((stat[11] + stat[12]) * 1000 / $(getconf CLK_TCK)))
}

load() { wrk -t 1 -c "$connections" -d "$1s" "${urls[$engine]}/?user=alice"; }

printf '%s CPUs, %s loops, %s connections, bodies of %s bytes, load average %s\n' \
  "$(nproc)" "$loops" "$connections" "$size" "$(cut -d ' ' -f 1 /proc/loadavg)"
for engine in "${engines[@]}"; do
  load 3 >/dev/null
done
for ((round = 0; round < rounds; round++)); do
  for engine in "${engines[@]}"; do
    before=$(processor_time "${pids[$engine]}")
    load "$seconds" >"$work/wrk.log"
    after=$(processor_time "${pids[$engine]}")
    if errors=$(grep "Non-2xx\|Socket errors" "$work/wrk.log"); then
      fail "$engine: $errors"
    fi
    count=$(awk '/requests in/ { print $1 }' "$work/wrk.log")
    rates[$engine]+="$(awk '/Requests\/sec/ { print $2 }' "$work/wrk.log") "
    costs[$engine]+="$(awk -v ms=$((after - before)) -v n="$count" 'BEGIN { printf "%.1f", ms * 1000 / n }') "
  done
done

median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

printf '%-10s %14s %18s\n' engine requests/s "µs of CPU/request"
for engine in "${engines[@]}"; do
  printf '%-10s %14.0f %18s\n' "$engine" "$(median "${rates[$engine]}")" "$(median "${costs[$engine]}")"
done
