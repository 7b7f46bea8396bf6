# new_service.sh - ./dev new: writes a server that builds, passes and runs, as one of services.json, and takes it away; part
# of ./dev.
#
# It is the template of docs/template, which docs/writing-a-server.md explains, by another name: what the tests of that hold true.
# shellcheck shell=bash

TEMPLATE=docs/template
GOLDEN=tests/golden/2026-07-28

new_usage() {
	cat <<'END'
usage: ./dev new NAME
       ./dev new --remove NAME [--force]

Writes a server into this checkout, and changes nothing that is there but services.json:

  NAME/NAME.c                             a guest book with two tools and a table, to put your own in their place
  NAME/ui/latest.html                     the page that shows what one of them answers
  NAME/test_NAME.c                        calls them
  NAME/main.c, NAME/CMakeLists.txt        the program, and how it is built
  tests/golden/2026-07-28/NAME.http       what a client says to it, and is answered
  tests/golden/2026-07-28/NAME.sql        what is in its database before that
  services.json                           its entry: by it everything else knows it

NAME is 2 to 12 lower-case letters and digits, and starts with a letter. It is also that of the program, mcp-NAME, of its
database and of its host; docs/writing-a-server.md says what to do with it.

  --remove    takes away what it wrote: the entry, the golden exchange and the folder; and what ./dev run keeps of it in
              build/. Where somebody changed or added something, it takes nothing, says what that is, and ends with status 1
  --force     with --remove: takes that too, all of the folder, and the golden exchanges that are played to it with the
              data that they name
END
}

# Where something is in the way, that is said, and nothing was written.
check_is_free() {
	local name=$1 path
	for path in "$name" "$GOLDEN/$name".* "$RUN/$name".*; do
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
	sed -e "s/\"Guest book\"/\"${name^}\"/; s/guestbook/$name/g; s/documented/$name/g; s/8084/$port/g" "$@"
}

# By this line of its CMakeLists.txt a folder is one that was written here.
mark_of() { echo "# mcp-$1: an MCP server that ./dev new wrote, and its test."; }

# All that is written but the list: into `part`/NAME, and `part`/golden.
write_service() {
	local name=$1 port=$2 part=$3 file
	mkdir -p "$part/$name/ui" "$part/golden"
	for file in guestbook.c main.c test_guestbook.c ui/latest.html; do
		by_name "$name" "$port" "$TEMPLATE/$file" >"$part/$name/${file/guestbook/"$name"}"
	done
	{
		mark_of "$name"
		sed -n '/^# All of it/,$p' "$TEMPLATE/CMakeLists.txt" | by_name "$name" "$port"
	} >"$part/$name/CMakeLists.txt"
	for file in http sql; do
		by_name "$name" "$port" "$GOLDEN/documented.$file" >"$part/golden/$name.$file"
	done
}

# A folder of its own, which goes with the script; in `part`.
make_part() {
	mkdir -p build          # and so nothing is called that
	part=$(mktemp -d build/new.XXXXXX)
	# shellcheck disable=SC2064 # the folder is known now
	trap "rm -rf '$part'" EXIT
}

# The list that is to be, in `part`, holds; else it is said what does not.
check_list() { SERVICES_LIST=$PWD/$part/services.json ./services >/dev/null || exit; }

add_service() {
	local name=$1 port
	check_is_free "$name"
	list_with "$name" >"$part/services.json"
	check_list
	port=$(jq --arg name "$name" '.[$name].port' "$part/services.json")
	write_service "$name" "$port" "$part"
	mv "$part/$name" .
	mv "$part/golden/$name".* "$GOLDEN/"
	cat "$part/services.json" >services.json
	say_what_is_new "$name" "$port"
}

# ---- new --remove ----

# The list without its entry, everything else as it stands: an entry begins and ends with two spaces before it.
list_without() {
	sed "/^  \"$1\": {\$/,/^  },\{0,1\}\$/d" services.json | sed -e ':all' -e 'N; $!b all' -e 's/,\n}$/\n}/'
}

# The golden exchanges that are played to it, of whichever revision, and the data that they alone name.
golden_files() {
	local name=$1 path data others
	printf '%s\n' "$GOLDEN/$name".*
	for path in $(grep -lE "^@ *$name( |$)" tests/golden/*/*.http); do
		echo "$path"
		for data in $(sed -n '/^[^#@<]/q; s/^<//p' "$path"); do
			others=$(grep -lE "^<.* $data( |$)" "${path%/*}"/*.http | xargs -r grep -LE "^@ *$name( |$)") || true
			[ -n "$others" ] || realpath -sm --relative-to=. "${path%/*}/$data"
		done
	done
}

# All that is there of it but the list, a line each.
all_files() {
	local path
	{
		find "$1" ! -type d
		golden_files "$1"
	} | sort -u | while read -r path; do
		[ ! -e "$path" ] || echo "$path"
	done
}

# What was written there in the first place; nothing: it is somebody else's.
as_written() {
	case $1 in
	"$GOLDEN"/*) echo "$part/golden/${1##*/}" ;;
	*) echo "$part/$1" ;;
	esac
}

# Of the files on the standard input those that somebody changed or added since.
own_files() {
	local path
	while read -r path; do
		cmp -s "$(as_written "$path")" "$path" || echo "$path"
	done
}

remove_service() {
	local name=$1 force=$2 port files own
	grep -qsxF "$(mark_of "$name")" "$name/CMakeLists.txt" ||
		fail "$name is no server that ./dev new wrote: no $name/CMakeLists.txt says so in its first line"
	port=$(jq --arg name "$name" '.[$name].port // 0' services.json)
	list_without "$name" >"$part/services.json"
	check_list
	jq -e --arg name "$name" 'has($name) | not' "$part/services.json" >/dev/null ||
		fail "the entry of $name in services.json is not laid out as the others are: take it out by hand, and try again"
	write_service "$name" "$port" "$part"
	files=$(all_files "$name")
	own=$(own_files <<<"$files")
	[ -z "$own" ] || [ -n "$force" ] ||
		fail "nothing is taken away, since somebody changed or added these; ./dev new --remove $name --force takes them too:"$'\n'"  ${own//$'\n'/$'\n  '}"
	cat "$part/services.json" >services.json
	xargs -d '\n' rm -f <<<"$files"
	rm -rf "$name" "$RUN/$name".*
	say "$name is taken away: its entry in services.json, its folder and its golden exchange"
	[ -z "$own" ] || printf '%s\n' "with what somebody wrote:" "  ${own//$'\n'/$'\n  '}"
}

new_service() {
	local words=() remove='' force='' word part
	for word; do
		case $word in
		-h | --help) new_usage; return ;;
		--remove) remove=yes ;;
		--force) force=yes ;;
		-*) new_usage >&2; fail "new does not know \"$word\"" ;;
		*) words+=("$word") ;;
		esac
	done
	[ ${#words[@]} -gt 0 ] || { new_usage >&2; fail "new wants a name"; }
	[ ${#words[@]} = 1 ] || { new_usage >&2; fail "new takes one name"; }
	[ -n "$remove" ] || [ -z "$force" ] || { new_usage >&2; fail "--force goes with --remove"; }
	need_names
	make_part
	if [ -n "$remove" ]; then
		remove_service "${words[0]}" "$force"
	else
		add_service "${words[0]}"
	fi
}

say_what_is_new() {
	local name=$1 port=$2
	printf '  %s\n' "$name"/*.* "$name"/ui/* "$GOLDEN/$name".*
	cat <<END
  services.json: $name, port $port, priority $(./services "$name" priority)

What comes next:
  ./dev build dev
  ctest --test-dir build/dev -R $name --output-on-failure
                            # its tables are sound, its tools answer: on SQLite, and on PostgreSQL where that is installed
  ./dev test $GOLDEN/$name.http
                            # its golden exchange
  ./dev run                 # serves it at http://127.0.0.1:$port/mcp, beside the others
  ./dev test                # everything

Your own tables and tools go into $name/$name.c: docs/writing-a-server.md explains what stands there.
END
}
