/* sha1.h - SHA-1, for names that others made with it. It is not for what anybody should trust. */
#ifndef SHA1_H
#define SHA1_H

#include "core.h"

#define SHA1_TEXT_SIZE 41

void sha1_print(str bytes, char text[SHA1_TEXT_SIZE]);

#endif
