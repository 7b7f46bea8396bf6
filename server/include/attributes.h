/* attributes.h - what the compiler is told of a function. */
#ifndef MCP_ATTRIBUTES_H
#define MCP_ATTRIBUTES_H

#define PRINTF(text_, first_) __attribute__((format(printf, text_, first_)))
#define MUST_USE __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))

#endif
