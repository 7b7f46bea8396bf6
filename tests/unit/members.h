/* members.h - transactions of a SQLite file that are committed together, in one group.
 *
 * The test's own transaction holds the turn until all members are in line, one after the other; then
 * they are one group, in that order, however busy the machine is. */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "sqlite_private.h"
#include "things.h"

#define MEMBERS_MOST 100

struct member;
typedef void member_fn(struct member *member);

struct member {
	member_fn *act;
	pthread_t thread;
	struct store *store;
	struct arena *arena;
	char name[16];
	enum store_outcome outcome;
	int64_t changed;        /* by a statement alone */
	bool refused;
	int runs;
};

static struct member members[MEMBERS_MOST];
static int count;
static atomic_int commits, told;
static int told_before_commit;
static bool refuses;

/* ---- A group ---- */

static inline struct sqlite_file *file(void)
{
	return sqlite_of(store)->file;
}

static inline sqlite3 *writing_db(void)
{
	return sqlite_file_writer(file())->db;
}

static inline int on_commit(void *context UNUSED)
{
	atomic_fetch_add(&commits, 1);
	told_before_commit += atomic_load(&told);
	return refuses;
}

static inline void *run_member(void *context)
{
	struct member *member = context;

	member->store = store_open(url, STORE_WRITES);
	member->arena = arena_create();
	member->act(member);
	atomic_fetch_add(&told, 1);
	member->refused = store_refused(member->store);
	ck_assert(store_is_idle(member->store));
	ck_assert_ptr_null(sqlite_of(member->store)->connection);
	store_close(member->store);
	arena_destroy(member->arena);
	return NULL;
}

struct gathering {
	void (*meanwhile)(void);
	bool again;
};

static inline bool gather(struct store *in, void *context)
{
	struct gathering *gathering = context;

	if (add(in, "first", 1) != 1)
		return false;
	for (int i = 0; i < count && !gathering->again; i++) {
		pthread_create(&members[i].thread, NULL, run_member, &members[i]);
		while (lending_waiting(sqlite_file_turn(file())) < i + 1)
			usleep(100);
	}
	if (gathering->meanwhile && !gathering->again)
		gathering->meanwhile();
	gathering->again = true;
	return true;
}

/* The first's outcome; the others' are in `members`. */
static inline enum store_outcome run_group(void (*meanwhile)(void))
{
	struct gathering gathering = { meanwhile, false };

	atomic_store(&commits, 0);
	atomic_store(&told, 0);
	told_before_commit = 0;
	sqlite3_commit_hook(writing_db(), on_commit, NULL);
	enum store_outcome outcome = store_transact(store, gather, &gathering);
	for (int i = 0; i < count; i++)
		pthread_join(members[i].thread, NULL);
	return outcome;
}

static inline void make_members(int how_many, member_fn *act)
{
	count = how_many;
	for (int i = 0; i < count; i++) {
		members[i] = (struct member) { .act = act, .changed = -2 };
		snprintf(members[i].name, sizeof(members[i].name), "m%d", i);
	}
	sqlite_file_group(file())->age_most_us = INT64_MAX;
}

static inline bool finds(struct store *in, struct arena *into, const char *name)
{
	struct thing thing = { .name = name };

	return store_find_one(in, into, find_thing, thing_shape, &thing, thing_shape, &thing) == 1;
}

static inline bool is_there(const char *name)
{
	return finds(store, arena, name);
}

static inline void begin_groups(void)
{
	begin();
	refuses = false;
}

/* ---- What members do ---- */

static inline bool add_mine(struct store *in, void *context)
{
	struct member *member = context;

	member->runs++;
	return add(in, member->name, 7) == 1;
}

/* Whoever is told that it is done finds it, on another connection. */
static inline void add_one(struct member *member)
{
	member->outcome = store_transact(member->store, add_mine, member);
	if (member->outcome == STORE_COMMITTED)
		ck_assert(finds(member->store, member->arena, member->name));
}

/* Its handle is there already, and nothing is read. */
static inline void add_later(struct member *member)
{
	member->outcome = store_transact(member->store, add_mine, member);
}

static inline bool add_and_refuse(struct store *in, void *context)
{
	ck_assert(add_mine(in, context));
	return false;
}

static inline void take_back(struct member *member)
{
	member->outcome = store_transact(member->store, add_and_refuse, member);
}

static inline void change_alone(struct member *member)
{
	member->changed = add(member->store, member->name, 7);
	if (member->changed == 1)
		ck_assert(finds(member->store, member->arena, member->name));
}

/* These go by what m0 has not committed yet. */
static inline bool add_if_first(struct store *in, void *context)
{
	struct member *member = context;

	member->runs++;
	return !finds(in, member->arena, "m0") && add(in, member->name, 7) == 1;
}

static inline void be_second(struct member *member)
{
	member->outcome = store_transact(member->store, add_if_first, member);
}

static inline bool add_same(struct store *in, void *context)
{
	((struct member *)context)->runs++;
	return add(in, "m0", 7) == 1;
}

static inline void collide(struct member *member)
{
	member->outcome = store_transact(member->store, add_same, member);
}

static inline void collide_alone(struct member *member)
{
	member->changed = add(member->store, "m0", 7);
}

static inline void make_seers(void)
{
	static member_fn *const acts[] = { add_later, be_second, collide, collide_alone };

	make_members(4, NULL);
	for (int i = 0; i < 4; i++)
		members[i].act = acts[i];
}

#endif
