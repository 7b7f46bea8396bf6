#!/bin/sh
# test.sh - runs the unit tests that were compiled for TARGETARCH.
#
# In an emulator of another processor all but four: two run themselves again by their path, one measures
# slow clients by the clock, one has a script with a #! run, which ends by 127 there.
set -eu
cd "$(dirname "$0")/../.."

native=$(dpkg --print-architecture)
leave_out='^$'
[ "${TARGETARCH:-$native}" = "$native" ] || leave_out='^test_(store_shared|store_killed|http_slow|aws_source)$'
ctest --preset release -j "$(nproc)" --timeout 300 --exclude-regex "$leave_out"
