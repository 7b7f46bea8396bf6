/* log_repeats.h - what is logged time after time: the first is written, those behind it are counted.
 *
 * What is the same is the message of the same place in the program, whatever request it is about. A place has its
 * first few messages of a minute kept apart; those that differ further are counted together, so that whoever chooses
 * what stands in a message can neither fill the log nor hide what another place says. All of it belongs to the
 * log's lock. */
#ifndef LOG_REPEATS_H
#define LOG_REPEATS_H

#include "log.h"

#define REPEATS_MS 60000                /* how long they are counted before it is said how many there were */
#define REPEATS_KEPT 64                 /* different messages */
#define REPEATS_OF_PLACE 48             /* of them of one place, at most */
#define REPEATS_TEXT 512                /* of a message that is said again; longer ones are cut */
#define REPEATS_ROOM (REPEATS_TEXT + 96)

enum repeat {
	REPEAT_FIRST,                   /* it is to be written */
	REPEAT_COUNTED,
	REPEAT_BEGUN                    /* counted, and something is due that was not before */
};

/* `place` is the format it was made with. */
enum repeat repeats_count(const char *place, enum log_level level, str message);

/* The next message of how many there were; `all`: also of those that are still counted. -1: there is none. */
int repeats_take(bool all, char text[REPEATS_ROOM], enum log_level *level);

/* When there is one, by tick_ms(); -1: as things are, never. */
int64_t repeats_due_ms(void);

void repeats_forget(void);

#endif
