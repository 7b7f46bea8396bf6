/* retry.c - the arithmetic of trying again. */
#include "retry.h"

#define THROTTLED_MS 1000               /* the longest wait before the second try */
#define WAIT_MOST_MS 20000
#define RETRY_AFTER_MOST_MS 5000        /* beyond our own wait */
#define COST 14
#define COST_THROTTLED 5

const struct retry_rules retry_standard = { .tries = 3, .first_ms = 50 };
const struct retry_rules retry_dynamodb = { .tries = 4, .first_ms = 25 };

static int64_t wait_before(const struct retry_rules *rules, int tries, bool is_throttled, int64_t retry_after_ms, double chance)
{
	int64_t most = is_throttled ? THROTTLED_MS : rules->first_ms;

	for (int i = 1; i < tries && most < WAIT_MOST_MS; i++)
		most *= 2;
	if (most > WAIT_MOST_MS)
		most = WAIT_MOST_MS;
	int64_t wait = (int64_t)((double)most * chance);
	if (retry_after_ms > wait + RETRY_AFTER_MOST_MS)
		return wait + RETRY_AFTER_MOST_MS;
	return retry_after_ms > wait ? retry_after_ms : wait;
}

static bool pay(struct retry_purse *purse, int cost)
{
	pthread_mutex_lock(&purse->lock);
	bool enough = purse->tokens >= cost;
	if (enough)
		purse->tokens -= cost;
	pthread_mutex_unlock(&purse->lock);
	return enough;
}

int64_t retry_wait(struct retries *retries, const struct retry_rules *rules, struct retry_purse *purse,
                   enum aws_fault fault, int64_t retry_after_ms, double chance, int64_t left_ms)
{
	bool is_throttled = fault == AWS_THROTTLED;
	int cost = is_throttled ? COST_THROTTLED : COST;

	if (++retries->tries >= rules->tries || (!is_throttled && fault != AWS_TRANSIENT))
		return -1;
	int64_t wait = wait_before(rules, retries->tries, is_throttled, retry_after_ms, chance);
	if (wait >= left_ms || !pay(purse, cost))
		return -1;
	retries->paid = cost;
	return wait;
}

void retry_done(struct retries *retries, struct retry_purse *purse)
{
	pthread_mutex_lock(&purse->lock);
	purse->tokens += retries->paid ? retries->paid : 1;
	if (purse->tokens > RETRY_TOKENS)
		purse->tokens = RETRY_TOKENS;
	pthread_mutex_unlock(&purse->lock);
	retries->paid = 0;
}
