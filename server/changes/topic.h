/* topic.h - changes to resources and lists, told to whoever waits or has subscribed. */
#ifndef TOPIC_H
#define TOPIC_H

#include "call.h"

extern const char *const list_topics[];                 /* by enum mcp_list: topics that are no URI */
/* A change somebody made known. Any thread. */
void topic_arrived(const char *uri);
struct change {
	const char *uri;                /* as whoever made it known has it; or one of list_topics, or of an extension */
	struct topic topic;
	uint64_t number;                /* changes_so_far with it */
};
/* Who is told of each change too, on each loop; before they run. */
typedef void topic_told_fn(const struct change *change);
void topic_tell_also(topic_told_fn *told);
/* From now on each change is told here; `first`: and there was none before that anybody could have missed. */
void topic_hears(bool first);
/* When it may have changed last, as far as can be known here: by tick_ms(), or 0: never. */
int64_t topic_changed_ms(struct topic topic);
/* Changes were missed: whoever waits or listens looks again. Any thread. */
void topic_missed(void);
/* What a process said of who is where, this one too: "6000 talk://7 Eva" (presence.h). Any thread. */
void presence_told(str words);
/* Nobody is anywhere any more: the server has stopped. */
void presence_end(void);
/* Ends this loop's calls that wait for a change: the server stops. */
void topic_end_all(void);
/* The notification that a topic changed: its method, and the URI it carries or NULL. */
const char *topic_method(const char *changed, const char **uri);

#endif
