# shellcheck shell=bash
# clients.sh - what the tours of tests/clients need, all of it in build/clients, and their part of
# ./dev test. Sourced by dev. Compilers of other languages are taken where they are, not installed.

CLIENTS_BUILT=build/clients

client_says() {
	jq -r --arg name "$1" ".[] | select(.name == \$name) | .$2 // empty" tests/clients/clients.json
}

client_names() { jq -r ".[] | $1 | .name" tests/clients/clients.json; }

# ---- Each language: whether a client can be had at all, and how. Into $1, from its folder $2. ----

why_no_go() {
	local version
	version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || { echo "there is no Go"; return; }
	printf 'go1.25\n%s\n' "$version" | sort -CV || echo "Go is older than 1.25: $version"
}

install_go() {
	local here=$PWD/$CLIENTS_BUILT
	GOPATH=$here/go GOCACHE=$here/go/cache GOBIN='' GOFLAGS='-modcacherw -mod=readonly' \
		GOTOOLCHAIN=local CGO_ENABLED=0 \
		go build -C "${2%/*}" -trimpath -ldflags='-s -w' -o "$PWD/$1/tour" "./${2##*/}"
}

why_no_rust() { has cargo || echo "there is no cargo"; }

install_rust() {
	CARGO_HOME=$PWD/$CLIENTS_BUILT/cargo CARGO_TARGET_DIR=$PWD/$CLIENTS_BUILT/cargo/target \
		cargo build --locked --quiet --manifest-path "$2/Cargo.toml" &&
		cp "$CLIENTS_BUILT/cargo/target/debug/tour" "$1/tour"
}

why_no_java() {
	local tool
	for tool in java javac mvn; do
		has "$tool" || { echo "there is no $tool"; return; }
	done
	javac --release 17 -version >/dev/null 2>&1 || echo "Java is older than 17"
}

install_java() {
	rm -rf "$1/jars" "$1/classes" &&
		mvn -B -q -f "$2/pom.xml" -Dmaven.repo.local="$PWD/$CLIENTS_BUILT/maven" -Dclient.version="$3" \
			"$DEPENDENCY_PLUGIN:copy-dependencies" -DincludeScope=runtime \
			-DoutputDirectory="$PWD/$1/jars" </dev/null &&
		javac -nowarn -d "$1/classes" -cp "$1/jars/*" "${2%/*}/Steps.java" "$2"/*.java
}
DEPENDENCY_PLUGIN=org.apache.maven.plugins:maven-dependency-plugin:3.8.1

why_no_python() {
	python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
		echo "there is no Python 3.11 with venv"
}

install_python_client() { install_python "$1" "$2/requirements.txt"; }

why_no_node() { :; }

# mcp-remote is among what all tests need.
install_node() {
	need_node_modules || return
	[ -e "$2/package.json" ] || return 0
	cp "$2"/package*.json "$1/" && (cd "$1" && npm ci --no-audit --no-fund --loglevel=error </dev/null)
}

# ---- A client ----

# Installs it anew where something of it has changed. left-out says why it can't be had here.
need_client() {
	local name=$1 language source folder=$CLIENTS_BUILT/$1 version state why install
	language=$(client_says "$name" language)
	version=$(client_says "$name" version)
	source=$(client_says "$name" source)
	source=tests/clients/$language/${source:-$name}
	why=$("why_no_$language")
	mkdir -p "$folder"
	rm -f "$folder/left-out"
	if [ -n "$why" ]; then
		rm -f "$folder/installed"
		echo "$why" >"$folder/left-out"
		return
	fi
	state=$(cat "$source"/* "$source"/src/* "${source%/*}"/* "${source%/*}"/tour/* 2>/dev/null | cksum) || true
	state="$version $state"
	[ "$state" != "$(cat "$folder/installed" 2>/dev/null)" ] || return 0
	say "installing ${name}"
	install=install_$language
	[ "$language" != python ] || install=install_python_client
	if (renice -n 10 $BASHPID && "$install" "$folder" "$source" "$version") >"$folder.log" 2>&1; then
		echo "$state" >"$folder/installed"
	else
		tail -20 "$folder.log" >&2
		return 1
	fi
}

run_client_tests() {
	local part=$1 name began=$SECONDS
	shift
	for name; do
		need_client "$name" || count "$part: $name is not installed" 0 1 $((SECONDS - began))
	done
	need_balancers
	CLIENTS="$*" run_node_tests "$part" tests/clients/*.test.mjs
	for name; do
		[ ! -e "$CLIENTS_BUILT/$name/left-out" ] || PARTS+=(
			"$(printf '%-44s left out: %s' "$part, $name" "$(cat "$CLIENTS_BUILT/$name/left-out")")")
	done
}

# Clients that sign in by their own OAuth code (tests/oauth); what was said lies in build/sign-in.
run_sign_in_tests() {
	local part=$1 folder=$CLIENTS_BUILT/go-sign-in why
	why=$(why_no_go)
	rm -f "$folder/tour"
	mkdir -p "$folder"
	if [ -n "$why" ]; then
		PARTS+=("$(printf '%-44s left out: %s' "$part, Go SDK" "$why")")
	elif ! (renice -n 10 $BASHPID && install_go "$folder" tests/clients/go/sign-in) >"$folder.log" 2>&1; then
		tail -20 "$folder.log" >&2
		count "$part: the Go SDK's is not built" 0 1 0
	fi
	run_node_tests "$part" tests/oauth/*.test.mjs
}

# All of them, or those that are named; and the table of what each can do.
test_clients() {
	local name names=("$@")
	need_tools
	for name; do
		[ -n "$(client_says "$name" language)" ] ||
			fail "there is no client \"$name\"; there are: $(client_names . | tr '\n' ' ')"
	done
	[ $# -gt 0 ] || mapfile -t names < <(client_names .)
	build "${BUILD:-release}" --target mcp-products mcp-orders
	mkdir -p "$TEST"
	BUILD=${BUILD:-release} run_client_tests "clients of other languages" "${names[@]}"
	say ""
	cat "$CLIENTS_BUILT/table.md"
	conclude
}
