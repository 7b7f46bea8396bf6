/* settings_table.c - the settings every server has: name, kind, default, meaning, least, most,
 * choices. */
#include <stdio.h>

#include "run.h"

#define TEXT_ SETTING_TEXT
#define INT_ SETTING_INT
#define SIZE_ SETTING_BYTES
#define TIME_ SETTING_DURATION
#define LIST_ SETTING_LIST
#define CHOICE_ SETTING_CHOICE

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const char *const auth_kinds[] = { "both", "keys", "tokens", "none", NULL };
static const char *const switches[] = { "off", "on", NULL };
static const char *const mistake_ends[] = { "auto", "answer", "stop", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };
static const char *const samplers[] = {
	"always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off",
	"parentbased_traceidratio", NULL
};
static const char *const exporters[] = { "otlp", "none", NULL };
static const char *const protocols[] = { "http/json", "http/protobuf", NULL };
static const char *const log_formats[] = { "auto", "text", "json", NULL };

/* Where the settings stand whose defaults are the server's own, and those of the database end. */
enum { AT_HOST, AT_PORT, AT_DATABASE, BEHIND_DATABASE = AT_DATABASE + 7 };

static struct setting table[] = {
	[AT_HOST] = { "HOST", TEXT_, "127.0.0.1",
	  "Address to listen on; 0.0.0.0 or :: for all", 0, 0, NULL },
	[AT_PORT] = { "PORT", INT_, NULL,
	  "Port of the endpoint; 0: any free one", 0, 65535, NULL },
	[AT_DATABASE] = { "DATABASE_URL", TEXT_, NULL,
	  "Where the data is: sqlite:PATH or postgresql://HOST/DATABASE", 0, 0, NULL },
	{ "DATABASE_USER", TEXT_, NULL,
	  "Who signs in to PostgreSQL, whatever DATABASE_URL says", 0, 0, NULL },
	{ "DATABASE_PASSWORD", TEXT_, NULL,
	  "With which password; a secret", 0, 0, NULL },
	{ "DATABASE_CONNECTIONS", INT_, "4",
	  "Connections to PostgreSQL at most that calls share, each while it runs something; beside"
	  " them each loop has one, and one listens", 1, 256, NULL },
	{ "SETUP_USER", TEXT_, NULL,
	  "For the command setup: who may make roles and databases", 0, 0, NULL },
	{ "SETUP_PASSWORD", TEXT_, NULL,
	  "With which password; a secret", 0, 0, NULL },
	{ "SETUP_URL", TEXT_, NULL,
	  "Where; not set: DATABASE_URL, but its database postgres", 0, 0, NULL },

	[BEHIND_DATABASE] = { "AUTH", CHOICE_, "both",
	  "Who may call: whoever has a key or an access token, only one of these, or (none) everybody",
	  0, 0, auth_kinds },
	{ "API_KEYS", TEXT_, NULL,
	  "Keys as NAME:SHA256:SCOPE,SCOPE (see the command key), or @FILE of them; re-read on"
	  " SIGHUP. Without any, only loopback may be served", 0, 0, NULL },
	{ "OAUTH_ISSUER", TEXT_, NULL,
	  "Whose access tokens are accepted, as their iss has it; needs PUBLIC_URL", 0, 0, NULL },
	{ "OAUTH_AUDIENCE", LIST_, NULL,
	  "What may stand in a token's aud; not set: PUBLIC_URL", 0, 0, NULL },
	{ "OAUTH_CLIENTS", LIST_, NULL,
	  "Ids of the clients whose tokens are accepted; needed where tokens have no aud. Not set: all",
	  0, 0, NULL },
	{ "OAUTH_SCOPES", LIST_, NULL,
	  "Scopes that a sign-in asks for; each client must be allowed them by the issuer", 0, 0, NULL },
	{ "OAUTH_SCOPE_PREFIX", TEXT_, NULL,
	  "What the issuer has before the names of scopes, such as https://mcp.example/mcp/", 0, 0, NULL },
	{ "OAUTH_SCOPE_CLAIM", LIST_, NULL,
	  "Claims that hold scopes, each that a token has counts, one within others as a JSON Pointer"
	  " (/realm_access/roles); not set: scope, scp", 0, 0, NULL },
	{ "OAUTH_CUSTOMER_CLAIM", TEXT_, NULL,
	  "Claim that names the customer on whose behalf a person calls; within others as a JSON Pointer",
	  0, 0, NULL },
	{ "OAUTH_JWKS", TEXT_, NULL,
	  "The issuer's keys, as URL or @FILE (re-read on SIGHUP); not set: by discovery", 0, 0, NULL },
	{ "OAUTH_FACADE", CHOICE_, "off",
	  "on: clients find the issuer's endpoints here, for issuers that announce no PKCE (Cognito,"
	  " Entra)", 0, 0, switches },
	{ "STATE_KEYS", LIST_, NULL,
	  "Secrets that seal cursors and states, the first one seals (openssl rand -base64 32);"
	  " not set: one that is kept in the database", 0, 0, NULL },
	{ "PUBLIC_HOSTS", LIST_, NULL,
	  "Names that may stand in Host; not set: loopback, HOST, any address", 0, 0, NULL },
	{ "ALLOWED_ORIGINS", LIST_, NULL,
	  "Origins whose pages may call, such as https://app.example", 0, 0, NULL },
	{ "PUBLIC_URL", TEXT_, NULL,
	  "The endpoint as clients reach it, such as https://mcp.example/mcp", 0, 0, NULL },
	{ "TRUSTED_PROXIES", LIST_, NULL,
	  "Networks whose X-Forwarded-For and -Proto count, such as 10.0.0.0/8", 0, 0, NULL },
	{ "ALLOWED_ADDRESSES", LIST_, NULL,
	  "Addresses and networks that may call, behind trusted proxies too; others get 403, but for the"
	  " health checks. Not set: all", 0, 0, NULL },
	{ "COMPAT", LIST_, "none",
	  "Wrong requests of known clients to serve all the same: all, or version-mismatch,"
	  " version-twice, version-missing, params-empty, extra-arguments", 0, 0, NULL },

	{ "RATE_CALLER", INT_, NULL,
	  "Requests a minute of one caller, of a batch each; 0: no limit; not set: 6000, on loopback no"
	  " limit",
	  0, 100000000, NULL },
	{ "RATE_ADDRESS", INT_, NULL,
	  "The same of one address (of IPv6 a /64), refused ones too; not set: 12000, on loopback no"
	  " limit", 0, 100000000, NULL },
	{ "RATE_INITIALIZE", INT_, NULL,
	  "Sessions a minute of one caller and address, 0: no limit; not set: 60, on loopback no"
	  " limit", 0, 100000000, NULL },

	{ "SKILLS", TEXT_, NULL,
	  "Folder of skills to serve instead of the server's own, read at start", 0, 0, NULL },

	{ "LOOPS", INT_, NULL,
	  "Event loops; not set: one a core, at most 16", 1, 256, NULL },
	{ "WORKERS", INT_, NULL,
	  "Threads at most for what may block, started as they are needed; not set: 256, or what an"
	  " eighth of the memory and half of the threads that may be had allow", 1, 256, NULL },
	{ "WORKER_QUEUE", INT_, "1024",
	  "Calls that may wait for a worker, of one caller as many as places are left (429); over it 503", 1, 1000000, NULL },
	{ "CONNECTIONS_MAX", INT_, NULL,
	  "Open connections; over it the one idle longest is closed; not set: 60000, or what the"
	  " limit of open files (ulimit -n) and a quarter of the memory limit allow",
	  1, 10000000, NULL },
	{ "CONNECTION_MEMORY", SIZE_, "16KiB",
	  "Of each connection: bounds its header block and is what an idle stream costs",
	  4 * KIB, MIB, NULL },
	{ "BODY_MAX", SIZE_, "4MiB",
	  "A request's body; over it 413", KIB, GIB, NULL },
	{ "BODIES_MAX", SIZE_, NULL,
	  "What requests keep: bodies, what is read from them, answers until they are taken; over it"
	  " 503. Calls and tasks that wait for a person may take as much again in the database. Of"
	  " each one caller has at most half (429). Not set: a quarter of the memory limit, at most 256MiB"
	  " where there is none", KIB, 0, NULL },
	{ "JSON_DEPTH", INT_, "64",
	  "Levels of JSON", 8, 1000, NULL },
	{ "JSON_VALUES", INT_, "100000",
	  "Values of a message's JSON, keys included; over it 400", 100, 100000000, NULL },
	{ "BATCH_MAX", INT_, "50",
	  "Messages of a batch (2025-03-26)", 1, 10000, NULL },

	{ "SESSIONS_MAX", INT_, "10000",
	  "Sessions; over it whoever has most loses those idle longest", 1, 10000000, NULL },
	{ "SESSION_IDLE", TIME_, "30m",
	  "A session nobody used for so long ends", 100, 365 * DAY, NULL },
	{ "SESSION_STREAMS", INT_, "16",
	  "Streams of one session", 1, 10000, NULL },
	{ "PAGE_SIZE", INT_, "100", "Tools, resources or prompts that a list gives at a time", 1, 10000, NULL },
	{ "LISTENS_MAX", INT_, "50000",
	  "Open subscriptions/listen streams, of one caller as many as are left to others", 0, 10000000, NULL },
	{ "STREAM_BACKLOG", SIZE_, "256KiB",
	  "Events of one stream its client did not read yet; over it the stream ends",
	  KIB, GIB, NULL },
	{ "BACKLOGS_MAX", SIZE_, NULL,
	  "What streams keep: events not read yet, and those kept for a client that comes back, the"
	  " oldest of which go first and leave a quarter to what is on its way. One caller has at most"
	  " half. Not set: as BODIES_MAX",
	  KIB, 0, NULL },
	{ "RESUME_FOR", TIME_, "5m",
	  "How long events are kept for a client that comes back", 0, DAY, NULL },
	{ "RETRY", TIME_, "1s",
	  "When clients of the older revisions are told to come back", 1, DAY, NULL },
	{ "KEEP_ALIVE", TIME_, "15s",
	  "How long a stream is silent before it sends a comment", 10, DAY, NULL },

	{ "CALL_DEADLINE", TIME_, "55s",
	  "Running time of a call, unless its tool says otherwise", 1, DAY, NULL },
	{ "SILENCE", TIME_, "15s",
	  "A call silent for so long is answered as a stream, where the client takes one",
	  1, DAY, NULL },
	{ "QUESTION_TIMEOUT", TIME_, "5m",
	  "How long a question to a person stays open", 1, DAY, NULL },
	{ "TASK_TTL", TIME_, "10m",
	  "How long the result of a task is kept", 1, DAY, NULL },
	{ "HEADER_DEADLINE", TIME_, "10s",
	  "How long a request's headers may take to arrive", 10, HOUR, NULL },
	{ "BODY_DEADLINE", TIME_, "30s",
	  "How long its body may take after them", 10, HOUR, NULL },
	{ "IDLE_TIMEOUT", TIME_, "4100s",
	  "How long a connection is kept between requests: longer than a load balancer does (at"
	  " most 4000s)", 10, 7 * DAY, NULL },
	{ "SHUTDOWN_TIMEOUT", TIME_, "30s",
	  "How long a stop may take; calls that still run then are cut", 100, HOUR, NULL },
	{ "DRAIN_PAUSE", TIME_, "0s",
	  "The first part of it, in which /readyz fails but requests are served", 0, HOUR, NULL },

	{ "METRICS_HOST", TEXT_, "127.0.0.1",
	  "Address of /metrics, for Prometheus", 0, 0, NULL },
	{ "METRICS_PORT", INT_, NULL,
	  "Its port, 0: none; not set: PORT + 1000", 0, 65535, NULL },
	{ "METRICS_EMF", TEXT_, NULL,
	  "CloudWatch namespace of a line of metrics a minute on stdout (embedded metric format);"
	  " not set: none", 0, 0, NULL },
	{ "OTEL_EXPORTER_OTLP_ENDPOINT", TEXT_, NULL,
	  "Collector of OpenTelemetry that traces go to, over HTTP, such as http://127.0.0.1:4318; not set: none", 0, 0, NULL },
	{ "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", TEXT_, NULL,
	  "The same as a whole URL, which then counts: without /v1/traces behind it", 0, 0, NULL },
	{ "OTEL_EXPORTER_OTLP_HEADERS", TEXT_, NULL,
	  "Headers for it as NAME=VALUE,NAME=VALUE, where , is %2C; a secret, where they are", 0, 0, NULL },
	{ "OTEL_EXPORTER_OTLP_TRACES_HEADERS", TEXT_, NULL,
	  "The same for traces alone, which then counts", 0, 0, NULL },
	{ "OTEL_EXPORTER_OTLP_TIMEOUT", INT_, "10000",
	  "Milliseconds that it may take to take spans", 1, 60000, NULL },
	{ "OTEL_EXPORTER_OTLP_PROTOCOL", CHOICE_, "http/json",
	  "How they are sent: as JSON over HTTP, which whoever takes protobuf over HTTP takes too; there is no gRPC", 0, 0,
	  protocols },
	{ "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", CHOICE_, NULL,
	  "The same for traces alone", 0, 0, protocols },
	{ "OTEL_TRACES_EXPORTER", CHOICE_, "otlp",
	  "none: no traces, whatever the others say", 0, 0, exporters },
	{ "OTEL_SDK_DISABLED", TEXT_, "false",
	  "true: the same", 0, 0, NULL },
	{ "OTEL_SERVICE_NAME", TEXT_, NULL,
	  "The service's name in traces; not set: the server's", 0, 0, NULL },
	{ "OTEL_RESOURCE_ATTRIBUTES", TEXT_, NULL,
	  "What else each trace says of this process, as NAME=VALUE,NAME=VALUE", 0, 0, NULL },
	{ "OTEL_TRACES_SAMPLER", CHOICE_, "parentbased_always_on",
	  "Which traces are recorded: all, none, or a part; parentbased: where a client's traceparent says whether, as it"
	  " says", 0, 0, samplers },
	{ "OTEL_TRACES_SAMPLER_ARG", TEXT_, NULL,
	  "Of traceidratio: which part of them, such as 0.01; not set: all", 0, 0, NULL },
	{ "OTEL_BSP_SCHEDULE_DELAY", INT_, "5000",
	  "Milliseconds after which spans are sent, where they are not 512 before", 10, 600000, NULL },
	{ "LOG_LEVEL", CHOICE_, "info",
	  "What is logged, on stderr", 0, 0, log_levels },
	{ "LOG_FORMAT", CHOICE_, "auto",
	  "auto: text on a terminal, else JSON", 0, 0, log_formats },
	{ "MISTAKES", CHOICE_, "auto",
	  "What a mistake in a tool ends: its call, which is answered as failed, or the process; auto: the process"
	  " in a debug build alone", 0, 0, mistake_ends },
	{ 0 },
};

const struct setting *const *settings_tables(const struct mcp_server *server)
{
	static const struct setting *tables[3];
	static char port[16];

	snprintf(port, sizeof(port), "%d", server->port);
	table[AT_PORT].standard = port;
	table[AT_DATABASE].standard = server->database;
	tables[0] = table;
	tables[1] = server->settings;
	return tables;
}

const struct setting *const *settings_told(const struct mcp_server *server)
{
	static struct setting without[sizeof(table) / sizeof(*table) - (BEHIND_DATABASE - AT_DATABASE)];
	static const struct setting *tables[3];
	const struct setting *const *all = settings_tables(server);

	if (server->migrations)
		return all;
	memcpy(without, table, sizeof(*table) * AT_DATABASE);
	memcpy(without + AT_DATABASE, table + BEHIND_DATABASE, sizeof(table) - sizeof(*table) * BEHIND_DATABASE);
	tables[0] = without;
	tables[1] = all[1];
	return tables;
}
