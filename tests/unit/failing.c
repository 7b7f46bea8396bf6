/* failing.c - see failing.h. */
#include "failing.h"

#include "driver.h"

static const struct driver *sound;
static struct driver failing;
static int until_failure;
static void (*meanwhile)(void), (*meddle)(void);
static bool failed;

static bool fails_now(struct store *store)
{
	if (until_failure-- != 0)
		return false;
	failed = true;
	store_known_failed(store, STORE_UNABLE, "the test wants it");
	return true;
}

static void do_meanwhile(struct store *store, void (*what)(void))
{
	bool transacting = store->transacting;

	store->transacting = false;
	what();
	store->transacting = transacting;
}

static struct statement *begin_or_fail(struct store *store, const struct query *query)
{
	if (meddle && until_failure-- == 0) {
		void (*what)(void) = meddle;
		meddle = NULL;
		do_meanwhile(store, what);
	}
	return !meddle && fails_now(store) ? NULL : sound->begin(store, query);
}

static void be_overtaken(struct store *store)
{
	void (*what)(void) = meanwhile;

	meanwhile = NULL;
	sound->take_back(store);
	do_meanwhile(store, what);
	store_failed(store, "commit", STORE_AGAIN, "another one was first");
}

static void commit_or_fail(struct store *store)
{
	if (meanwhile) {
		be_overtaken(store);
		return;
	}
	if (fails_now(store))
		sound->take_back(store);
	else
		sound->commit(store);
}

/* It had seen what was never committed. */
static void take_back_or_fail(struct store *store)
{
	bool said_no = !store->failed;

	sound->take_back(store);
	if (said_no && !meddle)
		(void)fails_now(store);
}

void make_sound(struct program *program)
{
	if (sound)
		program->store->driver = sound;
	sound = NULL;
	meanwhile = meddle = NULL;
}

void make_failing(struct program *program, int n)
{
	make_sound(program);
	sound = program->store->driver;
	failing = *sound;
	failing.begin = begin_or_fail;
	failing.commit = commit_or_fail;
	failing.take_back = take_back_or_fail;
	program->store->driver = &failing;
	until_failure = n;
	failed = false;
}

void make_overtaken(struct program *program, void (*what)(void))
{
	make_failing(program, -1);
	meanwhile = what;
}

void make_meddled(struct program *program, int n, void (*what)(void))
{
	make_failing(program, n);
	meddle = what;
}

bool has_failed(void)
{
	return failed;
}
