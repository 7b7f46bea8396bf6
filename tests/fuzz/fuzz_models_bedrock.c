/* fuzz_models_bedrock.c - whatever comes as an answer of Converse or ConverseStream, see answers.h.
 *
 * The input is tried as it is, and once more as frames that are right: each line is one, the name of its event, a blank,
 * what it has. Those whose name begins with ! are exceptions. */
#include "answers.h"

#include "../unit/frame_bytes.h"

static struct frame_bytes bytes;

static void put_line(str line)
{
	char headers[512];
	str name = str_cut(&line, ' ');
	bool exception = name.size > 0 && name.at[0] == '!';
	char copy[65] = "";

	memcpy(copy, name.at + exception, name.size - exception < 64 ? name.size - exception : 64);
	size_t size = frame_header(headers, ":message-type", exception ? "exception" : "event");
	size += frame_header(headers + size, exception ? ":exception-type" : ":event-type", copy);
	frame_put_raw(&bytes, (str) { headers, size }, line.at ? line : STR(""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str body = input_of(data, size < 8 * 1024 ? size : 8 * 1024);

	check_listening(&model_wire_bedrock, 200, body);
	check_listening(&model_wire_bedrock, 400, body);
	for (bytes.size = 0; body.size > 0; )
		put_line(input_line(&body));
	check_listening(&model_wire_bedrock, 200, (str) { bytes.at, bytes.size });
	return 0;
}
