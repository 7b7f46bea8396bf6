# shellcheck shell=bash
# one.sh - ./dev test TEST...: some tests alone; and of one that failed the line that runs it so. Sourced by dev.

test_usage() {
	cat <<'END'
usage: ./dev test [TEST...]

Without any it runs every test; what failed stands at the end, a line each that runs it alone, and what it said. A TEST is

  store_lending                         a C test: tests/unit/test_store_lending.c, or any other of ctest's, by its name
  tests/e2e/streams.test.mjs            a file of end-to-end tests
  'tests/e2e/streams.test.mjs:A TEST'   one test of that file, by its name or words of that
  tests/golden/2026-07-28/tools-call.http     a golden exchange

BUILD=release, asan or threads in front of it takes another build than dev. DATABASE=postgresql gives each server of an
end-to-end test a database on PostgreSQL; of C tests those on PostgreSQL are tests of their own, test_store_on_postgresql.
HISTORY=dynamodb gives support a table of DynamoDB for what is said, in its C tests too.
END
}

# ---- Running some ----

run_one_c_test() {
	local name=$1 preset=${BUILD:-dev} found with=()
	build "$preset"
	found=$(ctest --test-dir "build/$preset" -N -R "^(test_)?$name\$" | sed -n 's/^ *Test *#[0-9]*: //p')
	[ -n "$found" ] || fail "there is no C test $name; ctest --test-dir build/$preset -N lists them"
	[ "${HISTORY:-}" != dynamodb ] || { need_ministack && with=(tests/dynamodb.sh run); }
	"${with[@]}" ctest --test-dir "build/$preset" -R "^(test_)?$name\$" --output-on-failure </dev/null
}

# What all of ./dev test has made ready by the time it comes to such a file.
need_for_file() {
	case $1 in
	tests/docker/*) need_test_images || say "Docker can't run here: $WHY_NO_DOCKER" ;;
	tests/deploy/* | tests/stand_ins/*) need_deploy_tools ;;
	tests/many/*) need_postgresql && need_balancers ;;
	tests/dynamodb/*) need_postgresql && need_ministack ;;
	tests/operator/*) need_postgresql && need_prometheus ;;
	tests/web/*) need_postgresql && need_pages ;;
	esac
}

# Its programs are those of the build, PostgreSQL where it is asked for. Where words name no test, the file is one to node, which passed.
run_one_file() {
	local file=$1 words=$2 status=0 node report with=()
	export BUILD=${BUILD:-dev}
	build "$BUILD"
	need_for_file "$file"
	need_node_modules && node=$(node_to_use)
	[ "${DATABASE:-}" != postgresql ] || with=(env PEOPLE="${PEOPLE:-keys}" tests/postgres.sh run)
	[ "${HISTORY:-}" != dynamodb ] || { need_ministack && with+=(tests/dynamodb.sh run); }
	# shellcheck disable=SC2016 # $ is one of the signs
	[ -z "$words" ] || words=$(sed 's/[][\.*^$(){}?+|/]/\\&/g' <<<"$words")
	report=$(mktemp)
	"${with[@]}" "$node" --test --test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination="$report" \
		${words:+--test-name-pattern="$words"} "$file" </dev/null || status=$?
	if grep -qE "^# tests 0\$|^ok 1 - (.*/)?${file##*/}\$" "$report"; then
		status=1
		echo "there is no test in $file${2:+ that has these words in its name: $2}" >&2
	fi
	rm "$report"
	return "$status"
}

run_some_tests() {
	local failed=0 one file
	case $1 in
	-h | --help) test_usage; return ;;
	-*) test_usage >&2; fail "test does not know \"$1\"" ;;
	esac
	need_tools
	for one in "$@"; do
		if [[ $one == tests/golden/*.http && -e $one ]]; then
			one=${one#tests/}
			one=tests/e2e/golden.test.mjs:${one%.http}
			one=${one/:golden\//:golden }
		fi
		file=${one%%.test.mjs*}.test.mjs
		if [ -e "$file" ]; then
			one=${one#"$file"}
			run_one_file "$file" "${one#:}" || failed=1
		elif [[ $one == */* ]]; then
			fail "there is no test $one; ./dev test --help says what there may be"
		else
			run_one_c_test "$one" || failed=1
		fi
	done
	return "$failed"
}

# ---- What failed, as such lines ----

AGAIN=()

again_c() {
	local preset=$1 log=$2 name before=''
	[[ " ${WITH[*]:-} " != *' tests/dynamodb.sh '* ]] || before=' HISTORY=dynamodb'
	while IFS=: read -r _ name; do
		AGAIN+=("BUILD=$preset$before ./dev test $name")
	done <"$log"
}

# What the tests do goes by these too, and of some even the name.
AGAIN_SETTINGS=(CHAOS_SECONDS CHAOS_SEED CHAOS_ACTORS CHAOS_SETTINGS CHAOS_WITHOUT MANY MANY_SEED RESTART_SECONDS SOAK_SECONDS)

# Node's report has a failure's name, \ before some signs, then its place. Of a test in another the outer one counts.
again_node() {
	local report=$1 before="BUILD=$BUILD" setting place name
	[[ " ${WITH[*]:-} DATABASE=${DATABASE:-} " != *' DATABASE=postgresql '* ]] || before+=' DATABASE=postgresql'
	[[ " ${WITH[*]:-} " != *' tests/dynamodb.sh '* ]] || before+=' HISTORY=dynamodb'
	for setting in "${AGAIN_SETTINGS[@]}"; do
		[ -z "${!setting:-}" ] || before+=" $setting=$(printf %q "${!setting}")"
	done
	while IFS=$'\t' read -r place name; do
		# shellcheck disable=SC2001 # of each sign
		name=$(sed 's/\\\(.\)/\1/g' <<<"$name")
		AGAIN+=("$before ./dev test $(quoted "${place#"$PWD"/}:$name")")
	done < <(awk '
		/^not ok [0-9]+ - / { name = $0; sub(/^not ok [0-9]+ - /, "", name); next }
		name != "" && /^  location: / {
			split($0, parts, "\047"); sub(/:[0-9]+:[0-9]+$/, "", parts[2])
			print parts[2] "\t" name; name = ""
		}
		/^(not )?ok / { name = "" }' "$report")
}

quoted() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

say_again() {
	[ ${#AGAIN[@]} -gt 0 ] || return 0
	printf '\none of these alone:\n'
	printf '  %s\n' "${AGAIN[@]}"
}
