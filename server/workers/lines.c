/* lines.c - the jobs that wait for a worker: a line for each party, served in turn. */
#include "lines.h"
#include "fatal.h"

#include <stdlib.h>

#define BUCKETS 512
#define ABOUT_MS (10 * 60 * INT64_C(1000))      /* who asked lately may ask again */

enum { QUICK, SLOW };

struct party {
	uint64_t key;
	struct party *next;             /* of the same hash; or spare */
	int waiting, running;
	struct line {
		struct job *first, *last;
		struct party *next;     /* in turn */
	} lines[2];
};

void lines_create(struct lines *lines, int workers, int waiting_max)
{
	*lines = (struct lines) { .workers = workers, .waiting_max = waiting_max };
	lines->buckets = calloc(BUCKETS, sizeof(*lines->buckets));
	/* Of what is never used the machine has nothing. */
	lines->parties = calloc((size_t)waiting_max + (size_t)workers + 1, sizeof(*lines->parties));
	if (!lines->buckets || !lines->parties)
		fatal();
}

void lines_destroy(struct lines *lines)
{
	free(lines->buckets);
	free(lines->parties);
}

/* ---- Parties ---- */

static struct party **place_of(struct lines *lines, uint64_t key)
{
	struct party **place = &lines->buckets[key % BUCKETS];

	while (*place && (*place)->key != key)
		place = &(*place)->next;
	return place;
}

static struct party *party_of(struct lines *lines, uint64_t key)
{
	struct party **place = place_of(lines, key), *party = *place;

	if (party)
		return party;
	party = lines->spare;
	if (party)
		lines->spare = party->next;
	else
		party = &lines->parties[lines->made++];
	*party = (struct party) { .key = key };
	*place = party;
	return party;
}

static void let_go(struct lines *lines, struct party *party)
{
	if (party->waiting || party->running)
		return;
	*place_of(lines, party->key) = party->next;
	party->next = lines->spare;
	lines->spare = party;
}

static void note(struct lines *lines, uint64_t key)
{
	if (!key)
		return;
	if (lines->latest.key != key)
		lines->other = lines->latest;
	lines->latest.key = key;
	lines->latest.at_ms = tick_ms();
}

static bool is_alone(const struct lines *lines, uint64_t key)
{
	int64_t at_ms = lines->latest.key != key ? lines->latest.at_ms : lines->other.at_ms;

	return !at_ms || tick_ms() - at_ms > ABOUT_MS;
}

/* Another is about, and would find no worker. */
static bool has_its_share(const struct lines *lines, const struct party *party)
{
	return party->key && lines->workers > 1 && party->running >= lines->workers - 1 &&
	       !is_alone(lines, party->key);
}

/* ---- Adding ---- */

static void enter_turn(struct turns *turns, struct party *party, int kind)
{
	party->lines[kind].next = NULL;
	*(turns->last ? &turns->last->lines[kind].next : &turns->first) = party;
	turns->last = party;
}

bool lines_add(struct lines *lines, struct job *job)
{
	struct party *party = party_of(lines, job->party);
	int left = lines->waiting_max - lines->waiting, kind = job->slow ? SLOW : QUICK;
	struct line *line = &party->lines[kind];

	note(lines, job->party);
	if (job->party ? party->waiting >= left : left <= 0) {
		let_go(lines, party);
		return false;
	}
	job->next = NULL;
	job->number = ++lines->numbers;
	if (!line->first)
		enter_turn(&lines->turns[kind], party, kind);
	*(line->first ? &line->last->next : &line->first) = job;
	line->last = job;
	party->waiting++;
	lines->waiting++;
	return true;
}

static void leave_turn(struct turns *turns, const struct party *party, int kind)
{
	struct party **place = &turns->first, *before = NULL;

	while (*place != party) {
		before = *place;
		place = &before->lines[kind].next;
	}
	*place = party->lines[kind].next;
	if (turns->last == party)
		turns->last = before;
}

void lines_remove(struct lines *lines, struct job *job)
{
	int kind = job->slow ? SLOW : QUICK;
	struct party *party = *place_of(lines, job->party);
	struct line *line = &party->lines[kind];
	struct job **place = &line->first, *before = NULL;

	while (*place != job) {
		before = *place;
		place = &before->next;
	}
	*place = job->next;
	if (line->last == job)
		line->last = before;
	if (!line->first)
		leave_turn(&lines->turns[kind], party, kind);
	party->waiting--;
	lines->waiting--;
	let_go(lines, party);
}

/* ---- Taking ---- */

/* The first in turn that may have one more. At most two have their share and are passed by: all that run
 * are fewer than there are workers, but at the pool's end. */
static struct party *next_in_turn(struct lines *lines, int kind, struct party **before)
{
	struct party *party = lines->turns[kind].first;

	*before = NULL;
	if (kind == SLOW && lines->slow >= (lines->workers > 1 ? lines->workers - 1 : 1)) {
		lines->held |= party != NULL;
		return NULL;
	}
	while (party && has_its_share(lines, party)) {
		lines->held = true;
		*before = party;
		party = party->lines[kind].next;
	}
	return party;
}

static struct job *take(struct lines *lines, struct party *party, int kind, struct party *before)
{
	struct turns *turns = &lines->turns[kind];
	struct line *line = &party->lines[kind];
	struct job *job = line->first;

	*(before ? &before->lines[kind].next : &turns->first) = line->next;
	if (turns->last == party)
		turns->last = before;
	line->first = job->next;
	if (line->first)
		enter_turn(turns, party, kind);
	party->waiting--;
	lines->waiting--;
	party->running++;
	lines->slow += job->slow;
	return job;
}

struct job *lines_take(struct lines *lines, struct party **party)
{
	struct party *before[2], *next[2];
	bool held = lines->held;

	lines->held = false;
	for (int kind = QUICK; kind <= SLOW; kind++)
		next[kind] = next_in_turn(lines, kind, &before[kind]);
	int kind = next[QUICK] ? QUICK : SLOW;
	if (next[QUICK] && next[SLOW] && next[SLOW]->lines[SLOW].first->number
	                                 < next[QUICK]->lines[QUICK].first->number)
		kind = SLOW;
	lines->look_again = held || lines->held;
	*party = next[kind];
	return *party ? take(lines, *party, kind, before[kind]) : NULL;
}

void lines_ran(struct lines *lines, struct party *party, bool slow)
{
	party->running--;
	lines->slow -= slow;
	let_go(lines, party);
}
