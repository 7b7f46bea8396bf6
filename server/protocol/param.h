/* param.h - headers of 2026-07-28 that repeat what the body says (mcp-requirements B.4). */
#ifndef PARAM_H
#define PARAM_H

#include "call.h"

/* A header that must be there once and equal `expected`. `encoded`: it may be the base64 form. */
const struct fault *param_header_is(struct mcp_call *call, const char *name, str expected,
                                    bool encoded);
/* Every Mcp-Param-* of the tool's arguments. */
const struct fault *param_headers_agree(struct mcp_call *call);

/* What the value of such a header says: as it is, or of =?base64?...?= what is packed in there. False:
 * that is broken. */
MUST_USE bool param_decode(struct arena *arena, str *value);
bool param_value_agrees(str header, yyjson_val *value);

#endif
