/* connect.c - how a person connects a client: one text, for the terminal and for the page at /. */
#include "connect.h"

#include "json.h"

static bool starts(const char *text, const char *with)
{
	return str_starts(str_of(text), with);
}

/* mcp-remote takes plain HTTP without a word only to these two. */
static const char *allow_http(const char *url, const char *option)
{
	bool plain = starts(url, "http://") && !starts(url, "http://localhost:") &&
	             !starts(url, "http://localhost/") && !starts(url, "http://127.0.0.1:") &&
	             !starts(url, "http://127.0.0.1/");

	return plain ? option : "";
}

static const char *quoted(struct arena *arena, const char *text)
{
	struct json json = json_begin(arena, 128);

	json_text(&json, text);
	return arena_copy(arena, json_end(&json));
}

/* As one word of a command, for a shell that would take it apart. */
static const char *shell_word(struct arena *arena, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-._~:/[]";
	str rest = str_of(text);

	if (strspn(text, plain) == rest.size)
		return text;
	const char *word = "'";
	for (str part; (part = str_cut(&rest, '\'')).at;)
		word = arena_print(arena, "%s%.*s%s", word, STR_FORMAT(part),
		                   rest.at ? "'\\''" : "'");
	return word;
}

/* The header has no space: on Windows the argument would be split at it. */
static const char *desktop_config(struct arena *arena, const char *name, const char *url, bool key)
{
	return arena_print(arena,
		"{\n"
		"  \"mcpServers\": {\n"
		"    %s: {\n"
		"      \"command\": \"npx\",\n"
		"      \"args\": [\"-y\", \"mcp-remote\", %s, \"--transport\", \"http-only\"%s%s]%s\n"
		"%s"
		"    }\n"
		"  }\n"
		"}", quoted(arena, name), quoted(arena, url), allow_http(url, ", \"--allow-http\""),
		key ? ",\n               \"--header\", \"Authorization:${AUTH_HEADER}\"" : "",
		key ? "," : "",
		key ? "      \"env\": { \"AUTH_HEADER\": \"Bearer YOUR-KEY\" }\n" : "");
}

static struct way claude_connector(const char *url)
{
	return (struct way) { "Claude (web, Desktop, mobile)", "Settings, Connectors, Add custom connector:"
		" paste this address, and sign in when you are asked to. Where the issuer does not let"
		" clients register themselves, a client id, which whoever runs this server knows, belongs"
		" under Advanced settings:", url };
}

static struct way claude_desktop(struct arena *arena, const char *name, const char *url, bool key)
{
	return (struct way) { "Claude Desktop", arena_print(arena,
		"Put this into claude_desktop_config.json (Settings, Developer, Edit Config) and"
		" start Claude again. It needs Node.js, for npx; several servers stand side by side"
		" in mcpServers. A connector (Settings, Connectors) %s.", key
		? "signs in by OAuth and can't send a key, so it does not reach this server"
		: "takes the address alone, if it is https and can be reached from the internet"),
		desktop_config(arena, name, url, key) };
}

struct ways connect_ways(struct arena *arena, const char *name, const char *url, enum connect_by by)
{
	bool key = by == CONNECT_BY_KEY, signs_in = by == CONNECT_BY_SIGN_IN;
	const char *header = key ? " --header \"Authorization: Bearer YOUR-KEY\"" : "";
	const char *address = shell_word(arena, url);

	return (struct ways) { 4, {
		signs_in ? claude_connector(url) : claude_desktop(arena, name, url, key),
		{ "Claude Code", signs_in ? "In a terminal; then /mcp in Claude Code signs in:" : "In a terminal:",
		  arena_print(arena, "claude mcp add --transport http %s %s%s", name, address,
		              header) },
		{ "Other clients", key
		  ? "Most take the address and a header. One that can only start programs takes"
		    " mcp-remote, which needs Node.js:"
		  : signs_in
		  ? "Most take the address, and sign in. One that can only start programs takes"
		    " mcp-remote, which needs Node.js:"
		  : "Most take the address. One that can only start programs takes mcp-remote,"
		    " which needs Node.js:",
		  arena_print(arena, "npx -y mcp-remote %s --transport http-only%s%s", address,
		              allow_http(url, " --allow-http"), header) },
		{ "curl", "To see which tools there are:",
		  arena_print(arena, "curl %s -H 'Content-Type: application/json'%s -d"
		              " '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}'",
		              address, key ? " -H 'Authorization: Bearer YOUR-KEY'"
		              : signs_in ? " -H 'Authorization: Bearer YOUR-TOKEN'" : "") },
	} };
}

const char *connect_key(struct arena *arena, const char *name)
{
	return arena_print(arena, "Whoever runs this server makes one: mcp-%s key NAME SCOPE...",
	                   name);
}
