#!/bin/sh
# packages.sh - installs what a build needs, from one moment of Debian's archive (SNAPSHOT).
#
# The compiler and the tools are of this machine's architecture, the libraries of TARGETARCH.
set -eu

target=${TARGETARCH:-$(dpkg --print-architecture)}
tools='cmake ninja-build pkgconf binutils libc6-dev ca-certificates'
libraries='libmicrohttpd-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev zlib1g-dev
	libutf8proc-dev libpcre2-dev libyyjson-dev libyaml-dev libexpat1-dev libpq-dev check'

if [ -n "${SNAPSHOT:-}" ]; then
	rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
	cat >/etc/apt/sources.list.d/snapshot.sources <<END
Types: deb
URIs: http://snapshot.debian.org/archive/debian/$SNAPSHOT
Suites: trixie trixie-updates
Components: main
Check-Valid-Until: no
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

Types: deb
URIs: http://snapshot.debian.org/archive/debian-security/$SNAPSHOT
Suites: trixie-security
Components: main
Check-Valid-Until: no
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp
END
fi

if [ "$target" = "$(dpkg --print-architecture)" ]; then
	tools="$tools gcc"
else
	dpkg --add-architecture "$target"
	tools="$tools crossbuild-essential-$target qemu-user"
	libraries=$(for name in $libraries; do echo "$name:$target"; done)
fi

echo 'Acquire::Retries "5";' >/etc/apt/apt.conf.d/80-retries
echo 'force-unsafe-io' >/etc/dpkg/dpkg.cfg.d/unsafe-io
apt-get -q update
# shellcheck disable=SC2086 # each is a list of names
DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $tools $libraries
