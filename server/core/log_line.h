/* log_line.h - one line of the log being put together, of bounded size. */
#ifndef LOG_LINE_H
#define LOG_LINE_H

#include "log.h"

#define LINE_BYTES 4096
#define MESSAGE_BYTES_MAX 2048

enum line_style { LINE_BARE, LINE_TEXT, LINE_COLOURED, LINE_JSON };

struct line {
	enum line_style style;
	bool quoted;                    /* within quotes, in a style of text */
	size_t size;
	char text[LINE_BYTES];
};

/* Both make a whole line, with the newline. `about` NULL: of nothing. */
void line_message(struct line *line, enum log_level level, const struct about *about, str message);
void line_request(struct line *line, const struct log_request *request);

#endif
