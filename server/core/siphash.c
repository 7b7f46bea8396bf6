/* siphash.c - SipHash-2-4 (Aumasson and Bernstein): nobody without the key can make collisions. */
#include <endian.h>

#include "siphash.h"

struct state {
	uint64_t a, b, c, d;
};

static uint64_t turn(uint64_t value, int bits)
{
	return value << bits | value >> (64 - bits);
}

static void mix(struct state *s, int rounds)
{
	while (rounds-- > 0) {
		s->a += s->b, s->b = turn(s->b, 13) ^ s->a, s->a = turn(s->a, 32);
		s->c += s->d, s->d = turn(s->d, 16) ^ s->c;
		s->a += s->d, s->d = turn(s->d, 21) ^ s->a;
		s->c += s->b, s->b = turn(s->b, 17) ^ s->c, s->c = turn(s->c, 32);
	}
}

static void take(struct state *s, uint64_t word)
{
	s->d ^= word;
	mix(s, 2);
	s->a ^= word;
}

uint64_t siphash(const uint64_t key[2], str bytes)
{
	struct state s = {
		key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
		key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573,
	};
	size_t done = 0;
	for (; done + 8 <= bytes.size; done += 8) {
		uint64_t word;
		memcpy(&word, bytes.at + done, 8);
		take(&s, le64toh(word));
	}
	uint64_t last = (uint64_t)bytes.size << 56;
	for (size_t i = 0; done + i < bytes.size; i++)
		last |= (uint64_t)(unsigned char)bytes.at[done + i] << 8 * i;
	take(&s, last);
	s.c ^= 0xff;
	mix(&s, 4);
	return s.a ^ s.b ^ s.c ^ s.d;
}
