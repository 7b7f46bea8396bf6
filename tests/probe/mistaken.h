/* mistaken.h - tools that make the mistakes a program can make in a call, one at a time. */
#ifndef MISTAKEN_H
#define MISTAKEN_H

#include "mcp.h"

extern const struct shape mistaken_shape[1], mistaken_out_shape[1];
enum mcp_answer mistaken(struct mcp_call *call, const void *in, struct store *store);
enum mcp_answer mistaken_struct(struct mcp_call *call, const void *in, struct store *store);

/* With the store (mistaken_store.c). */
enum mcp_answer mistaken_store(struct mcp_call *call, const void *in, struct store *store);
void mistaken_completes(struct mcp_call *call, const char *argument, const char *value, struct store *store);
int mistaken_sees(struct mcp_call *call, const void *in, struct store *store);
int64_t mistaken_works(struct store *store);
int mistaken_command(struct store *store, int argc, char **argv);

/* Entries of a table of tools. */
#define MISTAKEN_TOOLS \
	{ "mistaken", "Mistaken", "Makes a mistake.", .in = mistaken_shape, .run = mistaken }, \
	{ "mistaken_blocking", "Mistaken", "The same, on a worker.", .in = mistaken_shape, .blocks = true, \
	  .run = mistaken }, \
	{ "mistaken_struct", "Mistaken", "Makes one with a struct that it declares.", .in = mistaken_shape, \
	  .out = mistaken_out_shape, .run = mistaken_struct }, \
	{ "mistaken_store", "Mistaken", "Makes one with the store.", .in = mistaken_shape, .changes = true, \
	  .blocks = true, .asks_first = true, .scope = MCP_ANYONE, .run = mistaken_store }, \
	{ "mistaken_reads", "Mistaken", "The same, where it need not block.", .in = mistaken_shape, .run = mistaken_store }, \
	{ "mistaken_json", "Mistaken", "Makes one with JSON.", .in = mistaken_shape, .run = mistaken, \
	  .out_schema = "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":" \
	                "{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"]}}}}" }

#endif
