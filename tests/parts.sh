# shellcheck shell=bash
# parts.sh - the parts of ./dev test: what each needs, how it is run, what it counts. Sourced by dev.

TEST=build/test
PARTS=()
PASSED=0
FAILED=0
IMAGES=''

# What runs beside the parts does not outlive them. Once one was waited for, its number may be another's.
declare -A BACKGROUND=()
in_background() {
	BACKGROUND[$1]=$1
	trap 'kill "${BACKGROUND[@]}" 2>/dev/null || true' EXIT
}

await() {
	local status=0
	wait "$1" || status=$?
	unset "BACKGROUND[$1]"
	return "$status"
}

# What a part adds up to. A part that ran nothing has failed. `log`: where it says why, if not by test.
count() {
	local part=$1 passed=$2 failed=$3 seconds=$4 log=${5:-}
	[ $((passed + failed)) -gt 0 ] || failed=1
	[ "$failed" = 0 ] || [ -z "$log" ] || why_log "$part" "$log"
	PASSED=$((PASSED + passed))
	FAILED=$((FAILED + failed))
	PARTS+=("$(printf '%-44s %5d passed %4d failed %5d s' "$part" "$passed" "$failed" "$seconds")")
}

# The end of what runs parts: one line of what each adds up to, what failed, why, and how many in all.
conclude() {
	say ""
	printf '%s\n' "${PARTS[@]}"
	say_again
	say_why
	say "in $SECONDS s"
	say "$PASSED passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}

# Adds up ctest's log: the cases where Check says how many there were, else the test itself. A test
# that failed although its cases passed (a sanitizer's word, a crash) counts once more.
count_cases() {
	awk '
		/^[0-9]+\/[0-9]+ Testing: / { cases = bad = 0; seen = 0 }
		/^[0-9]+%: Checks: / {
			gsub(",", ""); seen = 1
			cases += $3; bad += $5 + $7
		}
		/^Test (Passed|Failed|Timeout|Not Run|time out)/ || /^Unable to / {
			fine = /^Test Passed/
			passed += seen ? cases - bad : fine
			failed += seen ? bad : !fine
			if (seen && !fine && bad == 0) failed++
		}
		END { print passed + 0, failed + 0 }' "$1"
}

# Some wait more than they compute; those on PostgreSQL share a server. WITH: as below.
run_c_tests() {
	local part=$1 preset=$2 began=$SECONDS passed=0 failed=0 status=0 log said='' with=()
	shift 2
	! tests/postgres.sh there >/dev/null || with=(tests/postgres.sh share)
	log=build/$preset/Testing/Temporary/LastTest.log
	say "== $part"
	rm -f "$log"
	if build "$preset" "${BUILD_ARGUMENTS[@]}"; then
		"${with[@]}" "${WITH[@]}" ctest --preset "$preset" -j $(($(nproc) + 1)) --timeout 180 "$@" </dev/null || status=$?
		[ ! -e "$log" ] || read -r passed failed < <(count_cases "$log")
		[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
		if [ "$status" != 0 ] && [ -e "$log" ]; then
			again_c "$preset" "${log%/*}/LastTestsFailed.log"
			why_c "$preset" "$log"
		fi
	else
		failed=1 said=build/$preset.log
	fi
	count "$part" "$passed" "$failed" $((SECONDS - began)) "$said"
}

# TSan is for what threads share; it needs no programs, only these tests.
thread_tests() {
	local path
	for path in tests/unit/test_{core,http,auth,jose,protocol,mcp_test,store_shared,store_state,state,postgres,import_source}*.c; do
		[ ! -e "$path" ] || basename "$path" .c
	done
}

# What is only fetched and unpacked, beside what computes. Whoever needs it looks again whether it is there.
begin_fetching() {
	(
		renice -n 10 "$BASHPID"
		tests/wycheproof/fetch
		need_node_modules
		need_pages
		need_python
		need_infra_tools
		need_deploy_tools
		need_ministack || true
		need_prometheus
	) >"$TEST/fetch.log" 2>&1 </dev/null &
	FETCHING=$!
	in_background "$FETCHING"
}

# The store's tests start a server of their own; the package is kept from starting one at once.
need_postgresql() {
	tests/postgres.sh there >/dev/null && return
	if has apt-get && ! installed postgresql-common; then
		as_root mkdir -p /etc/postgresql-common/createcluster.d
		echo 'create_main_cluster = false' |
			as_root tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
	fi
	! has apt-get || install_packages postgresql || true
	tests/postgres.sh there || true
}

# ISO's lists, which those of the programs are held against; without them their tests compare nothing.
need_iso_codes() {
	[ -d /usr/share/iso-codes ] || ! has apt-get || install_packages iso-codes || true
}

# The machine's npm only fetches: a node of their own runs the tests.
need_node_modules() {
	if ! has npm; then
		has apt-get || fail "install npm, by the name your distribution has for it"
		install_packages npm
	fi
	mkdir -p build/npm
	if [ -d build/npm/node_modules ] &&
		cmp -s tests/package-lock.json build/npm/installed-package-lock.json; then
		return
	fi
	cp tests/package.json tests/package-lock.json build/npm/
	(cd build/npm && npm ci --no-audit --no-fund --loglevel=error </dev/null)
	cp tests/package-lock.json build/npm/installed-package-lock.json
}

# The official Python client, in an environment of its own. Without a Python for it its tests skip.
need_python() {
	local check='import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'
	python3 -c "$check" 2>/dev/null || ! has apt-get || (install_packages python3 python3-venv) || true
	if ! python3 -c "$check" 2>/dev/null; then
		say "there is no Python 3.11 with venv: the tests of its client are skipped"
		rm -rf build/python
		return
	fi
	install_python build/python tests/requirements.txt
}

# An environment with what a file of requirements names.
install_python() {
	local folder=$1 requirements=$2
	python3 -c 'import ensurepip' 2>/dev/null || ! has apt-get || install_packages python3 python3-venv
	! cmp -s "$requirements" "$folder/installed-requirements.txt" || return 0
	rm -rf "$folder"
	python3 -m venv "$folder" &&
		"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
			-r "$requirements" </dev/null &&
		cp "$requirements" "$folder/installed-requirements.txt"
}

node_to_use() {
	local path
	for path in build/npm/node_modules/node-linux-{x64,arm64}/bin/node; do
		if [ -x "$path" ] && "$path" --version >/dev/null 2>&1; then
			echo "$path"
			return
		fi
	done
	has node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 22 ] ||
		fail "the end-to-end tests need Node.js 22 or later"
	echo node
}

# The pages are tried in a real browser; without one those tests say that they are skipped.
has_chromium() { [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome; }

need_chromium() { has_chromium || ! has apt-get || install_packages chromium || true; }

# A program of a package that would also start a service: only the program, into build/bin, and the
# libraries that the package asks for.
unpack_program() {
	local package=$1 path=$2 libraries=()
	mkdir -p build/bin
	[ -x "build/bin/$package" ] || has "$package" || [ -x "/usr/sbin/$package" ] || ! has apt-get || (
		cd build/bin
		apt-get -q download "$package" </dev/null && dpkg-deb --fsys-tarfile "$package"_*.deb |
			tar -x --strip-components=3 "$path" &&
			mapfile -t libraries < <(dpkg-deb -f "$package"_*.deb Depends | tr ',' '\n' |
				sed -n 's/^ *\(lib[^ |]*\).*/\1/p') &&
			rm "$package"_*.deb && install_packages "${libraries[@]}"
	) || true
}

# What looks at scripts and workflows, and the registry that images are pushed to: of this one only
# the program, since its package also starts a service. What can't be had is left out by its tests,
# which say so.
need_deploy_tools() {
	local package
	for package in openssl jq curl shellcheck skopeo lintian; do
		has "$package" || ! has apt-get || install_packages "$package" || true
	done
	unpack_program docker-registry ./usr/bin/docker-registry
	[ -x build/bin/actionlint ] || has actionlint || ! has go ||
		GOBIN=$PWD/build/bin GOFLAGS=-mod=mod go install "$ACTIONLINT" || true
	install_python build/aws tests/deploy/requirements.txt || true
}
ACTIONLINT=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

# Files of tests for node's runner. WITH: a command that runs it, or none.
WITH=()
run_node_tests() {
	local part=$1 began=$SECONDS node passed failed status=0
	shift
	say "== $part"
	rm -f "$TEST/e2e.tap"
	export BUILD=${BUILD:-dev}
	ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
	if need_node_modules && need_python && node=$(node_to_use); then
		"${WITH[@]}" "$node" --test --test-timeout="${NODE_TIMEOUT:-600000}" \
			--test-concurrency="${NODE_TESTS_AT_ONCE:-2}" \
			--test-reporter=spec --test-reporter-destination=stdout \
			--test-reporter=tap --test-reporter-destination="$TEST/e2e.tap" \
			"$@" </dev/null || status=$?
	fi
	passed=$(sed -n 's/^# pass //p' "$TEST/e2e.tap" 2>/dev/null | tail -1)
	failed=$(awk '/^# (fail|cancelled) / { n += $3 } END { print n + 0 }' "$TEST/e2e.tap" 2>/dev/null)
	[ "$status" = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
	if [ "$status" != 0 ] && [ -e "$TEST/e2e.tap" ]; then
		again_node "$TEST/e2e.tap"
		why_node "$TEST/e2e.tap"
	fi
	count "$part" "${passed:-0}" "${failed:-0}" $((SECONDS - began))
}

# The same again where each server has a database on PostgreSQL: what says most in little time.
run_e2e_on_postgresql() {
	local part=$1
	if ! tests/postgres.sh there; then
		return
	fi
	WITH=(env DATABASE=postgresql PEOPLE=keys tests/postgres.sh run)
	run_node_tests "$part" tests/e2e/{golden,imports,exports,crash,flow,quoting,own,own_follows,sign_in,sign_in_ends,support_chat,support_desk}.test.mjs
	WITH=()
}

need_balancers() {
	unpack_program haproxy ./usr/sbin/haproxy
	unpack_program nginx ./usr/sbin/nginx
}

# Several processes of each service over one PostgreSQL, as they are deployed. MANY=long: all of it;
# otherwise a shorter form, for every day.
run_many_tests() {
	local part=$1 BUILD=release NODE_TIMEOUT=900000 NODE_TESTS_AT_ONCE=3
	if ! tests/postgres.sh there; then
		PARTS+=("$(printf '%-44s left out: there is no PostgreSQL' "$part")")
		return
	fi
	[ "${MANY:-}" != long ] || NODE_TESTS_AT_ONCE=1
	need_balancers
	run_node_tests "$part" tests/many/*.test.mjs
}

test_many() {
	need_tools
	need_postgresql
	build release --target mcp-products mcp-orders mcp-support
	mkdir -p "$TEST"
	MANY=long run_many_tests "many processes over PostgreSQL, long form"
	conclude
}

# Prometheus and its tool: only the programs, since the package also starts a service, and wants what its pages are made of.
need_prometheus() {
	mkdir -p build/bin
	{ [ -x build/bin/prometheus ] && [ -x build/bin/promtool ]; } || { has prometheus && has promtool; } || ! has apt-get || (
		cd build/bin
		apt-get -q download prometheus </dev/null && dpkg-deb --fsys-tarfile prometheus_*.deb |
			tar -x --strip-components=3 ./usr/bin/prometheus ./usr/bin/promtool
		rm -f prometheus_*.deb
	) || true
}

# Of ./dev test-operator what is seldom like the other: all of one database is gone, and the file of the other.
run_operators_short_form() {
	local part=$1 BUILD=release
	local -x OPERATOR_ACCIDENTS=$'the database is killed\nits file is replaced'
	run_node_tests "$part" tests/operator/{flat,operator}.test.mjs
}

# One test file of tests/operator with what it needs; what it writes is in build/test.
run_operators_file() {
	local part=$1 file=$2 BUILD=release
	need_tools
	need_postgresql
	need_prometheus
	build release --target mcp-products mcp-orders mcp-support
	mkdir -p "$TEST"
	run_node_tests "$part" "tests/operator/$file"
	conclude
}

test_operator() {
	local -x OPERATOR_ACCIDENTS
	OPERATOR_ACCIDENTS=$(printf '%s\n' "$@")
	NODE_TIMEOUT=1500000 run_operators_file "the operator's hour" operator.test.mjs
}

soak() {
	local -x SOAK_SECONDS=${1:-300}
	[[ $SOAK_SECONDS =~ ^[1-9][0-9]*$ ]] || fail "soak takes a number of seconds, not \"$SOAK_SECONDS\""
	NODE_TIMEOUT=$(((SOAK_SECONDS + 600) * 1000)) run_operators_file "a load for $SOAK_SECONDS s" soak.test.mjs
}

# What is released under ASan and UBSan, and TSan; one process of each program on SQLite, two of each over
# PostgreSQL. CHAOS_SECONDS in all are for the chaos itself; CHAOS_SEED repeats a run's decisions.
CHAOS_RUNS=(asan:sqlite asan:postgresql threads:sqlite threads:postgresql)
run_chaos() {
	local part=$1 seed=${CHAOS_SEED:-} run BUILD DATABASE began
	local -x CHAOS_SECONDS=$(((${CHAOS_SECONDS:-40} + 3) / ${#CHAOS_RUNS[@]}))
	for run in "${CHAOS_RUNS[@]}"; do
		BUILD=${run%:*} began=$SECONDS
		local -x DATABASE=${run#*:} CHAOS_SEED=${seed:-$((SRANDOM % 1000000))}
		if [ "$DATABASE" = postgresql ] && ! tests/postgres.sh there; then
			PARTS+=("$(printf '%-44s left out: there is no PostgreSQL' "$part, $BUILD, $DATABASE")")
		elif build "$BUILD" --target mcp-products mcp-orders; then
			NODE_TIMEOUT=$(((CHAOS_SECONDS + 180) * 1000)) \
				run_node_tests "$part, $BUILD, $DATABASE" tests/chaos/*.test.mjs
		else
			count "$part, $BUILD, $DATABASE" 0 1 $((SECONDS - began)) "build/$BUILD.log"
		fi
	done
}

chaos() {
	while [ $# -gt 0 ]; do
		case $1 in
		--seed) export CHAOS_SEED=${2:?--seed takes a number}; shift ;;
		*[!0-9]* | '') fail "chaos takes a number of seconds and --seed N, not \"$1\"" ;;
		*) CHAOS_SECONDS=$1 ;;
		esac
		shift
	done
	need_tools
	need_postgresql
	mkdir -p "$TEST"
	run_chaos chaos
	conclude
}

# clang, with the parts that fuzzing needs.
has_libfuzzer() {
	has clang && echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
		clang -x c -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null
}

# Each target a few thousand times, always with the same inputs; ./dev fuzz looks for new ones.
run_fuzz_tests() {
	local part=$1 began=$SECONDS log=$TEST/fuzz.log passed='' failed=''
	if ! has_libfuzzer; then
		PARTS+=("$(printf '%-44s left out: there is no clang with libFuzzer' "$part")")
		return
	fi
	say "== $part"
	! build fuzz || tests/fuzz/run 3000x 2>&1 | tee "$log" || true
	read -r passed _ failed _ < <(tail -1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed') || true
	count "$part" "${passed:-0}" "${failed:-1}" $((SECONDS - began)) "$log"
}

fuzz() {
	has_libfuzzer || fail "fuzzing needs clang with libFuzzer (on Debian: clang, libclang-rt-VERSION-dev)"
	need_tools
	build fuzz
	exec tests/fuzz/run "${@:-60}"
}

# Wycheproof's vectors for signatures and keys, by the C tests' build.
run_wycheproof_tests() {
	local part=$1 began=$SECONDS log=$TEST/wycheproof.log passed='' failed='' why='' status=0
	say "== $part"
	why=$(tests/wycheproof/fetch) || status=$?
	if [ "$status" = 77 ]; then
		PARTS+=("$(printf '%-44s left out: %s' "$part" "$why")")
		return
	fi
	[ "$status" != 0 ] || ! build dev --target wycheproof ||
		build/dev/tests/wycheproof/wycheproof build/wycheproof 2>&1 | tee "$log" || true
	read -r passed _ failed _ < <(tail -1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed') || true
	count "$part" "${passed:-0}" "${failed:-1}" $((SECONDS - began)) "$log"
}

need_spin() { (has spin && has gcc) || ! has apt-get || install_packages spin gcc libc6-dev || true; }

# The rules of ownership as models (tests/model), searched whole, and each broken on purpose.
run_model_checks() {
	local part=$1 began=$SECONDS log=$TEST/model.log passed='' failed=''
	shift
	need_spin
	if ! has spin || ! has gcc; then
		PARTS+=("$(printf '%-44s left out: there is no spin' "$part")")
		return
	fi
	say "== $part"
	tests/model/run "$@" 2>&1 | tee "$log" || true
	read -r passed _ failed _ < <(tail -1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed') || true
	count "$part" "${passed:-0}" "${failed:-1}" $((SECONDS - began)) "$log"
}

untag() {
	local name
	for name in "${NAMES[@]}"; do
		docker rmi "mcp-$name:$(tag_for "$1")"
	done
}

# Their images have a tag of this checkout's own.
find_docker_for_tests() {
	container_parts
	need_docker || return
	IMAGE_TAG=test-$(pwd | cksum | cut -d' ' -f1)
	export DOCKER IMAGE_TAG
}

need_test_images() { find_docker_for_tests && (images); }

# Compiling them and running their tests in an emulator takes minutes, beside parts that wait; what the
# images are is looked at afterwards, when each step of their builds is in the engine's cache, or fails again.
begin_images() {
	find_docker_for_tests || return 0
	(images && images arm64 && untag arm64) >"$TEST/images.log" 2>&1 </dev/null &
	IMAGES=$!
	in_background "$IMAGES"
}

# The images and the stack, under a tag of this checkout's own.
run_container_tests() {
	local part=$1 began
	say "== images"
	if [ -z "$IMAGES" ]; then
		say "images and stack are left out, since Docker can't run here: $WHY_NO_DOCKER"
		PARTS+=("$(printf '%-44s left out: Docker can'\''t run here' "$part")")
		return
	fi
	began=$SECONDS
	await "$IMAGES" || cat "$TEST/images.log"
	if (images); then
		count "images" 2 0 $((SECONDS - began))
		NODE_TIMEOUT=1500000 run_node_tests "$part" tests/docker/*.test.mjs
	else
		count "images" 0 2 $((SECONDS - began)) "$TEST/images.log"
	fi
	[ -z "$ENGINE_STARTED" ] || stop_engine
}

run_conformance() {
	local part=$1 began=$SECONDS node log=$TEST/conformance.log passed='' failed=''
	say "== $part"
	if need_node_modules && node=$(node_to_use); then
		"$node" tests/conformance/run.mjs </dev/null 2>&1 | tee "$log" || true
		read -r passed _ failed _ < <(tail -1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed') || true
	fi
	count "$part" "${passed:-0}" "${failed:-1}" $((SECONDS - began)) "$log"
}

# Its checks are Python's, and checkov is; Terraform itself no package has.
need_infra_tools() {
	python3 -c 'import ensurepip' 2>/dev/null || ! has apt-get || install_packages python3 python3-venv
}

# It computes for minutes on one processor and meets nothing of the other parts, most of which wait a lot:
# it takes what they leave, once what it needs was fetched, and what it said comes when it has ended.
begin_infra() {
	(
		tail --pid="$FETCHING" -f /dev/null
		date +%s >"$TEST/infra.began"
		exec nice -n 19 terraform/check
	) </dev/null >"$TEST/infra.log" 2>&1 &
	INFRA=$!
	in_background "$INFRA"
}

end_infra() {
	local part=$1 log=$TEST/infra.log passed='' failed='' left_out
	await "$INFRA" || true
	say "== $part"
	cat "$log"
	read -r passed _ failed _ < <(tail -1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed') || true
	# It was written to last when it ended.
	count "$part" "${passed:-0}" "${failed:-1}" $(($(date -r "$log" +%s) - $(cat "$TEST/infra.began"))) "$log"
	left_out=$(sed -n '$s/.*; left out: //p' "$log")
	[ -z "$left_out" ] || PARTS+=("$(printf '%-44s left out: %s' "$part" "$left_out")")
}

# Parts that wait more than they compute, and meet nothing of the others, which go first: one after the other, with
# logs of their own.
begin_beside() {
	local clients
	mapfile -t clients < <(client_names 'select(.daily)')
	(
		renice -n 5 "$BASHPID" >/dev/null
		TEST=$TEST/beside PARTS=() AGAIN=() WHY=() PASSED=0 FAILED=0
		mkdir "$TEST"
		NODE_TIMEOUT=1500000 NODE_TESTS_AT_ONCE=3 run_node_tests "deployment: scripts and workflows" tests/deploy/*.test.mjs
		run_conformance "official conformance suite"
		run_client_tests "clients of other languages" "${clients[@]}"
		run_sign_in_tests "clients that sign in"
		run_moto_tests "ops at moto, which judges its rights"
		run_node_tests "documentation" tests/docs/*.test.mjs
		run_node_tests "the runtime as a package" tests/package/*.test.mjs
		run_node_tests "rooms of the code" tests/rooms/*.test.mjs
		declare -p PARTS AGAIN WHY PASSED FAILED >"$TEST/counted"
	) </dev/null >"$TEST/beside.log" 2>&1 &
	BESIDE=$!
	in_background "$BESIDE"
}

# What they said, and what they count.
end_beside() {
	local parts=("${PARTS[@]}") again=("${AGAIN[@]}") why=("${WHY[@]}") passed=$PASSED failed=$FAILED status=0
	await "$BESIDE" || status=$?
	cat "$TEST/beside.log"
	PARTS=() AGAIN=() WHY=() PASSED=0 FAILED=0
	if [ "$status" = 0 ]; then
		eval "$(sed 's/^declare -[a-z-]* //' "$TEST/beside/counted")"
	else
		count "parts that run beside others" 0 1 0 "$TEST/beside.log"
	fi
	PARTS=("${parts[@]}" "${PARTS[@]}") AGAIN=("${again[@]}" "${AGAIN[@]}") WHY=("${why[@]}" "${WHY[@]}")
	PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
}

run_tests() {
	local targets
	need_tools
	need_postgresql
	need_iso_codes
	need_spin
	need_chromium
	rm -rf "$TEST"
	mkdir -p "$TEST"
	# Some hundred processes of Node.js load the same few modules: compiled once.
	export NODE_COMPILE_CACHE=$PWD/$TEST/compiled
	begin_fetching
	begin_infra
	mapfile -t targets < <(thread_tests)

	BUILD_ARGUMENTS=()
	run_c_tests "C tests, ASan and UBSan (dev)" dev
	run_c_tests "C tests, optimised (release)" release
	BUILD_ARGUMENTS=(--target "${targets[@]}")
	run_c_tests "C tests, TSan (threads)" threads \
		-R "^($(IFS='|'; echo "${targets[*]}"))(_on_postgresql)?\$"
	run_fuzz_tests "fuzz targets, short form"
	run_model_checks "the rules of ownership, as models"
	await "$FETCHING" || cat "$TEST/fetch.log"
	run_wycheproof_tests "Wycheproof: signatures and keys"
	need_deploy_tools
	begin_beside
	# They wait more than they compute.
	NODE_TESTS_AT_ONCE=3 run_node_tests "end to end, binaries of ${BUILD:-dev}" tests/e2e/*.test.mjs
	run_page_tests "web pages in a browser"
	begin_images
	NODE_TESTS_AT_ONCE=3 run_e2e_on_postgresql "end to end on PostgreSQL"
	run_many_tests "many processes over PostgreSQL, short form"
	run_dynamodb_tests "support, its history in DynamoDB"
	run_operators_short_form "the operator's hour, short form"
	# The same decisions each time; ./dev chaos makes new ones.
	CHAOS_SEED=${CHAOS_SEED:-7} run_chaos chaos
	end_beside
	run_container_tests "images and stack"
	end_infra "Terraform: tests, invariants, checkov"

	conclude
}
