/* content.c - blocks of an answer: text, images, audio, embedded resources and links, as each
 * revision has them. */
#include "call.h"
#include "call_private.h"
#include "result.h"

static void text_member(struct json *json, const char *key, const char *text)
{
	if (!text)
		return;
	json_key(json, key);
	json_text(json, text);
}

static void write_bytes(struct json *json, const char *key, const struct mcp_content *content)
{
	json_key(json, key);
	json_str(json, base64(json->arena, (str) { content->bytes, content->size }));
}

/* The contents of a resource: text, or else bytes. */
static void write_resource(struct json *json, const struct mcp_content *content, const char *meta)
{
	json_object(json);
	text_member(json, "uri", content->uri);
	text_member(json, "mimeType", content->mime);
	if (content->text)
		text_member(json, "text", content->text);
	else
		write_bytes(json, "blob", content);
	if (meta) {
		json_key(json, "_meta");
		json_raw(json, str_of(meta));
	}
	json_object_end(json);
}

/* 2025-03-26 knows no links: they are named in a text. */
static void write_link_as_text(struct json *json, const struct mcp_content *content)
{
	text_member(json, "type", "text");
	text_member(json, "text", arena_print(json->arena, "%s: %s",
	            content->name ? content->name : "Resource", content->uri));
}

static void write_link(struct json *json, const struct mcp_content *content)
{
	text_member(json, "type", "resource_link");
	text_member(json, "uri", content->uri);
	text_member(json, "name", content->name);
	text_member(json, "title", content->title);
	text_member(json, "description", content->about);
	text_member(json, "mimeType", content->mime);
}

static void content_write(struct json *json, const struct mcp_content *content,
                          enum revision revision)
{
	json_object(json);
	switch (content->type) {
	case MCP_TEXT:
		text_member(json, "type", "text");
		text_member(json, "text", content->text);
		break;
	case MCP_IMAGE:
	case MCP_AUDIO:
		text_member(json, "type", content->type == MCP_IMAGE ? "image" : "audio");
		write_bytes(json, "data", content);
		text_member(json, "mimeType", content->mime);
		break;
	case MCP_EMBEDDED:
		text_member(json, "type", "resource");
		json_key(json, "resource");
		write_resource(json, content, NULL);
		break;
	case MCP_LINK:
		if (revision >= R2025_06_18)
			write_link(json, content);
		else
			write_link_as_text(json, content);
	}
	json_object_end(json);
}

/* ---- What each type must have, by the protocol ---- */

static const struct {
	const char *type, *must;        /* in words */
} types[] = {
	[MCP_TEXT] = { "MCP_TEXT", ".text" },
	[MCP_IMAGE] = { "MCP_IMAGE", ".bytes and .mime" },
	[MCP_AUDIO] = { "MCP_AUDIO", ".bytes and .mime" },
	[MCP_EMBEDDED] = { "MCP_EMBEDDED", ".uri, and .text or .bytes" },
	[MCP_LINK] = { "MCP_LINK", ".uri and .name" },
};

static bool is_whole(const struct mcp_content *content)
{
	bool bytes = content->bytes || content->size == 0;

	switch (content->type) {
	case MCP_TEXT:     return content->text;
	case MCP_IMAGE:
	case MCP_AUDIO:    return bytes && content->mime;
	case MCP_EMBEDDED: return content->uri && (content->text || bytes);
	case MCP_LINK:     return content->uri && content->name;
	default:           return false;
	}
}

static bool takes(struct mcp_call *call, const struct mcp_content *content)
{
	if (!content) {
		call_mistake(call, "a block of its answer is NULL: pass a struct mcp_content");
		return false;
	}
	bool known = (unsigned)content->type <= MCP_LINK;

	if (is_whole(content))
		return true;
	call_mistake(call, "a block of its answer is not whole: %s must have %s",
	             known ? types[content->type].type : "its .type", known ? types[content->type].must : "one of MCP_TEXT"
	             " to MCP_LINK");
	return false;
}

void call_takes_role(struct mcp_call *call, const char *role)
{
	if (!role || (strcmp(role, "user") != 0 && strcmp(role, "assistant") != 0))
		call_mistake(call, "a message has the role \"%s\": there are \"user\" and \"assistant\"",
		             role ? role : "");
}

void mcp_add(struct mcp_call *call, const struct mcp_content *content)
{
	if (!takes(call, content))
		return;
	if (!call->content.at)
		call->content = json_begin(call->arena, 512 + content->size * 4 / 3);
	if (call->offer->kind == OFFER_RESOURCE)
		write_resource(&call->content, content,
		               call->revision >= R2025_06_18 ? call->offer->meta : NULL);
	else
		content_write(&call->content, content, call->revision);
}

void mcp_add_message(struct mcp_call *call, const char *role, const struct mcp_content *content)
{
	struct json *json = &call->messages;

	call_takes_role(call, role);
	if (!takes(call, content))
		return;
	if (!json->at)
		*json = json_begin(call->arena, 512 + content->size * 4 / 3);
	json_object(json);
	text_member(json, "role", role);
	json_key(json, "content");
	content_write(json, content, call->revision);
	json_object_end(json);
}

enum mcp_answer mcp_done(struct mcp_call *call)
{
	static const char *const members[] = {
		[OFFER_TOOL] = "content", [OFFER_RESOURCE] = "contents", [OFFER_PROMPT] = "messages"
	};
	call_answers_freely(call, "mcp_done()");
	struct json *added = call->offer->kind == OFFER_PROMPT ? &call->messages : &call->content;
	struct json *json = call_result(call, "complete");

	json_key(json, members[call->offer->kind]);
	json_array(json);
	if (added->at)
		json_raw(json, json_end(added));
	json_array_end(json);
	if (call->offer->kind == OFFER_RESOURCE && call->revision >= R2026_07_28)
		result_cacheable(json, 0, "private");
	return MCP_ANSWERED;
}
