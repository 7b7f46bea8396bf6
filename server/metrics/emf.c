/* emf.c - a line of CloudWatch's embedded metric format, from which it makes metrics. */
#include "emf.h"
#include "json.h"
#include "series.h"
#include "trouble.h"

static bool is_one_of(const char *outcome, const char *const *words)
{
	while (*words && strcmp(outcome, *words) != 0)
		words++;
	return *words;
}

/* What the operator has to do something about, and what the model or its client has. */
static const char *const ours[] = { "unavailable", "deadline", "mistake", NULL }, *const theirs[] = { "error", "fault", NULL };

/* Totals since the process began. */
static struct emf_totals totals_now(void)
{
	struct emf_totals totals = { 0 };
	const struct series *series;

	for (int i = 0; (series = series_at(i)) != NULL; i++) {
		if (strcmp(series->method, "tools/call") != 0)
			continue;
		int64_t count = atomic_load(&series->count);
		totals.calls += count;
		totals.unavailable += is_one_of(series->outcome, ours) ? count : 0;
		totals.errors += is_one_of(series->outcome, theirs) ? count : 0;
	}
	totals.statements = trouble_count(TROUBLE_STORE);
	totals.calls_out = trouble_count(TROUBLE_SERVICE);
	for (enum metric metric = METRIC_LIMIT_RATE_ADDRESS; metric <= METRIC_LIMIT_DEADLINE; metric++)
		totals.limits += metric_value(metric);
	return totals;
}

struct value {
	const char *name;
	int64_t now;
	const char *unit;               /* NULL: a count */
};
#define VALUES_MAX 40
/* One that line is by, beside the service; .by NULL: it is of the service. */
struct by { const char *by, *of; };

static void write_declaration(struct json *json, const struct emf *emf, struct by by, const struct value *values)
{
	json_object(json);
	json_key(json, "Namespace");
	json_text(json, emf->namespace);
	json_key(json, "Dimensions");
	json_array(json);
	json_array(json);
	json_text(json, "Service");
	if (by.by)
		json_text(json, by.by);
	json_array_end(json);
	json_array_end(json);
	json_key(json, "Metrics");
	json_array(json);
	for (const struct value *value = values; value->name; value++) {
		json_object(json);
		json_key(json, "Name");
		json_text(json, value->name);
		json_key(json, "Unit");
		json_text(json, value->unit ? value->unit : "Count");
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

static str write_line(struct arena *arena, const struct emf *emf, struct by by, const struct value *values)
{
	struct json json = json_begin(arena, 1024);

	json_object(&json);
	json_key(&json, "_aws");
	json_object(&json);
	json_key(&json, "Timestamp");
	json_int(&json, now_ms());
	json_key(&json, "CloudWatchMetrics");
	json_array(&json);
	write_declaration(&json, emf, by, values);
	json_array_end(&json);
	json_object_end(&json);
	json_key(&json, "Service");
	json_text(&json, emf->service);
	if (by.by) {
		json_key(&json, by.by);
		json_text(&json, by.of);
	}
	for (const struct value *value = values; value->name; value++) {
		json_key(&json, value->name);
		json_int(&json, value->now);
	}
	json_object_end(&json);
	json_bytes(&json, STR("\n"));
	return json_end(&json);
}

/* Each is a metric that somebody pays for: what the alarms ask, and no kinds of refusals. The next free place. */
static struct value *add_sign_ins(struct emf *emf, struct value *value)
{
	struct emf_sign_ins before = emf->said_sign_ins, *now = &emf->said_sign_ins;

	emf->sign_ins(now);
	*value++ = (struct value) { "AcceptedTokens", now->accepted - before.accepted, NULL };
	*value++ = (struct value) { "RefusedTokens", now->refused - before.refused, NULL };
	*value++ = (struct value) { "RefusedFrom", now->refused_from, NULL };
	*value++ = (struct value) { "FailedKeyFetches",
	                            now->failed_fetches - before.failed_fetches, NULL };
	if (now->keys_age_s >= 0)
		*value++ = (struct value) { "KeysAge", now->keys_age_s, "Seconds" };
	return value;
}

static struct value *add_lost_spans(struct emf *emf, struct value *value)
{
	int64_t before = emf->said_lost_spans;

	emf->said_lost_spans = emf->lost_spans();
	*value++ = (struct value) { "LostSpans", emf->said_lost_spans - before, NULL };
	return value;
}

/* What others tell of one thing, or of the service: all of it from `value` on, which has room up to `end`. True: there is something. */
static bool add_told(const struct emf_told *told, const char *of, struct value *value, const struct value *end)
{
	bool any = false;

	for (int i = 0; i < told->count && value < end; i++) {
		const char *whose = told->each[i].of;
		if (whose != of && (!whose || !of || strcmp(whose, of) != 0))
			continue;
		*value++ = (struct value) { told->each[i].name, told->each[i].now, NULL };
		any |= told->each[i].now != 0;
	}
	return any;
}

static str join(struct arena *arena, str a, str b)
{
	char *both = arena_alloc(arena, a.size + b.size);

	memcpy(both, a.at, a.size);
	memcpy(both + a.size, b.at, b.size);
	return (str) { both, a.size + b.size };
}

/* A line for each thing that others tell by it, at the first of its values; what did not change costs nothing. */
static str write_by(struct arena *arena, const struct emf *emf, str lines)
{
	for (int i = 0; i < emf->told.count; i++) {
		struct value values[VALUES_MAX] = { 0 };
		struct by by = { emf->told.each[i].by, emf->told.each[i].of };
		bool first = by.of;
		for (int before = 0; first && before < i; before++)
			first = !emf->told.each[before].of || strcmp(emf->told.each[before].of, by.of) != 0;
		if (first && add_told(&emf->told, by.of, values, values + VALUES_MAX - 1))
			lines = join(arena, lines, write_line(arena, emf, by, values));
	}
	return lines;
}

str emf_print(struct arena *arena, struct emf *emf, int running)
{
	struct emf_totals before = emf->said, now = totals_now();
	struct value values[VALUES_MAX] = {
		{ "OpenStreams", atomic_load(emf->streams), NULL },
		{ "Sessions", metric_value(METRIC_SESSIONS), NULL },
		{ "CallsRunning", running, NULL },
		{ "Calls", now.calls - before.calls, NULL },
		{ "Errors", now.errors - before.errors, NULL },
		{ "Unavailable", now.unavailable - before.unavailable, NULL },
		{ "FailedStatements", now.statements - before.statements, NULL },
		{ "FailedCallsOut", now.calls_out - before.calls_out, NULL },
		{ "LimitHits", now.limits - before.limits, NULL },
	}, *end = values;

	emf->said = now;
	while (end->name)
		end++;
	if (emf->sign_ins)
		end = add_sign_ins(emf, end);
	if (emf->lost_spans)
		end = add_lost_spans(emf, end);
	emf_told_count(&emf->told, emf->server);
	(void)add_told(&emf->told, NULL, end, values + VALUES_MAX - 1);
	return write_by(arena, emf, write_line(arena, emf, (struct by) { 0 }, values));
}
