/* target.c - what the settings of OpenTelemetry say: to whom spans go, with which headers, and whose they are. */
#include <ctype.h>
#include <unistd.h>

#include "json.h"
#include "otlp_private.h"
#include "settings.h"

#define HEADERS_MAX 32

/* ---- Lists of name=value, as W3C's Baggage has them ---- */

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* %2C is a comma. */
static str decode(struct arena *arena, str text)
{
	char *into = arena_alloc(arena, text.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		bool coded = text.at[i] == '%' && i + 2 < text.size && hex(text.at[i + 1]) >= 0 && hex(text.at[i + 2]) >= 0;
		int code = coded ? hex(text.at[i + 1]) << 4 | hex(text.at[i + 2]) : text.at[i];
		into[size++] = (char)code;
		i += coded ? 2 : 0;
	}
	return (str) { into, size };
}

struct pair {
	str name, value;
};

/* The next of a list. False: it is no such list; both are .at NULL at its end. */
static bool next_pair(struct arena *arena, str *rest, struct pair *pair)
{
	str item = { 0 };

	*pair = (struct pair) { 0 };
	while (rest->size > 0 && item.size == 0)
		item = str_trim(str_cut(rest, ','));
	if (item.size == 0)
		return true;
	if (!memchr(item.at, '=', item.size))
		return false;
	pair->name = str_trim(str_cut(&item, '='));
	pair->value = decode(arena, str_trim(item));
	return pair->name.size > 0 && utf8_valid(pair->value);
}

/* ---- To whom ---- */

/* What is said of traces alone goes before what is said of all. */
static const char *given(const char *of_traces, const char *of_all)
{
	const char *text = setting_text(of_traces);

	return text && *text ? of_traces : of_all;
}

const char *otlp_url_setting(void)
{
	return given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");
}

static bool is_off(void)
{
	return strcasecmp(setting_text("OTEL_SDK_DISABLED"), "true") == 0
	       || strcmp(setting_text("OTEL_TRACES_EXPORTER"), "none") == 0;
}

/* The path is that of what is behind all of OpenTelemetry's signals; a query stays behind it. */
const char *otlp_url(struct arena *arena)
{
	const char *name = otlp_url_setting(), *url = setting_text(name);

	if (is_off() || !url || !*url)
		return NULL;
	if (strcmp(name, "OTEL_EXPORTER_OTLP_ENDPOINT") != 0)
		return url;
	size_t size = strcspn(url, "?#");
	bool ends = size > 0 && url[size - 1] == '/';
	return arena_print(arena, "%.*s%sv1/traces%s", (int)size, url, ends ? "" : "/", url + size);
}

/* For people: a key may stand in its query, a password before its host. */
const char *otlp_shown(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://");
	size_t size = strcspn(url, "?#");

	host = host ? host + 3 : url;
	const char *at = memrchr(host, '@', strcspn(host, "/?#"));
	if (at)
		return arena_print(arena, "%.*s…%.*s", (int)(host - url), url, (int)(url + size - at), at);
	return arena_print(arena, "%.*s%s", (int)size, url, url[size] ? "…" : "");
}

/* RFC 9110: a token, and what can be seen. */
static bool is_header(const struct pair *pair)
{
	for (size_t i = 0; i < pair->name.size; i++)
		if (!isalnum((unsigned char)pair->name.at[i]) && !memchr("!#$%&'*+-.^_`|~", pair->name.at[i], 15))
			return false;
	for (size_t i = 0; i < pair->value.size; i++)
		if ((unsigned char)pair->value.at[i] < ' ' || pair->value.at[i] == 0x7f)
			return false;
	return true;
}

const char *otlp_headers_setting(void)
{
	return given("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS");
}

const char *const *otlp_headers(struct arena *arena)
{
	const char **headers = arena_array(arena, const char *, HEADERS_MAX + 1);
	str rest = str_of(setting_text(otlp_headers_setting()));
	struct pair pair;
	int count = 0;

	headers[count++] = "Content-Type: application/json";
	headers[count++] = "User-Agent: mcp-server-otlp";
	for (;;) {
		if (!next_pair(arena, &rest, &pair) || !is_header(&pair))
			return NULL;
		if (!pair.name.at)
			return headers;
		if (count == HEADERS_MAX)
			return NULL;
		headers[count++] = arena_print(arena, "%.*s: %.*s", STR_FORMAT(pair.name), STR_FORMAT(pair.value));
	}
}

/* ---- Whose they are ---- */

static void write_attribute(struct json *json, str name, str value)
{
	json_object(json);
	json_key(json, "key");
	json_str(json, name);
	json_key(json, "value");
	json_object(json);
	json_key(json, "stringValue");
	json_str(json, value);
	json_object_end(json);
	json_object_end(json);
}

/* What a setting says goes before what the program knows of itself. */
static bool write_given(struct json *json, bool is_given[3])
{
	static const char *const known[] = { "service.name", "service.version", "service.instance.id" };
	const char *service = setting_text("OTEL_SERVICE_NAME");
	str rest = str_of(setting_text("OTEL_RESOURCE_ATTRIBUTES"));
	struct pair pair;

	is_given[0] = service && *service;
	if (is_given[0])
		write_attribute(json, str_of(known[0]), str_of(service));
	for (;;) {
		if (!next_pair(json->arena, &rest, &pair))
			return false;
		if (!pair.name.at)
			return true;
		bool twice = is_given[0] && str_is(pair.name, known[0]);
		for (int i = 0; i < 3; i++)
			is_given[i] = is_given[i] || str_is(pair.name, known[i]);
		if (!twice)
			write_attribute(json, pair.name, pair.value);
	}
}

/* A name that no other process has, nor this one after its next start. */
static str instance(struct arena *arena)
{
	struct trace trace;

	trace_begin(&trace);
	return str_of(arena_copy(arena, (str) { trace.id, TRACE_ID_SIZE }));
}

str otlp_head(struct arena *arena, const char *service, const char *version)
{
	struct json json = json_begin(arena, 1024);
	bool given[3] = { false };
	char host[256] = "";

	json_bytes(&json, STR("{\"resourceSpans\":[{\"resource\":{\"attributes\":"));
	json_array(&json);
	if (!write_given(&json, given))
		return (str) { 0 };
	if (!given[0])
		write_attribute(&json, STR("service.name"), str_of(service));
	if (!given[1])
		write_attribute(&json, STR("service.version"), str_of(version));
	if (!given[2])
		write_attribute(&json, STR("service.instance.id"), instance(arena));
	if (gethostname(host, sizeof(host) - 1) == 0)
		write_attribute(&json, STR("host.name"), str_of(host));
	json_array_end(&json);
	json_bytes(&json, STR("},\"scopeSpans\":[{\"scope\":{\"name\":\"mcp-server\"},\"spans\":["));
	return json_end(&json);
}
