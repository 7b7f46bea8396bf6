/* call_span.c - what spans say of requests and calls: OpenTelemetry's conventions for HTTP servers, and for MCP.
 *
 * A call that goes on elsewhere, or without its request, is a span for each part, and each is within the one before. A
 * session's id is in none: it is half of what its streams are opened with. */
#include "call_span.h"

#include <stdio.h>

#include "call_private.h"

/* ---- An HTTP request ---- */

/* A client that says of no trace has no state of it. */
static str request_state(const struct reply *reply, const struct exchange *x, struct arena *arena)
{
	bool may_be = x && reply->about.trace.parent[0];

	return may_be ? trace_state(arena, exchange_header(x, "tracestate")) : (str) { 0 };
}

/* Paths that there are: any other is of no use to whoever counts by names. */
static bool is_route(str path)
{
	return str_is(path, "/mcp") || str_is(path, "/") || str_starts(path, "/.well-known/");
}

static void add_http(struct span_record *record, struct reply *reply, struct exchange *x, str method)
{
	str path = x ? exchange_path(x) : STR("/mcp");
	int status = x ? exchange_status(x) : reply->stream ? 200 : 0;

	span_text(record, "http.request.method", method);
	span_text(record, "url.path", (str) { path.at, path.size < 200 ? path.size : 200 });
	if (is_route(path))
		span_text(record, "http.route", path);
	span_text(record, "url.scheme", STR("http"));
	span_text(record, "network.protocol.version", STR("1.1"));
	if (x)
		span_text(record, "client.address", reply_address_of(x));
	if (status)
		span_int(record, "http.response.status_code", status);
	if (status == 0)
		span_text(record, "mcp.outcome", STR("gone"));
	if (status >= 500)
		record->error = status == 503 ? "503" : "500";
}

void reply_span_write(struct reply *reply, struct exchange *x)
{
	str method = x ? str_of(metric_verbs[exchange_method(x)]) : STR("POST");
	str path = x ? exchange_path(x) : STR("/mcp");
	struct span_record record;

	span_record_begin(&record, &reply->about.trace, SPAN_SERVER, reply->began_us, method,
	                  is_route(path) ? path : (str) { 0 });
	add_http(&record, reply, x, method);
	record.state = request_state(reply, x, reply_arena(reply));
	span_record_end(&record);
	reply->about.trace.recorded = false;
}

/* ---- A call ---- */

static bool has_same_parent(const struct trace *a, const struct trace *b)
{
	return memcmp(a->id, b->id, TRACE_ID_SIZE) == 0 && a->parent[0] && memcmp(a->parent, b->parent, SPAN_ID_SIZE) == 0;
}

/* A header that says the same as the message is of the same client: its request is then what the call is a part of. */
static void join_request(struct trace *trace, const struct trace *request)
{
	if (memcmp(trace->span, request->span, SPAN_ID_SIZE) == 0 || has_same_parent(trace, request))
		trace_inner(trace, request);
}

/* The span of its request, where that is of another trace. */
static const struct trace *other_trace(const struct mcp_call *call)
{
	const struct trace *request = &call->reply->about.trace;
	bool other = request->sampled && memcmp(call->about.trace.id, request->id, TRACE_ID_SIZE) != 0;

	return other && !call->reply->response->background ? request : NULL;
}

/* What the message says is nearer than a header, which any proxy may write: 2026-07-28 basic, "OpenTelemetry trace
 * context". */
void call_span_begin(struct mcp_call *call, yyjson_val *about)
{
	struct trace *trace = &call->about.trace;
	str traceparent = about ? json_member(about, "traceparent") : (str) { 0 };

	if (traceparent.at && trace_continue(trace, traceparent)) {
		spans_sample(trace);
		call->about.state = trace_state(call->arena, json_member(about, "tracestate"));
	} else {
		call->about.state = request_state(call->reply, call->reply->exchange, call->arena);
	}
	if (!trace->recorded)
		return;
	call->began_us = tick_us();
	if (call->reply->about.trace.recorded)
		join_request(trace, &call->reply->about.trace);
}

/* Of outcomes only these are as they should be. */
static const char *error_of(const char *outcome)
{
	static const char *const fine[] = { "ok", "asked", "task", "cancelled" };

	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		if (strcmp(outcome, fine[i]) == 0)
			return NULL;
	return strcmp(outcome, "error") == 0 ? "tool_error" : outcome;
}

static void add_target(struct span_record *record, const struct mcp_call *call)
{
	bool tool = str_is(call->method_name, "tools/call");

	if (!call->offer || (!tool && !str_is(call->method_name, "prompts/get")))
		return;
	span_text(record, tool ? "gen_ai.tool.name" : "gen_ai.prompt.name", str_of(call->offer->name));
	if (tool)
		span_text(record, "gen_ai.operation.name", STR("execute_tool"));
}

static void add_id(struct span_record *record, yyjson_val *id)
{
	char text[32];

	if (yyjson_is_str(id))
		span_text(record, "jsonrpc.request.id", (str) { yyjson_get_str(id), yyjson_get_len(id) });
	if (!yyjson_is_int(id))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)yyjson_get_sint(id));
	span_text(record, "jsonrpc.request.id", str_of(text));
}

static void add_call(struct span_record *record, struct mcp_call *call, const char *outcome)
{
	char code[16];

	span_text(record, "mcp.method.name", str_of(call->method ? call->method->name : "other"));
	add_target(record, call);
	span_text(record, "mcp.protocol.version", str_of(revision_names[call->revision]));
	add_id(record, call->id);
	span_text(record, "network.transport", STR("tcp"));
	span_text(record, "mcp.outcome", str_of(outcome));
	if (!call_settled_early(call) && call->fault) {
		snprintf(code, sizeof(code), "%d", call->fault->code);
		span_text(record, "rpc.response.status_code", str_of(code));
	}
	span_noted(record, &call->about);
}

/* A resource's URI may hold what was asked for, and is no name. */
void call_span_write(struct mcp_call *call, const char *outcome)
{
	bool named = call->offer && (str_is(call->method_name, "tools/call") || str_is(call->method_name, "prompts/get"));
	struct span_record record;

	span_record_begin(&record, &call->about.trace, call->reply->response->background ? SPAN_INTERNAL : SPAN_SERVER,
	                  call->began_us, str_of(call->method ? call->method->name : "other"),
	                  named ? str_of(call->offer->name) : (str) { 0 });
	add_call(&record, call, outcome);
	record.error = error_of(outcome);
	record.link = other_trace(call);
	record.state = call->about.state;
	span_record_end(&record);
}

/* No worker has it: nobody else reads its trace now. */
void call_span_go_on(struct mcp_call *call)
{
	trace_inner(&call->about.trace, &call->about.trace);
	call->began_us = tick_us();
}
