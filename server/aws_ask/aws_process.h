/* aws_process.h - what this process calls AWS with. */
#ifndef AWS_PROCESS_H
#define AWS_PROCESS_H

#include "aws_calls.h"

/* From aws_start() to aws_stop(). */
struct aws_calls *aws_process_calls(void);
struct credentials *aws_process_credentials(void);
const char *aws_process_region(void);           /* NULL: nobody says */

#endif
