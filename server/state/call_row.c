/* call_row.c - calls that wait for a person, in the database: filed by one process, taken up by any. */
#include "call_rows.h"
#include "waiting_bytes.h"

struct call_row {
	int64_t id, stream, until, claimed, me, last, home, ended, bytes, asked;
	const char *session, *name, *record, *ids, *caller;
};

static SHAPE(call_shape, struct call_row,
	INT(struct call_row, id, "Which"),
	INT(struct call_row, stream, "Where its answer goes"),
	INT(struct call_row, until, "When it has waited enough; as a parameter, how long it may"),
	INT(struct call_row, claimed, "By which errand it was taken up; 0: by none"),
	INT(struct call_row, me, "This process"),
	INT(struct call_row, last, "The latest event of its stream"),
	INT(struct call_row, home, "Who wrote its stream"),
	INT(struct call_row, ended, "When that was over; 0: it is not"),
	INT(struct call_row, asked, "How many events ask"),
	INT(struct call_row, bytes, "What it takes with its questions; as a parameter, what is added"),
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

static SHAPE(question_row_shape, struct question_row,
	TEXT(struct question_row, session, "The session that was asked"),
	TEXT(struct question_row, key, "What the tool calls it"),
	TEXT(struct question_row, answer, "JSON"),
	INT(struct question_row, number, "Which"),
	INT(struct question_row, call, "Whose"),
	BOOL(struct question_row, answered, "It is"));

static SHAPE(question_shape, struct state_question,
	INT(struct state_question, number, "Which"),
	TEXT(struct state_question, key, "What the tool calls it"),
	TEXT(struct state_question, answer, "JSON"),
	BOOL(struct state_question, answered, "It is"));

/* ---- Filing ---- */

static struct question_row question_of(const struct park_errand *park, int64_t i)
{
	return (struct question_row) { .session = park->session, .number = park->questions[i].number,
	                               .key = park->questions[i].key };
}

/* 1: it was done before, 0: it was not, -1: the database can't say. */
static int is_parked(const struct park_errand *park, struct store *store)
{
	struct question_row first = question_of(park, 0);
	struct call_row filed;

	return store_find_one(store, park->errand.arena, "select call as id from mcp_question"
		" where session = :session and number = :number", question_row_shape, &first,
		call_shape, &filed);
}

static int64_t bytes_of(const struct park_errand *park)
{
	return (int64_t)strlen(park->record) + park->count * WAITING_QUESTION;
}

static bool park(struct store *store, void *context)
{
	struct park_errand *park = context;
	struct call_row row = { .session = park->session, .stream = park->stream, .name = park->id,
	                        .record = park->record, .until = park->expires_ms,
	                        .bytes = bytes_of(park), .me = state_me(),
	                        .asked = park->count }, filed = { 0 };
	/* It asks anew, so it was taken up by whoever asks. */
	if (store_change(store, "delete from mcp_call where session = :session and stream = :stream"
	                 " and claimed <> 0", call_shape, &row) < 0)
		return false;
	int found = store_find_one(store, park->errand.arena,
		"insert into mcp_call (session, stream, name, record, until, bytes, asked)"
		" select session, number, :name, :record, mcp_now() + :until, :bytes, last + :asked"
		" from mcp_stream where session = :session and number = :stream and home = :me and ended = 0"
		" returning id",
		call_shape, &row, call_shape, &filed);

	for (int64_t i = 0; found == 1 && i < park->count; i++) {
		struct question_row question = question_of(park, i);
		question.call = filed.id;
		if (store_change(store, "insert into mcp_question (session, number, call, key)"
		                 " values (:session, :number, :call, :key)",
		                 question_row_shape, &question) != 1)
			return false;
	}
	park->filed = found > 0;
	return found >= 0;
}

bool call_row_park(struct errand *errand, struct store *store)
{
	struct park_errand *parked = (struct park_errand *)errand;
	int done = is_parked(parked, store);

	parked->filed = done > 0;
	if (done != 0)
		return done > 0;
	enum waiting_room room = waiting_room(store, &(struct waiting) { .caller = parked->caller,
		.session = parked->session, .task = "", .stream = parked->stream, .replaced = "",
		.bytes = bytes_of(parked) });
	errand->share_full = room == WAITING_SHARE_FULL;
	errand->no_room = room == WAITING_FULL || errand->share_full;
	return room == WAITING_ROOM && store_transact(store, park, errand) == STORE_COMMITTED;
}

/* ---- Taking up ---- */

/* The call, which this process has claimed, is read, and its stream moves here. The token makes it safe
 * to do again: whether the first time was done is not always known. */
static bool take(struct claim_errand *claim, struct store *store, int64_t call)
{
	struct call_row row = { .id = call, .me = state_me() }, taken = { 0 };
	struct arena *arena = claim->errand.arena;

	if (!store_find(store, arena, "select number, key, answer, answered from mcp_question"
	                " where call = :id order by number", call_shape, &row, question_shape,
	                &claim->questions))
		return false;
	if (store_find_one(store, arena,
		"select c.session, c.stream, c.record, s.last, s.home, s.ended, s.ids, o.caller"
		" from mcp_call c join mcp_stream s on s.session = c.session and s.number = c.stream"
		" join mcp_session o on o.id = c.session where c.id = :id",
		call_shape, &row, call_shape, &taken) != 1)
		return false;
	/* It was cancelled, or its process ended it, while it was being filed. */
	if (taken.ended)
		return true;
	row.session = taken.session;
	row.stream = taken.stream;
	claim->session = taken.session;
	claim->stream = taken.stream;
	claim->last = taken.last;
	claim->record = taken.record;
	claim->ids = taken.ids;
	claim->caller = taken.caller;
	if (taken.home && taken.home != row.me &&
	    !tell_one(store, taken.home, "lost", taken.session, taken.stream))
		return false;
	claim->taken = store_change(store, "update mcp_stream set home = :me"
	                            " where session = :session and number = :stream",
	                            call_shape, &row) == 1;
	return claim->taken;
}

/* What finds nothing to take up takes back what it wrote, and is done. Of what was seen on the way to a
 * commit that failed nothing is so: a call that seemed to be taken up still waits. */
static bool is_done(struct claim_errand *claim, struct store *store, store_work_fn *work,
                    void *context)
{
	enum store_outcome outcome = store_transact(store, work, context);

	claim->taken &= outcome == STORE_COMMITTED;
	return outcome != STORE_FAILED;
}

/* Of a question that is answered already: this very errand did it, and did not get to know. */
static bool take_again(struct claim_errand *claim, struct store *store, struct call_row *row)
{
	struct call_row call;

	row->session = claim->session;
	row->id = claim->number;
	return store_find_one(store, claim->errand.arena, "select c.id from mcp_question q join mcp_call c"
		" on c.id = q.call where q.session = :session and q.number = :id and c.claimed = :claimed",
		call_shape, row, call_shape, &call) == 1 && take(claim, store, call.id);
}

struct answering {
	struct claim_errand *claim;
	bool has_room;
};

/* Every answer writes the row of its call, so that of two that come at once one sees the other. */
static bool answer(struct store *store, void *context)
{
	const struct answering *answering = context;
	struct claim_errand *claim = answering->claim;
	struct question_row question = { .session = claim->session, .number = claim->number,
	                                 .answer = claim->answer };
	struct call_row row = { .claimed = claim->token, .bytes = waiting_answer(claim->answer) };
	struct call_row call = { 0 };
	int found = store_find_one(store, claim->errand.arena,
		"update mcp_question set answer = :answer, answered = true where session = :session"
		" and number = :number and not answered returning call as id",
		question_row_shape, &question, call_shape, &call);

	claim->taken = claim->errand.no_room = false;
	if (found != 1)
		return found == 0 && take_again(claim, store, &row);
	claim->errand.no_room = !answering->has_room;
	if (!answering->has_room)
		return false;
	row.id = call.id;
	return store_find_one(store, claim->errand.arena,
		"update mcp_call set bytes = bytes + :bytes, claimed = case when exists (select 1"
		" from mcp_question where call = :id and not answered) then 0 else :claimed end"
		" where id = :id and claimed = 0 returning claimed",
		call_shape, &row, call_shape, &call) == 1 &&
		(!call.claimed || take(claim, store, row.id));
}

bool call_row_answer(struct errand *errand, struct store *store)
{
	struct claim_errand *claim = (struct claim_errand *)errand;
	enum waiting_room room = waiting_room(store, &(struct waiting) { .session = claim->session, .task = "",
		.replaced = "", .bytes = waiting_answer(claim->answer) });

	errand->share_full = room == WAITING_SHARE_FULL;
	return room != WAITING_UNKNOWN && is_done(claim, store, answer, &(struct answering) { claim, room == WAITING_ROOM })
	       && !errand->no_room;
}

/* Cancelled, or due: claimed by what `sql` says. */
static bool end(struct claim_errand *claim, struct store *store, const char *sql)
{
	struct call_row row = { .id = claim->call, .session = claim->session, .name = claim->id,
	                        .claimed = claim->token }, call;

	claim->taken = false;
	return store_find_one(store, claim->errand.arena, sql, call_shape, &row, call_shape,
	                      &call) == 1 && take(claim, store, call.id);
}

static bool cancel(struct store *store, void *context)
{
	return end(context, store, "update mcp_call set claimed = :claimed where id = (select min(id)"
	           " from mcp_call where session = :session and name = :name"
	           " and claimed in (0, :claimed)) returning id");
}

static bool expire(struct store *store, void *context)
{
	return end(context, store, "update mcp_call set claimed = :claimed where id = :id"
	           " and until < mcp_now() and claimed in (0, :claimed) returning id");
}

bool call_row_cancel(struct errand *errand, struct store *store)
{
	struct claim_errand *claim = (struct claim_errand *)errand;

	return is_done(claim, store, cancel, claim) && (claim->taken || tell_all(store, CHANNEL_ALL,
		arena_print(errand->arena, "cancel %s %s", claim->session, claim->id)));
}

bool call_row_expire(struct errand *errand, struct store *store)
{
	struct claim_errand *claim = (struct claim_errand *)errand;

	return is_done(claim, store, expire, claim);
}
