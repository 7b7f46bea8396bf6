/* streams.pml - who may write a stream, and what a client that comes back with Last-Event-ID is given.
 *
 * A call runs in the first process and writes LAST events to its stream, the answer last. Its client is
 * connected there, leaves and comes back wherever it likes. It must be given the events 1, 2, ... each
 * once, in order, as they are in the database, up to one that ends the call: its answer, or the last
 * words for a process that died. In the code: server/state/{stream_append,stream_row,beat}.c, and the streams and
 * receivers of server/sessions. */
#define NOTHING 0
#define PROGRESS 1
#define ANSWER 2
#define WORDS 3                 /* last_words(): an error for the call */

#define able(p) (up[p] && !done) /* what comes after nobody sees */
#include "processes.pml"

/* mcp_stream, mcp_event */
bool there, ended;
byte home, attached, last;
byte event[LAST + 3];

/* The channel of the process that runs the call, and its append_errand. */
bool running = true, owned = true, fresh = true;
byte events, stored;            /* numbered; and of these in the database */
byte append;                    /* 0: none; 1: to be carried out; 2: back, for stored() */
bool a_fresh, a_over, a_lost, a_failed, a_told;
byte a_last, a_attached;
#define finished (events == LAST)
#define text_of(number) (number == LAST -> ANSWER : PROGRESS)

/* Of each process: words on their way to it; the channel of a stream that it does not write; */
bool told_events[N], told_detach[N], follows[N], listed[N];
/* its listener, at whose other end the client is or not; and the read_errand of that; */
bool listens[N], live[N], again[N], r_there[N], r_over[N];
byte sent[N], reading[N];       /* 1, 2: its statements; 3: back, for has_read() */
byte r_after[N], r_last[N], r_upto[N];
/* the read_errand of a client that came back. */
bool waits[N], g_failed[N], g_over[N], reborn[N];
byte attach[N];                 /* 1: to be carried out; 2: half done; 3: back, for resume() */
byte g_after[N], g_upto[N], g_last[N], g_before[N];
bool hears[N];                  /* what came before an errand is known before it is carried out */

/* The client: where it is connected, and what it has. */
#define NOWHERE N
byte at, has, moves = MOVES;
bool primed, done, been;        /* been: elsewhere */

inline forget_words(p) { told_events[p] = false; told_detach[p] = false; hears[p] = false }

#define TELL(p, number, word) if :: up[p] && !deaf[p] && me[p] == number -> word[p] = true :: else fi
#if N == 1
#define tell(number, word) TELL(0, number, word)
#elif N == 2
#define tell(number, word) TELL(0, number, word); TELL(1, number, word)
#else
#define tell(number, word) TELL(0, number, word); TELL(1, number, word); TELL(2, number, word)
#endif

/* ---- session_stream_receiver.c ---- */

/* receiver_finish() */
inline finish(p)
{
	if :: live[p] -> at = NOWHERE :: else fi;
	listens[p] = false; live[p] = false; again[p] = false; sent[p] = 0;
	reading[p] = 0; r_after[p] = 0; r_last[p] = 0; r_upto[p] = 0; r_there[p] = false; r_over[p] = false
}

/* receiver_read() */
inline read_on(p)
{
	if
	:: reading[p] != 0 -> again[p] = true
	:: reading[p] == 0 && listens[p] -> reading[p] = 1; r_after[p] = sent[p]; again[p] = false
	:: else -> r_after[p] = 0
	fi
}

/* receiver_give(), receiver_send_read(): to a client that may have left. */
inline send_stored(p, number, text)
{
	if
	:: !listens[p] || number <= sent[p]
	:: listens[p] && number > sent[p] && (number - 1 > sent[p] || reading[p] != 0) -> read_on(p)
	:: else ->
		sent[p] = number;
		if
		:: live[p] ->
			assert(!done && number == has + 1);     /* each once, in order, none after the end */
			assert(text == event[number]);          /* and what whoever comes back would be given */
			has = number;
			done = text != PROGRESS
		:: else
		fi
	fi
}

/* receiver_end() */
inline end_stored(p, number)
{
	if
	:: listens[p] && (sent[p] < number || reading[p] != 0) -> read_on(p)
	:: else -> finish(p)
	fi
}

/* session_stream_forget_idle() */
inline forget_idle(p)
{
	if :: !listens[p] -> follows[p] = false; listed[p] = false :: else fi
}

/* ---- stream_row.c, in statements of the database ---- */

inline put(number, text)
{
	if
	:: event[number] == NOTHING ->          /* on conflict do nothing */
		assert(number == 1 || event[number - 1] == PROGRESS);   /* answered once */
		event[number] = text
	:: else
	fi
}

#ifdef APPENDS_ANYWHERE
#define is_home(number) there
#else
#define is_home(number) (there && home == number)
#endif

/* append_sql. `k` and `fate` are the caller's. */
inline write(p)
{
	a_lost = !(a_fresh && !there) && !is_home(me[p]);
	if
	:: a_lost
	:: else ->
		if :: a_fresh && !there -> there = true; home = me[p]; attached = me[p] :: else fi;
		k = stored + 1;
#ifdef NUMBERED_BY_DATABASE
		do :: k <= a_last -> last++; put(last, text_of(k)); k++ :: else -> break od;
#else
		do :: k <= a_last -> put(k, text_of(k)); k++ :: else -> break od;
		if :: last < a_last -> last = a_last :: else fi;
#endif
		ended = ended || a_over;
		a_attached = attached;
#ifndef TOLD_BEFORE_COMMIT
		if :: attached != 0 && attached != me[p] -> tell(attached, told_events) :: else fi
#endif
	fi;
	k = 0
}

/* end_orphan() */
inline end_orphan()
{
	last++;
	put(last, WORDS);
	ended = true;
#ifndef HOME_KEPT
	home = 0;
#endif
	if :: attached != 0 -> tell(attached, told_events) :: else fi
}

inline bury(number) { if :: there && !ended && home == number -> end_orphan() :: else fi }

/* What stream_rows_attach() reads. */
inline look(p)
{
	assert(there && g_after[p] <= last);    /* else: stream_unknown */
	g_before[p] = attached;
	g_last[p] = last;
	g_upto[p] = (last < g_after[p] + PAGE -> last : g_after[p] + PAGE);
	g_over[p] = ended && g_upto[p] >= last
}

/* ---- What a process does ---- */

/* So that states that differ in nothing that matters are one. */
inline clear_attach(p) { g_failed[p] = false; g_over[p] = false; g_after[p] = 0; g_upto[p] = 0; g_last[p] = 0 }
inline clear_append() { a_fresh = false; a_over = false; a_lost = false; a_last = 0; a_attached = 0 }

inline lose_memory(p)
{
	if :: live[p] || waits[p] -> at = NOWHERE :: else fi;
	finish(p);
	follows[p] = false; listed[p] = false; reborn[p] = false;
	attach[p] = 0; waits[p] = false; clear_attach(p);
	if :: p == 0 -> running = false; owned = false; fresh = false; append = 0; clear_append() :: else fi
}

inline be_born_again(p) { reborn[p] = true }

/* session_stream_lose() */
inline lose_channel()
{
	owned = false;
	if
	:: listens[0] && !finished -> follows[0] = true; read_on(0)
	:: else -> finish(0)
	fi
}

#include "world.pml"

proctype process(byte p)
{
	byte k, fate;

end:
	do
	/* The tool says something, at last its answer: session_stream_send(), session_stream_finish(). */
	:: atomic { p == 0 && able(p) && running -> events++; running = !finished;
		if :: finished && !owned -> finish(0); follows[0] = false :: else fi }
	/* session_stream_commit() */
	:: atomic { p == 0 && able(p) && owned && append == 0 && (fresh || stored < events || finished) ->
		append = 1; a_last = events; a_fresh = fresh; a_over = finished; fresh = false }
	/* stream_rows_append(): an errand that lasts. */
#ifdef TOLD_BEFORE_COMMIT
	:: atomic { p == 0 && able(p) && append == 1 && !a_told -> a_told = true;
		if :: there && attached != 0 && attached != me[p] -> tell(attached, told_events) :: else fi }
	:: atomic { p == 0 && able(p) && append == 1 && a_told -> cast(p);
#else
	:: atomic { p == 0 && able(p) && append == 1 -> cast(p);
#endif
		if :: fate != CUT -> write(p) :: else fi;
#ifdef LOST_IS_FAILED
		a_failed = fate != DONE; append = 2; fate = 0 }
#else
		if :: fate == DONE -> append = 2; a_told = false :: else fi; fate = 0 }
#endif
	/* stored() */
	:: atomic { p == 0 && able(p) && append == 2 -> append = 0;
		if
		:: a_failed -> owned = false; finish(0)
		:: !a_failed && a_lost -> lose_channel()
		:: else ->
			primed = primed || (a_fresh && live[0]);
			k = stored + 1;
			do
			:: k <= a_last ->
				if :: a_attached == me[0] -> send_stored(0, k, text_of(k)) :: else fi;
				k++
			:: else -> break
			od;
			k = 0;
			stored = a_last;
			if :: a_attached != me[0] -> finish(0) :: else fi;
			if :: a_over -> end_stored(0, a_last); owned = false :: else fi
		fi;
		clear_append() }

	/* stream_rows_read(): what is written between its statements is told of once more. */
	:: atomic { able(p) && reading[p] == 1 -> cast(p);
		if
		:: fate == DONE -> reading[p] = 2; r_last[p] = last; r_over[p] = ended;
#ifdef READS_UNATTACHED
			r_there[p] = there
#else
			r_there[p] = there && attached == me[p]
#endif
		:: else
		fi; fate = 0 }
	:: atomic { able(p) && reading[p] == 2 -> reading[p] = 3;
		r_upto[p] = (last < r_after[p] + PAGE -> last : r_after[p] + PAGE) }
	/* has_read() */
	:: atomic { able(p) && reading[p] == 3 -> reading[p] = 0;
		r_over[p] = r_over[p] && r_upto[p] >= r_last[p];
		k = r_after[p] + 1;
		do :: k <= r_upto[p] -> send_stored(p, k, event[k]); k++ :: else -> break od;
		k = 0;
		if
		:: !r_there[p] || (r_over[p] && sent[p] >= r_last[p]) -> finish(p); forget_idle(p)
		:: else -> if :: again[p] || sent[p] < r_last[p] -> read_on(p) :: else fi
		fi;
		r_last[p] = 0; r_upto[p] = 0; r_there[p] = false; r_over[p] = false }

	/* stream_rows_attach(): a transaction that takes the row first. It is not tried again. */
#ifdef ATTACHES_UNLOCKED
	:: atomic { able(p) && attach[p] == 1 && !hears[p] -> attach[p] = 2; look(p) }
	:: atomic { able(p) && attach[p] == 2 -> cast(p);
#else
	:: atomic { able(p) && attach[p] == 1 && !hears[p] -> cast(p); look(p);
#endif
		if
		:: fate != CUT ->
			if :: g_before[p] != 0 && g_before[p] != me[p] -> tell(g_before[p], told_detach) :: else fi;
			attached = me[p]
		:: else
		fi;
		g_failed[p] = fate != DONE; attach[p] = 3; g_before[p] = 0; fate = 0 }
	/* resume(), go_on(), attach() */
	:: atomic { able(p) && attach[p] == 3 -> attach[p] = 0;
		if
		:: !waits[p]                            /* the client left meanwhile */
		:: waits[p] && g_failed[p] -> waits[p] = false; at = NOWHERE    /* 503 */
		:: else ->
			waits[p] = false;
			finish(p);
			listens[p] = true; live[p] = true; sent[p] = g_after[p];
			if :: !(p == 0 && owned) && !follows[p] -> follows[p] = true; listed[p] = true :: else fi;
			k = g_after[p] + 1;
			do :: k <= g_upto[p] -> send_stored(p, k, event[k]); k++ :: else -> break od;
			k = 0;
			if
			:: g_over[p] -> end_stored(p, g_last[p]); forget_idle(p)
			:: else ->
#ifndef NOT_READ_AFTER_ATTACH
				read_on(p)
#endif
			fi
		fi;
		clear_attach(p) }

	/* hear() */
	:: atomic { able(p) && told_events[p] -> told_events[p] = false;
		if :: !(p == 0 && owned) -> read_on(p) :: else fi }
	:: atomic { able(p) && told_detach[p] ->
		told_detach[p] = false; hears[p] = false; finish(p); forget_idle(p) }
	/* keep_listening(): on a connection that is new what was told before is lost, missed(). */
	:: atomic { able(p) && deaf[p] -> deaf[p] = false;
#ifndef MISSED_UNREAD
		if :: !(p == 0 && owned) -> read_on(p) :: else fi
#endif
		}
	/* gone(): it notices that the client left. */
	:: atomic { able(p) && listens[p] && !live[p] -> finish(p); forget_idle(p) }

	BEATS(p)
	/* session_streams_lose() */
	:: atomic { able(p) && reborn[p] -> reborn[p] = false;
		if :: listed[p] -> finish(p); forget_idle(p) :: else fi }
#ifndef UNSWEPT
	/* beat_tidy(): a stream whose home is no process any more, whenever it became so. */
	:: atomic { able(p) && there && !ended && is_buried(home) -> end_orphan() }
#endif
	od
}

/* ---- The client ---- */

/* Of processes that are all the same it goes to the second one first. */
#if VISITS
#define count_visit() visits++; assert(visits <= VISITS)        /* it is not sent round for ever */
byte visits;
#else
#define count_visit() skip
#endif
#ifdef HEARS_LATER
#define HEAR_FIRST(q)
#else
#define HEAR_FIRST(q) hears[q] = told_detach[q];
#endif
#define COMES_BACK(q) \
	:: atomic { at == NOWHERE && primed && up[q] && attach[q] == 0 && (q < 2 || been) -> \
		at = q; waits[q] = true; attach[q] = 1; g_after[q] = has; been = been || q == 1; \
		HEAR_FIRST(q) \
		count_visit() }

proctype client()
{
	do
	COMES_BACK(0)
#if N > 1
	COMES_BACK(1)
#endif
#if N > 2
	COMES_BACK(2)
#endif
	:: atomic { at != NOWHERE && primed && moves > 0 ->     /* it leaves */
		moves--; waits[at] = false; live[at] = false; at = NOWHERE }
	:: done -> break
	/* It never had an id to come back with: it knows that it was not answered. */
	:: at == NOWHERE && !primed -> break
	od
}

init {
	atomic {
		start_processes();
		listens[0] = true; live[0] = true;
		run process(0);
#if N > 1
		run process(1);
#endif
#if N > 2
		run process(2);
#endif
		run world();
		run client()
	}
}
