/* conformance.h - a server that offers what the official conformance suite calls: the tools,
 * resources and prompts of main.c's tables, and what several of them share.
 *
 * Their names, texts and schemas are the suite's, not ours. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "mcp.h"

/* ---- Tools that answer at once (content.c) ---- */

mcp_tool_fn simple_text, image_content, audio_content, embedded_resource, mixed_content;
mcp_tool_fn resource_link, structured_content, error_handling, annotated, schema_2020_12, header;
extern SHAPE_OF(reading_shape, struct reading);
extern SHAPE_OF(header_shape, struct header);

/* ---- Tools that take a while, or tell others (running.c) ---- */

enum { RECONNECTION_DEADLINE_MS = 5000 };
mcp_tool_fn with_progress, with_logging, reconnection, logging;
mcp_tool_fn change_tools, change_prompts, change_resource;

/* ---- Tools that ask once (asking.c) ---- */

mcp_tool_fn sampling, elicitation, elicitation_defaults, elicitation_enums, elicitation_url;
mcp_tool_fn missing_capability, streaming_elicitation;
extern SHAPE_OF(prompt_shape, struct prompt);
extern SHAPE_OF(message_shape, struct message);

/* What sampling/createMessage takes: a prompt, as JSON, and how many tokens it may answer. */
#define SAMPLE(prompt, tokens) \
	"{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":" prompt \
	"}}],\"maxTokens\":" tokens "}"

/* How a tool ends whose question was not accepted, or not yet. */
enum mcp_answer not_accepted(struct mcp_call *call, enum mcp_reply reply);
/* Of two questions asked in one round. */
enum mcp_reply both(enum mcp_reply one, enum mcp_reply other);

/* ---- Tools of several questions or rounds (rounds.c) ---- */

mcp_tool_fn ask_name, ask_model, ask_roots, keep_state, guard_state, ask_everything, ask_in_turn;
mcp_tool_fn ask_what_it_can;

/* ---- Resources and prompts ---- */

mcp_tool_fn static_text, static_binary, watched_resource, template_data;
mcp_complete_fn complete_id;
extern SHAPE_OF(id_shape, struct id);
extern SHAPE_OF(data_shape, struct data);

mcp_tool_fn simple_prompt, prompt_with_arguments, prompt_with_resource, prompt_with_image;
mcp_tool_fn prompt_that_asks;
mcp_complete_fn complete_argument;
extern SHAPE_OF(arguments_shape, struct arguments);
extern SHAPE_OF(resource_uri_shape, struct resource_uri);

extern const struct mcp_file skills[];          /* skills/ */

/* A red pixel, and a millisecond of silence (media.c). */
extern const struct mcp_content pixel, silence;

#endif
