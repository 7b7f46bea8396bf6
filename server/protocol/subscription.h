/* subscription.h - subscriptions/listen of 2026-07-28. */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "call.h"

const struct fault *subscriptions_listen(struct mcp_call *call);
/* Tells this loop's subscribers that a resource changed. */
void subscriptions_tell(const char *uri);
/* Tells them all of everything. */
void subscriptions_tell_all(void);
/* As the loop's thread ends. */
void subscriptions_end_loop(void);
/* Ends those of this loop, spread over the jitter, and at once each that begins after. */
void subscriptions_end(int64_t jitter_ms);

#endif
