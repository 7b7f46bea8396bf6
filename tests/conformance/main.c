/* main.c - mcp-conformance: what the server offers, as tables. */
#include "conformance.h"
#include "tasks.h"

static const char SCHEMA_2020_12[] =
	"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
	"\"$defs\":{\"address\":{\"$anchor\":\"addressDef\",\"type\":\"object\",\"properties\":{"
	"\"street\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"}}}},"
	"\"properties\":{\"name\":{\"type\":\"string\"},\"address\":{\"$ref\":\"#/$defs/address\"},"
	"\"contactMethod\":{\"type\":\"string\",\"enum\":[\"phone\",\"email\"]},"
	"\"phone\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}},"
	"\"allOf\":[{\"anyOf\":[{\"required\":[\"phone\"]},{\"required\":[\"email\"]}]}],"
	"\"if\":{\"properties\":{\"contactMethod\":{\"const\":\"phone\"}},"
	"\"required\":[\"contactMethod\"]},"
	"\"then\":{\"required\":[\"phone\"]},\"else\":{\"required\":[\"email\"]},"
	"\"additionalProperties\":false}";

/* The suite calls the first one without arguments. */
static const struct mcp_tool tools[] = {
	{ "test_simple_text", "Simple text", "Answers with a text.", .run = simple_text },
	{ "test_image_content", "Image", "Answers with an image.", .run = image_content },
	{ "test_audio_content", "Audio", "Answers with a sound.", .run = audio_content },
	{ "test_embedded_resource", "Embedded resource", "Answers with an embedded resource.",
	  .run = embedded_resource },
	{ "test_multiple_content_types", "Several types", "Answers with a text, an image and a"
	  " resource.", .run = mixed_content },
	{ "test_resource_link", "Resource link", "Answers with a link to a resource.",
	  .run = resource_link },
	{ "test_structured_content", "Structured content", "Answers with an object and its schema.",
	  .out = reading_shape, .run = structured_content },
	{ "test_error_handling", "Error", "Always fails.", .run = error_handling },
	{ "test_annotated_tool", "Annotated", "Carries every hint, an icon and metadata.",
	  .changes = true, .destroys = true, .idempotent = true, .reaches_out = true, .scope = MCP_ANYONE,
	  .icons = "[{\"src\":\"https://example.com/icon.png\",\"mimeType\":\"image/png\","
	           "\"sizes\":[\"48x48\"]}]",
	  .meta = "{\"com.example/owner\":\"conformance\"}", .run = annotated },
	{ "json_schema_2020_12_tool", "JSON Schema 2020-12", "Takes arguments described by a schema"
	  " of many keywords.", .in_schema = SCHEMA_2020_12, .run = schema_2020_12 },
	{ "test_x_mcp_header", "Header", "Takes an argument that is repeated in a header.",
	  .in = header_shape, .run = header },

	{ "test_tool_with_progress", "Progress", "Reports progress three times.", .blocks = true,
	  .run = with_progress },
	{ "test_tool_with_logging", "Logging", "Logs three times while it runs.", .blocks = true,
	  .run = with_logging },
	{ "test_logging_tool", "Logging on request", "Logs where the request asks for it.",
	  .run = logging },
	{ "test_reconnection", "Reconnection", "Closes its stream before it answers.",
	  .deadline_ms = RECONNECTION_DEADLINE_MS, .run = reconnection },
	{ "test_trigger_tool_change", "Change the tools", "Announces that the tools changed.",
	  .run = change_tools },
	{ "test_trigger_prompt_change", "Change the prompts", "Announces that the prompts changed.",
	  .run = change_prompts },
	{ "test_trigger_resource_change", "Change a resource", "Announces that"
	  " test://watched-resource changed.", .run = change_resource },

	{ "test_sampling", "Sampling", "Asks the client's model.", .in = prompt_shape,
	  .run = sampling },
	{ "test_elicitation", "Elicitation", "Asks the person for a name and an address.",
	  .in = message_shape, .run = elicitation },
	{ "test_elicitation_sep1034_defaults", "Elicitation with defaults", "Asks with a form of"
	  " every type, filled in beforehand.", .run = elicitation_defaults },
	{ "test_elicitation_sep1330_enums", "Elicitation with choices", "Asks with a form of every"
	  " kind of choice.", .run = elicitation_enums },
	{ "test_elicitation_url", "Elicitation by page", "Sends the person to a page.",
	  .reaches_out = true, .run = elicitation_url },
	{ "test_missing_capability", "Missing capability", "Needs a client that can be asked to"
	  " sample.", .run = missing_capability },
	{ "test_streaming_elicitation", "Elicitation of a stream", "Asks the person for a colour.",
	  .run = streaming_elicitation },

	{ "test_input_required_result_elicitation", "Ask a name", "Asks the person for a name.",
	  .run = ask_name },
	{ "test_input_required_result_sampling", "Ask the model", "Asks the model for a capital.",
	  .run = ask_model },
	{ "test_input_required_result_list_roots", "Ask the roots", "Asks for the client's"
	  " folders.", .run = ask_roots },
	{ "test_input_required_result_request_state", "Keep state", "Asks for confirmation and"
	  " finds its state again.", .run = keep_state },
	{ "test_input_required_result_tampered_state", "Guard state", "Asks for confirmation and"
	  " takes no state but its own.", .run = guard_state },
	{ "test_input_required_result_multiple_inputs", "Ask everything", "Asks person, model and"
	  " folders in one round.", .run = ask_everything },
	{ "test_input_required_result_multi_round", "Ask in turn", "Asks one thing, then another.",
	  .run = ask_in_turn },
	{ "test_input_required_result_capabilities", "Ask what it can", "Asks only what the client"
	  " can be asked.", .run = ask_what_it_can },

	TASK_TOOLS,
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "test://static-text", "static-text", "Static text", "A text that never changes.",
	  .mime = "text/plain", .run = static_text },
	{ "test://static-binary", "static-binary", "Static image", "An image that never changes.",
	  .mime = "image/png", .run = static_binary },
	{ "test://watched-resource", "watched-resource", "Watched text", "A text to subscribe to.",
	  .mime = "text/plain", .meta = "{\"com.example/owner\":\"conformance\"}",
	  .run = watched_resource },
	{ "test://template/{id}/data", "template-data", "Data by id", "Data of any id.",
	  .mime = "application/json", .in = id_shape, .out = data_shape, .run = template_data,
	  .complete = complete_id },
	{ 0 },
};

static const struct mcp_prompt prompts[] = {
	{ "test_simple_prompt", "Simple", "A prompt without arguments.", .run = simple_prompt },
	{ "test_prompt_with_arguments", "Arguments", "A prompt with two arguments.",
	  .in = arguments_shape, .run = prompt_with_arguments, .complete = complete_argument },
	{ "test_prompt_with_embedded_resource", "Resource", "A prompt with an embedded resource.",
	  .in = resource_uri_shape, .run = prompt_with_resource },
	{ "test_prompt_with_image", "Image", "A prompt with an image.", .run = prompt_with_image },
	{ "test_input_required_result_prompt", "Asks", "A prompt that asks for its context.",
	  .run = prompt_that_asks },
	{ 0 },
};

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "conformance", .title = "Conformance", .version = "1.0.0", .port = 8089,
		.instructions = "For the official conformance suite.",
		.tools = tools, .resources = resources, .prompts = prompts,
		.skills = skills,
	}, argc, argv);
}
