# images.sh - builds the images and says what is in them; part of ./dev, after engine.sh.
#
# Where an official image can't be pulled, Debian's packages make one of the same name (a stand-in).
# shellcheck shell=bash

# shellcheck source=docker/arguments.sh
. docker/arguments.sh

IMAGE_TAG=${IMAGE_TAG:-local}
STAND_IN=mcp-shop.stand-in              # the label of such an image

# ---- Images of others ----

# Gives the name to use: with its digest where it was pulled, else that of the stand-in.
#     image=$(need_image debian:13-slim@sha256:… stand_in_base)
need_image() {
	local pinned=$1 make=$2 name=${1%@*}
	if docker image inspect "$pinned" >/dev/null 2>&1; then
		echo "$pinned"
	elif docker image inspect "$name" --format "{{index .Config.Labels \"$STAND_IN\"}}" 2>/dev/null |
		grep -q yes; then
		echo "$name"
	elif [ ! -e "$NO_REGISTRY" ] && docker pull -q "$pinned" >&2; then
		echo "$pinned"
	else
		touch "$NO_REGISTRY"
		say "$name can't be pulled: making a stand-in of Debian's packages" >&2
		"$make" "$name" >&2 && echo "$name"
	fi
}

# Where this machine has Debian from.
mirror() {
	local repository
	# shellcheck disable=SC2016 # apt fills that in
	repository=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep "$1" | head -1) || true
	echo "${repository:-http://deb.debian.org/$2}"
}

# Debian 13, as small as debootstrap makes it.
stand_in_base() {
	local root debian security
	has debootstrap || install_packages debootstrap
	debian=$(mirror '/debian/\?$' debian)
	security=$(mirror 'security/\?$' debian-security)
	root=$(as_root mktemp -d)
	as_root debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$debian" \
		>build/docker/debootstrap.log 2>&1 || { tail -5 build/docker/debootstrap.log; return 1; }
	as_root rm -rf "$root/etc/apt/sources.list" "$root"/var/cache/apt/archives/*.deb
	as_root tee "$root/etc/apt/sources.list.d/debian.sources" >/dev/null <<END
Types: deb
URIs: $debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

Types: deb
URIs: $security
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp
END
	as_root tar -C "$root" -c . |
		docker import --change "LABEL $STAND_IN=yes" --change 'CMD ["bash"]' - "$1" >/dev/null
	as_root rm -rf "$root"
}

# Another program of the stack, on that base.
stand_in_of() {
	local target=${1%%:*}
	build_image docker/stand-in --tag "$1" --target "${target##*/}" --label "$STAND_IN=yes" \
		--build-arg "BASE=$BASE"
}

# ---- Building ----

# A proxy that this machine needs is there while it builds, and not in the image.
build_image() {
	local name arguments=() load=--load
	[[ " $* " != *' --output '* ]] || load=
	for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
		[ -z "${!name:-}" ] || arguments+=(--build-arg "$name")
	done
	if docker buildx version >/dev/null 2>&1; then
		docker buildx build ${load:+"$load"} --provenance=false "${arguments[@]}" "$@"
	else
		DOCKER_BUILDKIT=1 docker build "${arguments[@]}" "$@"
	fi >build/docker/build.log 2>&1 || {
		tail -40 build/docker/build.log >&2
		return 1
	}
}

pinned_base() { sed -n 's/^FROM .* \(.*@.*\) AS pinned$/\1/p' docker/Dockerfile; }

# Everything that both images have in common.
find_base() {
	mkdir -p build/docker
	NO_REGISTRY=build/docker/no-registry
	rm -f "$NO_REGISTRY"
	BASE=$(need_image "$(pinned_base)" stand_in_base) || fail "there is no base image"
	# A base made of today's Debian takes today's packages.
	[[ $BASE == *@* ]] || SNAPSHOT=${SNAPSHOT-}
}

build_program() {
	local name=$1 tag=$2 image_arguments
	shift 2
	describe_build "$name" || return
	build_image . --tag "$tag" "${image_arguments[@]}" \
		--build-arg "BASE=$BASE" ${SNAPSHOT+--build-arg "SNAPSHOT=$SNAPSHOT"} "$@"
}

# The package of the runtime, of the base's Debian, into a folder.
build_package() {
	docker/ignore >docker/Dockerfile.dockerignore || return
	build_image . --file docker/Dockerfile --target package --output "$1" \
		--build-arg "BASE=$BASE" ${SNAPSHOT+--build-arg "SNAPSHOT=$SNAPSHOT"}
}

# ---- What is in them ----

# As a registry takes them: each layer by itself, as gzip packs it.
compressed_bytes() {
	local folder layer bytes=0
	folder=$(mktemp -d)
	docker save "$1" | tar -x -C "$folder"
	while read -r layer; do
		bytes=$((bytes + $(gzip -c "$folder/$layer" | wc -c)))
	done < <(grep -o '"Layers":\[[^]]*\]' "$folder/manifest.json" | grep -o '"[^"]*/[^"]*"' | tr -d '"')
	rm -rf "$folder"
	echo "$bytes"
}

image_files() {
	local container
	container=$(docker create "$1")
	# What an engine puts into every container is not the image's.
	docker export "$container" | tar -tv |
		grep -vE ' (\.dockerenv|(dev|proc|sys)/.*|etc/(mtab|hosts|hostname|resolv\.conf).*)$'
	docker rm "$container" >/dev/null
}

describe_image() {
	local image=$1 bytes
	bytes=$(compressed_bytes "$image")
	docker image inspect "$image" --format \
		"{{index .RepoTags 0}}: {{.Os}}/{{.Architecture}}, user {{.Config.User}}, {{.Size}} bytes, \
$bytes compressed ($(awk "BEGIN { printf \"%.1f\", $bytes / 1048576 }") MiB)"
	image_files "$image" | awk '{ printf "  %s %s %9d  %s %s %s\n", $1, $2, $3, $6, $7, $8 }'
}

# ---- ./dev images [amd64|arm64]... ----

tag_for() { echo "$IMAGE_TAG${1:+-$1}"; }

# For the architecture, or '' for this machine's. With NO_CACHE everything is made anew, once, but for
# the unit tests, which have said of the same programs what they have to say.
build_programs() {
	local platform=$1 name tag anew=${NO_CACHE:+--no-cache}
	tag=$(tag_for "$platform")
	for name in "${NAMES[@]}"; do
		say "building mcp-$name:$tag"
		build_program "$name" "mcp-$name:$tag" ${platform:+--platform "linux/$platform"} \
			${NO_CACHE:+--build-arg PROGRAMS=build} ${anew:+"$anew"} ||
			fail "mcp-$name was not built; the whole log is build/docker/build.log"
		anew=
		# What had this name until now.
		docker image prune --force --filter "label=org.opencontainers.image.title=mcp-$name" >/dev/null
	done
}

images() {
	local platform name
	need_names
	need_docker || fail "Docker can't run here: $WHY_NO_DOCKER"
	find_base
	[ $# -gt 0 ] || set -- ''
	for platform; do
		build_programs "$platform"
	done
	for platform; do
		for name in "${NAMES[@]}"; do
			describe_image "mcp-$name:$(tag_for "$platform")"
		done
	done
}
