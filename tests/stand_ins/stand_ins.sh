# shellcheck shell=bash
# stand_ins.sh - ./dev test-aws: mcp-ops at what others wrote to stand in for AWS (tests/stand_ins): moto and MiniStack. Sourced by dev.

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

run_ministack_tests() {
	local part=$1 began=$SECONDS
	if install_python build/ministack tests/stand_ins/requirements.txt; then
		run_node_tests "$part" tests/stand_ins/ministack.test.mjs
	else
		count "$part: it is not installed" 0 1 $((SECONDS - began))
	fi
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

# Both, or the one that is named; and the table of what each has.
test_aws() {
	local name
	for name; do
		[[ $name =~ ^(moto|ministack)$ ]] || fail "there is no stand-in \"$name\"; there are: ministack moto"
	done
	need_tools
	need_deploy_tools
	local -x BUILD=${BUILD:-release}
	build "$BUILD" --target mcp-ops
	mkdir -p "$TEST"
	rm -f "$TEST/stand-ins.tsv"
	[ $# -gt 0 ] || set -- moto ministack
	for name; do
		"run_${name}_tests" "ops at $name"
	done
	say ""
	[ ! -e "$TEST/stand-ins.tsv" ] || say_stand_ins
	conclude && [ "$PASSED" -gt 0 ]
}
