#!/usr/bin/env bash
# health-check.sh - checks every endpoint of the servers in both eras of MCP, and what people sign in with, and prints a table.
#
#     docker/health-check.sh                            # the stack of ./dev up, or else ./dev run
#     docker/health-check.sh https://products.example.com/mcp https://orders.example.com/mcp
#     docker/health-check.sh local report               # as Markdown, with what was answered
#
# MCP_KEY is the key to call with, or an access token; CA_FILE the authority to trust for the servers where it is not a public one;
# TIMEOUT (10) how many seconds one request may take. The exit status is 0 when all is well, 1 when
# something is not, 2 for a wrong command line: for cron. It only reads.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
revision_of_sessions=2025-11-25
revision_of_stateless=2026-07-28
timeout=${TIMEOUT:-10}
report=
failed=0
checked=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

usage() {
	sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# ---- Requests ----

# Leaves STATUS (000: no answer), SECONDS_TAKEN, and the answer in $work/body and $work/headers.
request() {
	local url=$1 out
	shift
	out=$(curl --silent --show-error --proto =http,https --globoff --max-time "$timeout" ${CA_FILE:+--cacert "$CA_FILE"} \
		--output "$work/body" --dump-header "$work/headers" \
		--write-out '%{http_code} %{time_total}' --config "$work/key" "$@" --url "$url" 2>"$work/error")
	read -r STATUS SECONDS_TAKEN <<<"$out"
	[ "$STATUS" != 000 ] || cp "$work/error" "$work/body"
}

# The key is read from a file, so that no list of processes shows it.
use_key() {
	: >"$work/key"
	[ -z "${1:-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$1" >"$work/key"
}

post() {
	local url=$1 body=$2
	shift 2
	request "$url" --header 'Content-Type: application/json' \
		--header 'Accept: application/json, text/event-stream' "$@" --data "$body"
}

header() { sed -n "s/^$1: *//Ip" "$work/headers" | tr -d '\r' | tail -1; }
says() { grep -q -- "$1" "$work/body"; }

# ---- The table ----

line() {
	local server=$1 era=$2 what=$3 result=$4 detail=$5 ms
	ms=$(LC_ALL=C awk "BEGIN { printf \"%d\", ${SECONDS_TAKEN:-0} * 1000 + 0.5 }")
	checked=$((checked + 1))
	[ "$result" = ok ] || failed=$((failed + 1))
	if [ -n "$report" ]; then
		printf '| %s | %s | %s | %s | %s | %s ms | %s |\n' "$server" "$era" "$what" "$result" \
			"$STATUS" "$ms" "${detail//|/\\|}"
	else
		[ "$result" = ok ] && detail=
		printf '%-10s %-10s %-26s %-4s %3s %6s ms  %s\n' "$server" "$era" "$what" "$result" \
			"$STATUS" "$ms" "$detail"
	fi
}

heading() {
	if [ -n "$report" ]; then
		printf '## Health of %s\n\n%s\n\n' "$*" "$(date -u '+%Y-%m-%d %H:%M:%S UTC')"
		printf '| server | era | what | result | status | time | answer |\n'
		printf '|---|---|---|---|---|---|---|\n'
	else
		printf '%-10s %-10s %-26s %-4s %3s %9s\n' server era what is HTTP time
	fi
}

answer() { head -c 160 "$work/body" | tr '\n\r' '  '; }

# It must have this status and, where it is given, this text in it.
expect() {
	local server=$1 era=$2 what=$3 status=$4 text=${5:-}
	if [ "$STATUS" != "$status" ]; then
		line "$server" "$era" "$what" BAD "not $status: $(answer)"
		return 1
	elif [ -n "$text" ] && ! says "$text"; then
		line "$server" "$era" "$what" BAD "no $text: $(answer)"
		return 1
	fi
	line "$server" "$era" "$what" ok "$(answer)"
}

# ---- One server ----

# A call that only reads, of the server that says it is called so.
call_for() {
	case $1 in
	products) CALL=list_categories ARGUMENTS='{}' ;;
	orders) CALL=list_orders ARGUMENTS='{"limit":1}' ;;
	*) CALL='' ARGUMENTS='{}' ;;
	esac
}

name_at() {
	post "$1" '{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":'"$meta"'}}' \
		--header "MCP-Protocol-Version: $revision_of_stateless" --header 'Mcp-Method: server/discover'
	sed -n 's/.*serverInfo":{"name":"\([^"]*\)".*/\1/p' "$work/body" | head -1
}

meta='{"io.modelcontextprotocol/protocolVersion":"'$revision_of_stateless'",
 "io.modelcontextprotocol/clientCapabilities":{},
 "io.modelcontextprotocol/clientInfo":{"name":"health-check","version":"1.0.0"}}'
meta=${meta//$'\n'/}

stateless() {
	local server=$1 url=$2 method=$3 params=$4 text=$5 name=${6:-}
	post "$url" '{"jsonrpc":"2.0","id":1,"method":"'"$method"'","params":{'"$params"'"_meta":'"$meta"'}}' \
		--header "MCP-Protocol-Version: $revision_of_stateless" --header "Mcp-Method: $method" \
		${name:+--header "Mcp-Name: $name"}
	expect "$server" stateless "$method${name:+ $name}" 200 "$text"
}

check_stateless() {
	local server=$1 url=$2
	stateless "$server" "$url" server/discover '' '"supportedVersions"'
	stateless "$server" "$url" tools/list '' '"tools":\['
	[ -z "$CALL" ] || stateless "$server" "$url" tools/call \
		'"name":"'"$CALL"'","arguments":'"$ARGUMENTS"',' '"structuredContent"' "$CALL"
}

check_sessions() {
	local server=$1 url=$2 session
	post "$url" '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"'$revision_of_sessions'",
"capabilities":{},"clientInfo":{"name":"health-check","version":"1.0.0"}}}'
	expect "$server" sessions initialize 200 "\"protocolVersion\":\"$revision_of_sessions\"" || return
	session=$(header Mcp-Session-Id)
	set -- --header "Mcp-Session-Id: $session" --header "MCP-Protocol-Version: $revision_of_sessions"
	post "$url" '{"jsonrpc":"2.0","method":"notifications/initialized"}' "$@"
	expect "$server" sessions notifications/initialized 202
	post "$url" '{"jsonrpc":"2.0","id":2,"method":"tools/list"}' "$@"
	expect "$server" sessions tools/list 200 '"tools":\['
	if [ -n "$CALL" ]; then
		post "$url" '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"'"$CALL"'","arguments":'"$ARGUMENTS"'}}' "$@"
		expect "$server" sessions "tools/call $CALL" 200 '"structuredContent"'
	fi
	request "$url" --request DELETE "$@"
	expect "$server" sessions 'end of the session' 204
}

is_loopback() { [[ $1 =~ ^https?://(localhost|127\.[0-9.]+|\[::1\])(:|/|$) ]]; }

# Nobody may call without a key, but on this machine's own address. Where people sign in, the refusal says so.
check_door() {
	local server=$1 url=$2 metadata
	use_key ''
	post "$url" '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
	if [ "$STATUS" = 200 ] && [ -z "${MCP_KEY:-}" ] && is_loopback "$url"; then
		line "$server" - 'no key is needed here' ok "$(answer)"
	else
		expect "$server" - 'refused without a key' 401
		metadata=$(header WWW-Authenticate | sed -n 's/.*resource_metadata="\([^"]*\)".*/\1/p')
		[ -z "$metadata" ] || check_sign_in "$server" "$url" "$metadata"
	fi
	use_key "${MCP_KEY:-}"
}

check() {
	local url=$1 base=${1%/mcp} server
	use_key "${MCP_KEY:-}"
	server=$(name_at "$url")
	call_for "$server"
	server=${server:-${url#*://}}
	request "$base/healthz"
	# A balancer may keep it to itself, and asks for it where it is; a server never does.
	[ "$STATUS" = 404 ] || expect "$server" - /healthz 200
	request "$base/readyz"
	expect "$server" - /readyz 200
	check_sessions "$server" "$url"
	check_stateless "$server" "$url"
	check_door "$server" "$url"
}

# ---- Where people sign in ----

# A text of the JSON object that was answered.
field() {
	tr '\n\r' '  ' <"$work/body" | grep -o "\"$1\" *: *\"[^\"]*\"" | head -1 | sed 's/^[^:]*: *"//; s/"$//; s#\\/#/#g'
}
lists() { tr '\n\r' '  ' <"$work/body" | grep -o "\"$1\" *: *\[[^]]*\]" | sed 's#\\/#/#g' | grep -qF "\"$2\""; }
first_of() {
	tr '\n\r' '  ' <"$work/body" | grep -o "\"$1\" *: *\[[^]]*\]" | head -1 | sed 's/^[^[]*\[ *"//; s/".*//; s#\\/#/#g'
}

# holds SERVER WHAT DETAIL TEST...: a line of its own for what the last answer has, if it came at all.
holds() {
	local server=$1 what=$2 detail=$3
	shift 3
	if [ "$STATUS" != 200 ]; then
		line "$server" sign-in "$what" BAD "not 200: $(answer)"
		return 1
	elif ! "$@"; then
		line "$server" sign-in "$what" BAD "$detail: $(answer)"
		return 1
	fi
	line "$server" sign-in "$what" ok "$(answer)"
}

# The document of an issuer, where clients look for it: RFC 8414, then OpenID Connect.
ask_issuer() {
	local issuer=${1%/} origin path place
	origin=$(origin_of "$issuer")
	path=${issuer#"$origin"}
	for place in "$origin/.well-known/oauth-authorization-server$path" "$origin/.well-known/openid-configuration$path" \
		"$issuer/.well-known/openid-configuration"; do
		request "$place"
		[ "$STATUS" != 200 ] || return 0
	done
}

origin_of() {
	local rest=${1#*://}
	printf '%s' "${1%%://*}://${rest%%/*}"
}

has_keys() { says '"keys"'; }
leads_on() { [[ $(field authorization_endpoint) = http* && $(field token_endpoint) = http* ]]; }
is_resource() { [ "$(field resource)" = "$1" ]; }
is_issuer() { [ "$(field issuer)" = "$1" ]; }
is_the_same() { cmp -s "$work/metadata" "$work/body"; }

# As a client goes from the refusal to the issuer's page; nobody there is shown the key.
check_sign_in() {
	local server=$1 url=$2 at=$3 origin issuer jwks CA_FILE=${CA_FILE:-}
	origin=$(origin_of "$url")
	request "$origin/.well-known/oauth-protected-resource${url#"$origin"}"
	holds "$server" 'resource metadata' "the resource is not $url" is_resource "$url" || return
	cp "$work/body" "$work/metadata"
	issuer=$(first_of authorization_servers)
	[ "$at" = "$origin/.well-known/oauth-protected-resource${url#"$origin"}" ] ||
		line "$server" sign-in 'where the refusal leads' BAD "to $at"
	request "$origin/.well-known/oauth-protected-resource"
	# Of several services under one name it is nobody's.
	[[ $STATUS = 404 && $url != "$origin/mcp" ]] || holds "$server" 'resource metadata, root' 'another one' is_the_same
	[ "$issuer" = "$origin" ] || CA_FILE=
	ask_issuer "$issuer"
	holds "$server" 'authorization server' "not about $issuer" is_issuer "$issuer" || return
	holds "$server" 'its endpoints' 'none' leads_on
	holds "$server" 'its PKCE' 'no S256 in code_challenge_methods_supported' lists code_challenge_methods_supported S256
	if [ -n "$(field registration_endpoint)" ] || says '"client_id_metadata_document_supported" *: *true'; then
		line "$server" sign-in 'clients register' ok "$(answer)"
	else
		line "$server" sign-in 'clients are given an id' ok "$(answer)"
	fi
	jwks=$(field jwks_uri)
	CA_FILE='' request "${jwks:-$issuer}"
	holds "$server" "the issuer's keys" 'none' has_keys
}

# ---- What is checked ----

# The stack leaves its addresses and its key in build/stack, ./dev run its addresses in build/run.
local_urls() {
	local stack=$here/build/${STACK_FOLDER:-stack}
	if [ -e "$stack/urls" ]; then
		mapfile -t urls <"$stack/urls"
		MCP_KEY=${MCP_KEY:-$(cat "$stack/key")}
		CA_FILE=${CA_FILE:-$stack/ca.pem}
	else
		[ -e "$here/build/run/urls" ] || { echo 'health-check: nothing was started here: ./dev up or ./dev run does, or name URLs' >&2; exit 2; }
		mapfile -t urls <"$here/build/run/urls"
	fi
}

urls=()
for word; do
	case $word in
	local) local_urls ;;
	report) report=1 ;;
	http://* | https://*) urls+=("$word") ;;
	-h | --help | help) usage; exit 0 ;;
	*)
		printf 'health-check: what is "%s"? It takes local or URLs, and report.\n' "$word" >&2
		exit 2
		;;
	esac
done
[ ${#urls[@]} -gt 0 ] || local_urls
command -v curl >/dev/null || { echo 'health-check: it needs curl' >&2; exit 2; }

heading "${urls[@]}"
for url in "${urls[@]}"; do
	check "$url"
done
[ -z "$report" ] || echo
if [ "$failed" = 0 ]; then
	echo "All $checked checks are well."
else
	echo "$failed of $checked checks failed."
	exit 1
fi
