# shellcheck shell=bash
# sign-in.sh - ./dev run --sign-in: an identity provider beside the servers, which take its tokens. Sourced by dev.

# Of each server what a sign-in asks for. Who signs in gets what that person may have (tests/oauth/issuer.mjs).
declare -A SIGN_IN_SCOPES=(
	[products]='products:read products:write stock:restock'
	[orders]='orders:own orders:read orders:write orders:staff reports:read'
	[ops]='ops:read ops:costs'
	[support]='support:chat support:staff'
)

run_usage() {
	cat <<'END'
usage: ./dev run [--sign-in]

Builds the servers, loads a catalogue, starts them and says how to connect; Ctrl-C stops them.

  --sign-in   beside them runs an identity provider (OAuth, on this machine alone), and each call needs one of its
              access tokens. At it signs in whoever presses a button: Ann and Bob, customers, who see their own
              orders, or Sam of staff. It has no passwords.

NAME_PORT says where a server listens, such as PRODUCTS_PORT=9000, NAME_WEB_PORT where its web page is; ISSUER_PORT (8090) where the
identity provider listens. A page is built with npm: without it it is left out.
END
}

ISSUER_PORT=${ISSUER_PORT:-8090}

choose_issuer_port() {
	local name
	check_port ISSUER_PORT "$ISSUER_PORT"
	for name in "${NAMES[@]}"; do
		[ "${PORTS[$name]}" != "$ISSUER_PORT" ] || fail "${name^^}_PORT and ISSUER_PORT are the same"
	done
}

start_issuer() {
	local node name urls=() tries
	need_node_modules && node=$(node_to_use) || fail "the identity provider needs Node.js and the tests' packages"
	for name in "${NAMES[@]}"; do
		urls+=("$(url_of "$name")")
	done
	set -m
	"$node" tests/oauth/serve.mjs "$ISSUER_PORT" "${urls[@]}" >"$RUN/issuer.log" 2>&1 </dev/null &
	PIDS+=($!)
	set +m
	for ((tries = 0; tries < 200; tries++)); do
		! port_is_taken "$ISSUER_PORT" || return 0
		kill -0 "${PIDS[-1]}" 2>/dev/null || break
		sleep 0.1
	done
	tail -5 "$RUN/issuer.log" >&2
	fail "the identity provider did not start; its log is $RUN/issuer.log"
}

# Settings by which a server takes its tokens, a line each; and the keys by which servers call each other, made anew.
declare -A OTHERS_KEYS=() OWN_KEYS=()
make_sign_in_keys() {
	local name called scopes made
	for name in "${NAMES[@]}"; do
		while read -r called scopes; do
			[ -n "$called" ] || continue
			# shellcheck disable=SC2086
			made=$("build/release/$called/mcp-$called" key "$name" ${scopes//,/ })
			OWN_KEYS[$called]+=" $(grep "^$name:" <<<"$made")"
			OTHERS_KEYS[$name]+="${called^^}_KEY=$(grep '^mcp_' <<<"$made")"$'\n'
		done < <(./services "$name" calls)
	done
}

sign_in_settings() {
	echo "AUTH=both"
	echo "OAUTH_ISSUER=http://127.0.0.1:$ISSUER_PORT"
	echo "PUBLIC_URL=$(url_of "$1")"
	echo "OAUTH_CUSTOMER_CLAIM=customer"
	[ -z "${SIGN_IN_SCOPES[$1]:-}" ] || echo "OAUTH_SCOPES=${SIGN_IN_SCOPES[$1]}"
	[ -z "${OWN_KEYS[$1]:-}" ] || echo "API_KEYS=${OWN_KEYS[$1]# }"
	printf '%s' "${OTHERS_KEYS[$1]:-}"
}

say_how_to_sign_in() {
	local name first=${NAMES[0]}
	printf '\nThe servers are up, and take tokens of http://127.0.0.1:%s (log: %s):\n' "$ISSUER_PORT" "$RUN/issuer.log"
	for name in "${NAMES[@]}"; do
		printf '  %-9s %s    log: %s\n' "$name" "$(url_of "$name")" "$RUN/$name.log"
	done
	cat <<END

${PAGES_SAID:+$PAGES_SAID
}Each of these opens a browser, where you press the button of Ann or Bob (customers) or of Sam (staff):

Claude Code:
$(for name in "${NAMES[@]}"; do echo "  claude mcp add --transport http $name $(url_of "$name")"; done)
  and in it /mcp, the server, Authenticate

mcp-remote alone, and what it prints (it keeps tokens in ~/.mcp-auth: remove that to be somebody else):
  npx -y -p mcp-remote@latest mcp-remote-client $(url_of "$first")

Claude Desktop: put this into claude_desktop_config.json (macOS: ~/Library/Application Support/Claude/,
Windows: %APPDATA%\\Claude\\; it needs Node.js for npx) and start Claude again:
$(for name in "${NAMES[@]}"; do echo "$name $(url_of "$name")"; done | claude_block '' '')

A program, without a browser; what it gets as access_token it sends as Authorization: Bearer ...:
  curl -u machine:secret http://127.0.0.1:$ISSUER_PORT/token -d grant_type=client_credentials \\
    -d 'scope=${SIGN_IN_SCOPES[$first]:-}' -d resource=$(url_of "$first")

What a client without a token is told:
  curl -i $(url_of "$first"); curl $(url_of "$first" | sed 's|/mcp$||')/.well-known/oauth-protected-resource/mcp

Ctrl-C stops them.
END
}
