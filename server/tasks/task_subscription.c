/* task_subscription.c - what subscriptions/listen tells of tasks.
 *
 * A listener is told how a task is, not what changed: its row is read when word of it comes, and once
 * more when it changes meanwhile. */
#include "result.h"
#include "subscription.h"
#include "task_private.h"
#include "task_rows.h"

#define READ_AGAIN_MS 1000              /* the database could not */

/* ---- Which ---- */

struct finding {
	struct known_tasks_errand known;
	struct subscription *subscription;      /* of the call, while it is there */
	uint64_t serial;
};

static void found(struct errand *errand)
{
	const struct finding *finding = (struct finding *)errand;
	const struct state_task *tasks = finding->known.tasks.first;
	struct mcp_call *call = call_find(finding->serial);

	if (!call)
		return;
	for (int64_t i = 0; !errand->failed && i < finding->known.tasks.count; i++)
		finding->subscription->followed[finding->subscription->count++].uri =
			arena_print(call->arena, STATE_TASK_TOPIC "%s", tasks[i].id);
	call->fault = errand->failed || http_quiesced() ? &FAULT_BUSY
		: subscription_begin(finding->subscription);
	if (call->fault)
		call_settle(call);
}

static const struct errand_kind find_kind = { .work = task_rows_known, .done = found };

/* Ids are of few letters; what has others is none. */
static bool is_id(str id)
{
	for (size_t i = 0; i < id.size; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", id.at[i]) ||
		    !id.at[i])
			return false;
	return id.size > 0 && id.size <= 2 * TASK_ID_BYTES;
}

static const struct fault *find(struct subscription *subscription, yyjson_val *ids)
{
	TRY(task_declared(subscription->call));
	struct finding *finding = errand_new(&find_kind, struct finding);
	struct arena *arena = finding->known.errand.arena;
	struct json json = json_begin(arena, 256);
	size_t index, count;
	yyjson_val *each;

	json_array(&json);
	yyjson_arr_foreach(ids, index, count, each) {
		str id = { yyjson_get_str(each), yyjson_get_len(each) };
		if (id.at && is_id(id))
			json_str(&json, id);
	}
	json_array_end(&json);
	finding->known.ids = arena_copy(arena, json_end(&json));
	finding->known.caller = arena_copy(arena,
	                                   str_of(caller_name(subscription->call->reply->caller)));
	finding->subscription = subscription;
	finding->known.errand.party = reply_party(subscription->call->reply);
	finding->serial = subscription->call->serial;
	errand_send(&finding->known.errand);
	return NULL;
}

/* ---- How it is ---- */

struct reading {
	struct task_errand row;
	struct subscription *subscription;      /* of the call, while it is there */
	struct subscribed *followed;
	uint64_t serial;
};

static void was_read(struct errand *errand)
{
	const struct reading *reading = (struct reading *)errand;
	struct subscribed *followed = reading->followed;
	struct subscription *subscription = reading->subscription;

	if (!call_find(reading->serial))
		return;
	followed->reading = false;
	if (!errand->failed && reading->row.there) {
		struct json json = notification(errand->arena, "notifications/tasks");
		task_write(&json, &reading->row.task);
		subscription_send(subscription, &json);
	}
	followed->due |= errand->failed;
	if (followed->due)
		subscription_look_again(subscription, errand->failed ? READ_AGAIN_MS : 0);
}

static const struct errand_kind read_kind = { .work = task_row_load, .done = was_read };

static void tell(struct subscription *subscription, struct subscribed *followed)
{
	if (followed->reading) {
		followed->due = true;
		return;
	}
	struct reading *reading = errand_new(&read_kind, struct reading);
	struct arena *arena = reading->row.errand.arena;

	reading->row.task.id = arena_copy(arena, str_of(followed->uri + strlen(STATE_TASK_TOPIC)));
	reading->row.task.caller = arena_copy(arena,
	                                      str_of(caller_name(subscription->call->reply->caller)));
	reading->subscription = subscription;
	reading->followed = followed;
	reading->row.errand.party = reply_party(subscription->call->reply);
	reading->serial = subscription->call->serial;
	followed->reading = true;
	errand_send(&reading->row.errand);
}

const struct subscription_kind task_subscriptions = {
	.member = "taskIds", .topic = STATE_TASK_TOPIC, .find = find, .tell = tell,
};
