#!/usr/bin/env python3
"""count.py - how many assertions held.

    terraform test -json … | count.py FOLDER

Terraform counts runs. This counts what they assert: each `assert`, and each `expect_failures`. It prints what did
not hold in Terraform's own words; the last line counts.
"""
import json
import pathlib
import re
import sys


def assertions(folder):
    """How many there are, by file and run."""
    found = {}
    for path in pathlib.Path(folder).rglob("*.tftest.hcl"):
        run = None
        for line in path.read_text().splitlines():
            if start := re.match(r'run "([^"]+)"', line):
                run = start[1]
                found[path.name, run] = 0
            elif run and re.match(r"\s+(assert \{|expect_failures\b)", line):
                found[path.name, run] += 1
    return found


def main():
    there = assertions(sys.argv[1])
    passed = failed = 0
    problems = {}
    for line in sys.stdin:
        message = json.loads(line) if line.startswith("{") else {"type": "text", "text": line}
        where = pathlib.Path(message.get("@testfile", "")).name, message.get("@testrun")
        if message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error":
            diagnostic = message["diagnostic"]
            problems[where] = problems.get(where, 0) + 1
            place = diagnostic.get("range", {})
            print(f'{place.get("filename", "")}:{place.get("start", {}).get("line", "")}: {diagnostic["summary"]}: {diagnostic["detail"]}')
        elif message["type"] == "test_run" and message["test_run"].get("status"):
            count = there.get(where, 0)
            if message["test_run"]["status"] == "pass":
                passed += count
            elif message["test_run"]["status"] == "skip":
                failed += count
                print(f"{where[0]}: {where[1]} was skipped")
            else:
                wrong = min(max(problems.get(where, 0), 1), max(count, 1))
                failed += wrong
                passed += max(count - wrong, 0)
    outside = sum(count for (_, run), count in problems.items() if run is None)
    if passed + failed == 0 or outside:
        failed += max(outside, 1)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
