/* mistaken.h - tools that make the mistakes a program can make in a call, one at a time. */
#ifndef MISTAKEN_H
#define MISTAKEN_H

#include "mcp.h"

extern const struct shape mistaken_shape[1], mistaken_out_shape[1];
enum mcp_answer mistaken(struct mcp_call *call, const void *in, struct store *store);
enum mcp_answer mistaken_struct(struct mcp_call *call, const void *in, struct store *store);

/* Entries of a table of tools. */
#define MISTAKEN_TOOLS \
	{ "mistaken", "Mistaken", "Makes a mistake.", .in = mistaken_shape, .run = mistaken }, \
	{ "mistaken_blocking", "Mistaken", "The same, on a worker.", .in = mistaken_shape, .blocks = true, \
	  .run = mistaken }, \
	{ "mistaken_struct", "Mistaken", "Makes one with a struct that it declares.", .in = mistaken_shape, \
	  .out = mistaken_out_shape, .run = mistaken_struct }, \
	{ "mistaken_json", "Mistaken", "Makes one with JSON.", .in = mistaken_shape, .run = mistaken, \
	  .out_schema = "{\"type\":\"object\",\"properties\":{}}" }

#endif
