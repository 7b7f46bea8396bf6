/* options.c - checks what settings say together and fills in what depends on the machine. */
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

#include "databases.h"
#include "emf.h"
#include "fetch.h"
#include "mistake.h"
#include "options.h"
#include "otlp.h"
#include "process_limits.h"
#include "settings.h"
#include "skill.h"

#define METRICS_DISTANCE 1000           /* from PORT, where METRICS_PORT is not set */
#define LOOPS_MAX 16
#define CONNECTIONS_WANTED 60000
#define CONNECTION_BESIDE 4096          /* bytes, beside CONNECTION_MEMORY */
#define FILES_RESERVED 256              /* databases, and what else there is */
#define FILES_PER_LOOP 88               /* its own, and connections over CONNECTIONS_MAX */
#define WORKERS_WANTED 256
#define WORKERS_LEAST 8
#define WORKER_BYTES (INT64_C(256) << 10)       /* its whole stack; what it keeps besides is less than that leaves */
#define BUDGET_UNLIMITED (INT64_C(256) << 20)

static char wrong[256 + QUOTE_MAX];

static bool is_set(const char *name)
{
	return setting_text(name) != NULL;
}

static int number(const char *name)
{
	return (int)setting_int(name);  /* the table bounds it */
}

/* ---- Addresses ---- */

static bool is_loopback_address(const struct sockaddr *address)
{
	char text[64];
	str wrong_item;
	struct networks *loopback = networks_parse("127.0.0.0/8, ::1", &wrong_item);
	socklen_t size = address->sa_family == AF_INET ? sizeof(struct sockaddr_in)
	                                               : sizeof(struct sockaddr_in6);
	bool is = getnameinfo(address, size, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0
	          && networks_contain(loopback, str_of(text));
	networks_destroy(loopback);
	return is;
}

/* Is this address, or what the name resolves to, this machine alone? */
static bool is_loopback_host(const char *host)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	if (str_is_nocase(str_of(host), "localhost"))
		return true;
	if (getaddrinfo(host, NULL, &hints, &found) != 0 || !found)
		return false;
	bool all = true;
	for (const struct addrinfo *one = found; one; one = one->ai_next)
		all = all && is_loopback_address(one->ai_addr);
	freeaddrinfo(found);
	return all;
}

void options_url(const char *host, int port, char url[URL_ROOM])
{
	if (strcmp(host, "0.0.0.0") == 0)
		host = "127.0.0.1";
	else if (strcmp(host, "::") == 0)
		host = "::1";
	bool bare = !strchr(host, ':');
	snprintf(url, URL_ROOM, "http://%s%.255s%s:%d", bare ? "" : "[", host, bare ? "" : "]",
	         port);
}

/* ---- What depends on the machine ---- */

static int loops(void)
{
	if (is_set("LOOPS"))
		return number("LOOPS");
	int cores = process_cores();
	return cores < LOOPS_MAX ? cores : LOOPS_MAX;
}

/* One that waits costs some of its stack, so there may be as many as there are things to wait for. An
 * eighth of the memory would hold them if each used all of it; half of the threads that can be had. */
static int workers(void)
{
	if (is_set("WORKERS"))
		return number("WORKERS");
	int64_t most = process_memory().bytes / 8 / WORKER_BYTES;
	int64_t threads = process_threads() / 2;
	if (threads < most)
		most = threads;
	return most > WORKERS_WANTED ? WORKERS_WANTED : most < WORKERS_LEAST ? WORKERS_LEAST : (int)most;
}

/* As many as the files that may be open allow, and a quarter of the memory where that is limited;
 * http says so where what was asked for does not fit. */
static int connections(int loop_count)
{
	if (is_set("CONNECTIONS_MAX"))
		return number("CONNECTIONS_MAX");
	int64_t most = process_files() - fetch_files(process_files()) - FILES_RESERVED
	               - loop_count * FILES_PER_LOOP;
	struct process_memory memory = process_memory();
	int64_t each = setting_int("CONNECTION_MEMORY") + CONNECTION_BESIDE;
	if (memory.limited && memory.bytes / 4 / each < most)
		most = memory.bytes / 4 / each;
	return most > CONNECTIONS_WANTED ? CONNECTIONS_WANTED : most < 16 ? 16 : (int)most;
}

/* A quarter of the memory for what requests keep, another for what streams do. */
static size_t budget(const char *name)
{
	if (is_set(name))
		return (size_t)setting_int(name);
	struct process_memory memory = process_memory();
	int64_t quarter = memory.bytes / 4;
	if (!memory.limited && quarter > BUDGET_UNLIMITED)
		quarter = BUDGET_UNLIMITED;
	return (size_t)quarter;
}

/* ---- Layer by layer ---- */

static void make_http(struct options *options)
{
	struct http_settings *http = &options->http;

	options->requests.max = budget("BODIES_MAX");
	options->streams.max = budget("BACKLOGS_MAX");
	*http = (struct http_settings) {
		.host = options->host, .port = options->port, .loops = loops(),
		.host_set_by = "HOST", .port_set_by = "PORT",
		.other_port_by = "PORT (--port N; 0 takes any free one)",
		.connection_bytes = (size_t)setting_int("CONNECTION_MEMORY"),
		.body_max = (size_t)setting_int("BODY_MAX"),
		.requests = &options->requests,
		.backlog_max = (size_t)setting_int("STREAM_BACKLOG"),
		.streams = &options->streams,
		.header_deadline_ms = setting_int("HEADER_DEADLINE"),
		.body_deadline_ms = setting_int("BODY_DEADLINE"),
		.idle_ms = setting_int("IDLE_TIMEOUT"),
		.keep_alive_ms = setting_int("KEEP_ALIVE"),
		.proxied = !options->loopback || options->public_url || setting_text("TRUSTED_PROXIES"),
	};
	http->connections_max = connections(http->loops);
}

/* Ten seconds' worth may come at once, or ten, but never more than a minute's. */
static struct rates *rates(const char *name, bool loopback, int64_t otherwise)
{
	int64_t per_minute = is_set(name) ? setting_int(name) : loopback ? 0 : otherwise;
	int64_t burst = per_minute / 6 > 10 ? per_minute / 6 : 10;
	if (per_minute == 0)
		return NULL;            /* nobody needs to be told apart */
	return rates_create(per_minute, burst < per_minute ? burst : per_minute);
}

/* "auto": as the build has it. */
void options_mistakes(void)
{
	const char *how = setting_text("MISTAKES");

	if (strcmp(how, "auto") != 0)
		mistakes_stop = strcmp(how, "stop") == 0;
}

static void make_protocol(struct options *options)
{
	bool loopback = options->loopback;

	options->protocol = (struct protocol_settings) {
		.server = options->server,
		.trusted_proxies = options->trusted,
		.allowed_addresses = is_set("ALLOWED_ADDRESSES") ? options->allowed : NULL,
		.public_hosts = setting_text("PUBLIC_HOSTS"),
		.allowed_origins = setting_text("ALLOWED_ORIGINS"),
		.host = options->host,
		.public_url = options->public_url,
		.facade = options->issuer.facade,
		.call_deadline_ms = setting_int("CALL_DEADLINE"),
		.silence_ms = setting_int("SILENCE"),
		.task_ttl_ms = setting_int("TASK_TTL"),
		.question_ms = setting_int("QUESTION_TIMEOUT"),
		.session_idle_ms = setting_int("SESSION_IDLE"),
		.resume_ms = setting_int("RESUME_FOR"),
		.retry_ms = setting_int("RETRY"),
		.sessions_max = number("SESSIONS_MAX"),
		.batch_max = number("BATCH_MAX"),
		.depth_max = number("JSON_DEPTH"),
		.values_max = (size_t)setting_int("JSON_VALUES"),
		.session_streams_max = number("SESSION_STREAMS"),
		.listens_max = number("LISTENS_MAX"),
		.page_size = number("PAGE_SIZE"),
		.backlog_max = (size_t)setting_int("STREAM_BACKLOG"),
		.requests = &options->requests,
		.streams = &options->streams,
		.caller_rates = rates("RATE_CALLER", loopback, 6000),
		.address_rates = rates("RATE_ADDRESS", loopback, 12000),
		.initialize_rates = rates("RATE_INITIALIZE", loopback, 60),
	};
}

static const char *make_networks(const char *name, struct networks **networks)
{
	str item;
	*networks = networks_parse(setting_text(name), &item);
	if (*networks)
		return NULL;
	snprintf(wrong, sizeof(wrong), "%s has \"%s\", which is no address or network such as"
	         " 10.0.0.0/8", name, str_quote(item, 64).text);
	return wrong;
}

static const char *make_public_url(struct options *options)
{
	options->public_url = setting_text("PUBLIC_URL");
	str url = str_of(options->public_url);
	if (!url.at || str_starts(url, "https://") || str_starts(url, "http://"))
		return NULL;
	snprintf(wrong, sizeof(wrong), "PUBLIC_URL is \"%s\"; it must begin with https:// (or"
	         " http://)", str_quote(url, 200).text);
	return wrong;
}

/* What is not accepted is not looked at: so it may stay set. */
static void make_access(struct options *options)
{
	const char *auth = setting_text("AUTH");
	bool both = strcmp(auth, "both") == 0, keys = both || strcmp(auth, "keys") == 0;
	bool none = strcmp(auth, "none") == 0;

	options->auth_none = none;
	if (keys || none)
		options->keys = setting_text("API_KEYS");
	if (keys && !both)
		return;
	options->issuer = (struct issuer_settings) {
		.issuer = setting_text("OAUTH_ISSUER"),
		.audience = setting_text("OAUTH_AUDIENCE"),
		.clients = setting_text("OAUTH_CLIENTS"),
		.scopes = setting_text("OAUTH_SCOPES"),
		.scope_prefix = setting_text("OAUTH_SCOPE_PREFIX"),
		.scope_claims = setting_text("OAUTH_SCOPE_CLAIM"),
		.customer_claim = setting_text("OAUTH_CUSTOMER_CLAIM"),
		.jwks = setting_text("OAUTH_JWKS"),
		.public_url = options->public_url,
		.facade = strcmp(setting_text("OAUTH_FACADE"), "on") == 0,
	};
}

static const char *make_emf(struct options *options)
{
	options->metrics_emf = setting_text("METRICS_EMF");
	const char *why = options->metrics_emf ? emf_check(options->metrics_emf) : NULL;
	if (!why)
		return NULL;
	snprintf(wrong, sizeof(wrong), "METRICS_EMF is \"%s\"; %s",
	         str_quote(str_of(options->metrics_emf), 200).text, why);
	return wrong;
}

static void make_log(struct options *options)
{
	static const enum log_level levels[] = { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
	static const char letters[] = "ewid";   /* the levels' names differ in their first letter */
	const char *format = setting_text("LOG_FORMAT");

	options->log_level = levels[strchr(letters, setting_text("LOG_LEVEL")[0]) - letters];
	options->log_json = strcmp(format, "auto") == 0 ? !isatty(STDERR_FILENO)
	                                                : strcmp(format, "json") == 0;
	options->greets = isatty(STDOUT_FILENO) && strcmp(format, "json") != 0;
}

/* Next to PORT, so that servers on one machine start side by side. */
static int metrics_port(int port)
{
	if (is_set("METRICS_PORT"))
		return number("METRICS_PORT") ? number("METRICS_PORT") : PORT_OFF;
	if (port == 0)
		return 0;
	return port + METRICS_DISTANCE <= 65535 ? port + METRICS_DISTANCE : port - METRICS_DISTANCE;
}

static void make_basics(struct options *options)
{
	options->host = setting_text("HOST");
	options->loopback = is_loopback_host(options->host);
	options->port = number("PORT");
	options->metrics_host = setting_text("METRICS_HOST");
	options->metrics_port = metrics_port(options->port);
	options->metrics_asked = is_set("METRICS_PORT");
	options->database = options->server->migrations ? setting_text("DATABASE_URL") : NULL;
	options->shared = options->database && store_url_is_shared(options->database);
	options->database_connections = number("DATABASE_CONNECTIONS");
	options->workers = workers();
	options->worker_queue = number("WORKER_QUEUE");
	options->shutdown_ms = setting_int("SHUTDOWN_TIMEOUT");
	options->pause_ms = setting_int("DRAIN_PAUSE");
}

const char *options_make(const struct mcp_server *server, struct options *options)
{
	const char *why;

	*options = (struct options) { .server = server };
	make_basics(options);
	make_log(options);
	if ((why = make_public_url(options)) ||
	    (why = make_networks("TRUSTED_PROXIES", &options->trusted)) ||
	    (why = make_networks("ALLOWED_ADDRESSES", &options->allowed)) ||
	    (why = make_emf(options)) ||
	    (why = otlp_check()) ||
	    (why = protocol_compat(setting_text("COMPAT"))))
		return why;
	make_access(options);
	if (strcmp(setting_text("AUTH"), "tokens") == 0 && !options->issuer.issuer)
		return "AUTH is tokens, and OAUTH_ISSUER, whose tokens are meant, is not set";
	if (strcmp(setting_text("AUTH"), "keys") == 0 && setting_text("OAUTH_ISSUER") && !options->keys)
		return "AUTH is keys, and API_KEYS, which are meant, is not set: OAUTH_ISSUER counts for nothing then";
	if (options->pause_ms >= options->shutdown_ms)
		return "DRAIN_PAUSE must be shorter than SHUTDOWN_TIMEOUT, which it is a part of";
	if (server->migrations && !options->database)
		return "DATABASE_URL is not set, and this server needs a database: sqlite:PATH or"
		       " postgresql://HOST/DATABASE";
	if ((why = skills_read(server->skills, setting_text("SKILLS"))))
		return why;
	make_http(options);
	options_mistakes();
	make_protocol(options);
	return NULL;
}

void options_release(struct options *options)
{
	rates_destroy(options->protocol.caller_rates);
	rates_destroy(options->protocol.address_rates);
	rates_destroy(options->protocol.initialize_rates);
	networks_destroy(options->trusted);
	networks_destroy(options->allowed);
}
