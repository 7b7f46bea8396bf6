/* fuzz_models_openai.c - whatever comes as an answer of /v1/chat/completions, see answers.h. */
#include "answers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str body = input_of(data, size < 64 * 1024 ? size : 64 * 1024);

	check_listening(&model_wire_openai, 200, body);
	check_listening(&model_wire_openai, 400, body);
	return 0;
}
