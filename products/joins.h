/* joins.h - neighbouring words that some write in one: wi-fi, Wi Fi, wifi. All words are folded. */
#ifndef JOINS_H
#define JOINS_H

#include "core.h"

/* It is of a script without spaces: a word may begin anywhere in it. */
bool word_is_run(str word);

/* They are joined by a sign: "men" "s", "wi" "fi"; but not "3" "5". */
bool joins_at_sign(str first, str second);
/* They stand apart in a name: "t" "shirt", "wi" "fi", "500" "ml". Few, because what is joined is found by
 * its beginning too, and "in china" must not be found by "inch". */
bool joins_in_name(str first, str second);
/* They stand apart in a query: also what else is short, "tea" "pot". */
bool joins_in_query(str first, str second);

#endif
