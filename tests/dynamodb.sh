#!/usr/bin/env bash
# dynamodb.sh - a private DynamoDB for a test, in memory, gone when the test is: MiniStack's, which others wrote.
#
#   dynamodb.sh run COMMAND...   runs it with DYNAMODB_URL set, and what a program needs to find it; exits as it does. Where that is
#                                set already, with that
#   dynamodb.sh there            whether one can be had: 0, or 77 and a line that says why not
#
# `run` exits with 77 where there is none. It has no tables: each test makes one of its own, as support/items/table.json has it.
set -euo pipefail

bin=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/ministack/bin/ministack
work=''

need_bin() {
	[ ! -x "$bin" ] || return 0
	echo "MiniStack is not installed: what needs a DynamoDB is left out"
	exit 77
}

stop() {
	trap '' TERM INT HUP
	[ -n "$work" ] || return 0
	kill -KILL "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	rm -rf "$work"
	work=''
}

free_port() {
	local port
	while :; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

answers() { curl -sS -o /dev/null --max-time 10 "http://127.0.0.1:$1/_ministack/health" 2>/dev/null; }

# It is our child, and dies with us however we die. What it would do beside DynamoDB it can't reach.
start_server() {
	local port=$1 tries
	env -i PATH="$PATH" HOME="$work" TMPDIR="$work" GATEWAY_PORT="$port" BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 S3_DATA_DIR="$work" \
		STATE_DIR="$work" DOCKER_HOST=unix:///nonexistent SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 LOG_LEVEL=WARNING \
		setpriv --pdeathsig KILL "$bin" >>"$work/server.log" 2>&1 </dev/null &
	server=$!
	for ((tries = 0; tries < 600; tries++)); do
		kill -0 "$server" 2>/dev/null || return 1
		! answers "$port" || return 0
		sleep 0.05
	done
	return 1
}

begin() {
	local tries port
	work=$(mktemp -d "${TMPDIR:-/tmp}/mcp-dynamodb-XXXXXX")
	trap stop EXIT
	trap 'exit 143' TERM INT HUP
	for tries in 1 2 3 4 5; do
		port=$(free_port)
		if start_server "$port"; then
			export DYNAMODB_URL=http://127.0.0.1:$port
			return
		fi
		kill -KILL "$server" 2>/dev/null || true
	done
	cat "$work/server.log" >&2
	exit 1
}

run() {
	local status=0
	[ -n "${DYNAMODB_URL:-}" ] || { need_bin; begin; }
	AWS_ENDPOINT_URL_DYNAMODB=$DYNAMODB_URL AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=AKIATESTS AWS_SECRET_ACCESS_KEY=secret \
		AWS_EC2_METADATA_DISABLED=true "$@" || status=$?
	exit "$status"
}

case ${1:-} in
run) shift; run "$@" ;;
there) need_bin ;;
*) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
