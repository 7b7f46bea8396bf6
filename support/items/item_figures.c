/* item_figures.c - what began and was said in a time, added up of the items of a day: what the end of history.c is for rows. */
#include <stdlib.h>

#include "item_index.h"
#include "item_rows.h"

#define DAY_MS INT64_C(86400000)

struct adding {
	struct arena *arena;
	struct figures_of *to;
	int64_t room;
};

static bool add_begun(void *context, yyjson_val *item)
{
	struct adding *adding = context;
	struct begun *begun = &adding->to->begun;
	str feels = json_member(yyjson_obj_get(item, "sentiment"), "N");
	int64_t rating = item_number(item, "rating");

	begun->conversations++;
	begun->escalated += item_word(item, "reason").at != NULL;
	begun->rated += rating != 0;
	begun->rating_sum += rating;
	begun->felt += feels.at != NULL;
	begun->sentiment_sum += feels.at ? strtod(feels.at, NULL) : 0;
	return true;
}

static void make_room(struct adding *adding)
{
	int64_t room = 2 * adding->room + 8;
	struct spoken *more = arena_array(adding->arena, struct spoken, room);

	if (adding->room)
		memcpy(more, adding->to->said, (size_t)adding->room * sizeof(*more));
	adding->to->said = more;
	adding->room = room;
}

static struct spoken *spoken_of(struct adding *adding, str role, str author)
{
	struct figures_of *to = adding->to;
	int64_t i = 0;

	while (i < to->said_count && !(str_is(role, to->said[i].role) && str_is(author, to->said[i].author)))
		i++;
	if (i < to->said_count)
		return &to->said[i];
	if (i == adding->room)
		make_room(adding);
	to->said[i] = (struct spoken) { .role = arena_copy(adding->arena, role), .author = arena_copy(adding->arena, author) };
	to->said_count++;
	return &to->said[i];
}

static bool add_said(void *context, yyjson_val *item)
{
	str role = item_word(item, "role");
	int64_t in = item_number(item, "tokens_in");

	if (str_is(role, "note"))
		return true;
	struct spoken *spoken = spoken_of(context, role, str_is(role, "model") ? item_word(item, "author") : STR(""));
	spoken->messages++;
	spoken->cut += item_word(item, "cut").at != NULL;
	spoken->tokens_in += in > 0 ? in : 0;
	spoken->tokens_out += item_number(item, "tokens_out");
	spoken->tokens_cached += item_number(item, "tokens_cached");
	return true;
}

bool items_figures(struct store *store, struct arena *arena, int64_t since, int64_t before, struct figures_of *figures)
{
	struct adding adding = { .arena = arena, .to = figures };
	struct range range = {
		.index = "by_day", .partition = "day_part", .by = "moment", .value = arena_print(arena, "begun#%lld", (long long)(since / DAY_MS)),
		.parts = true, .from = item_sorted(arena, since), .to = item_sorted(arena, before),
	};

	*figures = (struct figures_of) { 0 };
	if (!range_each(store, arena, &range, add_begun, &adding))
		return false;
	range.value = arena_print(arena, "said#%lld", (long long)(since / DAY_MS));
	return range_each(store, arena, &range, add_said, &adding);
}
