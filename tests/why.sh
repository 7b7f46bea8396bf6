# shellcheck shell=bash
# why.sh - what those that failed said, for the end of ./dev test: of what CI prints, often only the end is kept. Sourced by dev.

WHY=()          # of each that failed its name, and what it said
WHY_TOLD=10     # of so many
WHY_LINES=25    # so much at the most, and in all so much that the lists before it are kept too
WHY_LINES_IN_ALL=120

# Of what is too long the begin and the end: what a server's log ends with says why it ended.
say_why() {
	local one told=${#WHY[@]} lines=$WHY_LINES
	[ "$told" -gt 0 ] || return 0
	[ "$told" -le "$WHY_TOLD" ] || told=$WHY_TOLD
	[ $((told * lines)) -le "$WHY_LINES_IN_ALL" ] || lines=$((WHY_LINES_IN_ALL / told))
	printf '\nwhat they said:\n'
	for one in "${WHY[@]:0:told}"; do
		awk -v most="$lines" '
			length > 600 { $0 = substr($0, 1, 250) " ... " substr($0, length - 300) }
			{ line[NR] = (NR == 1 ? "- " : "    ") $0 }
			END {
				half = int(most / 2)
				for (i = 1; i <= NR; i++)
					if (NR <= most || i <= half || i > NR - (most - half - 1)) print line[i]
					else if (i == half + 1) print "    ..."
			}' <<<"${one%$'\n'}"
	done
	[ ${#WHY[@]} -le "$told" ] || printf -- '- and %d more\n' $((${#WHY[@]} - told))
}

# Texts that end with a NUL.
why() {
	local texts
	mapfile -d '' -t texts
	WHY+=("${texts[@]}")
}

# Of node's report: the innermost, its message, where it was thrown. What was printed before stands for a file that ended badly.
why_node() {
	why < <(awk -v here="$PWD/" '
		function text(value) {                 # of a line of YAML
			value = substr(value, index(value, ": ") + 2)
			return value ~ /^[\047"`]/ ? substr(value, 2, length(value) - 2) : value
		}
		function below(path) { return index(path, here) == 1 ? substr(path, length(here) + 1) : path }
		function tell() {
			if (name != "" && type != "subtestsFailed") {
				printf "%s: %s\n%s", place, name, error
				for (i = 0; i < errors; i++) print message[i]
				printf "%s", stack
				if (ended)
					for (i = printed > 15 ? printed - 15 : 0; i < printed; i++)
						print said[i]
				printf "%c", 0
			}
			name = ""
		}
		/^ *not ok [0-9]+ - / {
			name = $0; sub(/^ *not ok [0-9]+ - /, "", name); gsub(/\\/, "", name)
			place = type = error = stack = within = ""; ended = errors = stacks = 0
			indent = match($0, /[^ ]/) - 1
			next
		}
		name == "" { if (/^# / && !/^# Subtest: /) said[printed++] = substr($0, 3); else if (/^ok /) printed = 0; next }
		{ line = substr($0, indent + 3) }
		line == "..." { tell(); if (!indent) printed = 0; next }
		line ~ /^[a-zA-Z]+:/ { within = "" }
		line ~ /^location: / { place = below(text(line)); sub(/:[0-9]+$/, "", place) }
		line ~ /^failureType: / { type = text(line) }
		line ~ /^exitCode: / { ended = 1 }
		line ~ /^(error|stack): \|-$/ { within = substr(line, 1, 5); next }
		line ~ /^error: / { error = text(line) "\n" }
		within == "error" && line ~ /[^ ]/ { message[errors++] = substr(line, 3) }
		within == "stack" && line !~ /node:/ && stacks++ < 4 { sub(/file:\/\//, "", line); stack = stack "  at " substr(line, 3) "\n" }
		' "$1")
}

# Of ctest's log: the checks that failed and what a sanitizer said; else the end of what it printed.
why_c() {
	why < <(awk -v preset="$1" '
		/^[0-9]+\/[0-9]+ Testing: / { name = $NF; printed = told = more = 0; next }
		/^Test (Failed|Timeout|Not Run|time out)/ || /^Unable to / {
			printf "%s (%s): %s\n", name, preset, $0
			for (i = 0; i < told; i++) print tell[i]
			if (!told) for (i = printed > 12 ? printed - 12 : 0; i < printed; i++) print said[i]
			printf "%c", 0
		}
		/^"|^Test |^Command: |^Directory: |^Output:|^-+$|^<end of output>|^[0-9]+\/[0-9]+ Test: |^$/ { next }
		{ said[printed++] = $0 }
		/(ERROR|WARNING): [A-Za-z]*Sanitizer|runtime error:/ { more = 9 }
		/:[0-9]+:[FE]:/ || more > 0 { tell[told++] = $0; more-- }' "$2")
}

# Of any other part: what reads like a failure, each with what was said before it, and after an error; else the end of it.
why_log() {
	local part=$1 log=$2
	[ -s "$log" ] || return 0
	why < <(awk -v part="$part" '
		{ line[NR] = $0 }
		/FAIL|[1-9][0-9]* failed|[Ee]rror[: ]|ERROR|SUMMARY: |not ok/ { last[found++] = NR }
		END {
			print part ":"
			if (found && last[found - 1] == NR)
				found--                        # that one only counts
			for (i = 0; i < found; i++) {
				to = last[i] + (line[last[i]] ~ /[Ee]rror[: ]/ ? 6 : 0)
				for (at = last[i] - 4; at <= to && at <= NR; at++)
					if (at > shown) { print line[at]; shown = at }
			}
			for (at = NR - 19; !found && at <= NR; at++)
				if (at > 0) print line[at]
			printf "%c", 0
		}' "$log")
}
