# engine.sh - finds a Docker engine, or starts one; part of ./dev, which has say, fail and the rest.
#
# An engine that is started here keeps everything in ENGINE, which other checkouts on this machine
# share. Nothing of the machine's own configuration is touched.
# shellcheck shell=bash disable=SC2034

ENGINE=${ENGINE:-/var/tmp/mcp-shop-docker}
ENGINE_STARTED=
DOCKER=docker
COMPOSE=()

docker() { command "$DOCKER" "$@"; }
compose() { command "${COMPOSE[@]}" "$@"; }

# Builds need BuildKit: a client of the time when it was part of the engine, or one with buildx.
can_build() {
	"$1" buildx version >/dev/null 2>&1 ||
		[ "$("$1" --version 2>/dev/null | sed -n 's/.*version \([0-9]*\)\..*/\1/p')" -lt 23 ] 2>/dev/null
}

find_client() {
	local client
	for client in "$(type -P docker)" /usr/bin/docker; do
		if [ -x "$client" ] && can_build "$client"; then
			DOCKER=$client
			return
		fi
	done
	return 1
}

find_compose() {
	if docker compose version >/dev/null 2>&1; then
		COMPOSE=("$DOCKER" compose)
	elif has docker-compose; then
		COMPOSE=(docker-compose)
	else
		return 1
	fi
}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Why there is no engine is in WHY_NO_DOCKER.
start_engine() {
	local tries
	if ! { has apt-get && { [ "$(id -u)" = 0 ] || has sudo; }; }; then
		WHY_NO_DOCKER='no Docker engine answers, and this is no Debian with root to install one'
		return 1
	fi
	install_packages docker.io iptables ca-certificates || return 1
	find_client || install_packages docker-buildx || return 1
	find_client && engine_answers && return
	if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
		WHY_NO_DOCKER='its engine does not serve this user, who is not in the group docker'
		return 1
	fi
	export DOCKER_HOST=unix://$ENGINE/docker.sock
	engine_answers && return

	if ! grep -q ' cgroup2\? ' /proc/mounts; then
		install_packages cgroupfs-mount && as_root cgroupfs-mount
	fi
	say "starting a Docker engine in $ENGINE"
	ENGINE_STARTED=1
	WHY_NO_DOCKER="there is no place for it at $ENGINE"
	as_root mkdir -p "$ENGINE" || return 1
	as_root rm -f "$ENGINE/docker.pid"
	# shellcheck disable=SC2024 # the log is whose it is that runs this
	as_root setsid dockerd --data-root "$ENGINE/data" --exec-root "$ENGINE/run" \
		--pidfile "$ENGINE/docker.pid" --group "$(id -gn)" --host "$DOCKER_HOST" \
		>"${TMPDIR:-/tmp}/mcp-shop-dockerd.log" 2>&1 </dev/null &
	for ((tries = 0; tries < 300; tries++)); do
		! engine_answers || return 0
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	WHY_NO_DOCKER="dockerd does not run here: $(grep -E 'level=(error|fatal)|^failed' \
		"${TMPDIR:-/tmp}/mcp-shop-dockerd.log" | tail -1)"
	return 1
}

# False where Docker can't run; WHY_NO_DOCKER says why.
need_docker() {
	WHY_NO_DOCKER='its packages could not be installed'
	if ! { find_client && engine_answers; }; then
		# One that an earlier command started.
		if [ -z "${DOCKER_HOST:-}" ] && [ -S "$ENGINE/docker.sock" ] && find_client; then
			export DOCKER_HOST=unix://$ENGINE/docker.sock
			engine_answers || unset DOCKER_HOST
		fi
		engine_answers || start_engine || return 1
	fi
	find_compose || ! has apt-get || install_packages docker-compose || return 1
	find_compose || WHY_NO_DOCKER='there is no docker compose'
	[ ${#COMPOSE[@]} -gt 0 ]
}

# Only one that ./dev started, and only when no container runs in it.
stop_engine() {
	[ "${DOCKER_HOST:-}" = "unix://$ENGINE/docker.sock" ] && [ -z "$(docker ps --quiet)" ] || return 0
	as_root kill "$(as_root cat "$ENGINE/docker.pid")" 2>/dev/null || return 0
	say "the Docker engine in $ENGINE is stopped; its images and volumes stay there"
}
