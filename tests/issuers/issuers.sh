# shellcheck shell=bash
# issuers.sh - ./dev test-issuers: our servers at issuers that nobody here wrote (tests/issuers), each of which lies in
# build/issuers. Sourced by dev.

# As each of docs/sign-in.md is set; what was said there lies in build/sign-in.
run_keycloak_tests() {
	local part=$1 began=$SECONDS why status=0
	(has java && has mvn) || ! has apt-get || install_packages default-jre-headless maven || true
	say "fetching Keycloak, where it is not there"
	why=$(tests/issuers/fetch) || status=$?
	case $status in
	0) NODE_TIMEOUT=1200000 run_node_tests "$part" tests/issuers/keycloak.test.mjs ;;
	77) PARTS+=("$(printf '%-44s left out: %s' "$part" "$why")") ;;
	*) count "$part: it is not there" 0 1 $((SECONDS - began)) ;;
	esac
}

run_cognito_tests() {
	local part=$1 began=$SECONDS
	has openssl || ! has apt-get || install_packages openssl || true
	say "installing moto, where it is not there"
	mkdir -p build/issuers
	if install_python build/issuers/moto tests/issuers/requirements.txt; then
		run_node_tests "$part" tests/issuers/cognito.test.mjs
	else
		count "$part: it is not installed" 0 1 $((SECONDS - began))
	fi
}

# Both, or the one that is named.
test_issuers() {
	local name
	for name; do
		[[ $name =~ ^(keycloak|cognito)$ ]] || fail "there is no issuer \"$name\"; there are: cognito keycloak"
	done
	need_tools
	BUILD=${BUILD:-release}
	build "$BUILD" --target mcp-products mcp-orders
	mkdir -p "$TEST"
	[ $# -gt 0 ] || set -- cognito keycloak
	for name; do
		"run_${name}_tests" "sign-in at $name"
	done
	conclude && [ "$PASSED" -gt 0 ]
}
