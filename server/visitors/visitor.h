/* visitor.h - who comes to the server without speaking MCP: a person with a browser, and clients
 * that look for a sign-in. */
#ifndef VISITOR_H
#define VISITOR_H

#include "call.h"

/* Is a key needed to call? */
bool visitor_needs_key(void);

/* Prepares the page (page.c). */
void page_start(void);
/* Answers a browser at /, or at the endpoint, with the page that says what this is. False: it is
 * none, or asks for something else. */
bool page_answer(struct reply *reply, str path);

/* Prepares the documents in which clients look up where to sign in (metadata.c). */
void metadata_start(void);
/* Answers for one of them. False: there is none at this path. */
bool metadata_answer(struct reply *reply, str path);
/* Where the one of this server is; NULL: there is no issuer. */
const char *metadata_url(struct arena *arena);

/* Whether a path is one where OAuth clients look for a sign-in (signin.c), and nothing is there. */
bool signin_is_path(str path);
/* Says so, in the form that they show. */
void signin_answer(struct reply *reply, str path);

#endif
