/* every.h - eight bytes looked at as one word. */
#ifndef EVERY_H
#define EVERY_H

#include <stdint.h>

/* A word that has this byte eight times. */
#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

#endif
