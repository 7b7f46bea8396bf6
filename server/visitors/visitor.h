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

/* Whether a path is one where OAuth clients look for a sign-in (signin.c): there is none. */
bool signin_is_path(str path);
/* Says so, in the form that they show. */
void signin_answer(struct reply *reply, str path);

#endif
