/* page.c - the page for a person with a browser: what the server is, and how to connect.
 *
 * Nothing on it runs, and nothing is loaded from anywhere. What it says of the server is what
 * anybody may know who may call it: where keys are needed the tools are only counted. It is an
 * answer to those who ask for HTML, which no MCP client does; all others get what they would
 * without it. */
#include <stdio.h>

#include "connect.h"
#include "issuer.h"
#include "sha256.h"
#include "visitor.h"

#define HTML "text/html; charset=utf-8"
#define ADDRESS_MAX 260

extern const char page_css[];           /* ui/page.css */

static const char *policy;

void page_start(void)
{
	uint8_t digest[DIGEST_SIZE];

	digest_of(str_of(page_css), digest);
	str hash = base64(runtime.arena, (str) { (const char *)digest, sizeof(digest) });
	policy = arena_print(runtime.arena, "default-src 'none'; style-src 'sha256-%.*s';"
	                     " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	                     STR_FORMAT(hash));
}

/* ---- Who asks, and where they are ---- */

/* A browser names HTML when a person opens an address; a script takes anything. */
static bool is_browser(struct exchange *x)
{
	str rest = exchange_header(x, "Accept");
	bool html = false;

	for (str item; (item = header_item(&rest)).at;) {
		str type = str_trim(str_cut(&item, ';'));
		html |= str_is_nocase(type, "text/html");
		if (str_is_nocase(type, "text/event-stream"))
			return false;
	}
	return html;
}

/* As it may stand in a URL and in a command, whatever else Host lets through. */
static bool is_plain(str host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-_:[]";

	for (size_t i = 0; i < host.size; i++)
		if (!memchr(letters, host.at[i], sizeof(letters) - 1))
			return false;
	return host.size > 0 && host.size <= ADDRESS_MAX;
}

static bool came_by_proxy(struct exchange *x)
{
	return networks_contain(runtime.set.trusted_proxies, exchange_peer(x));
}

/* Only a proxy of ours says how its client came. */
static bool came_by_https(struct exchange *x)
{
	return came_by_proxy(x) && str_is_nocase(exchange_header(x, "X-Forwarded-Proto"), "https");
}

/* Nothing of ours stands between that may lead to the endpoint alone. */
static bool came_directly(struct exchange *x)
{
	return !runtime.set.public_url && !came_by_proxy(x);
}

/* The endpoint as this person reaches it; NULL: that can't be told. The host was checked before. */
static const char *endpoint_url(struct exchange *x, struct arena *arena)
{
	str host = exchange_host(x);

	if (runtime.set.public_url)
		return runtime.set.public_url;
	if (!is_plain(host))
		return NULL;
	return arena_print(arena, "%s://%.*s/mcp", came_by_https(x) ? "https" : "http",
	                   STR_FORMAT(host));
}

/* ---- Writing: `page` is HTML, appended to ---- */

static void put(struct json *page, const char *html)
{
	json_bytes(page, str_of(html));
}

/* Text becomes HTML here and nowhere else. */
static void put_text(struct json *page, str text)
{
	for (size_t i = 0; i < text.size; i++) {
		switch (text.at[i]) {
		case '&':  put(page, "&amp;"); break;
		case '<':  put(page, "&lt;"); break;
		case '>':  put(page, "&gt;"); break;
		case '"':  put(page, "&quot;"); break;
		case '\'': put(page, "&#39;"); break;
		default:   json_bytes(page, (str) { text.at + i, 1 });
		}
	}
}

/* One element with a text in it: `open` and `close` are HTML. */
static void put_in(struct json *page, const char *open, const char *text, const char *close)
{
	put(page, open);
	put_text(page, str_of(text));
	put(page, close);
}

/* To copy. Each word is a box of its own, so that lines are broken between words and not after the
 * hyphens of an option. */
static void put_code(struct json *page, const char *code)
{
	put(page, "<pre><code>");
	while (*code) {
		size_t blank = strspn(code, " \n"), word = strcspn(code + blank, " \n");
		json_bytes(page, (str) { code, blank });
		code += blank;
		if (word) {
			put(page, "<span>");
			put_text(page, (str) { code, word });
			put(page, "</span>");
		}
		code += word;
	}
	put(page, "</code></pre>\n");
}

static str first_sentence(const char *text)
{
	const char *end = strstr(text, ". ");

	return end ? (str) { text, (size_t)(end - text) + 1 } : str_of(text);
}

static const char *title(void)
{
	const struct mcp_server *server = runtime.server;

	return server->title ? server->title : server->name;
}

static void put_head(struct json *page)
{
	put(page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	          "<meta name=\"robots\" content=\"noindex\">\n");
	put_in(page, "<title>", title(), ", an MCP server</title>\n");
	put_in(page, "<meta name=\"description\" content=\"", runtime.server->name,
	       ", an MCP server\">\n");
	put(page, "<style>");
	put(page, page_css);
	put(page, "</style>\n</head>\n<body>\n");
}

static void put_what(struct json *page, const char *url, enum connect_by by)
{
	const struct mcp_server *server = runtime.server;

	put_in(page, "<header>\n<h1>", title(), "</h1>\n");
	put_in(page, "<p class=\"kind\">MCP server, version ", runtime.version, "</p>\n");
	if (server->instructions) {
		put(page, "<p class=\"lead\">");
		put_text(page, first_sentence(server->instructions));
		put(page, "</p>\n");
	}
	put(page, "</header>\n<main>\n<p>Assistants such as Claude use it, through the"
	          " <a href=\"https://modelcontextprotocol.io\">Model Context Protocol</a>, at this"
	          " address:</p>\n");
	put_code(page, url);
	if (by == CONNECT_BY_SIGN_IN)
		put_in(page, "<p>You sign in at <code>", issuer_name(), "</code>, when your assistant asks you"
		             " to.</p>\n");
	else if (by == CONNECT_BY_KEY)
		put_in(page, "<p>A key is needed, as the header <code>Authorization: Bearer"
		             " YOUR-KEY</code>; there is no sign-in. ",
		       connect_key(page->arena, server->name), "</p>\n");
	else
		put(page, "<p>Neither a key nor a sign-in is needed.</p>\n");
}

static void put_ways(struct json *page, const char *url, enum connect_by by)
{
	struct ways ways = connect_ways(page->arena, runtime.server->name, url, by);

	put(page, "<h2>Connect</h2>\n"
	          "<p class=\"quiet\">A click on a command selects all of it.</p>\n");
	for (int i = 0; i < ways.count; i++) {
		put_in(page, "<h3>", ways.each[i].title, "</h3>\n");
		put_in(page, "<p>", ways.each[i].about, "</p>\n");
		put_code(page, ways.each[i].code);
	}
}

static void put_tools(struct json *page, enum connect_by by)
{
	int count = runtime.tools.count;

	if (count == 0)
		return;
	put(page, "<h2>Tools</h2>\n");
	if (by != CONNECT_FREELY) {
		put(page, arena_print(page->arena, "<p>There %s %d. Which of them may be used, the"
		                      " %s says.</p>\n", count == 1 ? "is" : "are", count,
		                      by == CONNECT_BY_KEY ? "key" : "sign-in"));
		return;
	}
	put(page, "<ul>\n");
	for (const struct mcp_tool *tool = runtime.server->tools; tool->name; tool++) {
		put_in(page, "<li><code>", tool->name, "</code>");
		put_in(page, " ", tool->title ? tool->title : "", "</li>\n");
	}
	put(page, "</ul>\n");
}

static void put_foot(struct json *page, bool direct)
{
	put(page, "</main>\n");
	if (direct)
		put(page, "<footer>\n<p>Health: <a href=\"/healthz\">/healthz</a> says that it"
		          " lives, <a href=\"/readyz\">/readyz</a> that it can serve.</p>\n"
		          "</footer>\n");
	put(page, "</body>\n</html>\n");
}

static str write_page(struct exchange *x, struct arena *arena, const char *url)
{
	struct json page = json_begin(arena, 16 * 1024);
	enum connect_by by = !visitor_needs_key() ? CONNECT_FREELY
		: issuer_name() ? CONNECT_BY_SIGN_IN : CONNECT_BY_KEY;

	put_head(&page);
	put_what(&page, url, by);
	put_ways(&page, url, by);
	put_tools(&page, by);
	put_foot(&page, came_directly(x));
	return json_end(&page);
}

/* ---- Answering ---- */

static bool has_it(struct exchange *x, const char *tag)
{
	str rest = exchange_header(x, "If-None-Match");

	for (str item; (item = header_item(&rest)).at;) {
		if (str_starts(item, "W/"))
			item = (str) { item.at + 2, item.size - 2 };
		if (str_is(item, tag) || str_is(item, "*"))
			return true;
	}
	return false;
}

static void send(struct reply *reply, int status, str html)
{
	struct exchange *x = reply->exchange;
	char tag[24];

	reply->answered = true;
	exchange_add_header(x, "Vary", "Accept");
	exchange_add_header(x, "Cache-Control", status == 200 ? "no-cache" : "no-store");
	if (status == 200) {
		snprintf(tag, sizeof(tag), "\"%016llx\"", (unsigned long long)str_hash(html));
		exchange_add_header(x, "ETag", tag);
		if (has_it(x, tag)) {
			exchange_answer(x, 304, NULL, STR(""));
			return;
		}
	}
	exchange_add_header(x, "Content-Security-Policy", policy);
	exchange_add_header(x, "X-Content-Type-Options", "nosniff");
	exchange_add_header(x, "Referrer-Policy", "no-referrer");
	exchange_answer(x, status, HTML, html);
}

/* At / it is the page. At the endpoint, which people paste into browsers too, nothing of what is
 * there is HTML (406), and where a client sends people to sign in there is nothing (404): the
 * page is what is said about it. A 200 would be taken for a stream, or a sign-in, by what is no
 * browser after all. */
static int status_at(str path)
{
	if (str_is(path, "/"))
		return 200;
	if (str_is(path, "/mcp") || str_is(path, "/mcp/"))
		return 406;
	return str_is(path, "/authorize") ? 404 : 0;
}

bool page_answer(struct reply *reply, str path)
{
	struct exchange *x = reply->exchange;
	enum http_method method = exchange_method(x);
	int status = status_at(path);

	if (!status || (method != HTTP_GET && method != HTTP_HEAD) || !is_browser(x))
		return false;
	struct arena *arena = reply_arena(reply);
	const char *url = endpoint_url(x, arena);
	if (url)
		send(reply, status, write_page(x, arena, url));
	return url;
}
