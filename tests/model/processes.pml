/* processes.pml - what the models share: processes that have numbers, are late with their beat, are
 * buried, die and begin again; and a database that loses answers.
 *
 * A step of a model is what happens without a break in the code: a statement, a transaction that takes
 * a row first, or what a loop does between two messages. Between steps anything may happen, so a
 * process that stalls is one that takes no step for a while, and one that is late was stopped, cut off
 * or busy for as long as it takes to be taken for dead.
 *
 * Bad things are counted, so every run ends: in a state where nobody has anything left to do. If a
 * client still waits there, nobody will ever tell it; spin calls that an invalid end state.
 *
 * N processes; DEATHS, LATES, LOSSES: how often what may happen. Who dies begins again at last. */

byte me[N];                     /* state_me(): its number, never given twice */
bool up[N];
bool deaf[N];                   /* its connection is new, keep_listening() is to come */
byte victim[N];                 /* beat(): the number that it is about to bury */
byte numbers;                   /* the latest that was given */
short known;                    /* mcp_process: which numbers have a row, a bit each */
short late;                     /* and whose `seen` is older than DEAD */

byte deaths = DEATHS, lates = LATES, losses = LOSSES;

#ifndef able
#define able(p) up[p]
#endif
#define BIT(number) (1 << (number))
#define is_known(number) ((known & BIT(number)) != 0)
#define is_buried(number) ((number) != 0 && !is_known(number))
#define is_late(number) ((late & BIT(number)) != 0)

/* beat_register() */
inline take_number(p)
{
	numbers++;
	me[p] = numbers;
	known = known | BIT(numbers)
}

/* A connection ends, and with it all that would have been heard on it until keep_listening(). */
inline lose_connection(p)
{
	losses--;
	deaf[p] = true;
	forget_words(p)
}

/* A statement: done; done, but its answer is lost; not done. */
#define DONE 1
#define LOST 2
#define CUT 3
inline cast(p)
{
	if
	:: fate = DONE
	:: losses > 0 -> fate = LOST; lose_connection(p)
	:: losses > 0 -> fate = CUT; lose_connection(p)
	fi
}

/* Of an errand that lasts, where words are of no interest: what is not done is tried again. */
inline cast_lasting(p)
{
	if
	:: fate = DONE
	:: losses > 0 -> fate = LOST; losses--
	fi
}

#ifdef BURIES_UNSEEN
#define is_still_late(number) true
#else
#define is_still_late(number) is_late(number)
#endif

/* live(), beat(): one that is known says that it lives. One that is not takes a new number, and what it
 * had under the old one is its own no longer. One that is late is buried by another: a statement tells
 * who is, then a transaction, bury(), looks again. */
#define BEATS(p) \
	:: atomic { able(p) && is_known(me[p]) && is_late(me[p]) -> late = late & ~BIT(me[p]) } \
	:: atomic { able(p) && !is_known(me[p]) -> \
		take_number(p); deaf[p] = true; forget_words(p); be_born_again(p) } \
	:: atomic { able(p) && victim[p] == 0 && (known & late & ~BIT(me[p])) != 0 -> \
		victim[p] = 1; \
		do \
		:: victim[p] != me[p] && is_known(victim[p]) && is_late(victim[p]) -> break \
		:: else -> victim[p]++ \
		od } \
	:: atomic { able(p) && victim[p] != 0 -> \
		if \
		:: is_known(victim[p]) && is_still_late(victim[p]) -> \
			assert(is_late(victim[p]));     /* who beats is not buried */ \
			known = known & ~BIT(victim[p]); \
			late = late & ~BIT(victim[p]); \
			bury(victim[p]) \
		:: else \
		fi; \
		victim[p] = 0 }
