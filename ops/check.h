/* check.h - what the command check says of AWS. */
#ifndef OPS_CHECK_H
#define OPS_CHECK_H

#include <stdbool.h>

/* As struct mcp_server wants it: as whom AWS is asked, whether it takes that, and whether what is looked after is there. */
bool check_aws(void);

#endif
