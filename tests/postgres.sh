#!/usr/bin/env bash
# postgres.sh - a private PostgreSQL for a test, in a temporary folder, gone when the test is.
#
#   postgres.sh run COMMAND...   runs it with POSTGRES_URL set; exits as it does. Where no server is installed, but that is set
#                                already, with that
#   postgres.sh share COMMAND... runs it so that every `run` in it has a database of its own on one server
#   postgres.sh serve            prints the URL, serves until its stdin ends or it is told to stop
#   postgres.sh there            whether a PostgreSQL can be had: 0, or 77 and a line that says why not
#
# `run`, `share` and `serve` exit with 77 where there is none. The superuser is `postgres`, without a password
# through the socket's folder in the URL; on TCP (127.0.0.1, POSTGRES_PORT) it has to give its
# password, `secret`; there TLS is offered where openssl could make a certificate for localhost, which
# is then POSTGRES_CA. POSTGRES_DURABLE=1 has commits wait for the disk, as crash tests want it.
# SIGUSR1 to `serve` restarts the database.
set -euo pipefail

bin=''
work=''
server=''
as=()

find_bin() {
	local path
	# The newest comes last.
	for path in "$(pg_config --bindir 2>/dev/null || true)" /usr/local/pgsql/bin \
		/usr/lib/postgresql/*/bin; do
		if [ -x "$path/initdb" ] && [ -x "$path/postgres" ]; then
			bin=$path
		fi
	done
	[ -n "$bin" ]
}

need_bin() {
	find_bin && return
	echo "PostgreSQL's server is not installed: what needs it is left out"
	exit 77
}

# PostgreSQL refuses to run as root.
be_someone() {
	[ "$(id -u)" = 0 ] || return 0
	user=$(id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody)
	as=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
	chown -R "$user" "$work"
}

free_port() {
	local port
	while :; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# It is our child, and dies with us however we die.
start_server() {
	local tries
	"${as[@]}" setpriv --pdeathsig QUIT "$bin/postgres" -D "$work/data" -p "$POSTGRES_PORT" \
		>>"$work/server.log" 2>&1 </dev/null &
	server=$!
	for ((tries = 0; tries < 600; tries++)); do
		! "$bin/pg_isready" -q -h "$work" -p "$POSTGRES_PORT" || return 0
		kill -0 "$server" 2>/dev/null || break
		sleep 0.05
	done
	return 1
}

# By `signal`: QUIT at once, INT in order.
stop_server() {
	[ -n "$server" ] || return 0
	kill -"$1" "$server" 2>/dev/null || true
	while kill -0 "$server" 2>/dev/null; do
		wait "$server" || true
	done
	server=''
}

stop() {
	trap '' TERM INT HUP
	[ -n "$work" ] || return 0
	stop_server QUIT
	rm -rf "$work"
	work=''
}

offer_tls() {
	command -v openssl >/dev/null || return 0
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout "$work/data/server.key" -out "$work/data/server.crt" 2>/dev/null || return 0
	cp "$work/data/server.crt" "$work/ca.crt"
	chmod 600 "$work/data/server.key"
	[ "$(id -u)" != 0 ] || chown "$user" "$work/data/server.key" "$work/data/server.crt"
	echo 'ssl = on' >>"$work/data/postgresql.conf"
	export POSTGRES_CA=$work/ca.crt
}

begin() {
	local tries
	need_bin
	work=$(mktemp -d "${TMPDIR:-/tmp}/mcp-postgres-XXXXXX")
	trap stop EXIT
	trap 'exit 143' TERM INT HUP
	chmod 755 "$work"
	echo secret >"$work/password"
	be_someone
	cd "$work"
	"${as[@]}" "$bin/initdb" -N -D "$work/data" -U postgres -E UTF8 --locale=C --pwfile="$work/password" \
		--auth-local=trust --auth-host=scram-sha-256 >"$work/initdb.log" 2>&1 ||
		{ cat "$work/initdb.log" >&2; exit 1; }
	cat >>"$work/data/postgresql.conf" <<END
unix_socket_directories = '$work'
listen_addresses = '127.0.0.1'
max_connections = 200
shared_buffers = 32MB
log_line_prefix = '%m [%p] %a '
log_statement = 'none'
autovacuum_naptime = 5s
END
	[ -n "${POSTGRES_DURABLE:-}" ] || cat >>"$work/data/postgresql.conf" <<'END'
fsync = off
synchronous_commit = off
full_page_writes = off
END
	offer_tls
	for tries in 1 2 3 4 5; do
		POSTGRES_PORT=$(free_port)
		if start_server; then
			export POSTGRES_PORT
			export POSTGRES_URL="postgresql://postgres@/postgres?host=$work&port=$POSTGRES_PORT"
			cd / || exit 1
			return
		fi
	done
	cat "$work/server.log" >&2
	exit 1
}

restart() {
	stop_server INT
	start_server
}

# On the server that `share` has: making one takes longer than most tests do.
run_on_shared() {
	local database=run_$$ status=0
	need_bin
	"$bin/psql" -qXd "$POSTGRES_SHARED" -c "create database $database"
	POSTGRES_URL=${POSTGRES_SHARED/@\/postgres/@\/$database} "$@" || status=$?
	"$bin/psql" -qXd "$POSTGRES_SHARED" -c "drop database $database with (force)" || true
	exit "$status"
}

share() {
	local status=0 from=$PWD
	begin
	cd "$from"
	env -u POSTGRES_URL POSTGRES_SHARED="$POSTGRES_URL" "$@" || status=$?
	exit "$status"
}

run() {
	local status=0 from=$PWD
	[ -z "${POSTGRES_SHARED:-}" ] || run_on_shared "$@"
	# Where a pipeline has one beside itself, the programs of a server need not be here.
	[ -z "${POSTGRES_URL:-}" ] || find_bin || exec "$@"
	begin
	cd "$from"
	"$@" || status=$?
	exit "$status"
}

serve() {
	begin
	trap restart USR1
	echo "$POSTGRES_URL"
	# A signal ends a `read` of bash's only after its handler, and with a status above 128.
	while :; do
		local status=0
		read -r _ || status=$?
		[ "$status" -gt 128 ] || [ "$status" = 0 ] || exit 0
	done
}

case ${1:-} in
run) shift; run "$@" ;;
share) shift; share "$@" ;;
serve) serve ;;
there) need_bin ;;
*) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
