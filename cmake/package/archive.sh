#!/bin/sh
# archive.sh - makes one library of the runtime's objects, in which only what the public headers declare has a name that a program meets.
#
#     NM=nm OBJCOPY=objcopy AR=ar archive.sh OBJECTS LIBRARY HEADER...
#
# OBJECTS names a file with a path a line. The runtime is written in short names (check,
# serve, call), which a program may want for its own functions. So each is mcp__check here, and the runtime's parts find each other by
# these, whatever a program defines. What is public has its own name beside that, weakly: who does not use it may have that too. The
# objects stay members of their own, so that a program gets, and loads, what it uses.
set -eu
export LC_ALL=C

list=$1 library=$2
shift 2
work=$library.work
rm -rf "$work" "$library"
mkdir "$work"
sort "$list" >"$work/objects"

# OBJECT NAME SECTION PLACE of all that a linker would see.
xargs "$NM" -f sysv --extern-only --defined-only <"$work/objects" | awk -F '|' '
	/^Symbols from / { object = substr($0, 14, length - 14) }
	NF == 7 && $1 !~ /^(Name |_)/ { gsub(/ /, ""); print object, $1, $7, $2 }' >"$work/symbols"
cut -d ' ' -f 2 "$work/symbols" | sort -u >"$work/names"
sed 's/.*/& mcp__&/' "$work/names" >"$work/renamed"

# Those that the headers declare: what their code, without comments, has before a parenthesis.
cat "$@" | awk '
	{ text = text " " $0 }
	END {
		while (at = index(text, "/*")) {
			rest = substr(text, at + 2)
			text = substr(text, 1, at - 1) substr(rest, index(rest, "*/") + 2)
		}
		print text
	}' | grep -oE '[A-Za-z_][A-Za-z0-9_]* *\(' | tr -d ' (' | sort -u | comm -12 - "$work/names" >"$work/public"
[ -s "$work/public" ] || { echo "archive.sh: no name in the headers is one of the runtime's" >&2; exit 1; }

# An object with public names, and how it gets them, a line each.
awk -v public="$work/public" '
	BEGIN { while ((getline name <public) > 0) wanted[name] = 1 }
	$2 in wanted { words[$1] = words[$1] " --add-symbol " $2 "=" $3 ":0x" $4 ",function,weak" }
	END { for (object in words) print object words[object] }' "$work/symbols" | sort >"$work/named"
cut -d ' ' -f 1 "$work/named" | comm -23 "$work/objects" - | xargs "$AR" qcSD "$work/others.a"

rename() { "$OBJCOPY" --enable-deterministic-archives --redefine-syms="$work/renamed" --strip-debug --remove-section=.comment "$@"; }

rename "$work/others.a" "$library"
# Of two of a name, ar keeps the latter alone: so each is named with its folder.
while read -r object words; do
	named=${object%/*}
	named=$work/${named##*/}-${object##*/}
	# shellcheck disable=SC2086 # words
	rename $words "$object" "$named"
	"$AR" qcSD "$library" "$named"
done <"$work/named"
"$AR" sD "$library"
[ "$("$AR" t "$library" | wc -l)" -eq "$(wc -l <"$work/objects")" ] || { echo "archive.sh: some objects are not in the library" >&2; exit 1; }
rm -r "$work"
