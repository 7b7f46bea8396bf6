# shellcheck shell=bash
# stand_ins.sh - ./dev test-aws: what others wrote to stand in for AWS, moto and MiniStack: mcp-ops at both (tests/stand_ins), and support
# with its history in MiniStack's DynamoDB (tests/dynamodb). Sourced by dev.

# moto is among what the scripts of a deployment are tried with. What can't be had is left out, in words.
run_moto_tests() {
	local part=$1
	if [ ! -x build/aws/bin/moto_server ]; then
		PARTS+=("$(printf '%-44s left out: moto can'\''t be had here' "$part")")
		return
	fi
	run_node_tests "$part" tests/stand_ins/{moto,rights}.test.mjs
	has terraform || [ -x build/bin/terraform ] ||
		PARTS+=("$(printf '%-44s left out: there is no terraform, which writes the policy' "$part, rights")")
}

need_ministack() { install_python build/ministack tests/stand_ins/requirements.txt; }

run_ministack_tests() {
	local part=$1 began=$SECONDS
	if need_ministack; then
		run_node_tests "$part" tests/stand_ins/ministack.test.mjs
	else
		count "$part: it is not installed" 0 1 $((SECONDS - began))
	fi
}

# Support with its history in DynamoDB: the tests of all histories, of what a DynamoDB does on a bad day, and of processes that are killed. DYNAMODB=long:
# all of it; otherwise what says most in little time. PostgreSQL has what else it keeps, so that there can be two processes.
run_dynamodb_tests() {
	local part=$1 why files names
	need_ministack || true
	if ! why=$(tests/dynamodb.sh there) || ! why=$(tests/postgres.sh there); then
		PARTS+=("$(printf '%-44s left out: %s' "$part" "$why")")
		return
	fi
	mapfile -t names < <(grep -l '"support_fixture.h"' tests/unit/*.c | xargs -n1 basename -s .c)
	files=(tests/e2e/support_{chat,desk}.test.mjs tests/dynamodb/*.test.mjs)
	[ "${DYNAMODB:-}" != long ] || files+=(tests/e2e/support_{attacks,bedrock,judge,pages,program,writing}.test.mjs)
	local BUILD_ARGUMENTS=(--target "${names[@]}") BUILD=release NODE_TESTS_AT_ONCE=3
	WITH=(tests/dynamodb.sh run)
	run_c_tests "$part: C tests" dev -R "^($(IFS='|'; echo "${names[*]}"))\$"
	WITH=(env DATABASE=postgresql PEOPLE=keys tests/postgres.sh run tests/dynamodb.sh run)
	run_node_tests "$part" "${files[@]}"
	WITH=()
}

# Tool by stand-in, by the order of the first: as the tests have noted it.
say_stand_ins() {
	awk -F '\t' '
		!($1 in seen) { seen[$1]; names[++rows] = $1 }
		!($2 in known) { known[$2]; stand_ins[++columns] = $2 }
		{ has[$1, $2] = $3 }
		END {
			head = "| tool |"; rule = "|---|"
			for (i = 1; i <= columns; i++) { head = head " " stand_ins[i] " |"; rule = rule "---|" }
			print head; print rule
			for (i = 1; i <= rows; i++) {
				line = "| " names[i] " |"
				for (j = 1; j <= columns; j++) line = line " " ((names[i], stand_ins[j]) in has ? has[names[i], stand_ins[j]] : "failed") " |"
				print line
			}
		}' "$TEST/stand-ins.tsv"
}

# All, or those that are named; and the table of which tool of ops each stand-in has.
test_aws() {
	local -A parts=([moto]='ops at moto' [ministack]='ops at ministack' [dynamodb]='support, its history in DynamoDB')
	local -x BUILD=${BUILD:-release} DYNAMODB=long MANY=long
	local name
	for name; do
		[ -n "${parts[$name]:-}" ] || fail "there is no stand-in \"$name\"; there are: dynamodb ministack moto"
	done
	[ $# -gt 0 ] || set -- moto ministack dynamodb
	need_tools
	need_deploy_tools
	mkdir -p "$TEST"
	rm -f "$TEST/stand-ins.tsv"
	build "$BUILD" --target mcp-ops
	[[ " $* " != *' dynamodb '* ]] || { need_postgresql && build release --target mcp-support mcp-products mcp-orders; }
	for name; do
		"run_${name}_tests" "${parts[$name]}"
	done
	say ""
	[ ! -e "$TEST/stand-ins.tsv" ] || say_stand_ins
	conclude && [ "$PASSED" -gt 0 ]
}
