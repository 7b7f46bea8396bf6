/* task_resume.c - a task that waited for a person, taken up by this process: its tool runs again from
 * the top and finds the answers. */
#include "call_record.h"
#include "task_private.h"
#include "task_rows.h"

struct claiming {
	struct task_claim_errand claim;
	const struct caller *caller;    /* held; NULL: to be found by its name */
};

static void run(const struct task_claim_errand *claim, const struct caller *caller)
{
	struct reply *reply = reply_create_alone(loop_current(), runtime.eras[R2026_07_28], caller);

	reply->arena = arena_create();
	reply->response = &response_task;
	struct mcp_call *call = call_read_back(reply, str_of(claim->record), &claim->questions);
	call->deadline_least_ms = TASK_RUN_MS;
	task_attach(call, claim->id, claim->owner);
	call_resume(call);
	reply_drop(reply);              /* the call has its own */
}

static void claimed(struct errand *errand)
{
	struct claiming *claiming = (struct claiming *)errand;
	const struct task_claim_errand *claim = &claiming->claim;

	if (!errand->failed && claim->taken) {
		run(claim, claiming->caller ? claiming->caller : auth_caller(claim->caller));
		return;
	}
	/* It may be this process's all the same. */
	if (errand->failed)
		task_give_up(claim->id, claim->owner, &FAULT_INTERNAL);
	caller_drop(claiming->caller);
}

static const struct errand_kind claim_kind = {
	.work = task_row_claim, .done = claimed, .lasts = true
};

static void claim(str id, const struct caller *caller, struct loop *loop)
{
	struct claiming *claiming = errand_new(&claim_kind, struct claiming);

	claiming->claim.id = arena_copy(claiming->claim.errand.arena, id);
	claiming->claim.errand.key = str_hash(id);
	claiming->claim.token = state_number();
	claiming->claim.owner = -1;     /* until it was tried */
	claiming->caller = caller;
	errand_send_from(&claiming->claim.errand, loop);
}

void task_resume(const char *id, const struct caller *caller)
{
	claim(str_of(id), caller, loop_current());
}

/* A process that stops takes nothing up: the next one does. */
void task_due(str id)
{
	struct http *http = atomic_load(&runtime.http);
	static int turn;                /* only the state's thread asks */

	if (http && !http_quiesced())
		claim(id, NULL, http_loop(http, turn++ % http_loops(http)));
}
