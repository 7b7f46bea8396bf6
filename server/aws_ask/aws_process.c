/* aws_process.c - calls of AWS for as long as this process serves. */
#include "aws_process.h"

#include "aws_ask.h"
#include "aws_self.h"

static const struct aws_self *self;             /* NULL: not started */
static struct aws_calls *calls;

void aws_start(void)
{
	self = aws_self_start();
	calls = aws_calls_create(&(struct aws_calls_settings) {
		.credentials = self->credentials, .variable = self->variable, .region = self->region });
}

void aws_stop(void)
{
	aws_calls_destroy(calls);
	aws_self_stop();
	calls = NULL;
	self = NULL;
}

struct aws_calls *aws_process_calls(void)
{
	return calls;
}

struct credentials *aws_process_credentials(void)
{
	return self->credentials;
}

const char *aws_process_region(void)
{
	return self->region;
}
