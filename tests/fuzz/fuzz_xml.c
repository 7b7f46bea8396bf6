/* fuzz_xml.c - whatever comes as XML, what is read of it is within the bounds; and no DOCTYPE was read. */
#include "fuzz.h"
#include "xml.h"

struct count {
	size_t values, bytes;
};

static void check_value(yyjson_val *value, int depth, struct count *count)
{
	yyjson_val *key, *member;
	size_t at, all;

	must(depth <= XML_DEPTH_MAX + 1);
	count->values++;
	if (yyjson_is_str(value))
		count->bytes += yyjson_get_len(value);
	else
		must(yyjson_is_ctn(value) || depth == 0);
	yyjson_obj_foreach(value, at, all, key, member) {
		must(yyjson_get_len(key) <= XML_NAME_MAX);
		check_value(member, depth + 1, count);
	}
	yyjson_arr_foreach(value, at, all, member)
		check_value(member, depth + 1, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const items[] = { "i", "DBInstance", NULL };
	struct arena *arena = arena_create();
	str all = input_of(data, size);
	const char *wrong;
	yyjson_val *value = xml_read(arena, all, items, &wrong);
	struct count count = { 0 };

	must(!value == !!wrong);
	if (value) {
		must(yyjson_is_obj(value) && yyjson_obj_size(value) <= 1);
		check_value(value, 0, &count);
		must(count.values <= XML_ELEMENTS_MAX + 1 && count.bytes <= all.size);
		must(!memmem(all.at, all.size, "<!DOCTYPE", 9) || memmem(all.at, all.size, "<![CDATA[", 9)
		     || memmem(all.at, all.size, "<!--", 4) || memmem(all.at, all.size, "<?", 2));
	}
	arena_destroy(arena);
	return 0;
}
