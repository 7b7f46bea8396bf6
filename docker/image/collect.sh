#!/bin/sh
# collect.sh - puts a program and exactly what it loads into /image, as it lies in Debian.
#
#     collect.sh products
#
# Beside them only what a library expects in /etc, and the records of the packages that the files
# come from: they are what a scanner knows the image by.
set -eu
cd "$(dirname "$0")/../.."

name=${1:?a service is needed: --build-arg SERVICE=NAME}
[ -e "build/release/$name/mcp-$name" ] || { echo "collect.sh: there is no program mcp-$name of $name/; is it in services.json?" >&2; exit 1; }
program=build/release/$name/mcp-$name
image=/image
target=${TARGETARCH:-$(dpkg --print-architecture)}
case $target in
arm64) triplet=aarch64-linux-gnu ;;
*) triplet=x86_64-linux-gnu ;;
esac
packages=

# The package that owns a file, which dpkg may know by its place before /usr was merged.
owner() {
	real=$(readlink -f "$1")
	dpkg-query -S "$real" 2>/dev/null || dpkg-query -S "${real#/usr}"
}

note_package() {
	package=$(owner "$1" | head -1)
	package=${package%%: *}
	case " $packages " in
	*" $package "*) ;;
	*) packages="$packages $package" ;;
	esac
}

# What it is linked with; what the program may load by name while it runs.
needs() { LC_ALL=C "$triplet-readelf" -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

loads() { "$triplet-strings" "$1" | grep -xE 'lib[A-Za-z0-9_.+-]+\.so\.[0-9]+' || true; }

# A library and what it needs itself. It is found where the program will look for it.
add_library() {
	[ ! -e "$image/usr/lib/$triplet/$1" ] || return 0
	cp "$(readlink -f "/usr/lib/$triplet/$1")" "$image/usr/lib/$triplet/$1"
	note_package "/usr/lib/$triplet/$1"
	for library in $(needs "/usr/lib/$triplet/$1"); do
		add_library "$library"
	done
}

rm -rf "$image"
mkdir -p "$image/usr/bin" "$image/usr/lib/$triplet" "$image/etc/ssl/certs" \
	"$image/var/lib/dpkg/status.d" "$image/data"
ln -s usr/lib "$image/lib"
"$triplet-strip" -o "$image/usr/bin/mcp-$name" "$program"
ln -s "mcp-$name" "$image/usr/bin/server"

for library in $(needs "$program") $(loads "$program"); do
	add_library "$library"
done

# The loader, at the place that the program names.
loader=$(LC_ALL=C "$triplet-readelf" -l "$program" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
add_library "${loader##*/}"
case $loader in
/lib64/*)
	mkdir "$image/usr/lib64"
	ln -s usr/lib64 "$image/lib64"
	;;
esac
[ -e "$image$loader" ] || ln -s "/usr/lib/$triplet/${loader##*/}" "$image/usr$loader"

cp /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"
note_package /usr/sbin/update-ca-certificates
cp docker/image/rds-roots.pem "$image/etc/ssl/certs/rds.pem"
# The time is in a file too: a build cache takes files of another time for the same.
{
	cat /etc/os-release
	echo "IMAGE_ID=mcp-$name"
	echo "IMAGE_VERSION=$(date -u -d "@${SOURCE_DATE_EPOCH:-0}" +%Y-%m-%dT%H:%M:%SZ)"
} >"$image/etc/os-release"
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
echo 'mcp:x:10001:10001::/data:/usr/sbin/nologin' >"$image/etc/passwd"
echo 'mcp:x:10001:' >"$image/etc/group"
for package in $packages; do
	dpkg-query -s "$package" >"$image/var/lib/dpkg/status.d/${package%%:*}"
done

chmod -R u=rwX,go=rX "$image"
chmod 755 "$image/usr/bin/mcp-$name" "$image/usr/lib/$triplet/${loader##*/}"
# For whichever user it is run as, also where it is a tmpfs, which takes over the mode alone.
chown 10001:10001 "$image/data"
chmod 1777 "$image/data"
find "$image" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +

# It starts with nothing but what lies there.
case $target in
"$(dpkg --print-architecture)") chroot "$image" "/usr/bin/mcp-$name" version ;;
arm64) qemu-aarch64 -L "$image" "$image/usr/bin/mcp-$name" version ;;
amd64) qemu-x86_64 -L "$image" "$image/usr/bin/mcp-$name" version ;;
esac
