/* counters.c - what this layer counts, and what operators read of it: but for what failed and transactions, all stay 0
 * where the database is SQLite. */
#include "store_internal.h"

struct store_counters store_counters;

#define FAILED(cause, word) \
	{ "mcp_database_failures_total{cause=\"" word "\"}", "counter", \
	  "Statements and transactions that failed for good, by cause.", &store_counters.failed[cause] }

const struct counted store_counted[] = {
	FAILED(STORE_AWAY, "away"),
	FAILED(STORE_LOST, "lost"),
	FAILED(STORE_AGAIN, "again"),
	FAILED(STORE_UNABLE, "unable"),
	FAILED(STORE_UNFIT, "unfit"),
	FAILED(STORE_REFUSED, "refused"),
	FAILED(STORE_MISUSED, "misused"),
	{ "mcp_database_statements_total", "counter",
	  "Statements sent to a database server, one round trip each; BEGIN and COMMIT too.",
	  &store_counters.statements },
	{ "mcp_database_prepared_total", "counter", "Statements prepared there, once a connection.",
	  &store_counters.prepared },
	{ "mcp_database_connects_total", "counter", "Attempts to connect to it.",
	  &store_counters.connects },
	{ "mcp_database_reruns_total", "counter",
	  "Transactions the database wanted to be run again.", &store_counters.reruns },
	{ "mcp_database_connections", "gauge", "Connections that calls share, open now.",
	  &store_counters.lendable },
	{ "mcp_database_waits_total", "counter", "Times a call had to wait for one of them.",
	  &store_counters.waits },
	{ "mcp_database_wait_seconds_total", "counter", "How long, all together.",
	  &store_counters.waited_us },
	{ "mcp_database_waits_in_vain_total", "counter", "Calls that got none in time, and failed.",
	  &store_counters.waits_in_vain },
	{ "mcp_database_wal_bytes", "gauge", "The file beside one of SQLite's that has what was written lately, as it was last looked at.",
	  &store_counters.wal_bytes },
	{ "mcp_database_loop_reads_total", "counter",
	  "Of these statements, those that event loops sent and no thread waited for.",
	  &store_counters.loop_reads },
	{ "mcp_database_loop_reads_left_total", "counter",
	  "Of these, those that were left to a worker: slow, large, failed, or lost.",
	  &store_counters.loop_reads_left },
	{ 0 },
};
