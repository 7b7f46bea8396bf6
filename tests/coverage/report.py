"""report.py SUMMARY - what gcovr counted, by folder: lines and branches that ran, of how many."""
import collections
import json
import os
import sys

KINDS = ("line_covered", "line_total", "branch_covered", "branch_total")


def percent(covered, total):
    return f"{100 * covered / total:5.1f} %" if total else "      -"


def row(name, figures):
    lines, all_lines, branches, all_branches = figures
    print(f"{name:24} {percent(lines, all_lines)} of {all_lines:6} lines  {percent(branches, all_branches)} of {all_branches:6} branches")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    for each in files:
        for i, kind in enumerate(KINDS):
            folders[os.path.dirname(each["filename"])][i] += each[kind]
            folders["~all"][i] += each[kind]
    for name in sorted(folders):
        row(name.removeprefix("~"), folders[name])


main()
