/* calls.pml - who takes up a call that waits for a person.
 *
 * A call in the first process asks two questions; it is written down and forgotten. Its client answers
 * wherever it likes, both at once, again where it was not told that an answer was taken, or not at all;
 * it may cancel. The tool must then run once more, with the answers; the stream must get one answer, or
 * the last words for a process that died while it ran the call. What of the stream the client is given
 * is left to streams.pml. In the code: server/state/{call_row,beat}.c, server/input/input_wait.c. */
#define NOTHING 0
#define QUESTIONS 1             /* both, in one event */
#define ANSWER 2
#define WORDS 3

#include "processes.pml"

/* mcp_stream, mcp_event, mcp_call, mcp_question */
bool ended;
byte home = 1, last;
byte event[4];
bool filed, due, answered[2];
byte claimed;

/* What a process writes for the call, one after the other: their key is the stream's number. */
#define PARK 1                  /* park_errand */
#define ASK 2                   /* append_errand: the questions */
#define SAY 3                   /* append_errand: the answer, and that it is over */
byte writes[N], number[N];      /* which event it is */
byte events[N];                 /* as far as its channel has numbered them */
bool called_off[N];             /* over without an answer: it was cancelled */

/* claim_errands: of an answer to either question, of each process when it is due, of a cancel. */
#define DUE 2                   /* and its number behind it */
#define CANCEL (2 + N)
#define CLAIMS (3 + N)
#define NOWHERE N
byte in[CLAIMS] = NOWHERE;      /* the process that has it */
bool back[CLAIMS], half[CLAIMS], taken[CLAIMS], failed[CLAIMS], remain[CLAIMS], sees[CLAIMS];
byte token[CLAIMS], c_last[CLAIMS];

/* The client; and what is known of the call in all. */
bool accepted[2], silent, done;
bool replied, ran;

/* ---- Statements ---- */

inline put(n, text)
{
	if
	:: event[n] == NOTHING ->
		assert(!replied);                       /* answered once */
		replied = text != QUESTIONS;
		event[n] = text
	:: else
	fi;
	if :: last < n -> last = n :: else fi
}

/* A call waits for a person from when its questions got to the stream. */
#define waits_for_a_person (filed && claimed == 0 && event[1] == QUESTIONS)
#ifdef BURIES_WAITING
#define is_spared false
#else
#define is_spared waits_for_a_person
#endif

inline end_orphan()
{
	assert(!waits_for_a_person);                    /* what waits survives its process */
	put(last + 1, WORDS);
	ended = true;
#ifndef HOME_KEPT
	home = 0
#endif
}

inline bury(n) { if :: !ended && home == n && !is_spared -> end_orphan() :: else fi }

/* take(): the call is claimed; its stream moves here, if it has not ended. */
inline take(c, p)
{
	claimed = token[c];
#ifdef TAKES_ENDED
	taken[c] = true;
#else
	taken[c] = !ended;
#endif
	if
	:: taken[c] ->
		sees[c] = answered[0] && answered[1];
		c_last[c] = last;
#ifndef HOME_NOT_TAKEN
		home = me[p]
#endif
	:: else
	fi
}

#if defined(CLAIMS_WITHOUT_TOKEN)
#define is_free(c) (claimed == 0)
#elif defined(CLAIMS_TAKEN)
#define is_free(c) true
#else
#define is_free(c) (claimed == 0 || claimed == token[c])
#endif

/* answer(): every answer writes the row of its call, so that of two at once one sees the other. */
inline answer(c, p)
{
	taken[c] = false;
	if
	:: filed && is_free(c) ->
#ifdef ANSWERS_UNLOCKED
		fresh = half[c]; open = remain[c]; half[c] = false; remain[c] = false;
#else
		fresh = !answered[c]; open = !answered[1 - c];
#endif
		answered[c] = true;
		if :: !open && (fresh || claimed != 0) -> take(c, p) :: else fi;
		fresh = false; open = false
	:: else
	fi
}

/* end(): cancel(), expire() */
inline call_off_or_expire(c, p)
{
	taken[c] = false;
	if
	:: filed && is_free(c) && (c == CANCEL || due) ->
		assert(c == CANCEL || !(answered[0] && answered[1]) || claimed != 0);
		take(c, p)
	:: else
	fi
}

/* ---- Claims come and go ---- */

/* state_number(): a token that no claim had before. */
inline send(c, p)
{
	in[c] = p;
	if
	:: token[c] == 0 -> token[c] = c + 1
	:: token[c] != 0 && claimed == token[c] -> token[c] = token[c] + CLAIMS
	:: else
	fi
}

inline forget(c)
{
	in[c] = NOWHERE; back[c] = false; half[c] = false; taken[c] = false;
	failed[c] = false; remain[c] = false; sees[c] = false; c_last[c] = 0
}

/* begin(), take_up(), and the tool runs from the top; a cancelled call only ends its stream. */
inline go_on(c, p)
{
	if
	:: c != CANCEL ->
		assert(!ran);                           /* run once more, no oftener */
		assert(sees[c] || due);                 /* with the answers */
		ran = true
	:: else
	fi;
	writes[p] = SAY;
	if :: events[p] < c_last[c] -> events[p] = c_last[c] :: else fi;
	events[p]++;
	number[p] = events[p];
	called_off[p] = c == CANCEL
}

inline lose_memory(p)
{
	writes[p] = 0; number[p] = 0; events[p] = 0; called_off[p] = false;
	do                                              /* its client posts an answer again */
	:: k < CLAIMS -> if :: in[k] == p -> forget(k) :: else fi; k++
	:: else -> break
	od;
	k = 0
}

inline be_born_again(p) { skip }
inline forget_words(p) { deaf[p] = false }              /* nobody waits for words here */

#include "world.pml"

#ifdef ANSWERS_UNLOCKED
#define ANSWERS(c) \
	:: atomic { up[p] && in[c] == p && !back[c] && !half[c] -> \
		half[c] = true; remain[c] = !answered[1 - c] } \
	:: atomic { up[p] && in[c] == p && !back[c] && half[c] -> cast_lasting(p); CARRIED_OUT(c)
#else
#define ANSWERS(c) \
	:: atomic { up[p] && in[c] == p && !back[c] -> cast_lasting(p); CARRIED_OUT(c)
#endif
#ifdef LOST_IS_FAILED
#define LASTS(c) failed[c] = fate != DONE; back[c] = true; fate = 0
#else
#define LASTS(c) back[c] = fate == DONE; fate = 0
#endif
#define CARRIED_OUT(c) \
		if :: fate != CUT -> answer(c, p) :: else fi; LASTS(c) } \
	/* answered() */ \
	:: atomic { up[p] && in[c] == p && back[c] && writes[p] == 0 -> \
		accepted[c] = !failed[c]; \
		if :: taken[c] && !failed[c] -> go_on(c, p) :: else fi; \
		forget(c) }

proctype process(byte p)
{
	byte fate, d = DUE + p;
	bool open, fresh;

end:
	do
	/* input_ask(): call_row_park(), an errand that lasts. Done before, it is not done again. */
	:: atomic { up[p] && writes[p] == PARK -> cast_lasting(p);
		filed = filed || (home == me[p] && !ended);
		if
		:: fate == DONE -> writes[p] = (filed -> ASK : 0)
		:: else
		fi;
		fate = 0 }
	/* stream_rows_append(): the questions, then or later the answer. */
	:: atomic { up[p] && writes[p] >= ASK -> cast_lasting(p);
		if
		:: fate != CUT && home == me[p] ->
			if
			:: writes[p] == ASK -> put(1, QUESTIONS)
			:: writes[p] == SAY && !called_off[p] -> put(number[p], ANSWER); ended = true
			:: else -> ended = true
			fi
		:: else
		fi;
		if :: fate == DONE -> writes[p] = 0; number[p] = 0; called_off[p] = false :: else fi; fate = 0 }

	/* input_answer(): call_row_answer(), an errand that lasts. */
	ANSWERS(0)
	ANSWERS(1)
	/* beat(), input_due(): call_row_expire(), an errand that lasts. */
	:: atomic { up[p] && filed && claimed == 0 && due && in[d] == NOWHERE ->
		send(d, p) }
	:: atomic { up[p] && in[d] == p && !back[d] -> cast_lasting(p);
		if :: fate != CUT -> call_off_or_expire(d, p) :: else fi; LASTS(d) }
	:: atomic { up[p] && in[d] == p && back[d] && writes[p] == 0 ->
		if :: taken[d] && !failed[d] -> go_on(d, p) :: else fi;
		forget(d) }
	/* input_cancel(): call_row_cancel(), which is not tried again. */
	:: atomic { up[p] && in[CANCEL] == p && !back[CANCEL] -> cast(p);
		if :: fate != CUT -> call_off_or_expire(CANCEL, p) :: else fi; back[CANCEL] = true; fate = 0 }
	:: atomic { up[p] && in[CANCEL] == p && back[CANCEL] && writes[p] == 0 ->
		if :: taken[CANCEL] -> go_on(CANCEL, p) :: else fi;
		forget(CANCEL) }

	BEATS(p)
#ifndef UNSWEPT
	/* beat_tidy() */
	:: atomic { up[p] && !ended && is_buried(home) && !is_spared -> end_orphan() }
#endif
	od
}

/* ---- The client, and time ---- */

#define POSTS(q) \
	:: atomic { !silent && asked && !accepted[0] && in[0] == NOWHERE && up[q] -> send(0, q) } \
	:: atomic { !silent && asked && !accepted[1] && in[1] == NOWHERE && up[q] -> send(1, q) } \
	:: atomic { CANCELS && asked && up[q] -> send(CANCEL, q); break }
#define asked (event[1] == QUESTIONS)

proctype client()
{
	do
	POSTS(0)
#if N > 1
	POSTS(1)
#endif
#if N > 2
	POSTS(2)
#endif
	:: atomic { !silent && asked && !accepted[0] && !accepted[1] -> silent = true }
	:: replied -> break
	od;
	done = true
}

/* QUESTION_TIMEOUT passes. */
proctype time()
{
end:
	filed && !due -> due = true
}

init {
	atomic {
		start_processes();
		writes[0] = PARK; events[0] = 1;
		run process(0);
#if N > 1
		run process(1);
#endif
#if N > 2
		run process(2);
#endif
		run world();
		run time();
		run client()
	}
}
