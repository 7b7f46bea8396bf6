/* request.c - operations as HTTP requests. */
#include "builder.h"
#include "request.h"
#include "sign.h"

#define HEADERS_MAX 8

struct headers {
	struct sign_header all[HEADERS_MAX];
	size_t count;
};

static void add(struct headers *headers, str name, str value)
{
	headers->all[headers->count++] = (struct sign_header) { name, value };
}

static const char *const types[] = {
	[AWS_JSON_1_0] = "application/x-amz-json-1.0",
	[AWS_JSON_1_1] = "application/x-amz-json-1.1",
	[AWS_QUERY] = "application/x-www-form-urlencoded; charset=utf-8",
};

static void add_what_it_is(struct arena *arena, const struct aws_operation *operation, struct headers *headers)
{
	const struct aws_service *service = operation->service;

	add(headers, STR("Content-Type"), str_of(types[service->protocol]));
	if (service->protocol != AWS_QUERY)
		add(headers, STR("X-Amz-Target"), str_of(arena_print(arena, "%s.%s", service->target, operation->action)));
}

static str body_of(struct arena *arena, const struct aws_operation *operation, str input)
{
	const struct aws_service *service = operation->service;

	if (service->protocol != AWS_QUERY)
		return input.size > 0 ? input : STR("{}");
	struct builder body = builder_begin(arena, 128 + input.size);
	builder_put(&body, str_of(arena_print(arena, "Action=%s&Version=%s", operation->action, service->target)));
	builder_put(&body, input);
	return (str) { builder_end(&body), body.size };
}

/* As lines, ending with NULL. */
static const char *const *lines_of(struct arena *arena, const struct headers *headers)
{
	const char **lines = arena_array(arena, const char *, headers->count + 1);

	for (size_t i = 0; i < headers->count; i++)
		lines[i] = arena_print(arena, "%.*s: %.*s", STR_FORMAT(headers->all[i].name), STR_FORMAT(headers->all[i].value));
	return lines;
}

void aws_request_make(struct arena *arena, const struct aws_operation *operation, const struct aws_endpoint *endpoint,
                      struct identity *identity, str input, int64_t now_ms, struct aws_request *request)
{
	struct headers headers = { 0 };
	char *time = arena_alloc(arena, SIGN_TIME_SIZE);
	str path = endpoint->path.size > 0 ? endpoint->path : STR("/"), body = body_of(arena, operation, input);

	add(&headers, STR("Host"), endpoint->host);
	add_what_it_is(arena, operation, &headers);
	if (identity) {
		sign_time(now_ms, time);
		add(&headers, STR("X-Amz-Date"), str_of(time));
		if (identity_token(identity).at)
			add(&headers, STR("X-Amz-Security-Token"), identity_token(identity));
		struct sign_request signed_request = { "POST", path, STR(""), headers.all, headers.count, body };
		add(&headers, STR("Authorization"), sign(arena, identity, str_of(endpoint->region),
		                                         str_of(operation->service->signing), time, &signed_request));
	}
	*request = (struct aws_request) {
		"POST", endpoint->path.size > 0 ? endpoint->url : arena_print(arena, "%s/", endpoint->url),
		lines_of(arena, &headers), body
	};
}

void aws_form_put(struct builder *form, const char *name, str value)
{
	builder_put(form, STR("&"));
	builder_put(form, str_of(name));
	builder_put(form, STR("="));
	builder_put(form, str_of(text_in_uri(form->arena, arena_copy(form->arena, value))));
}
