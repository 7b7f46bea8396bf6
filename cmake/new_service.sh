# new_service.sh - ./dev new: writes a server that builds, passes and runs, as one of services.json; part of ./dev.
#
# It is the template of docs/template, which docs/writing-a-server.md explains, by another name: what the tests of that hold true.
# shellcheck shell=bash

TEMPLATE=docs/template
GOLDEN=tests/golden/2026-07-28

new_usage() {
	cat <<'END'
usage: ./dev new NAME

Writes a server into this checkout, and changes nothing that is there but services.json:

  NAME/NAME.c                             a guest book with two tools and a table, to put your own in their place
  NAME/ui/latest.html                     the page that shows what one of them answers
  NAME/test_NAME.c                        calls them
  NAME/main.c, NAME/CMakeLists.txt        the program, and how it is built
  tests/golden/2026-07-28/NAME.http       what a client says to it, and is answered
  services.json                           its entry: by it everything else knows it

NAME is 2 to 12 lower-case letters and digits, and starts with a letter. It is also that of the program, mcp-NAME, of its
database and of its host; docs/writing-a-server.md says what to do with it.
END
}

# Where something is in the way, that is said, and nothing was written.
check_is_free() {
	local name=$1 path
	for path in "$name" "$GOLDEN/$name.http"; do
		[ ! -e "$path" ] || fail "$path is there already: choose another name, or take it away"
	done
	! grep -rqwF --include=CMakeLists.txt "mcp-$name" server tests examples ||
		fail "mcp-$name is another program that is built here: choose another name"
	[ ! -e "tests/unit/test_$name.c" ] || fail "test_$name is another test that is built here: choose another name"
	[ "$name" != main ] || fail "main.c is the file of main(): choose another name"
}

# The list with its entry at the end, everything else as it stands. The port is the next one, the priority the next ten.
list_with() {
	local name=$1 port priority
	port=$(jq '[.[].port] | max + 1' services.json)
	priority=$(jq '[.[].priority] | max + 10' services.json)
	sed '$d' services.json | sed '$s/$/,/'
	cat <<END
  "$name": {
    "about": "MCP server $name",
    "port": $port,
    "priority": $priority,
    "scopes": {
      "guests:read": "Read the guest book",
      "guests:write": "Sign the guest book"
    }
  }
}
END
}

# A text of the template, by its new name.
by_name() {
	local name=$1 port=$2
	shift 2
	sed -e "s/\"Guest book\"/\"${name^}\"/; s/guestbook/$name/g; s/@ documented/@ $name/; s/8083/$port/g" "$@"
}

# All that is written but the list: into `part`/NAME, and `part`/NAME.http.
write_service() {
	local name=$1 port=$2 part=$3 file
	mkdir -p "$part/$name/ui"
	for file in guestbook.c main.c test_guestbook.c ui/latest.html; do
		by_name "$name" "$port" "$TEMPLATE/$file" >"$part/$name/${file/guestbook/"$name"}"
	done
	{
		echo "# mcp-$name: an MCP server, and its test."
		sed -n '/^# All of it/,$p' "$TEMPLATE/CMakeLists.txt" | by_name "$name" "$port"
	} >"$part/$name/CMakeLists.txt"
	by_name "$name" "$port" "$GOLDEN/documented.http" >"$part/$name.http"
}

new_service() {
	local name=${1:-} part port
	case $name in
	-h | --help) new_usage; return ;;
	'') new_usage >&2; fail "new wants a name" ;;
	-*) new_usage >&2; fail "new does not know \"$name\"" ;;
	esac
	[ $# = 1 ] || { new_usage >&2; fail "new takes one name"; }
	need_names
	mkdir -p build          # and so nothing is called that
	part=$(mktemp -d build/new.XXXXXX)
	# shellcheck disable=SC2064 # the folder is known now
	trap "rm -rf '$part'" EXIT
	check_is_free "$name"
	list_with "$name" >"$part/services.json"
	SERVICES_LIST=$PWD/$part/services.json ./services >/dev/null || exit
	port=$(jq --arg name "$name" '.[$name].port' "$part/services.json")
	write_service "$name" "$port" "$part"
	mv "$part/$name" .
	mv "$part/$name.http" "$GOLDEN/"
	cat "$part/services.json" >services.json
	say_what_is_new "$name" "$port"
}

say_what_is_new() {
	local name=$1 port=$2
	printf '  %s\n' "$name"/*.* "$name"/ui/* "$GOLDEN/$name.http"
	cat <<END
  services.json: $name, port $port, priority $(./services "$name" priority)

What comes next:
  ./dev build dev && ctest --test-dir build/dev -R $name --output-on-failure     # its tables are sound, its tools answer
  ./dev run                 # serves it at http://127.0.0.1:$port/mcp, beside the others
  ./dev test                # everything, its golden exchange too

Your own tables and tools go into $name/$name.c: docs/writing-a-server.md explains what stands there.
END
}
