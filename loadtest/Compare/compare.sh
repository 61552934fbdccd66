#!/usr/bin/env bash
# Measures wsbalancer beside HAProxy and nginx on this machine: starts all three before one echo server, each with the
# same number of threads, runs `wsload compare` on them, and ends what it started. Ratios are to HAProxy.
#
#   loadtest/Compare/compare.sh [option of wsload compare]…
#
# THREADS, SIZE, CONNECTIONS, ROUNDS, DURATION, HANDSHAKES and TUNNELS, in the environment, change the load.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
built=$here/../../artifacts/bin
wsload=${WSLOAD:-$built/WsBalancer.LoadTest/release/wsload}
wsbalancer=${WSBALANCER:-$built/WsBalancer.Cli/release/wsbalancer}
threads=${THREADS:-1} size=${SIZE:-64} connections=${CONNECTIONS:-100} rounds=${ROUNDS:-3}
duration=${DURATION:-5s} handshakes=${HANDSHAKES:-2000} tunnels=${TUNNELS:-2000}
# shellcheck source=servers.sh
. "$here/servers.sh"

command -v haproxy >/dev/null || fail "haproxy is not installed (Debian: apt-get install haproxy)."
command -v nginx >/dev/null || fail "nginx is not installed (Debian: apt-get install nginx)."
[ -x "$wsload" ] && [ -x "$wsbalancer" ] || fail "build first: dotnet build -c Release"

choose_port echo_port
choose_port haproxy_port
choose_port nginx_port
choose_port balancer_port
choose_port admin_port

"$wsload" echo --listen "ws://127.0.0.1:$echo_port" >"$work/echo.log" 2>&1 &
started+=($!)
await echo "$echo_port"

# What is open at once, and some more; a tunnel is two descriptors.
capacity=$(((tunnels > connections ? tunnels : connections) + 500))
descriptors=$((2 * capacity + 100))

THREADS=$threads CAPACITY=$capacity PORT=$haproxy_port ECHO_PORT=$echo_port \
  haproxy -db -f "$here/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
started+=($!)
haproxy=$!
await haproxy "$haproxy_port"

sed -e "s/THREADS/$threads/" -e "s/DESCRIPTORS/$descriptors/" -e "s/ECHO_PORT/$echo_port/" \
  -e "s/LISTEN_PORT/$nginx_port/" "$here/nginx.conf" >"$work/nginx.conf"
nginx -e /dev/null -p "$work" -c "$work/nginx.conf" >"$work/nginx.log" 2>&1 &
started+=($!)
nginx=$!
await nginx "$nginx_port"

DOTNET_PROCESSOR_COUNT=$threads "$wsbalancer" run --node "echo=http://127.0.0.1:$echo_port" \
  --listen "http://127.0.0.1:$balancer_port" --admin "http://127.0.0.1:$admin_port" >"$work/wsbalancer.log" 2>&1 &
started+=($!)
balancer=$!
await wsbalancer "$balancer_port"

haproxy -v | sed -n 1p
nginx -v 2>&1
printf 'wsbalancer %s\n%s CPUs, %s threads for each proxy, load average %s\n' \
  "$("$wsbalancer" --version)" "$(nproc)" "$threads" "$(cut -d ' ' -f 1 /proc/loadavg)"

"$wsload" compare \
  --target "haproxy=ws://127.0.0.1:$haproxy_port/ws,$haproxy" \
  --target "nginx=ws://127.0.0.1:$nginx_port/ws,$nginx" \
  --target "wsbalancer=ws://127.0.0.1:$balancer_port/ws,$balancer" \
  --connections "$connections" --size "$size" --rounds "$rounds" --duration "$duration" \
  --handshakes "$handshakes" --tunnels "$tunnels" "$@"
