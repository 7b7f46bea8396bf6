/* figures.h - what the program counts of its own, for /metrics and CloudWatch: the places of its counters. */
#ifndef FIGURES_H
#define FIGURES_H

#include "mcp.h"

enum figure { PASSED_ON, UNHAPPY, WAITING, LONGEST_WAIT, SENTIMENT };

#define FIGURES \
	[PASSED_ON] = { "conversations_passed_on_total", "Conversations that came to wait for a person." }, \
	[UNHAPPY] = { "unhappy_messages_total", "Messages that sounded very unhappy, of those that a model answered." }, \
	[WAITING] = { "conversations_waiting", "Conversations that wait for a person, of all processes, when last looked." }, \
	[LONGEST_WAIT] = { "conversations_longest_wait_seconds", "How long the first of them has waited." }, \
	[SENTIMENT] = { "customers_sentiment", "How customers sound in their latest messages, of those that a model answered: -100 to 100." }
#define FIGURES_TOLD "conversations_passed_on_total unhappy_messages_total conversations_waiting conversations_longest_wait_seconds customers_sentiment"

#endif
