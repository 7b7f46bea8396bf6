/* trim.h - gives back, once it serves, the memory that only starting needed. */
#ifndef TRIM_H
#define TRIM_H

#include "core.h"

void trim_after_start(void);

#endif
