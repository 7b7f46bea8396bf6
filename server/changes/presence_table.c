/* presence_table.c - see presence_table.h. */
#include "presence_table.h"

#include <stdlib.h>

#include "fatal.h"

static struct presence **bucket_of(const struct presences *all, struct topic topic)
{
	return (struct presence **)&all->buckets[topic.key & (PRESENCE_BUCKETS - 1)];
}

static struct presence *find(const struct presences *all, struct topic topic, const char *who)
{
	for (struct presence *each = *bucket_of(all, topic); each; each = each->next)
		if (topic_is(each->topic, topic) && strcmp(each->who, who) == 0)
			return each;
	return NULL;
}

/* ---- In the order in which they lapse ---- */

/* Most last as long as all others, so it is behind the last. */
static void order_put(struct presences *all, struct presence *presence)
{
	struct presence *before = all->last;

	while (before && before->until_ms > presence->until_ms)
		before = before->sooner;
	presence->sooner = before;
	presence->later = before ? before->later : all->first;
	*(before ? &before->later : &all->first) = presence;
	*(presence->later ? &presence->later->sooner : &all->last) = presence;
}

static void order_remove(struct presences *all, struct presence *presence)
{
	*(presence->sooner ? &presence->sooner->later : &all->first) = presence->later;
	*(presence->later ? &presence->later->sooner : &all->last) = presence->sooner;
}

/* ---- Coming and going ---- */

/* Of the room that there is for all: many short ones are no less than few long ones. */
static int64_t room_of(size_t size)
{
	size_t least = PRESENCE_BYTES_MAX / PRESENCES_MAX + 1;

	return (int64_t)(size > least ? size : least);
}

static size_t size_of(const char *uri, const char *who)
{
	return sizeof(struct presence) + strlen(uri) + 1 + strlen(who) + 1;
}

static struct presence *take_out(struct presences *all, struct presence *presence)
{
	if (all->stays)
		shares_add(&all->shares, str_hash(str_of(presence->who)), -room_of(presence->size));
	*presence->place = presence->next;
	if (presence->next)
		presence->next->place = presence->place;
	order_remove(all, presence);
	all->count--;
	all->bytes -= presence->size;
	return presence;
}

static void put_in(struct presences *all, struct topic topic, const char *uri, const char *who, int64_t until_ms)
{
	size_t uri_size = strlen(uri) + 1, size = size_of(uri, who);
	struct presence *presence = malloc(size), **place = bucket_of(all, topic);

	if (!presence)
		fatal();
	*presence = (struct presence) { .next = *place, .place = place, .topic = topic, .until_ms = until_ms, .size = size,
	                                .who = presence->uri + uri_size };
	memcpy(presence->uri, uri, uri_size);
	strcpy(presence->uri + uri_size, who);
	if (*place)
		(*place)->place = &presence->next;
	*place = presence;
	order_put(all, presence);
	all->count++;
	all->bytes += size;
}

/* False: there is none, or all that is left is for others. */
static bool make_room(struct presences *all, struct topic topic, const char *uri, const char *who)
{
	struct presence *first = NULL;
	int count = 0;

	for (struct presence *each = *bucket_of(all, topic); each; each = each->next) {
		if (!topic_is(each->topic, topic))
			continue;
		first = first && first->until_ms <= each->until_ms ? first : each;
		count++;
	}
	if (all->stays)
		return count < all->at_one && shares_take(&all->shares, str_hash(str_of(who)), room_of(size_of(uri, who)), PRESENCE_BYTES_MAX);
	if (count >= all->at_one)
		free(take_out(all, first));
	return true;
}

bool presence_put(struct presences *all, struct topic topic, const char *uri, const char *who, int64_t until_ms, int64_t now_ms)
{
	struct presence *there = find(all, topic, who);

	if (there && there->until_ms > now_ms) {
		order_remove(all, there);
		there->until_ms = until_ms;
		order_put(all, there);
		return false;
	}
	if (there)
		free(take_out(all, there));
	if (!make_room(all, topic, uri, who))
		return false;
	put_in(all, topic, uri, who, until_ms);
	return true;
}

bool presence_remove(struct presences *all, struct topic topic, const char *who, int64_t now_ms)
{
	struct presence *there = find(all, topic, who);

	/* Of one that has lapsed it is told as of all others that have. */
	if (!there || there->until_ms <= now_ms)
		return false;
	free(take_out(all, there));
	return true;
}

struct presence *presence_take_lapsed(struct presences *all, int64_t now_ms)
{
	bool too_many = all->count > PRESENCES_MAX || all->bytes > PRESENCE_BYTES_MAX;

	return all->first && (too_many || all->first->until_ms <= now_ms) ? take_out(all, all->first) : NULL;
}

int presence_find(const struct presences *all, struct topic topic, int64_t now_ms, const char *who[PRESENCE_AT_ONE_MAX])
{
	int count = 0, left;

	for (const struct presence *each = *bucket_of(all, topic); each; each = each->next)
		count += topic_is(each->topic, topic) && each->until_ms > now_ms;
	left = count;
	for (const struct presence *each = *bucket_of(all, topic); each; each = each->next)
		if (topic_is(each->topic, topic) && each->until_ms > now_ms)
			who[--left] = each->who;
	return count;
}
