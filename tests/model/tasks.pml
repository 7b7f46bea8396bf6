/* tasks.pml - who runs a task, who takes it up when a person has answered, who ends it.
 *
 * A client calls a tool that becomes a task; the tool asks a question and is forgotten; the client
 * answers wherever it likes, again where it was not told that the answer was taken, or not at all; then
 * the tool runs once more. The client looks at its task until that is over: it must come to an end, the
 * tool must not be run twice for the same, and what is over must stay as it is. In the code:
 * server/state/{task_row,task_question_row,task_tidy}.c, server/tasks/task*.c. */
#define WORKING 1
#define ASKS 2                  /* input_required */
#define COMPLETED 3
#define FAILED 4

#include "processes.pml"

/* mcp_task, mcp_task_question */
byte status, owner, claimed;    /* status 0: there is no row */
bool until, due, answered;      /* until: it may become due; due: it is */

/* Of each process: what it does for the task, and as whom. */
#define BEGIN 1                 /* task_row_insert(), not tried again */
#define RUN 2
#define PARK 3                  /* task_row_park() */
#define FINISH 4                /* task_row_finish() */
#define FORGET 5                /* task_row_forget() */
byte does[N], as[N], outcome[N];
bool second[N];                 /* it runs with the answer, or with nobody's */

/* Its task_answer_errand, and task_claim_errand. */
bool answers[N];                /* to be carried out, not tried again */
byte claims[N];                 /* 1: to be carried out; 2: half done; 3: back, for claimed() */
bool taken[N], sees[N];
byte token[N], claims_as[N];

/* The client; and what is known of the task in all. */
bool has_id, waits_for_id, accepted, silent, done;
byte posted;                    /* to which process, and one more */
byte runs;

#define is_over (status >= COMPLETED)

inline lose_memory(p)
{
	does[p] = 0; as[p] = 0; outcome[p] = 0; second[p] = false;
	answers[p] = false; claims[p] = 0; taken[p] = false; sees[p] = false; claims_as[p] = 0;
	if :: posted == p + 1 -> posted = 0 :: else fi;
	if :: p == 0 -> waits_for_id = false :: else fi
}

/* tasks_lose(): what runs for an owner that is no more is cancelled, and ended as failed. */
inline be_born_again(p)
{
	if
	:: does[p] == RUN -> does[p] = FINISH; outcome[p] = FAILED
	:: else
	fi
}

inline forget_words(p) { deaf[p] = false }              /* nobody waits for words here */

/* task_rows_bury(): whatever is of an owner that is no process. */
inline bury_tasks()
{
	if
	:: status != 0 && !is_over && is_buried(owner) ->
#ifdef BURIED_IS_BEGUN_ANEW
		status = WORKING; owner = 0; until = true; due = true
#else
		status = FAILED; until = false
#endif
	:: else
	fi
}
#ifdef UNSWEPT
inline bury(n) { if :: owner == n -> bury_tasks() :: else fi }
#else
inline bury(n) { bury_tasks() }
#endif

inline end_task(p, how)
{
	if
#ifdef FINISHES_ANY
	:: status != 0 ->
#else
	:: status != 0 && !is_over && owner == as[p] ->
#endif
		assert(!is_over);                       /* what is over stays as it is */
		status = how; until = false
	:: else
	fi
}

#include "world.pml"

#if defined(CLAIMS_WITHOUT_TOKEN)
#define is_free(p) (owner == 0 && (due || answered))
#elif defined(CLAIMS_TAKEN)
#define is_free(p) (claimed == token[p] || due || answered)
#else
#define is_free(p) (claimed == token[p] || (owner == 0 && (due || answered)))
#endif
#ifdef PARKS_ANY
#define may_park(p) (status != 0)
#else
#define may_park(p) (status != 0 && !is_over && owner == as[p])
#endif
#ifdef LOST_IS_FAILED
#define TAKES_FOR_DONE(fate) true
#else
#define TAKES_FOR_DONE(fate) (fate == DONE)
#endif

#ifdef WITHOUT_KEY
#define is_next(p) true
#else
#define is_next(p) (does[p] == 0 || does[p] == RUN)
#endif

/* state_number(): a token that no claim had before. */
inline claim(p)
{
	claims[p] = 1;
	if
	:: token[p] == 0 -> token[p] = p + 1
	:: token[p] != 0 && claimed == token[p] -> token[p] = token[p] + N
	:: else
	fi
}

proctype process(byte p)
{
	byte fate;
	bool ready;

end:
	do
	/* task_row_insert(): who was taken for dead owns nothing. begun() */
	:: atomic { up[p] && does[p] == BEGIN -> cast(p);
		if
		:: fate != CUT && is_known(me[p]) -> status = WORKING; owner = me[p]
		:: else
		fi;
		as[p] = me[p];
		if
		:: fate == DONE && status != 0 -> has_id = true; does[p] = RUN
		:: fate == DONE && status == 0 -> does[p] = 0; as[p] = 0        /* it stays a call */
		:: fate != DONE -> does[p] = FORGET                             /* 503 */
		fi;
		waits_for_id = false; fate = 0 }
	/* forget(): an errand that lasts. */
	:: atomic { up[p] && does[p] == FORGET -> cast_lasting(p);
		status = 0; owner = 0;
		if :: fate == DONE -> does[p] = 0; as[p] = 0 :: else fi; fate = 0 }
	/* The tool runs: it asks, or with an answer it ends. Once each. */
	:: atomic { up[p] && does[p] == RUN ->
		runs++;
		assert(runs == 1 + second[p]);
		if
		:: second[p] -> does[p] = FINISH; outcome[p] = COMPLETED
		:: else -> does[p] = PARK
		fi }
	/* task_row_park(): an errand that lasts. */
	:: atomic { up[p] && does[p] == PARK -> cast_lasting(p);
		if
		:: may_park(p) ->
			assert(!is_over);
			status = ASKS; owner = 0; until = true
		:: else
		fi;
		if :: fate == DONE -> does[p] = 0; as[p] = 0 :: else fi; fate = 0 }
	/* task_row_finish(): an errand that lasts. */
	:: atomic { up[p] && does[p] == FINISH -> cast_lasting(p);
		end_task(p, outcome[p]);
		if :: fate == DONE -> does[p] = 0; as[p] = 0; outcome[p] = 0; second[p] = false :: else fi;
		fate = 0 }

	/* task_row_answer(): not tried again. answered(): whoever got the last answer claims. */
	:: atomic { up[p] && answers[p] -> cast(p);
		answers[p] = false; ready = false;
		if
		:: fate != CUT && status == ASKS ->
			status = WORKING; answered = true; due = false; ready = true;
#ifdef ANSWERED_FOR_EVER
			until = false
#endif
		:: fate != CUT && status == WORKING -> ready = owner == 0
		:: else
		fi;
		if :: posted == p + 1 -> posted = 0; accepted = fate == DONE :: else fi;
		if :: fate == DONE && ready && claims[p] == 0 -> claim(p) :: else fi;
		ready = false; fate = 0 }
	/* beat(), task_due() */
	:: atomic { up[p] && status != 0 && !is_over && until && due && claims[p] == 0 -> claim(p) }
	/* task_row_claim(): an errand that lasts. It waits behind what this process could not yet write for
	 * the task: they are of one key. It is one statement, but read committed: whether this process is
	 * known is as old as its snapshot, the row is what it is when it is written. */
	:: atomic { up[p] && claims[p] == 1 && is_next(p) ->
		if :: is_known(me[p]) -> claims[p] = 2; claims_as[p] = me[p] :: else -> claims[p] = 3 fi }
	:: atomic { up[p] && claims[p] == 2 -> cast_lasting(p);
		taken[p] = status != 0 && !is_over && is_free(p);
		if
		:: taken[p] -> owner = claims_as[p]; claimed = token[p]; status = WORKING; until = false; due = false;
			sees[p] = answered
		:: else
		fi;
#ifdef LOST_IS_FAILED
		taken[p] = taken[p] && fate == DONE; claims[p] = 3;
#else
		if :: fate == DONE -> claims[p] = 3 :: else -> claims[p] = 1; taken[p] = false; claims_as[p] = 0 fi;
#endif
		fate = 0 }
	/* claimed(), run() */
	:: atomic { up[p] && claims[p] == 3 && (does[p] == 0 || !taken[p]) -> claims[p] = 0;
		if
		:: taken[p] ->
			assert(sees[p] == answered);
			does[p] = RUN; as[p] = claims_as[p]; second[p] = true
		:: else
		fi;
		taken[p] = false; sees[p] = false; claims_as[p] = 0 }

	BEATS(p)
#ifndef UNSWEPT
	/* beat_tidy(): an owner that was buried while it took the task. */
	:: atomic { up[p] && status != 0 && !is_over && is_buried(owner) -> bury_tasks() }
#endif
	od
}

/* ---- The client, and time ---- */

#define POSTS(q) \
	:: atomic { has_id && status == ASKS && !silent && !accepted && posted == 0 && up[q] -> \
		posted = q + 1; answers[q] = true }

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
	:: atomic { has_id && status == ASKS && !silent && !accepted && posted == 0 -> silent = true }
	:: has_id && is_over -> break
	:: !has_id && !waits_for_id -> break            /* 503, or its connection broke: it has no task */
	od;
	done = true
}

/* QUESTION_TIMEOUT passes; CLAIM_MS after an answer. */
proctype time()
{
end:
	do
	:: atomic { until && !due -> due = true }
	od
}

init {
	atomic {
		start_processes();
		does[0] = BEGIN; waits_for_id = true;
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
