/* take.c - what a file held into the database, in pieces, so that others can write in between.
 *
 *     laid aside (import_row)   nobody sees it; whoever finds it left takes it away
 *     decided (import_run)      it is imported, as far as anyone is concerned who wants to undo it;
 *                               one at a time, so of two files with the same row the later one counts
 *     taken                     each piece takes groups and takes them away from what is laid aside
 *
 * As with orders (docs/decisions/orders-recovery.md) one small transaction is the decision, and a lease
 * says who goes on: every piece names the lease's owner, and who finds a lease that ended takes it. */
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "fatal.h"
#include "group.h"
#include "import_private.h"
#include "log.h"

#define PIECE_MS 40                     /* that a piece writes; what comes on top is the commit */
#define FAR_PIECE_MS 200                /* where only writers of the same rows wait */
#define REST_MS 25                      /* between pieces, for others */
#define ROWS_A_LOOK 16                  /* at the clock */
#define DROPPED_A_PIECE 4000
#define LEASE_MS 30000
#define IDLE_MS 60000                   /* until a job looks again */
#define SOON_MS 10
#define WAIT_MS 100                     /* until it is seen again whether an earlier import has ended */

struct run {
	int64_t id;
	int64_t decided;
	int64_t lease_owner, lease_until;
	int64_t lease_was, now;
	int64_t position, most;         /* up to where, and how many, for statements */
};

static SHAPE(run_shape, struct run,
	INT(struct run, id, "The import"),
	INT(struct run, decided, "1: it is to be taken"),
	INT(struct run, lease_owner, "Who goes on with it"),
	INT(struct run, lease_until, "Until when"),
	INT(struct run, lease_was, "Until when it was somebody else"),
	INT(struct run, now, "Now"),
	INT(struct run, position, "Up to where"),
	INT(struct run, most, "How many"));

static int64_t random_number(void)
{
	int64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		fatal();
	return (number & INT64_MAX) | 1;
}

/* ---- A piece ---- */

struct piece {
	struct run *run;
	const struct import_spec *spec;
	struct store *scratch;
	int64_t lease_ms;               /* what this piece leaves of it */
	int64_t from, rows;             /* where it begins; what it did */
	int64_t began_ms;
	bool stopped;                   /* by the clock */
	bool failed;
	bool lost;                      /* somebody else has the lease */
	struct store *store;
};

static bool is_over(const struct piece *piece)
{
	int64_t most_ms = store_kind(piece->store) == STORE_SQLITE ? PIECE_MS : FAR_PIECE_MS;

	return piece->rows % ROWS_A_LOOK == 0 && tick_ms() - piece->began_ms >= most_ms;
}

/* What every piece begins with; it may be run again from the top. */
static bool keep_lease(struct store *store, struct piece *piece)
{
	piece->store = store;
	piece->began_ms = tick_ms();
	piece->rows = 0;
	piece->stopped = piece->failed = false;
	piece->run->lease_until = now_ms() + piece->lease_ms;
	piece->lost = store_change(store, "update import_run set lease_until = :lease_until"
	                           " where id = :id and lease_owner = :lease_owner", run_shape,
	                           piece->run) == 0;
	return !piece->lost;
}

/* SQLite's next writer asks again and again; it must find a moment to come in. */
static void rest(struct store *store)
{
	if (store_kind(store) == STORE_SQLITE)
		nanosleep(&(struct timespec) { .tv_nsec = REST_MS * 1000000 }, NULL);
}

/* ---- Laying aside ---- */

static bool lay_row_aside(void *context, const void *row)
{
	struct piece *piece = context;
	struct carried carried = *(const struct carried *)row;

	carried.import_id = piece->run->id;
	piece->failed = !store_queue(piece->store, "insert into import_row (import_id, position, key,"
	                             " fields) values (:import_id, :position, :key, :fields)",
	                             carried_shape, &carried);
	piece->run->position = carried.position;
	piece->rows++;
	piece->stopped = is_over(piece);
	return !piece->failed && !piece->stopped;
}

static bool lay_aside(struct store *store, void *context)
{
	struct piece *piece = context;

	piece->run->position = piece->from;
	return keep_lease(store, piece)
	       && store_each(piece->scratch, ON_SQLITE("select position, line, key, fields from sorted"
	                     " where position > :position order by position"), run_shape, piece->run,
	                     carried_shape, lay_row_aside, piece)
	       && !piece->failed;
}

static bool lay_all_aside(struct import *import, struct piece *piece, struct store *store)
{
	do {
		piece->from = piece->run->position;
		if (store_transact(store, lay_aside, piece) != STORE_COMMITTED)
			return false;
		if (piece->stopped)
			rest(store);
		progress_show(&import->progress, piece->run->position, piece->run->position);
	} while (piece->stopped);
	return true;
}

/* ---- Taking ---- */

static bool take_group(void *context, struct arena *arena, const struct import_group *group,
                       bool over UNUSED)
{
	struct piece *piece = context;

	piece->failed = !piece->spec->take(piece->store, arena, group);
	piece->rows += group->count;
	piece->stopped = tick_ms() - piece->began_ms >= (store_kind(piece->store) == STORE_SQLITE
	                                                  ? PIECE_MS : FAR_PIECE_MS);
	return !piece->failed && !piece->stopped;
}

static bool take_groups(struct store *store, struct piece *piece)
{
	struct gather gather = { .spec = piece->spec, .hand = take_group, .context = piece };

	bool done = store_each(store, "select position, key, fields from import_row"
	                       " where import_id = :id order by position", run_shape, piece->run,
	                       carried_shape, gather_row, &gather);
	if (done && !piece->failed && !piece->stopped)
		(void)!gather_end(&gather);
	piece->run->position = gather.last;
	gather_free(&gather);
	return done && !piece->failed;
}

static bool take(struct store *store, void *context)
{
	struct piece *piece = context;

	return keep_lease(store, piece) && take_groups(store, piece)
	       && store_change(store, "delete from import_row where import_id = :id"
	                       " and position <= :position", run_shape, piece->run) >= 0
	       && (piece->stopped
	           || store_change(store, "delete from import_run where id = :id", run_shape,
	                           piece->run) == 1);
}

/* ---- Taking away what was not decided ---- */

static bool drop(struct store *store, void *context)
{
	struct piece *piece = context;

	if (!keep_lease(store, piece))
		return false;
	piece->run->most = DROPPED_A_PIECE;
	piece->rows = store_change(store, "delete from import_row where import_id = :id and position in"
	                           " (select position from import_row where import_id = :id"
	                           " order by position limit :most)", run_shape, piece->run);
	piece->stopped = piece->rows == DROPPED_A_PIECE;
	return piece->rows >= 0
	       && (piece->stopped
	           || store_change(store, "delete from import_run where id = :id", run_shape,
	                           piece->run) == 1);
}

/* ---- What others left ---- */

enum found { FOUND_NONE, FOUND_ONE, FOUND_FAILED };

static enum found find_left(struct store *store, struct run *run)
{
	struct arena *arena = arena_create();

	run->now = now_ms();
	int found = store_find_one(store, arena, "select id, decided, lease_until as lease_was"
	                           " from import_run where lease_until < :now order by lease_until"
	                           " limit 1", run_shape, run, run_shape, run);
	arena_destroy(arena);
	return found < 0 ? FOUND_FAILED : found ? FOUND_ONE : FOUND_NONE;
}

static bool take_lease(struct store *store, struct run *run)
{
	run->lease_owner = random_number();
	run->lease_until = now_ms() + LEASE_MS;
	return store_change(store, "update import_run set lease_owner = :lease_owner,"
	                    " lease_until = :lease_until where id = :id and lease_until = :lease_was",
	                    run_shape, run) == 1;
}

/* One piece, after which the lease is free: who comes next goes on. */
static enum found go_on(struct store *store, const struct import_spec *spec)
{
	struct run run = { 0 };
	struct piece piece = { .run = &run, .spec = spec, .lease_ms = -1 };

	enum found found = find_left(store, &run);
	if (found != FOUND_ONE || !take_lease(store, &run))
		return found;
	if (store_transact(store, run.decided ? take : drop, &piece) != STORE_COMMITTED && !piece.lost)
		return FOUND_FAILED;
	if (!piece.stopped && run.decided)
		log_info("import: %s that an import had left half taken are all there now", spec->what);
	return FOUND_ONE;
}

int64_t import_go_on(struct store *store, const struct import_spec *spec)
{
	return go_on(store, spec) == FOUND_ONE ? SOON_MS : IDLE_MS;
}

/* Whether another is decided and not taken; -1: the database failed. */
static int is_other_decided(struct store *store)
{
	struct arena *arena = arena_create();
	struct run found;
	int there = store_find_one(store, arena, "select id from import_run where decided = 1", NULL, NULL,
	                           run_shape, &found);

	arena_destroy(arena);
	return there;
}

/* The lease of who waits, where it has one already. False: it was lost, or the database failed. */
static bool stays(struct store *store, struct run *run)
{
	run->lease_until = now_ms() + LEASE_MS;
	return store_change(store, "update import_run set lease_until = :lease_until"
	                    " where id = :id and lease_owner = :lease_owner", run_shape, run) == 1;
}

/* What others left is brought to its end, and who is at it is waited for: what was decided before must
 * not be taken after what is decided next. Whoever died is waited for until its lease ends. */
static bool finish_others(struct store *store, const struct import_spec *spec, struct run *run)
{
	bool told = false;

	for (;;) {
		enum found found = go_on(store, spec);
		int others = found == FOUND_NONE ? is_other_decided(store) : 0;
		if (found == FOUND_FAILED || others < 0 || (run && !stays(store, run)))
			return false;
		if (found == FOUND_NONE && others == 0)
			return true;
		if (others > 0 && !told)
			log_info("import: an earlier import is still being taken, or was stopped less"
			         " than %d s ago; this one waits for its end", LEASE_MS / 1000);
		told = told || others > 0;
		if (others > 0)
			nanosleep(&(struct timespec) { .tv_nsec = WAIT_MS * 1000000 }, NULL);
		else
			rest(store);
	}
}

bool import_finish_others(struct store *store, const struct import_spec *spec)
{
	return finish_others(store, spec, NULL);
}

/* ---- An import ---- */

static bool begin_run(struct store *store, struct run *run)
{
	*run = (struct run) { .id = random_number(), .lease_owner = random_number(),
	                      .lease_until = now_ms() + LEASE_MS };
	return store_change(store, "insert into import_run (id, decided, lease_owner, lease_until)"
	                    " values (:id, 0, :lease_owner, :lease_until)", run_shape, run) == 1;
}

/* The index lets one be decided, whoever else finds at the same moment that none is. */
static bool decide(struct store *store, const struct import_spec *spec, struct run *run)
{
	bool free = true;

	while (free && !run->decided) {
		run->lease_until = now_ms() + LEASE_MS;
		run->decided = store_change(store, "update import_run set decided = 1,"
		                            " lease_until = :lease_until where id = :id"
		                            " and lease_owner = :lease_owner and not exists"
		                            " (select 1 from import_run where decided = 1)",
		                            run_shape, run) == 1;
		free = run->decided || finish_others(store, spec, run);
	}
	return run->decided;
}

static bool take_all(struct import *import, struct piece *piece, struct store *store)
{
	int64_t taken = 0;

	import->progress.size = import->rows;
	do {
		if (store_transact(store, take, piece) != STORE_COMMITTED)
			return false;
		taken += piece->rows;
		if (piece->stopped)
			rest(store);
		progress_show(&import->progress, taken, taken);
	} while (piece->stopped);
	return true;
}

static void say_lost(const struct piece *piece)
{
	if (piece->lost)
		log_error("import: it stood still for more than %d s, so others went on with it",
		          LEASE_MS / 1000);
}

enum import_end import_take(struct import *import, struct store *scratch, struct store *store)
{
	struct run run;
	struct piece piece = { .run = &run, .spec = import->spec, .scratch = scratch,
	                       .lease_ms = LEASE_MS };

	import->progress.size = import->rows;
	if (!begin_run(store, &run))
		return IMPORT_NOTHING_DONE;
	if (!lay_all_aside(import, &piece, store) || !decide(store, import->spec, &run)) {
		say_lost(&piece);
		/* What can't be taken away now goes when the lease has ended. */
		do
			rest(store);
		while (store_transact(store, drop, &piece) == STORE_COMMITTED && piece.stopped);
		return IMPORT_NOTHING_DONE;
	}
	bool done = take_all(import, &piece, store);
	say_lost(&piece);
	return done ? IMPORT_DONE : IMPORT_BEGUN;
}
