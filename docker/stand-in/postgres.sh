#!/bin/sh
# postgres.sh - starts PostgreSQL as the official image does: made at the first start, with a
# password for all who come by network.
set -eu

if [ "$(id -u)" = 0 ]; then
	chown postgres:postgres "$PGDATA"
	if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
		POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
		export POSTGRES_PASSWORD
	fi
	exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
	echo "${POSTGRES_PASSWORD:?is not set}" >/tmp/password
	initdb --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 >/dev/null
	rm /tmp/password
	echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
	echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
fi
unset POSTGRES_PASSWORD
exec "$@"
