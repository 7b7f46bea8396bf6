#!/bin/sh
# test.sh - starts the server on a database of its own and calls its tools; `ctest --test-dir build` runs it.
set -eu
program=$1
command -v curl >/dev/null || { echo 'left out: there is no curl'; exit 77; }
folder=$(mktemp -d)
pid=
# shellcheck disable=SC2064 # the folder is known now
trap 'kill $pid 2>/dev/null || true; rm -rf "$folder"' EXIT

fail() { printf '%s\n' "$*" "the server's log:" "$(cat "$folder/log")" >&2; exit 1; }

HOST=127.0.0.1 PORT=0 DATABASE_URL="sqlite:$folder/guestbook.db" "$program" 2>"$folder/log" >/dev/null &
pid=$!
# It says where it serves, once it does.
until url=$(grep -o 'http://127.0.0.1:[0-9]*/mcp' "$folder/log"); do
	kill -0 $pid 2>/dev/null || fail "it did not start"
	sleep 0.05
done

# expect TOOL ARGUMENTS TEXT: what the tool answers has TEXT in it.
expect() {
	answer=$(curl -sS "$url" -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
		-d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"$1\",\"arguments\":$2}}")
	case $answer in
	*"$3"*) ;;
	*) fail "$1 $2 answered $answer, without $3" ;;
	esac
}

expect latest '{}' '[]'
expect sign '{"name":"Ada","words":"Lovely shop."}' 'Thank you, Ada.'
expect sign '{"name":"Grace","words":"Back soon."}' 'Thank you, Grace.'
expect latest '{"limit":1}' 'Back soon.'
expect sign '{"name":"Ada"}' 'words is required'

kill $pid
wait $pid || fail "it did not stop as it should"
pid=
