/* awaited.pml - who has a call that waits for something outside.
 *
 * A tool asks for two things at once, and is run again for each that came, until it has seen both. A worker runs it, the
 * outbound thread has what comes, the loop ends it when its client leaves (CANCELS) at any moment. Each of them must find
 * the call alive, one at a time must have it, and it must end. In the code: server/calls/{awaited,call,settle}.c. */
#define WORKER 0                /* enum place */
#define CALLED_BACK 1
#define NOBODY 2

byte place;
bool queued, answered, back;    /* in the pool's line; its tool has; posted to the loop */
byte runs;                      /* workers that have it */
bool started, out[2], came[2], seen[2], posted[2], mail[2];
bool in_event[2];
bool cancelled, settled, freed, released[2];
bool on_worker = true, parked;  /* the loop's */

#define both(x) (x[0] && x[1])
#define has_news ((came[0] && !seen[0]) || (came[1] && !seen[1]))

inline enqueue()
{
	assert(!queued && runs == 0 && !freed);         /* it is one's at a time */
	queued = true
}

/* ---- A worker ---- */

active proctype worker()
{
	bool rests;

end:	do
	:: atomic { queued -> queued = false; runs++; assert(runs == 1 && !freed) };
	   place = WORKER;
	   if
	   :: cancelled
	   :: else ->
		seen[0] = came[0];
		seen[1] = came[1];
		if
		:: !started -> started = true; out[0] = true; out[1] = true
		:: started && both(seen) -> answered = true
		:: else
		fi
	   fi;
	   assert(!freed);
	   rests = false;
	   if
	   :: !answered && !cancelled ->
		atomic {                                /* and nothing of it is touched after that */
#ifdef RESTS_UNASKED
			place = NOBODY; rests = true; runs--
#else
			if
			:: place == WORKER -> place = NOBODY; rests = true; runs--
			:: else
			fi
#endif
		}
	   :: else
	   fi;
	   if
	   :: !rests -> atomic { assert(!back && !freed); runs--; back = true }
	   :: else
	   fi
	od
}

/* ---- The outbound thread ---- */

inline done(i)
{
	atomic { out[i] -> out[i] = false; in_event[i] = true };
	assert(!released[i] && !freed);
#ifdef CAME_BEFORE_TAKEN
	came[i] = true;
#endif
	if
	:: atomic { place == NOBODY -> place = WORKER };
	   came[i] = true;
	   enqueue()
	:: atomic { place != NOBODY -> posted[i] = true };
	   mail[i] = true
	fi;
	in_event[i] = false
}

active proctype outbound()
{
end:	do
	:: out[0] -> if :: done(0) :: !out[0] fi
	:: out[1] -> if :: done(1) :: !out[1] fi
	od
}

/* ---- The loop ---- */

inline take_back()
{
	if
	:: on_worker ->
#ifdef TAKES_WITHOUT_ASKING
		if :: place == NOBODY -> on_worker = false; parked = true :: else fi
#else
		atomic {
			if
			:: place == NOBODY -> on_worker = false; parked = true; place = CALLED_BACK
			:: else
#ifndef NOT_CALLED_BACK
				-> place = CALLED_BACK
#endif
			fi
		}
#endif
	:: else
	fi
}

inline let_go(i)
{
	atomic { out[i] = false };
#ifndef LEFT_IN_EVENT
	!in_event[i];
#endif
	if
	:: mail[i] && !(posted[i] && came[i])           /* its message releases it */
	:: else -> released[i] = true; assert(!mail[i])
	fi
}

inline release()
{
	assert(runs == 0 && !queued);
	let_go(0);
	let_go(1);
	freed = true
}

inline settle()
{
	take_back();
	settled = true;
	parked = false;
	if
	:: !on_worker -> release()
	:: else
	fi
}

inline wake() { parked = false; on_worker = true; enqueue() }

inline hear(i)
{
	mail[i] = false;
	if
	:: freed -> assert(!released[i]); released[i] = true
	:: else ->
		came[i] = true;
		if :: !settled -> take_back() :: else fi;
		if :: parked -> wake() :: else fi
	fi
}

active proctype loop()
{
	enqueue();
	do
	:: mail[0] -> hear(0)
	:: mail[1] -> hear(1)
	:: back ->
		back = false;
		on_worker = false;
		if
		:: settled -> release()
		:: !settled && answered -> settle()
		:: else ->
			parked = true;
			if :: has_news -> wake() :: else fi
		fi
#if CANCELS
	:: !settled -> cancelled = true; settle()
#endif
	:: freed && !mail[0] && !mail[1] && !back -> break
	od;
	assert(released[0] && released[1])
}
