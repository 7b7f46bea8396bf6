/* answers.c - what a call has read on an event loop so far, and how a run finds it again. */
#include "fatal.h"
#include "reads.h"

#include <stdlib.h>

#define ROUNDS_MOST 8                   /* statements of one call: each costs a run */
#define KEY_MOST 65536                  /* bytes of a statement's parameters */

/* ---- Parameters as bytes ---- */

static size_t value_size(const struct statement *statement, int i)
{
	if (!statement->values[i])
		return 0;
	return statement->formats[i] ? sizeof(uint64_t) : strlen(statement->values[i]) + 1;
}

static char *key_room(struct reads *reads, size_t size)
{
	if (size > reads->key_room) {
		reads->key_room = 2 * size;
		reads->key = realloc(reads->key, reads->key_room);
		if (!reads->key)
			fatal();
	}
	return reads->key;
}

/* A byte for each, and its value where it has one. 0 bytes for a value there is none of, so that these differ. */
static size_t key_of(struct reads *reads, const struct statement *statement)
{
	size_t size = 0;

	for (int i = 0; i < statement->parameters; i++) {
		size_t more = value_size(statement, i);
		char *at = key_room(reads, size + 1 + more) + size;
		*at = more > 0;
		if (more)
			memcpy(at + 1, statement->values[i], more);
		size += 1 + more;
	}
	return size;
}

/* ---- Answers ---- */

static struct answer *answer_create(struct reads *reads, struct store_answers *of,
                                    const struct statement *statement, size_t size)
{
	struct answer *answer = malloc(sizeof(*answer) + size);

	if (!answer)
		fatal();
	*answer = (struct answer) { .of = of, .statement = statement, .size = size };
	if (size)
		memcpy(answer->key, reads->key, size);
	answer_charge(answer, sizeof(*answer) + size);
	return answer;
}

void answer_charge(struct answer *answer, size_t size)
{
	budget_take(answer->of->budget, size);
	answer->charged += size;
}

/* Nobody wants it any more. */
static void leave(struct answer *answer)
{
	if (answer->of)
		budget_give(answer->of->budget, answer->charged);
	answer->of = NULL;
}

void answer_free(struct answer *answer)
{
	leave(answer);
	PQclear(answer->result);
	free(answer);
}

void answers_drop(struct store_answers *answers)
{
	for (struct answer *answer = answers->first, *next; answer; answer = next) {
		next = answer->next;
		if (answer->sent)
			leave(answer);
		else
			answer_free(answer);
	}
	answers->first = answers->next = NULL;
	answers->end = NULL;
	answers->count = 0;
	answers->left = false;
}

/* ---- A run ---- */

void answers_run(struct store *store, struct store_answers *answers)
{
	((struct postgres_store *)store)->answers = answers;
	answers->next = answers->first;
}

/* The same text with other shapes would be read in another way. */
static bool is_of(const struct answer *answer, const struct reads *reads,
                  const struct statement *statement, size_t size)
{
	const struct kept *then = &answer->statement->kept, *now = &statement->kept;

	return then->sql == now->sql && then->in == now->in && then->out == now->out
	       && answer->result && answer->size == size
	       && (size == 0 || memcmp(answer->key, reads->key, size) == 0);
}

/* False: it can't be had here. Who asks for a text again and again is likely to do so the next time: a worker would then
 * send once more what was sent in vain. */
static bool ask(struct reads *reads, struct store_answers *answers, struct statement *statement,
                size_t size)
{
	if (answers->count >= ROUNDS_MOST)
		statement_stays_away(statement);
	if (answers->count >= ROUNDS_MOST || size > KEY_MOST)
		return false;
	struct answer *answer = answer_create(reads, answers, statement, size);
	if (!reads_send(reads, statement, answer)) {
		answer_free(answer);
		return false;
	}
	*(answers->end ? answers->end : &answers->first) = answer;
	answers->end = &answer->next;
	answers->count++;
	return true;
}

static struct statement *give(struct store *store, struct store_answers *answers, struct statement *statement)
{
	statement->result = answers->next->result;
	statement->row = -1;
	if (statement->columns < 0 && !statement_map_columns(store, statement))
		return NULL;
	statement->kept.runs = true;
	answers->next = answers->next->next;
	return statement;
}

/* What is on its way refers to its statement, so here is none that may have to go: a text that was made is a worker's. */
static struct statement *statement_of(struct store *store, struct postgres *postgres, const struct query *query)
{
	struct kept *kept = kept_find(&postgres->kept, query);

	if (kept)
		return (struct statement *)kept;
	if (store_text_is_constant(query->sql))
		return statement_for(postgres, query);
	store_give_up(store);
	return NULL;
}

struct statement *reads_begin(struct store *store, const struct query *query)
{
	struct postgres_store *handle = (struct postgres_store *)store;
	struct store_answers *answers = handle->answers;

	if (!handle->reads || !answers || query->each) {
		store_give_up(store);
		return NULL;
	}
	struct statement *statement = statement_of(store, handle->at, query);
	if (!statement || (statement->writes && !store_may_write(store, query->sql)))
		return NULL;
	statement_bind(statement, query->params);
	size_t size = key_of(handle->reads, statement);
	if (answers->next && is_of(answers->next, handle->reads, statement, size))
		return give(store, answers, statement);
	if (!answers->next && ask(handle->reads, answers, statement, size))
		store->waits = true;
	else
		store_give_up(store);
	return NULL;
}
