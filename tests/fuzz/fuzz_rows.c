/* fuzz_rows.c - the rows of a file into a struct of every type: what is taken is within its bounds,
 * what is not has its reason. */
#include "fuzz.h"

#include "import_private.h"
#include "json.h"

struct row {
	const char *sku, *state, *currency;
	struct money price;
	int64_t stock, made_at;
	bool has_stock, sure;
	double weight;
};

static SHAPE(row_shape, struct row,
	TEXT (struct row, sku, "Which", .required = true, AT_LEAST(1), AT_MOST(8)),
	TEXT (struct row, state, "State", ONE_OF("open", "shut"), DEFAULT("open")),
	TEXT (struct row, currency, "Its currency"),
	MONEY(struct row, price, "Price", .required = true, AT_LEAST(1), AT_MOST(1000000)),
	INT  (struct row, stock, "Stock", AT_LEAST(0), AT_MOST(1000), OPTIONAL(struct row, has_stock)),
	TIME (struct row, made_at, "When"),
	BOOL (struct row, sure, "Sure"),
	REAL (struct row, weight, "Weight", AT_LEAST(0), AT_MOST(50), DEFAULT(1)));

static int64_t read_input(void *context, char *into, size_t room)
{
	str *rest = context;
	size_t size = rest->size < room ? rest->size : room;

	memcpy(into, rest->at, size);
	rest->at += size;
	rest->size -= size;
	return (int64_t)size;
}

static void check_row(const struct row *row)
{
	must(row->sku && *row->sku && utf8_length(str_of(row->sku)) <= 8);
	must(!row->state || strcmp(row->state, "open") == 0 || strcmp(row->state, "shut") == 0);
	must(currency_valid(str_of(row->price.currency)));
	must(row->price.minor >= 1 && row->price.minor <= 1000000);
	must(!row->has_stock || (row->stock >= 0 && row->stock <= 1000));
	must(row->weight >= 0 && row->weight <= 50);
}

/* What was taken is what a client may be told, and may send. */
static void check_again(const struct row *row)
{
	struct arena *arena = arena_create();
	struct json json = json_begin(arena, 0);
	enum json_trouble trouble;
	struct row again;

	shape_write_input(&json, row_shape, row);
	yyjson_val *object = json_parse_copy(arena, json_end(&json), 4, &trouble);
	must(object && !shape_read(row_shape, object, SHAPE_STRICT, &again, arena));
	must(strcmp(row->sku, again.sku) == 0 && row->price.minor == again.price.minor);
	must(row->stock == again.stock && row->weight == again.weight);
	arena_destroy(arena);
}

static void read_rows(struct import *import, str text)
{
	struct csv *csv = csv_create(read_input, &text);
	struct csv_row cells;

	if (csv_next(csv, &cells) == CSV_ROW && columns_match(import, &cells)) {
		while (csv_next(csv, &cells) == CSV_ROW) {
			if (row_read(import, &cells) == ROW_BAD) {
				must(*import->why && utf8_valid(str_of(import->why)));
				import_note(import, cells.line, import->why);
				continue;
			}
			check_row(import->row);
			check_again(import->row);
		}
	}
	csv_destroy(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct import_spec spec = { .what = "rows", .row = row_shape };
	struct row row;
	struct import *import = calloc(1, sizeof(*import));

	must(import);
	import->spec = &spec;
	import->options = (struct import_options) { .currency = size % 2 ? "GBP" : NULL };
	import->arena = arena_create();
	import->row = &row;
	import->source.shown = strdup("rows.csv");
	read_rows(import, input_of(data, size));
	for (int i = 0; i < NOTES_MAX; i++) {
		must(!import->notes[i] || utf8_valid(str_of(import->notes[i])));
		free(import->notes[i]);
	}
	free(import->source.shown);
	columns_forget(import);
	arena_destroy(import->arena);
	free(import);
	return 0;
}
