/* subscription.h - subscriptions/listen of 2026-07-28. */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "call.h"

const struct fault *listen_for_changes(struct mcp_call *call);
/* Tells this loop's listeners that a resource changed. */
void listen_tell(const char *uri);
/* Tells them all of everything. */
void listen_tell_all(void);
/* As the loop's thread ends. */
void listens_end_loop(void);
/* Ends this loop's listens, spread over the jitter, and at once each that begins after. */
void listens_end(int64_t jitter_ms);

#endif
