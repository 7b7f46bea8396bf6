/* dynamodb.c - see dynamodb.h. */
#include "dynamodb.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#include "dynamodb_counts.h"
#include "fatal.h"
#include "fetch.h"
#include "json.h"
#include "log.h"
#include "request.h"
#include "retry.h"
#include "seal.h"
#include "spans.h"
#include "trouble.h"

#define CONNECT_MS 1000
#define TRY_MS 3000
#define ANSWER_MAX ((size_t)2 << 20)    /* a page of a Query is 1 MB of items, and their JSON longer */
#define DEPTH_MAX 32

static const struct aws_service service = { "DYNAMODB", "dynamodb", "dynamodb", "dynamodb", AWS_JSON_1_0, "DynamoDB_20120810", false, NULL };

static const struct aws_operation operations[DYNAMODB_ACTIONS] = {
	[DYNAMODB_GET_ITEM] = { .service = &service, .action = "GetItem" },
	[DYNAMODB_QUERY] = { .service = &service, .action = "Query" },
	[DYNAMODB_UPDATE_ITEM] = { .service = &service, .action = "UpdateItem" },
	[DYNAMODB_TRANSACT_WRITE] = { .service = &service, .action = "TransactWriteItems" },
	[DYNAMODB_DESCRIBE_TABLE] = { .service = &service, .action = "DescribeTable" },
};

struct dynamodb {
	const struct aws_self *self;
	const char *table;
	double (*chance)(void);
	struct retry_purse purse;
	atomic_llong skew_ms;           /* AWS's clock is so much ahead */
};

static double by_chance(void)
{
	uint32_t bits;

	random_bytes(&bits, sizeof(bits));
	return bits / 4294967296.0;
}

struct dynamodb *dynamodb_create(const struct aws_self *self, const char *table, double (*chance)(void))
{
	struct dynamodb *dynamodb = calloc(1, sizeof(*dynamodb));

	if (!dynamodb)
		fatal();
	dynamodb->self = self;
	dynamodb->table = table;
	dynamodb->chance = chance ? chance : by_chance;
	dynamodb->purse = (struct retry_purse) RETRY_PURSE;
	return dynamodb;
}

void dynamodb_destroy(struct dynamodb *dynamodb)
{
	if (dynamodb)
		pthread_mutex_destroy(&dynamodb->purse.lock);
	free(dynamodb);
}

const char *dynamodb_region(const struct dynamodb *dynamodb)
{
	return dynamodb->self->region;
}

/* ---- One try ---- */

struct calling {
	struct dynamodb *dynamodb;
	struct arena *arena;
	const struct aws_operation *operation;
	str body;
	struct retries retries;
	bool mended;                    /* credentials or clock: once */
	int64_t until_ms;
	struct identity *identity;      /* that signed it */
	int64_t skew_ms;                /* of the clock by which it was signed */
	struct fetch_answer got;
	yyjson_val *said;               /* of got.body; NULL: no JSON */
	struct aws_error error;
};

/* NULL, or why it can't go out. */
static const char *send_it(struct calling *calling)
{
	struct dynamodb *dynamodb = calling->dynamodb;
	const struct aws_self *self = dynamodb->self;
	struct arena *secrets = arena_create_secret();
	struct aws_endpoint endpoint;
	struct aws_request request;
	const char *wrong = aws_endpoint_find(secrets, calling->operation, self->region, self->variable, &endpoint);

	if (!wrong && !(wrong = fetch_check_url(endpoint.url)))
		calling->identity = credentials_identity(self->credentials, secrets, &wrong);
	if (calling->identity) {
		int64_t left_ms = calling->until_ms - tick_ms();
		calling->skew_ms = atomic_load(&dynamodb->skew_ms);
		aws_request_make(secrets, calling->operation, &endpoint, calling->identity, calling->body, now_ms() + calling->skew_ms, &request);
		fetch(calling->arena, &(struct fetch_request) {
			.method = request.method, .url = request.url, .headers = request.headers, .body = request.body, .connect_ms = CONNECT_MS,
			.total_ms = left_ms < TRY_MS ? (left_ms > 1 ? left_ms : 1) : TRY_MS, .answer_max = ANSWER_MAX,
		}, &calling->got);
	}
	wrong = wrong ? arena_copy(calling->arena, str_of(wrong)) : NULL;
	arena_destroy(secrets);
	return wrong;
}

/* Over the body as it came: a proxy, or memory, may have changed it. */
static bool is_whole(const struct fetch_answer *got)
{
	str sum = fetch_header(got, "x-amz-crc32");
	int64_t expected;

	return sum.size == 0 || (str_to_int(sum, &expected) && expected == (int64_t)crc32(0, (const Bytef *)got->body.at, (uInt)got->body.size));
}

/* Of a transaction, another that was at one of its items just then, or too much asked of one: later. A condition that does not
 * hold does not hold later either. */
static enum aws_fault fault_of_cancelled(yyjson_val *said)
{
	yyjson_val *reasons = yyjson_obj_get(said, "CancellationReasons"), *reason;
	enum aws_fault fault = AWS_REFUSED;
	size_t i, count;

	yyjson_arr_foreach(reasons, i, count, reason) {
		str code = json_member(reason, "Code");
		if (str_is(code, "ConditionalCheckFailed"))
			return AWS_REFUSED;
		if (str_is(code, "TransactionConflict") || str_is(code, "ThrottlingError") || str_is(code, "ProvisionedThroughputExceeded"))
			fault = AWS_THROTTLED;
	}
	return fault;
}

static void judge(struct calling *calling)
{
	const struct fetch_answer *got = &calling->got;
	struct aws_answer answer = { got->status, got->body, fetch_header(got, "x-amzn-errortype"), fetch_header(got, "Date") };
	enum json_trouble trouble;

	aws_error_read(calling->arena, &answer, now_ms() + calling->skew_ms, &calling->error);
	calling->said = got->status ? json_parse_copy(calling->arena, got->body, DEPTH_MAX, &trouble) : NULL;
	if (got->status && !is_whole(got))
		calling->error = (struct aws_error) { .fault = AWS_TRANSIENT, .code = "CRC32", .message = "the answer is not as it was sent" };
	else if (calling->error.fault == AWS_FINE && !yyjson_is_obj(calling->said))
		calling->error = (struct aws_error) { .fault = AWS_TRANSIENT, .code = "", .message = "" };
	else if (aws_error_is(&calling->error, "TransactionCanceled"))
		calling->error.fault = fault_of_cancelled(calling->said);
	else if (aws_error_is(&calling->error, "TransactionInProgress"))
		calling->error.fault = AWS_TRANSIENT;
	/* Another's is at this item just now. */
	else if (aws_error_is(&calling->error, "TransactionConflict"))
		calling->error.fault = AWS_THROTTLED;
}

/* ---- Tries ---- */

#define RENEW_MS 200                    /* until there are other credentials */

/* How long until it goes out again; -1: it does not. */
static int64_t wait_to_retry(struct calling *calling)
{
	struct dynamodb *dynamodb = calling->dynamodb;
	int64_t after_ms = 0;

	if (!calling->mended && calling->error.fault == AWS_EXPIRED) {
		calling->mended = true;
		credentials_expired(dynamodb->self->credentials, calling->identity);
		return RENEW_MS;
	}
	if (!calling->mended && calling->error.fault == AWS_SKEWED) {
		calling->mended = true;
		atomic_store(&dynamodb->skew_ms, calling->skew_ms + calling->error.skew_ms);
		return 0;
	}
	if (!str_to_int(fetch_header(&calling->got, "x-amz-retry-after"), &after_ms))
		after_ms = 0;
	return retry_wait(&calling->retries, &retry_dynamodb, &dynamodb->purse, calling->error.fault, after_ms, dynamodb->chance(),
	                  calling->until_ms - tick_ms());
}

static void pause_for(int64_t ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* What was tried last stands in `calling`. */
static const char *try_all(struct calling *calling)
{
	for (;;) {
		const char *wrong = send_it(calling);
		int64_t wait_ms = -1;
		if (!wrong) {
			judge(calling);
			dynamodb_counts_note(calling->error.fault);
			wait_ms = calling->error.fault == AWS_FINE ? -1 : wait_to_retry(calling);
		}
		identity_drop(calling->identity);
		calling->identity = NULL;
		if (wait_ms < 0)
			return wrong;
		pause_for(wait_ms);
	}
}

static bool is_condition(const struct calling *calling)
{
	return aws_error_is(&calling->error, "ConditionalCheckFailed") ||
	       (aws_error_is(&calling->error, "TransactionCanceled") && calling->error.fault == AWS_REFUSED);
}

static const char *why_failed(const struct calling *calling, const char *wrong)
{
	const struct aws_error *error = &calling->error;

	if (wrong)
		return arena_print(calling->arena, "can't be called: %s", wrong);
	if (calling->got.status == 0)
		return arena_print(calling->arena, "can't be reached: %s", calling->got.why ? calling->got.why : "nobody says why");
	return arena_print(calling->arena, "answers with %d %s%s%s", calling->got.status, error->code, *error->message ? ": " : "", error->message);
}

/* OpenTelemetry's conventions of database clients: all tries of a call are one span, and nothing of the items is in it. */
static void span_end(const struct span *span, const struct calling *calling, enum dynamodb_outcome outcome, const char *code)
{
	str action = str_of(calling->operation->action), table = str_of(calling->dynamodb->table);
	struct span_record record;

	if (!span->recorded)
		return;
	span_record_begin(&record, &span->trace, SPAN_CLIENT, span->began_us, action, table);
	span_text(&record, "db.system.name", STR("aws.dynamodb"));
	span_text(&record, "db.operation.name", action);
	span_text(&record, "db.collection.name", table);
	if (calling->error.code && *calling->error.code)
		span_text(&record, "db.response.status_code", str_of(calling->error.code));
	if (outcome == DYNAMODB_FAILED)
		record.error = *code ? code : "away";
	span_record_end(&record);
}

static enum dynamodb_outcome judge_all(struct calling *calling, const char *wrong, struct dynamodb_answer *answer)
{
	*answer = (struct dynamodb_answer) { .said = calling->said, .code = "" };
	if (!wrong && calling->error.fault == AWS_FINE) {
		retry_done(&calling->retries, &calling->dynamodb->purse);
		return DYNAMODB_DONE;
	}
	if (!wrong && is_condition(calling))
		return DYNAMODB_CONDITION;
	answer->code = calling->error.code ? calling->error.code : "";
	answer->why = why_failed(calling, wrong);
	if (calling->operation != &operations[DYNAMODB_DESCRIBE_TABLE])
		log_often(LOG_ERROR, "DynamoDB's %s %s", calling->operation->action, answer->why);
	trouble_note(TROUBLE_STORE);
	return DYNAMODB_FAILED;
}

enum dynamodb_outcome dynamodb_call(struct dynamodb *dynamodb, struct arena *arena, enum dynamodb_action action, str body, int64_t until_ms,
                                    struct dynamodb_answer *answer)
{
	int64_t latest_ms = tick_ms() + DYNAMODB_CALL_MS;
	struct calling calling = {
		.dynamodb = dynamodb, .arena = arena, .operation = &operations[action], .body = body,
		.until_ms = until_ms < latest_ms ? until_ms : latest_ms,
	};
	struct span span;

	span_begin(&span);
	enum dynamodb_outcome outcome = judge_all(&calling, try_all(&calling), answer);
	span_end(&span, &calling, outcome, answer->code);
	return outcome;
}
