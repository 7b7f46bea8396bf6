# shellcheck shell=bash
# lib.sh - what the deploy scripts share: words, bounded waiting, AWS calls that are tried again.
#
# PAUSE_MS is the first pause of each wait (2000); they double up to PAUSE_MOST_MS (20000), and each
# has half of itself left to chance, so that pipelines don't ask in step.

PAUSE_MS=${PAUSE_MS:-2000}
PAUSE_MOST_MS=${PAUSE_MOST_MS:-20000}
AWS_TRIES=${AWS_TRIES:-8}
# One call: its own tries are ours, and it can't hang.
export AWS_PAGER='' AWS_MAX_ATTEMPTS=1 AWS_CLI_AUTO_PROMPT=off

TROUBLE=1
USAGE=2

# What goes wrong is an annotation where GitHub listens: to stderr too, and stdout may be an answer inside $( ).
complain() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	[ "${GITHUB_ACTIONS:-}" != true ] || printf '::error title=%s::%s\n' "${0##*/}" "$*" >&2
}
say() { printf '%s\n' "$*"; }
fail() { complain "$*"; exit "$TROUBLE"; }
misused() { complain "$* (--help says how)"; exit "$USAGE"; }

# The words of others, which must not read as commands to GitHub.
quote() { sed 's/^/  | /'; }

has() { command -v "$1" >/dev/null 2>&1; }
need() {
	local program
	for program; do
		has "$program" || fail "$program is needed and not installed"
	done
}

# The comment at a script's head is its help.
help() { sed -n '2,/^$/{/^#/!q;s/^# \{0,1\}//p}' "$0"; }

# ---- Services ----

# Which this call is about, into the array `services`: those of SERVICES, or all that are listed.
choose_services() {
	local here names name
	here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	names=${SERVICES:-$("$here/../../services")} || exit "$TROUBLE"
	services=()
	for name in $names; do
		services+=("$name")
	done
}

# ---- Waiting ----

# The pause before try number N, from 0.
pause() {
	local try=$1 ms=$PAUSE_MS
	while ((try-- > 0 && ms < PAUSE_MOST_MS)); do
		ms=$((ms * 2))
	done
	((ms <= PAUSE_MOST_MS)) || ms=$PAUSE_MOST_MS
	ms=$((ms / 2 + ms * RANDOM / 65536))
	sleep "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
}

# ---- AWS ----

# What may go well the next time. The others are answers.
may_pass() {
	grep -qE '\((50[0-4]|Throttl[a-z]*(Exception)?|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(Exception)?|ServerException|ServiceUnavailable(Exception)?|InternalFailure|InternalServerError|InternalError|WAFUnavailableEntityException)\)|Rate exceeded|Could not connect to the endpoint|Connection was closed|[Rr]ead timeout|Connect timeout' "$1"
}

# aws, as often as it takes within AWS_TRIES. What the last one complained of is quoted to stderr.
aws_call() {
	local try words status=0
	words=$(mktemp)
	for ((try = 0; try < AWS_TRIES; try++)); do
		status=0
		aws --cli-connect-timeout 10 --cli-read-timeout 60 --output json "$@" 2>"$words" || status=$?
		[ "$status" != 0 ] || break
		may_pass "$words" || break
		pause "$try"
	done
	[ "$status" = 0 ] || quote <"$words" >&2
	rm -f "$words"
	return "$status"
}
