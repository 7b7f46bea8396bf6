/* call_out_span.c - what a span says of a call of another server: OpenTelemetry's conventions for MCP clients. All tries of
 * a call are one span. */
#include "call_out_span.h"

static void add_address(struct span_record *record, str service)
{
	const char *colon = memrchr(service.at, ':', service.size);
	int64_t port;

	if (!colon || !str_to_int((str) { colon + 1, service.size - (size_t)(colon + 1 - service.at) }, &port)) {
		span_text(record, "server.address", service);
		return;
	}
	span_text(record, "server.address", (str) { service.at, (size_t)(colon - service.at) });
	span_int(record, "server.port", port);
}

void call_out_span_write(const struct span *span, const struct calls_out *calls, const char *tool, enum call_out came_of)
{
	struct span_record record;

	span_record_begin(&record, &span->trace, SPAN_CLIENT, span->began_us, STR("tools/call"), str_of(tool));
	span_text(&record, "mcp.method.name", STR("tools/call"));
	span_text(&record, "gen_ai.tool.name", str_of(tool));
	span_text(&record, "gen_ai.operation.name", STR("execute_tool"));
	span_text(&record, "mcp.protocol.version", STR("2026-07-28"));
	span_text(&record, "network.transport", STR("tcp"));
	add_address(&record, str_of(calls_out_service(calls)));
	span_text(&record, "mcp.outcome", str_of(calls_out_word(came_of)));
	record.state = about_now()->state;
	if (came_of != CALL_ANSWERED)
		record.error = came_of == CALL_REFUSED ? "tool_error" : calls_out_word(came_of);
	span_record_end(&record);
}
