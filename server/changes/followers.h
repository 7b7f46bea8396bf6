/* followers.h - who follows a resource just now, said among the processes of the service; of resources whose rows say .tells_followers. */
#ifndef FOLLOWERS_H
#define FOLLOWERS_H

#include "builder.h"
#include "call.h"

/* Words that are gathered, and said when they are many or all. */
struct following {
	bool wanted;                    /* by a resource of this server: else nothing need be added */
	struct arena *arena;
	struct builder words;
};

/* Somebody may begin to follow one on this loop, with whatever it follows already: that is said at once, and again while the loop has any. */
struct following following_begin(struct loop *loop);
/* Of a URI whose resource does not want it nothing is said. */
void following_add(struct following *following, const char *uri, const struct caller *caller);
void following_end(struct following *following);

/* Adds all of this loop's; false: there is nobody. */
typedef bool followers_fn(struct following *following);
/* Before loops run. */
void followers_are_told_by(followers_fn *adds);
/* A process, this one too, said "25000", and in a line each "talk://7 eva\1C-7\1Eva". Any thread. */
void followers_told(str words);

#endif
