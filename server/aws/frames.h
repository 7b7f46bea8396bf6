/* frames.h - the frames of application/vnd.amazon.eventstream, as a body comes in, whatever its pieces.
 *
 * A frame is told once all of it is there and both its checksums are right. What is kept is one frame that is not
 * whole yet, and only as much of it as came. */
#ifndef FRAMES_H
#define FRAMES_H

#include "charged.h"

#define FRAME_MAX (1024 * 1024)         /* bytes; AWS's own bound is 24 MiB */

/* Slices of the frame, for the length of the call. .at NULL: the frame has none of it. */
struct frame {
	str kind;                       /* :message-type: event, exception or error */
	str name;                       /* :event-type, :exception-type or :error-code */
	str message;                    /* :error-message */
	str type;                       /* :content-type */
	str payload;                    /* never .at NULL */
};

/* False: no more of them are wanted. */
typedef bool frame_fn(void *of, const struct frame *frame);

struct frames;
/* What is kept counts in the budget; NULL is fine. */
struct frames *frames_create(struct budget *budget, frame_fn *tell, void *of);
void frames_destroy(struct frames *frames);             /* NULL is fine */

enum frames_outcome {
	FRAMES_FINE,
	FRAMES_STOPPED,                 /* whom it told wants no more */
	FRAMES_BROKEN,                  /* these are no frames, or not as they were sent: see frames_wrong() */
};
/* More of the body. What ended ends the same way however much more comes. */
enum frames_outcome frames_take(struct frames *frames, str bytes);
/* The body is over: also broken where it ends within a frame. */
enum frames_outcome frames_end(struct frames *frames);
const char *frames_wrong(const struct frames *frames);  /* NULL: nothing */

#endif
