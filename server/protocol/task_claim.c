/* task_claim.c - a task that waited for a person, gone on with by this process: its tool runs again
 * from the top and finds the answers. */
#include "record.h"
#include "task_private.h"

struct claiming {
	struct task_claim_errand claim;
	const struct caller *caller;    /* held; NULL: to be found by its name */
};

static void run(const struct task_claim_errand *claim, const struct caller *caller)
{
	struct reply *reply = reply_create_alone(loop_current(), &era_stateless, caller);

	reply->arena = arena_create();
	reply->response = &response_task;
	struct mcp_call *call = call_read_back(reply, str_of(claim->record), &claim->questions);
	call->deadline_least_ms = TASK_RUN_MS;
	call->task = task_of_row(call, claim->id, claim->owner);
	call_resume(call);
	reply_drop(reply);              /* the call has its own */
}

static void claimed(struct errand *errand)
{
	static const struct fault nobody = { .code = -32603, .http_sessions = 200,
		.http_stateless = 200, .text = "The caller of this task is not known here any more." };
	struct claiming *claiming = (struct claiming *)errand;
	const struct task_claim_errand *claim = &claiming->claim;
	const struct caller *caller = claiming->caller;

	if (errand->failed) {
		/* It may be this process's all the same. */
		task_give_up(claim->id, claim->owner, &FAULT_INTERNAL);
		caller_drop(caller);
	} else if (!claim->taken) {
		caller_drop(caller);
	} else if (caller || (caller = auth_caller(claim->caller))) {
		run(claim, caller);
	} else {
		task_give_up(claim->id, claim->owner, &nobody);
	}
}

static const struct errand_kind claim_kind = {
	.work = task_row_claim, .done = claimed, .lasts = true
};

static struct claiming *claim(str id, const struct caller *caller)
{
	struct claiming *claiming = errand_new(&claim_kind, struct claiming);

	claiming->claim.id = arena_copy(claiming->claim.errand.arena, id);
	claiming->claim.errand.key = str_hash(id);
	claiming->claim.token = shared_number();
	claiming->claim.owner = -1;     /* until it was tried */
	claiming->caller = caller;
	return claiming;
}

void task_claim(const char *id, const struct caller *caller)
{
	errand_send(&claim(str_of(id), caller)->claim.errand);
}

/* A process that stops takes nothing up: the next one does. */
void task_due(str id)
{
	struct http *http = atomic_load(&runtime.http);
	static int turn;                /* only the shared thread asks */

	if (http && !http_quiesced())
		errand_send_from(&claim(id, NULL)->claim.errand,
		                 http_loop(http, turn++ % http_loops(http)));
}
