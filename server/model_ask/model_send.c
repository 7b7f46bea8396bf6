/* model_send.c - see model_send.h. */
#include "model_send.h"

#include "aws_self.h"
#include "log.h"
#include "sign.h"

#define HEADERS_MAX 8

/* ---- Any server that speaks OpenAI's protocol ---- */

static const char *send_openai(struct arena *arena, const struct models *models, const struct model_http *http, struct fetch_request *fetch)
{
	const char **headers = arena_array(arena, const char *, 4);
	size_t count = 0;

	headers[count++] = arena_print(arena, "Content-Type: %s", http->type);
	headers[count++] = arena_print(arena, "Accept: %s", http->accept);
	if (models->openai_key)
		headers[count++] = arena_print(arena, "Authorization: Bearer %s", models->openai_key);
	fetch->url = arena_print(arena, "%s%s", models->openai_url, http->path);
	fetch->headers = headers;
	return NULL;
}

/* ---- Bedrock ---- */

struct headers {
	struct sign_header all[HEADERS_MAX];
	size_t count;
};

static void add(struct headers *headers, str name, str value)
{
	headers->all[headers->count++] = (struct sign_header) { name, value };
}

/* As lines, ending with NULL. */
static const char *const *lines_of(struct arena *arena, const struct headers *headers)
{
	const char **lines = arena_array(arena, const char *, headers->count + 1);

	for (size_t i = 0; i < headers->count; i++)
		lines[i] = arena_print(arena, "%.*s: %.*s", STR_FORMAT(headers->all[i].name), STR_FORMAT(headers->all[i].value));
	return lines;
}

static const char *sign_it(struct arena *arena, struct models *models, const struct aws_endpoint *endpoint, const struct model_http *http,
                           struct headers *headers, struct model_sent *sent)
{
	char *time = arena_alloc(arena, SIGN_TIME_SIZE);
	const char *why = NULL;
	struct identity *identity = sent->identity = credentials_identity(models->aws->credentials, arena, &why);

	if (!identity)
		return why;
	sent->secret = identity_token(identity);
	sent->skew_ms = atomic_load(&models->skew_ms);
	sign_time(now_ms() + sent->skew_ms, time);
	add(headers, STR("X-Amz-Date"), str_of(time));
	if (identity_token(identity).at)
		add(headers, STR("X-Amz-Security-Token"), identity_token(identity));
	str path = str_of(arena_print(arena, "%.*s%s", STR_FORMAT(endpoint->path), http->path));
	struct sign_request signed_request = { "POST", path, STR(""), headers->all, headers->count, http->body };
	add(headers, STR("Authorization"), sign(arena, identity, str_of(endpoint->region), STR("bedrock"), time, &signed_request));
	return NULL;
}

static const char *send_bedrock(struct arena *arena, struct models *models, const struct model_http *http, struct fetch_request *fetch,
                                struct model_sent *sent)
{
	struct headers headers = { 0 };
	struct aws_endpoint endpoint;
	const char *wrong = aws_endpoint_plain(arena, "BEDROCK_RUNTIME", "bedrock-runtime", models->aws->region, models->aws->variable, &endpoint);

	if (wrong || (wrong = fetch_check_url(endpoint.url)))
		return wrong;
	add(&headers, STR("Host"), endpoint.host);
	add(&headers, STR("Content-Type"), str_of(http->type));
	if (models->bearer)
		add(&headers, STR("Authorization"), str_of(arena_print(arena, "Bearer %s", models->bearer)));
	else if ((wrong = sign_it(arena, models, &endpoint, http, &headers, sent)))
		return wrong;
	add(&headers, STR("Accept"), str_of(http->accept));
	fetch->url = arena_print(arena, "%s%s", endpoint.url, http->path);
	fetch->headers = lines_of(arena, &headers);
	return NULL;
}

/* ---- The doors ---- */

const char *model_send(struct arena *arena, struct models *models, const struct model *model,
                       const struct model_request *request, struct fetch_request *fetch, struct model_sent *sent)
{
	struct model_request asked = *request;
	struct model_http http;

	asked.model = model->name;
	*sent = (struct model_sent) { .trouble = MODEL_INVALID };
	const char *wrong = model->wire->write(arena, &asked, &http);
	if (wrong)
		return wrong;
	sent->trouble = MODEL_DENIED;
	sent->secret = str_of(model->wire == &model_wire_bedrock ? models->bearer : models->openai_key);
	fetch->method = "POST";
	fetch->body = http.body;
	return model->wire == &model_wire_bedrock ? send_bedrock(arena, models, &http, fetch, sent)
	                                          : send_openai(arena, models, &http, fetch);
}

bool model_mend(struct models *models, const struct model_sent *sent, const struct model_fault *fault)
{
	if (!sent->identity)
		return false;
	if (!fault->skew_ms) {
		credentials_expired(models->aws->credentials, sent->identity);
		return true;
	}
	/* Of that by which it was signed: this machine's may have been set right meanwhile. */
	int64_t skew_ms = sent->skew_ms + fault->skew_ms;
	atomic_store(&models->skew_ms, skew_ms);
	log_often(LOG_WARNING, "the clock of AWS is %lld s ahead of this machine's: models are asked by that", (long long)skew_ms / 1000);
	return true;
}
