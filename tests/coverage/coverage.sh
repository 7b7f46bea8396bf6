# shellcheck shell=bash
# coverage.sh - ./dev coverage [C | FILE.test.mjs...]: which lines and branches the tests run, by folder, and as HTML in
# build/coverage/html. C tests and all end-to-end tests together; with C only the C tests; with files those
# of the end-to-end tests beside them. Sourced by dev.
#
# A process that is killed has not counted what it did in its last second (tests/coverage/flush.c), and what
# runs only in release (NDEBUG) or under a sanitizer is not here.

coverage_counts() {
	local folder=build/coverage
	"$folder/tools/bin/gcovr" --root . --object-directory "$folder" --exclude 'tests/' --exclude 'build/' \
		--exclude-unreachable-branches --exclude-throw-branches --gcov-ignore-errors=all \
		--gcov-ignore-parse-errors=all --merge-mode-functions=separate -j "$(nproc)" \
		--json-summary "$folder/summary.json" --html-details "$folder/html/index.html" >"$folder/gcovr.log" 2>&1 ||
		{ tail -5 "$folder/gcovr.log" >&2; return 1; }
}

# Tests that fail are for ./dev test to tell; here they only count less.
coverage() {
	local node folder=build/coverage files=("$@")
	need_tools
	need_postgresql
	build coverage
	install_python "$folder/tools" tests/coverage/requirements.txt || fail "gcovr can't be installed"
	find "$folder" -name '*.gcda' -delete
	mkdir -p "$folder/html"
	ctest --test-dir "$folder" -j "$(nproc)" --timeout 300 -E '^fuzz_' </dev/null >"$folder/ctest.log" 2>&1 ||
		say "some C tests failed: $folder/ctest.log"
	if [ "${1:-}" != C ]; then
		need_node_modules && need_python && node=$(node_to_use)
		[ ${#files[@]} -gt 0 ] || files=(tests/e2e/*.test.mjs)
		BUILD=coverage "$node" --test --test-timeout=600000 --test-concurrency=2 "${files[@]}" \
			</dev/null >"$folder/e2e.log" 2>&1 || say "some end-to-end tests failed: $folder/e2e.log"
		[ $# -gt 0 ] || ! tests/postgres.sh there ||
			BUILD=coverage DATABASE=postgresql tests/postgres.sh run "$node" --test --test-timeout=600000 \
				tests/e2e/{golden,imports,crash}.test.mjs </dev/null >"$folder/e2e_on_postgresql.log" 2>&1 ||
			say "some end-to-end tests failed: $folder/e2e_on_postgresql.log"
	fi
	coverage_counts
	python3 tests/coverage/report.py "$folder/summary.json"
	say "line by line: $folder/html/index.html"
}
