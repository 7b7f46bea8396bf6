/* group.c - transactions that wait for their turn are committed together.
 *
 * A commit waits for the disk, which is most of what a small transaction takes. So whoever is done while
 * others wait for the turn passes it on without a commit, and waits; the next one's transaction is a
 * savepoint within the same of SQLite's; and the last in line, or the one with whom the group is large
 * or old enough, commits for all. Nobody is told before the disk has it. One that fails, or is not
 * wanted, is rolled back to its savepoint alone. Where SQLite rolls back all of it (a full disk), or the
 * commit fails, all members learn that. */
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fatal.h"
#include "sqlite_private.h"

#define MEMBERS_MOST 64

enum outcome { UNDECIDED, COMMITTED, FAILED, SPOILT };

struct group {
	atomic_uint outcome;            /* waited for, once */
	atomic_int users;               /* who may still look at it */
	int members;
	char why[128];                  /* FAILED */
};

/* ---- A group ---- */

static struct group *group_create(void)
{
	struct group *group = calloc(1, sizeof(*group));

	if (!group)
		fatal();
	atomic_init(&group->users, 1);
	return group;
}

static void leave(struct group *group)
{
	if (atomic_fetch_sub(&group->users, 1) == 1)
		free(group);
}

/* With the turn. */
static struct group *join(struct open_group *open)
{
	struct group *group = open->members ? open->members : group_create();

	open->members = group;
	atomic_fetch_add(&group->users, 1);
	group->members++;
	return group;
}

/* Without a lock: all members wake at once, and each would wait for it again. */
static enum outcome await_outcome(struct group *group)
{
	unsigned outcome;

	while ((outcome = atomic_load(&group->outcome)) == UNDECIDED)
		syscall(SYS_futex, &group->outcome, FUTEX_WAIT_PRIVATE, UNDECIDED, NULL, NULL, 0);
	return (enum outcome)outcome;
}

static enum ended learn(struct sqlite *sqlite, struct group *group)
{
	enum outcome outcome = await_outcome(group);
	enum ended ended = outcome == COMMITTED ? ENDED_WELL
	                   : outcome == SPOILT ? ENDED_AGAIN : ENDED_BADLY;

	sqlite->spoilt = outcome == SPOILT;
	if (ended == ENDED_BADLY)
		store_known_failed(&sqlite->store, STORE_UNABLE, group->why);
	leave(group);
	return ended;
}

/* All members learn it. */
static void decide(struct open_group *open, enum outcome outcome, const char *why)
{
	struct group *group = open->members;

	open->members = NULL;
	if (!group)
		return;
	snprintf(group->why, sizeof(group->why), "%s", why);
	atomic_store(&group->outcome, outcome);
	syscall(SYS_futex, &group->outcome, FUTEX_WAKE_PRIVATE, MEMBERS_MOST, NULL, NULL, 0);
	leave(group);
}

/* ---- In the turn ---- */

static bool done(struct sqlite *sqlite, enum verb verb)
{
	int code = sqlite_connection_do(sqlite->connection, verb);

	if (code != SQLITE_DONE)
		sqlite_failed(sqlite, sqlite_verb(verb), code);
	return code == SQLITE_DONE;
}

/* After some failures (a full disk) SQLite has already taken all back itself. */
static bool is_open(const struct sqlite *sqlite)
{
	return !sqlite3_get_autocommit(sqlite->connection->db);
}

/* Commits what is open. `why` is for the others. */
static bool commit(struct sqlite *sqlite, char why[128])
{
	bool committed = done(sqlite, COMMIT);

	/* Of what a commit would refuse nothing comes so far, see is_resolved(). */
	if (!committed && store_refused(&sqlite->store))
		sqlite->store.cause = STORE_UNABLE;
	snprintf(why, 128, "%s", committed ? "" : sqlite3_errmsg(sqlite->connection->db));
	/* Nobody is told that something is done which a later start would not find. */
	const char *away = committed ? sqlite_file_away(sqlite->file) : NULL;
	if (away) {
		snprintf(why, 128, "%s", away);
		store_known_failed(&sqlite->store, STORE_UNABLE, away);
	}
	if (is_open(sqlite))
		(void)done(sqlite, ROLLBACK);
	return committed && !away;
}

static bool settle(struct sqlite *sqlite)
{
	char why[128];
	bool committed = commit(sqlite, why);

	decide(sqlite_file_group(sqlite->file), committed ? COMMITTED : FAILED, why);
	stamp_after_write(sqlite_file_stamp(sqlite->file), sqlite->connection->db);
	return committed;
}

/* Whoever has nothing in it commits what is open for the others, and how that goes is not its own. */
static void settle_for_others(struct sqlite *sqlite)
{
	struct store before = sqlite->store;

	(void)settle(sqlite);
	sqlite->store = before;
}

/* Whether the turn went on to the next in line, who is in the same group. */
static bool passed_on(struct sqlite *sqlite)
{
	struct open_group *open = sqlite_file_group(sqlite->file);

	/* One that is run again is committed at once: nobody takes it along a second time. */
	if (sqlite->spoilt || open->members->members >= MEMBERS_MOST
	    || tick_us() - open->began_us >= open->age_most_us)
		return false;
	/* From then on the connection is the next one's. */
	struct sqlite_connection *connection = sqlite->connection;
	sqlite->connection = NULL;
	if (lending_pass_on(sqlite_file_turn(sqlite->file), &sqlite->loan))
		return true;
	sqlite->connection = connection;
	return false;
}

/* ---- Beginning ---- */

static bool begin_first(struct sqlite *sqlite)
{
	if (!sqlite_wrote_in_place(sqlite))
		return false;
	stamp_before_write(sqlite_file_stamp(sqlite->file), sqlite->connection->db);
	bool begun = done(sqlite, BEGIN);
	sqlite_file_group(sqlite->file)->began_us = tick_us();
	return begun;
}

/* One that has nothing in it leaves its turn. Where SQLite took back all of it, that is the others' end. */
static void leave_turn(struct sqlite *sqlite)
{
	if (!is_open(sqlite))
		decide(sqlite_file_group(sqlite->file), SPOILT, "");
	if (sqlite_file_group(sqlite->file)->members) {
		if (passed_on(sqlite))
			return;
		settle_for_others(sqlite);
	}
	sqlite->spoilt = false;
	sqlite_pass_turn(sqlite);
}

bool sqlite_group_begin(struct sqlite *sqlite, const char *sql)
{
	if (!sqlite_take_turn(sqlite, sql))
		return false;
	sqlite->joined = sqlite_file_group(sqlite->file)->members;
	if (sqlite->joined ? done(sqlite, SAVEPOINT) : begin_first(sqlite))
		return true;
	leave_turn(sqlite);
	return false;
}

bool sqlite_group_interrupt(struct sqlite *sqlite, const char *sql)
{
	if (!sqlite_take_turn(sqlite, sql))
		return false;
	if (sqlite_file_group(sqlite->file)->members)
		settle_for_others(sqlite);
	if (sqlite_wrote_in_place(sqlite)) {
		stamp_before_write(sqlite_file_stamp(sqlite->file), sqlite->connection->db);
		return true;
	}
	sqlite_pass_turn(sqlite);
	return false;
}

/* ---- Ending ---- */

/* A foreign key that waits for the commit would make that of all fail. */
static bool is_resolved(struct sqlite *sqlite)
{
	int unresolved = 0, most;

	sqlite3_db_status(sqlite->connection->db, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &most, 0);
	if (unresolved) {
		store_failed(&sqlite->store, sqlite_verb(COMMIT), STORE_REFUSED, "FOREIGN KEY constraint failed");
	}
	return !unresolved;
}

/* Of one that is not wanted nothing is left, and nothing else goes with it. */
static void undo(struct sqlite *sqlite)
{
	if (sqlite->joined && is_open(sqlite)
	    && !(done(sqlite, ROLLBACK_TO) && done(sqlite, RELEASE)) && is_open(sqlite))
		(void)done(sqlite, ROLLBACK);
	if (!sqlite->joined && is_open(sqlite))
		(void)done(sqlite, ROLLBACK);
}

/* Together with the others in its group, whose outcome is its own. */
static enum ended end_together(struct sqlite *sqlite)
{
	struct open_group *open = sqlite_file_group(sqlite->file);
	struct group *group = NULL;

	if (open->members || lending_waiting(sqlite_file_turn(sqlite->file)) > 0) {
		group = join(open);
		if (passed_on(sqlite))
			return learn(sqlite, group);
	}
	bool committed = settle(sqlite);
	sqlite->spoilt = false;
	sqlite_pass_turn(sqlite);
	if (group)
		leave(group);
	return committed ? ENDED_WELL : ENDED_BADLY;
}

/* Nothing of it is left, but it may have seen what others wrote before it in the same transaction of
 * SQLite's, and failed or said no because of that. So it too is told after the commit, and where there
 * is none, it has failed with them. */
static enum ended end_undone(struct sqlite *sqlite)
{
	struct store before = sqlite->store;

	sqlite->store.failed = false;
	enum ended ended = end_together(sqlite);
	if (ended != ENDED_WELL)
		return ended;
	sqlite->store = before;
	return ENDED_BADLY;
}

enum ended sqlite_group_end(struct sqlite *sqlite, bool wanted)
{
	if (wanted && is_resolved(sqlite) && (!sqlite->joined || done(sqlite, RELEASE)))
		return end_together(sqlite);
	undo(sqlite);
	if (sqlite->joined && is_open(sqlite))
		return end_undone(sqlite);
	leave_turn(sqlite);
	return ENDED_BADLY;
}
