/* options.h - the settings, made into what the layers take. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "issuer.h"
#include "log.h"
#include "protocol.h"

#define URL_ROOM 320
#define PORT_OFF (-1)

struct options {
	const struct mcp_server *server;
	const char *host;
	bool loopback;                  /* only this machine can reach it */
	int port;                       /* 0: any free one */
	const char *metrics_host;
	int metrics_port;               /* PORT_OFF; 0: any free one */
	bool metrics_asked;             /* METRICS_PORT is set */
	const char *metrics_emf;        /* CloudWatch namespace; NULL: not set */
	const char *database;           /* NULL: the server has no store */
	bool shared;                    /* it serves other processes of this service too */
	const char *public_url;         /* NULL: not set */
	const char *keys;               /* API_KEYS; NULL: not set */
	bool auth_none;
	struct issuer_settings issuer;  /* .issuer NULL: no tokens are accepted */
	int database_connections;       /* that calls share, where it is PostgreSQL */
	int workers, worker_queue;
	int64_t shutdown_ms, pause_ms;
	enum log_level log_level;
	bool log_json;
	bool greets;                    /* a person starts it on a terminal */
	struct networks *trusted, *allowed;
	struct budget requests, streams;        /* BODIES_MAX, BACKLOGS_MAX */
	struct protocol_settings protocol;
	struct http_settings http;      /* without its handler, open and close */
};

/* From settings that were read. NULL, or what is wrong, valid until the next call. */
const char *options_make(const struct mcp_server *server, struct options *options);
void options_release(struct options *options);
/* What MISTAKES says holds from now on; options_make() sees to that. */
void options_mistakes(void);

/* What stands before the path in a URL of this address; where it is all addresses, loopback's. */
void options_url(const char *host, int port, char url[URL_ROOM]);

#endif
