/* access.h - which keys are valid, and whether callers need one. */
#ifndef ACCESS_H
#define ACCESS_H

#include "options.h"

/* Reads the keys for the first time. False: the server must not start, it has logged why. */
bool access_start(const struct options *options);
/* Reads them anew; where they can't be read, the old ones stay. */
bool access_reload(const struct options *options);
/* In words, for people: "anyone on this machine, since there are no API_KEYS". */
const char *access_words(const struct options *options);

#endif
