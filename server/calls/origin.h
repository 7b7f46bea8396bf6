/* origin.h - which hosts are served and which pages may call: Host, Origin, and CORS for browsers. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "reply.h"

const struct fault *origin_host_check(struct reply *reply);     /* 403: this name is not served here */
const struct fault *origin_check(struct reply *reply);          /* 403: this page may not call */
void origin_allow(struct exchange *x);                  /* headers of an answer to a browser */
void origin_preflight(struct exchange *x);              /* and of one to OPTIONS */

#endif
