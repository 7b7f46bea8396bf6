/* counters.c - what this layer counts, and what operators read of it. */
#include "http.h"

struct http_counters http_counters;

const struct counted http_counted[] = {
	{ "mcp_connections", "gauge", "Open connections.", &http_counters.connections },
	{ "mcp_open_streams", "gauge", "Open event streams.", &http_counters.streams },
	{ "mcp_http_requests_total", "counter", "HTTP requests.", &http_counters.requests },
	{ "mcp_bytes_in_total", "counter", "Bytes received.", &http_counters.bytes_in },
	{ "mcp_bytes_out_total", "counter", "Bytes sent.", &http_counters.bytes_out },
	{ "mcp_refused_bodies_total", "counter",
	  "Bodies that were too large, or for which there was no room.", &http_counters.refused_bodies },
	{ "mcp_refused_headers_total", "counter", "Header blocks that were too large.",
	  &http_counters.refused_headers },
	{ "mcp_slow_clients_total", "counter", "Clients that took too long to send a request.",
	  &http_counters.slow_clients },
	{ "mcp_overflowed_streams_total", "counter",
	  "Streams ended because their client did not read.", &http_counters.overflowed_streams },
	{ "mcp_closed_idle_connections_total", "counter",
	  "Connections closed to make room for new ones.", &http_counters.closed_idle },
	{ "mcp_refused_connections_total", "counter", "Connections for which there was no room.",
	  &http_counters.refused_connections },
	{ "mcp_gone_clients_total", "counter", "Clients that left before they had their answer.",
	  &http_counters.gone_clients },
	{ 0 },
};
