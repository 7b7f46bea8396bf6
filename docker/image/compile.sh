#!/bin/sh
# compile.sh - compiles every program and the unit tests for TARGETARCH.
#
# For another architecture the tests are to run in an emulator of its processor.
set -eu
cd "$(dirname "$0")/../.."

native=$(dpkg --print-architecture)
target=${TARGETARCH:-$native}
if [ "$target" != "$native" ]; then
	case $target in
	amd64) processor=x86_64 triplet=x86_64-linux-gnu ;;
	arm64) processor=aarch64 triplet=aarch64-linux-gnu ;;
	*)
		echo "compile.sh: it is built for amd64 and arm64, not for $target" >&2
		exit 1
		;;
	esac
	export PKG_CONFIG_LIBDIR="/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig"
	set -- -DCMAKE_SYSTEM_NAME=Linux "-DCMAKE_SYSTEM_PROCESSOR=$processor" \
		"-DCMAKE_C_COMPILER=$triplet-gcc" "-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-$processor"
fi

cmake --preset release "$@"
cmake --build --preset release
