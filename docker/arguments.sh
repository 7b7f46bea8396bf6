# arguments.sh - what a service's image is built with, by ./dev as by the pipeline; sourced, and called from the top of the repository.
# shellcheck shell=bash

# Into the array `image_arguments`, for the service NAME; and writes what the build sees.
describe_build() {
	local name=$1 about port when
	about=$(./services "$name" about) && port=$(./services "$name" port) || return
	docker/ignore >docker/Dockerfile.dockerignore || return
	# The commit's moment is the image's: what is built again is the same but for how it was made.
	when=$(git log -1 --format=%ct 2>/dev/null || echo 0)
	# shellcheck disable=SC2034 # whoever sources this takes it
	image_arguments=(
		--file docker/Dockerfile
		--build-arg "SERVICE=$name" --build-arg "PORT=$port" --build-arg "ABOUT=$about"
		--build-arg "SOURCE_DATE_EPOCH=$when"
		--build-arg "CREATED=$(date -u -d "@$when" +%Y-%m-%dT%H:%M:%SZ)"
		--build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)"
		--build-arg "BUILD=$(git describe --tags --always --dirty --abbrev=12 2>/dev/null || true)"
		--build-arg "VERSION=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
	)
}
