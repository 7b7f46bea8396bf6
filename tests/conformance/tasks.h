/* tasks.h - the tools of the conformance server that become tasks. */
#ifndef TASKS_H
#define TASKS_H

#include "mcp.h"

extern SHAPE_OF(greet_shape, struct greet);
extern SHAPE_OF(slow_compute_shape, struct slow);
extern SHAPE_OF(confirm_delete_shape, struct file);
mcp_tool_fn greet, slow_compute, failing_job, protocol_error_job, confirm_delete, multi_input,
	tool_with_task;

/* Entries of a table of tools. */
#define TASK_TOOLS \
	{ "greet", "Greet", "Greets somebody by name; never takes long.", \
	  .in = greet_shape, .run = greet }, \
	{ "slow_compute", "Slow computation", "Computes for some seconds.", \
	  .in = slow_compute_shape, .blocks = true, .runs_long = true, .run = slow_compute }, \
	{ "failing_job", "Failing job", "Works for a while, then fails in words.", \
	  .blocks = true, .runs_long = true, .needs_task = true, .run = failing_job }, \
	{ "protocol_error_job", "Broken job", "Works for a while, then fails as a JSON-RPC error.", \
	  .blocks = true, .runs_long = true, .run = protocol_error_job }, \
	{ "confirm_delete", "Delete a file", "Asks before it would delete a file.", \
	  .in = confirm_delete_shape, .scope = MCP_ANYONE, .changes = true, .destroys = true, .runs_long = true, \
	  .needs_task = true, .run = confirm_delete }, \
	{ "multi_input", "Two questions", "Asks two questions at once.", \
	  .runs_long = true, .needs_task = true, .run = multi_input }, \
	{ "test_tool_with_task", "Question, then task", "Asks for a name, then greets as a task.", \
	  .asks_first = true, .needs_task = true, .run = tool_with_task }

#endif
