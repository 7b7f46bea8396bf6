/* aws_self.h - who this process is to AWS, and in which region: by the environment and AWS's own files, for as long as it serves. */
#ifndef AWS_SELF_H
#define AWS_SELF_H

#include "credentials.h"

struct aws_self {
	struct credentials *credentials;
	aws_variable_fn *variable;      /* what the profile has in place of a variable stands behind it, whoever asks */
	const char *region;             /* NULL: nobody says, and the log does */
};

/* Whoever asks AWS starts it, and stops it at the end; it is one for all of them. Waits a little until the credentials are there; who has
 * none then is told so, and may ask. */
const struct aws_self *aws_self_start(void);
void aws_self_stop(void);               /* fine where it was not started */

#endif
