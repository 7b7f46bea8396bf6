# shellcheck shell=bash
# pages.sh - the web pages that services have: built into build/web, and beside the servers of ./dev run. Sourced by dev.

# Of the services of NAMES, a line each.
with_a_page() {
	local name
	for name in "${NAMES[@]}"; do
		[ "$(./services "$name" web)" = nothing ] || echo "$name"
	done
}

# ---- Building ----

# What a page is made from; npm's and vite's folders may lie among it.
page_sources() { (cd "$1/web" && find . \( -path ./node_modules -o -path ./dist \) -prune -o -type f -print | LC_ALL=C sort); }

page_state() {
	local files
	mapfile -t files < <(page_sources "$1")
	(cd "$1/web" && cksum "${files[@]}")
}

page_is_built() {
	[ -e "build/web/$1/dist/index.html" ] && [ "$(page_state "$1")" = "$(cat "build/web/$1.made" 2>/dev/null)" ]
}

# That of the tests where it is there, or any that vite runs with.
node_for_pages() {
	local check='const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'
	(node_to_use) 2>/dev/null && return
	if has node && node -e "$check"; then
		echo node
	else
		has npm && need_node_modules >&2 && node_to_use
	fi
}

# In a copy of its sources, so that nothing of npm's lies among them; what npm has installed there stays while the list of it is the same.
# Where the registry can't be reached nobody waits long for it.
make_page() {
	local name=$1 folder=build/web/$1 node
	page_is_built "$name" && return
	has npm || { say "there is no npm, with which it is built"; return 1; }
	node=$(node_for_pages) || return
	node=$(realpath "$(command -v "$node")")
	mkdir -p "$folder"
	rm -f "build/web/$name.made"
	cmp -s "$name/web/package-lock.json" "$folder/package-lock.json" || rm -rf "$folder/node_modules"
	find "$folder" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
	page_sources "$name" | tar -c -C "$name/web" -T - | tar -x -C "$folder"
	(
		cd "$folder" &&
			{ [ -e node_modules/.package-lock.json ] || timeout 120 npm ci --no-audit --no-fund --loglevel=error --fetch-retries=1 </dev/null; } &&
			PATH=$PWD/node_modules/.bin:${node%/*}:$PATH bash -euo pipefail -c "$(jq -r .scripts.build package.json)" </dev/null
	) || { say "it could not be built, and build/web/$name.log says why"; return 1; }
	page_state "$name" >"build/web/$name.made"
}

# Two at once would write the same files. What it said is in build/web/NAME.log.
build_page() {
	mkdir -p build/web
	(
		! has flock || flock 9
		make_page "$1" >"build/web/$1.log" 2>&1
	) 9>"build/web/$1.lock"
}

# ---- Trying ----

declare -A PAGE_PORTS=() PAGE_BUILDS=()

choose_page_ports() {
	local name other setting
	for name in $(with_a_page); do
		setting=${name^^}_WEB_PORT
		PAGE_PORTS[$name]=${!setting:-$(./services "$name" web)}
		check_port "$setting" "${PAGE_PORTS[$name]}"
		for other in "${NAMES[@]}"; do
			[ "${PORTS[$other]}" != "${PAGE_PORTS[$name]}" ] || fail "${other^^}_PORT and $setting are the same"
		done
	done
}

# Beside what else is built.
begin_pages() {
	local name
	for name in $(with_a_page); do
		build_page "$name" &
		PAGE_BUILDS[$name]=$!
	done
}

# Before the servers that are up; each says itself what it is for. Its words are where people sign in, which it may ask too. A server
# is of use without its page: what is missing is only said.
start_pages() {
	local name node
	PAGES_SAID=''
	for name in $(with_a_page); do
		if wait "${PAGE_BUILDS[$name]}" && node=$(node_for_pages); then
			start_page "$name" "$node" "$@"
			PAGES_SAID+=$(<"$RUN/$name-web.log")$'\n'
		else
			PAGES_SAID+="The web page of $name is left out: $(tail -1 "build/web/$name.log")"$'\n'
		fi
	done
}

start_page() {
	local name=$1 node=$2 log=$RUN/$1-web.log tries
	shift 2
	: >"$log"
	set -m
	DIST=build/web/$name/dist "$node" "$name/web/serve.mjs" "${PAGE_PORTS[$name]}" "$(url_of "$name")" "$@" >>"$log" 2>&1 </dev/null &
	PIDS+=($!)
	set +m
	for ((tries = 0; tries < 100; tries++)); do
		kill -0 "${PIDS[-1]}" 2>/dev/null || break
		! grep -q "http://127.0.0.1:${PAGE_PORTS[$name]}/" "$log" || return 0
		sleep 0.1
	done
	tail -5 "$log" >&2
	fail "the web page of $name did not start; its log is $log"
}

# ---- Tests ----

# All of them. What is missing for it is said; its tests are skipped then, and say so too.
need_pages() {
	local name
	need_names
	need_chromium
	has npm && need_node_modules || return 0
	for name in $(with_a_page); do
		build_page "$name" || { cat "build/web/$name.log" >&2 && return 1; }
	done
}

run_page_tests() {
	local part=$1 began=$SECONDS
	if ! has_chromium || ! has npm; then
		PARTS+=("$(printf '%-44s left out: there is no %s' "$part" "$(has npm && echo chromium || echo npm)")")
	elif need_pages; then
		run_node_tests "$part" tests/web/*.test.mjs
	else
		count "$part" 0 1 $((SECONDS - began))
	fi
}
