/* rows.c - see rows.h. */
#include "rows.h"
#include "sql_rows.h"

#include "erase.h"
#include "person.h"

SHAPE(message_row_shape, struct message,
	TEXT(struct message, conversation_id, ""),
	INT(struct message, seq, ""),
	INT(struct message, at, ""),
	TEXT(struct message, role, ""),
	TEXT(struct message, author, ""),
	TEXT(struct message, text, ""),
	TEXT(struct message, cards, ""),
	TEXT(struct message, steps, ""),
	INT(struct message, answers, ""),
	TEXT(struct message, cut, ""),
	INT(struct message, tokens_in, ""),
	INT(struct message, tokens_out, ""),
	INT(struct message, tokens_cached, ""),
	TEXT(struct message, idempotency_key, ""),
	INT(struct message, call, ""));

SHAPE(conversation_row_shape, struct conversation,
	TEXT(struct conversation, id, ""),
	TEXT(struct conversation, customer, ""),
	TEXT(struct conversation, status, ""),
	INT(struct conversation, started_at, ""),
	INT(struct conversation, updated_at, ""),
	INT(struct conversation, messages, ""),
	INT(struct conversation, answered, ""),
	INT(struct conversation, waiting_since, ""),
	TEXT(struct conversation, reason, ""),
	TEXT(struct conversation, contact, ""),
	TEXT(struct conversation, person, ""),
	REAL(struct conversation, sentiment, "", OPTIONAL(struct conversation, has_sentiment)),
	INT(struct conversation, low_count, ""),
	INT(struct conversation, failed_turns, ""),
	INT(struct conversation, rating, ""),
	TEXT(struct conversation, comment, ""),
	TEXT(struct conversation, summary, ""),
	INT(struct conversation, summary_to, ""),
	INT(struct conversation, turn_seq, ""),
	INT(struct conversation, turn_owner, ""),
	INT(struct conversation, turn_until, ""),
	BOOL(struct conversation, turn_asks, ""),
	TEXT(struct conversation, turn_steps, ""),
	TEXT(struct conversation, turn_text, ""),
	TEXT(struct conversation, first_words, ""),
	TEXT(struct conversation, latest_words, ""));

/* ---- Messages ---- */

#define WHERE_AND_WHAT "conversation_id, seq, author, text"

int sql_row_of_call(struct store *store, struct arena *arena, int64_t call, struct message *message)
{
	return store_find_one(store, arena, "select " WHERE_AND_WHAT " from message where call = :call and call <> 0", message_row_shape,
	                      (&(struct message) { .call = call }), message_row_shape, message);
}

int sql_row_of_key(struct store *store, struct arena *arena, const struct message *by, struct message *message)
{
	if (!by->idempotency_key)
		return 0;
	return store_find_one(store, arena, "select " WHERE_AND_WHAT " from message where role = :role and author = :author"
	                      " and idempotency_key = :idempotency_key", message_row_shape, by, message_row_shape, message);
}

int sql_row_saying(struct store *store, struct arena *arena, const char *id, int64_t after, const char *text, struct message *message)
{
	const struct message by = { .conversation_id = id, .seq = after, .text = text };

	return store_find_one(store, arena, "select " WHERE_AND_WHAT " from message where conversation_id = :conversation_id and seq > :seq"
	                      " and role = 'customer' and text = :text order by seq limit 1", message_row_shape, &by, message_row_shape, message);
}

int sql_row_answering(struct store *store, struct arena *arena, const char *id, int64_t seq, struct message *message)
{
	const struct message by = { .conversation_id = id, .seq = seq };

	return store_find_one(store, arena, "select " MESSAGE_COLUMNS " from message where conversation_id = :conversation_id and seq > :seq"
	                      " and answers >= :seq order by seq limit 1", message_row_shape, &by, message_row_shape, message);
}

bool sql_row_leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing)
{
	struct message found;
	int left = store_find_one(store, arena, "select seq from message where conversation_id = :conversation_id"
	                          " and seq > :answers and seq < :seq and role = 'customer' order by seq limit 1",
	                          message_row_shape, message, message_row_shape, &found);

	*nothing = left == 0;
	return left >= 0;
}

bool sql_row_add_tokens(struct store *store, const char *id, int64_t seq, const struct tokens *more)
{
	if (!more || (!more->in && !more->out && !more->cached))
		return true;
	const struct message by = {
		.conversation_id = id, .seq = seq, .tokens_in = more->in, .tokens_out = more->out, .tokens_cached = more->cached,
	};
	return store_change(store, "update message set"
	                    " tokens_in = case when tokens_in + :tokens_in > 0 then tokens_in + :tokens_in else 0 end,"
	                    " tokens_out = tokens_out + :tokens_out, tokens_cached = tokens_cached + :tokens_cached"
	                    " where conversation_id = :conversation_id and seq = :seq", message_row_shape, &by) >= 0;
}

/* ---- Conversations ---- */

enum lookup sql_conversation_find(struct store *store, struct arena *arena, const char *id, const char *customer,
                              struct conversation *conversation)
{
	struct conversation wanted = { .id = conversation_id_known(arena, id) };
	int found = store_find_one(store, arena, "select " CONVERSATION_COLUMNS " from conversation where id = :id",
	                           conversation_row_shape, &wanted, conversation_row_shape, conversation);

	if (found < 0)
		return HISTORY_FAILED;
	return found && (!customer || strcmp(conversation->customer, customer) == 0) ? FOUND : NOT_FOUND;
}

bool sql_conversation_make(struct store *store, const struct conversation *conversation)
{
	return store_change(store, "insert into conversation (id, customer, status, started_at, updated_at)"
	                    " values (:id, :customer, :status, :started_at, :updated_at)", conversation_row_shape, conversation) == 1;
}

static bool write_row(struct store *store, const struct conversation *conversation)
{
	return store_change(store, "update conversation set status = :status, updated_at = :updated_at, messages = :messages,"
	                    " answered = :answered, waiting_since = :waiting_since, reason = :reason, contact = :contact,"
	                    " person = :person, sentiment = :sentiment, low_count = :low_count, failed_turns = :failed_turns,"
	                    " rating = :rating, comment = :comment, summary = :summary, summary_to = :summary_to,"
	                    " turn_seq = :turn_seq, turn_owner = :turn_owner, turn_until = :turn_until, turn_asks = :turn_asks,"
	                    " turn_steps = :turn_steps, turn_text = :turn_text where id = :id", conversation_row_shape, conversation) == 1;
}

bool sql_conversation_keep(struct store *store, struct conversation *conversation)
{
	bool fine = write_row(store, conversation);

	for (size_t i = 0; fine && i < conversation->added_count; i++)
		fine = store_change(store, "insert into message (" MESSAGE_COLUMNS ") values (:conversation_id, :seq, :at, :role, :author,"
		                    " :text, :cards, :steps, :answers, :cut, :tokens_in, :tokens_out, :tokens_cached, :idempotency_key, :call)",
		                    message_row_shape, &conversation->added[i]) == 1;
	conversation->added_count = 0;
	return fine;
}

bool sql_conversation_rate(struct store *store, const char *id, int64_t rating, const char *comment)
{
	const struct conversation rated = { .id = id, .rating = rating, .comment = comment };

	/* One that is erased meanwhile is not there for whoever asks next either. */
	return store_change(store, "update conversation set rating = :rating, comment = :comment where id = :id", conversation_row_shape,
	                    &rated) >= 0;
}

/* ---- Erasing ---- */

struct old {
	const char *customer;
	int64_t before, limit;
};

static SHAPE(old_shape, struct old, PARAM(struct old, customer), PARAM(struct old, before), PARAM(struct old, limit));

bool sql_rows_older(struct store *store, struct arena *arena, int64_t before, int64_t limit, struct conversations *found)
{
	const struct old by = { .before = before, .limit = limit };
	ROWS(struct conversation) rows = { .count = 0 };
	bool fine = store_find(store, arena, "select id from conversation where updated_at < :before order by updated_at, id limit :limit",
	                       old_shape, &by, conversation_row_shape, &rows);

	*found = (struct conversations) { rows.first, rows.count };
	return fine;
}

int sql_row_of_customer(struct store *store, struct arena *arena, const char *customer, struct conversation *found)
{
	const struct old by = { .customer = customer };

	return store_find_one(store, arena, "select id from conversation where customer = :customer order by updated_at, id limit 1",
	                      old_shape, &by, conversation_row_shape, found);
}

static SHAPE(erased_shape, struct erased, PARAM(struct erased, conversations), PARAM(struct erased, messages));

bool sql_count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all)
{
	const struct old by = { .customer = customer };

	return store_find_one(store, arena, "select count(*) as conversations, coalesce(cast(sum(messages) as bigint), 0) as messages"
	                      " from conversation where customer = :customer", old_shape, &by, erased_shape, all) == 1;
}

static SHAPE(some_shape, struct erasing_some,
	PARAM(struct erasing_some, id), PARAM(struct erasing_some, before), PARAM(struct erasing_some, limit));

bool sql_row_erase_some(struct store *store, void *context)
{
	struct erasing_some *some = context;

	some->conversations = 0;
	/* Their numbers have no gaps. A list of numbers to delete PostgreSQL makes anew for each row, while it knows no figures of the table. */
	some->messages = store_change(store, "delete from message where conversation_id = :id and seq <"
	                              " (select min(m.seq) from message m where m.conversation_id = :id) + :limit"
	                              " and exists (select 1 from conversation c where c.id = :id and c.updated_at < :before)",
	                              some_shape, some);
	some->over = some->messages < some->limit;
	if (some->messages >= 0 && some->over)
		some->conversations = store_change(store, "delete from conversation where id = :id and updated_at < :before", some_shape, some);
	return some->messages >= 0 && some->conversations >= 0;
}
