/* call_rows.h - calls that wait for a person, as rows.
 *
 * They and tasks that wait may take as many bytes (records, questions, answers) as requests keep at
 * most, and those of a caller half of it: errand.no_room. */
#ifndef CALL_ROWS_H
#define CALL_ROWS_H

#include "state.h"

struct state_question {
	int64_t number;
	const char *key;
	const char *answer;             /* JSON; NULL: none */
	bool answered;
};

/* Files a call, to be gone on with by whichever process gets the last answer, or when it is due. Its
 * questions are the next events of its stream: should the process die before, the call ends with it.
 * `filed` false: its stream is over, or this process is not its home (any more). */
struct park_errand {
	struct errand errand;
	const char *caller, *session, *id;      /* its JSON-RPC id, as JSON */
	int64_t stream;
	const char *record;             /* all that is needed to run it again */
	int64_t expires_ms;             /* from now */
	struct state_question *questions;
	int64_t count;
	bool filed;
};
bool call_row_park(struct errand *errand, struct store *store);

/* Takes a call up. By an answer: `number` is the question's, `answer` JSON or NULL; `taken` false:
 * there is no such question, or others are still open, or its stream is over. By its id (cancelled; where
 * it doesn't wait all processes are told("cancel", "SESSION ID"), since it may run), or when it is due:
 * `call`. This process is the home of its stream then. */
struct claim_errand {
	struct errand errand;
	const char *session, *id, *answer;
	int64_t number, call;
	int64_t token;                  /* state_number() */
	bool taken;
	int64_t stream, last;
	const char *ids, *record, *caller;
	struct rows questions;          /* of struct state_question */
};
bool call_row_answer(struct errand *errand, struct store *store);
bool call_row_cancel(struct errand *errand, struct store *store);
bool call_row_expire(struct errand *errand, struct store *store);

#endif
