/* connect.c - the text a person needs to connect Claude to this server. */
#include "commands.h"

static bool starts(const char *text, const char *with)
{
	return str_starts(str_of(text), with);
}

/* mcp-remote takes plain HTTP without a word only to these two. */
static bool needs_allow_http(const char *url)
{
	return starts(url, "http://") && !starts(url, "http://localhost:")
	       && !starts(url, "http://localhost/") && !starts(url, "http://127.0.0.1:")
	       && !starts(url, "http://127.0.0.1/");
}

/* The header has no space: on Windows the argument would be split at it. */
static void print_desktop(FILE *file, const char *name, const char *url, bool key)
{
	fprintf(file,
	        "{\n"
	        "  \"mcpServers\": {\n"
	        "    \"%s\": {\n"
	        "      \"command\": \"npx\",\n"
	        "      \"args\": [\"-y\", \"mcp-remote\", \"%s\", \"--transport\", \"http-only\"%s%s]%s\n"
	        "%s"
	        "    }\n"
	        "  }\n"
	        "}\n", name, url,
	        needs_allow_http(url) ? ", \"--allow-http\"" : "",
	        key ? ",\n               \"--header\", \"Authorization:${AUTH_HEADER}\"" : "",
	        key ? "," : "",
	        key ? "      \"env\": { \"AUTH_HEADER\": \"Bearer YOUR-KEY\" }\n" : "");
}

void connect_print(FILE *file, const struct options *options, const char *url)
{
	const char *name = options->server->name;
	bool key = options->keys && !options->auth_none;

	fprintf(file,
	        "To connect Claude Desktop, put this into claude_desktop_config.json and start it again\n"
	        "(macOS: ~/Library/Application Support/Claude/, Windows: %%APPDATA%%\\Claude\\; it needs\n"
	        "Node.js; several servers stand side by side in mcpServers):\n\n");
	print_desktop(file, name, url, key);
	if (key)
		fprintf(file, "\nA key is made by: mcp-%s key NAME SCOPE...\n", name);
	fprintf(file, "\nClaude Code: claude mcp add --transport http %s %s%s\n", name, url,
	        key ? " --header \"Authorization: Bearer YOUR-KEY\"" : "");
}
