/* call_row.c - calls that wait for a person, in the database: filed by one process, taken up by any. */
#include "shared_private.h"

struct call_row {
	int64_t id, stream, until, claimed, me, last, home, open;
	const char *session, *name, *record, *ids, *caller;
};

static const struct shape call_shape = SHAPE(struct call_row,
	INT(struct call_row, id, "Which"),
	INT(struct call_row, stream, "Where its answer goes"),
	INT(struct call_row, until, "When it has waited enough; as a parameter, how long it may"),
	INT(struct call_row, claimed, "By which errand it was taken up; 0: by none"),
	INT(struct call_row, me, "This process"),
	INT(struct call_row, last, "The latest event of its stream"),
	INT(struct call_row, home, "Who wrote its stream"),
	INT(struct call_row, open, "How many of its questions are open"),
	TEXT(struct call_row, session, "Its session"),
	TEXT(struct call_row, name, "Its JSON-RPC id, as JSON"),
	TEXT(struct call_row, record, "What it is"),
	TEXT(struct call_row, ids, "The calls that its stream answers"),
	TEXT(struct call_row, caller, "Whose session it is"));

struct question_row {
	const char *session, *key, *answer;
	int64_t number, call;
	bool answered;
};

static const struct shape question_row_shape = SHAPE(struct question_row,
	TEXT(struct question_row, session, "The session that was asked"),
	TEXT(struct question_row, key, "What the tool calls it"),
	TEXT(struct question_row, answer, "JSON"),
	INT(struct question_row, number, "Which"),
	INT(struct question_row, call, "Whose"),
	BOOL(struct question_row, answered, "It is"));

static const struct shape question_shape = SHAPE(struct shared_question,
	INT(struct shared_question, number, "Which"),
	TEXT(struct shared_question, key, "What the tool calls it"),
	TEXT(struct shared_question, answer, "JSON"),
	BOOL(struct shared_question, answered, "It is"));

/* ---- Filing ---- */

static bool park(struct store *store, void *context)
{
	struct park_errand *park = context;
	struct call_row row = { .session = park->session, .stream = park->stream, .name = park->id,
	                        .record = park->record, .until = park->expires_ms }, filed = { 0 };
	struct question_row first = { .session = park->session, .number = park->questions[0].number };
	int found = store_find_one(store, park->errand.arena, "select call as id from mcp_question"
		" where session = :session and number = :number", &question_row_shape, &first,
		&call_shape, &filed);

	if (found != 0)
		return found > 0;       /* it was done before */
	found = store_find_one(store, park->errand.arena,
		"insert into mcp_call (session, stream, name, record, until)"
		" select session, number, :name, :record, mcp_now() + :until from mcp_stream"
		" where session = :session and number = :stream returning id",
		&call_shape, &row, &call_shape, &filed);

	for (int64_t i = 0; found == 1 && i < park->count; i++) {
		struct question_row question = { .session = park->session, .call = filed.id,
			.number = park->questions[i].number, .key = park->questions[i].key };
		if (store_change(store, "insert into mcp_question (session, number, call, key)"
		                 " values (:session, :number, :call, :key)",
		                 &question_row_shape, &question) != 1)
			return false;
	}
	return found >= 0;
}

bool call_row_park(struct errand *errand, struct store *store)
{
	return store_transact(store, park, errand) == STORE_COMMITTED;
}

/* ---- Taking up ---- */

/* The call at hand becomes this process's, and its stream moves here. The token makes it safe to do
 * again: whether the first time was done is not always known. */
static bool take(struct claim_errand *claim, struct store *store, int64_t call)
{
	struct call_row row = { .id = call, .me = shared_me(), .claimed = claim->token }, taken = { 0 };
	struct arena *arena = claim->errand.arena;

	if (!store_find(store, arena, "select number, key, answer, answered from mcp_question"
	                " where call = :id", &call_shape, &row, &question_shape, &claim->questions))
		return false;
	int found = store_find_one(store, arena,
		"select c.session, c.stream, c.record, s.last, s.home, s.ids, o.caller"
		" from mcp_call c join mcp_stream s on s.session = c.session and s.number = c.stream"
		" join mcp_session o on o.id = c.session where c.id = :id for update of c, s",
		&call_shape, &row, &call_shape, &taken);
	if (found <= 0)
		return found == 0;
	row.session = taken.session;
	row.stream = taken.stream;
	claim->session = taken.session;
	claim->stream = taken.stream;
	claim->last = taken.last;
	claim->record = taken.record;
	claim->ids = taken.ids;
	claim->caller = taken.caller;
	claim->taken = true;
	if (taken.home && taken.home != row.me &&
	    !tell_one(store, taken.home, "lost", taken.session, taken.stream))
		return false;
	return store_change(store, "update mcp_call set claimed = :claimed where id = :id",
	                    &call_shape, &row) == 1 &&
	       store_change(store, "update mcp_stream set home = :me"
	                    " where session = :session and number = :stream", &call_shape, &row) == 1;
}

/* The row of the call is locked before a question is answered, so that of two answers that come at
 * once one sees the other. */
static bool answer(struct store *store, void *context)
{
	struct claim_errand *claim = context;
	struct question_row question = { .session = claim->session, .number = claim->number,
	                                 .answer = claim->answer };
	struct call_row call = { 0 }, left = { 0 };
	int found = store_find_one(store, claim->errand.arena,
		"select c.id, c.claimed from mcp_call c join mcp_question q on q.call = c.id"
		" where q.session = :session and q.number = :number for update of c",
		&question_row_shape, &question, &call_shape, &call);

	claim->taken = false;
	if (found <= 0 || (call.claimed && call.claimed != claim->token))
		return found >= 0;
	int64_t claimed = store_change(store,
		"update mcp_question set answer = :answer, answered = true"
		" where session = :session and number = :number and not answered",
		&question_row_shape, &question);
	if (claimed < 0 || store_find_one(store, claim->errand.arena,
	                   "select count(*) as open from mcp_question where call = :id and not answered",
	                   &call_shape, &call, &call_shape, &left) != 1)
		return false;
	if (left.open > 0 || (claimed == 0 && !call.claimed))
		return true;
	return take(claim, store, call.id);
}

/* Cancelled, or due: found by what `sql` says. */
static bool end(struct claim_errand *claim, struct store *store, const char *sql)
{
	struct call_row row = { .id = claim->call, .session = claim->session, .name = claim->id,
	                        .claimed = claim->token }, call = { 0 };
	int found = store_find_one(store, claim->errand.arena, sql, &call_shape, &row, &call_shape,
	                           &call);

	claim->taken = false;
	if (found <= 0)
		return found == 0;
	return take(claim, store, call.id);
}

static bool cancel(struct store *store, void *context)
{
	return end(context, store, "select id from mcp_call where session = :session and name = :name"
	           " and claimed in (0, :claimed) for update");
}

static bool expire(struct store *store, void *context)
{
	return end(context, store, "select id from mcp_call where id = :id and until < mcp_now()"
	           " and claimed in (0, :claimed) for update skip locked");
}

bool call_row_answer(struct errand *errand, struct store *store)
{
	return store_transact(store, answer, errand) == STORE_COMMITTED;
}

bool call_row_cancel(struct errand *errand, struct store *store)
{
	return store_transact(store, cancel, errand) == STORE_COMMITTED;
}

bool call_row_expire(struct errand *errand, struct store *store)
{
	return store_transact(store, expire, errand) == STORE_COMMITTED;
}
