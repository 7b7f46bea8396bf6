/* model_list.c - see model_list.h. */
#include "model_list.h"

#include <stdlib.h>

#include "aws_self.h"
#include "charged.h"
#include "fetch.h"
#include "log.h"
#include "settings.h"

#define MODELS_MAX 8
#define NAME_MAX_ 200

static const struct model_wire *const wires[] = { &model_wire_openai, &model_wire_bedrock, NULL };

static const struct model_wire *find_wire(str name)
{
	for (int i = 0; wires[i]; i++)
		if (str_is(name, wires[i]->name))
			return wires[i];
	return NULL;
}

/* It stands in a path, in labels of metrics and in spans. */
static bool is_name(str name)
{
	for (size_t i = 0; i < name.size; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' || strchr("\"\\{}", name.at[i]))
			return false;
	return name.size > 0 && name.size <= NAME_MAX_;
}

static bool add(struct models *models, str item)
{
	struct model *model = &models->each[models->count];
	str name = item, protocol = str_cut(&name, ':');

	if (models->count == MODELS_MAX) {
		log_error("%s names more than %d models", models->setting, MODELS_MAX);
		return false;
	}
	const struct model_wire *wire = name.at ? find_wire(protocol) : NULL;
	if (!wire || !is_name(name)) {
		log_error("%s has \"%s\", which is not openai:NAME or bedrock:ID", models->setting, str_quote(item, 100).text);
		return false;
	}
	*model = (struct model) {
		.wire = wire, .name = arena_copy(models->arena, name), .full = arena_copy(models->arena, item),
		.breaker = BREAKER_START,
	};
	model->counts = model_counts_of(model->full);
	models->count++;
	return true;
}

static bool add_all(struct models *models)
{
	const char *text = setting_text(models->setting);
	str rest = str_of(text ? text : "");

	models->each = arena_array(models->arena, struct model, MODELS_MAX);
	for (str item; (item = setting_item(&rest)).at; )
		if (!add(models, item))
			return false;
	return true;
}

static bool uses(const struct models *models, const struct model_wire *wire)
{
	for (size_t i = 0; i < models->count; i++)
		if (models->each[i].wire == wire)
			return true;
	return false;
}

/* A secret as a header has it. NULL: it is not set. */
static bool take_key(struct arena *arena, const char *name, const char *key, const char **into)
{
	*into = key && *key ? arena_copy(arena, str_of(key)) : NULL;
	for (; key && *key; key++)
		if (*key <= ' ' || *key > '~') {
			log_error("%s can't be used: it holds a space or another character that no key has", name);
			return false;
		}
	return true;
}

static bool take_openai(struct models *models)
{
	const char *url = setting_text("OPENAI_URL"), *wrong = fetch_check_url(url);
	size_t size = strlen(url);

	while (size > 0 && url[size - 1] == '/')
		size--;
	models->openai_url = arena_copy(models->arena, (str) { url, size });
	if (wrong)
		log_error("OPENAI_URL can't be used: %s", wrong);
	return !wrong && take_key(models->arena, "OPENAI_KEY", setting_text("OPENAI_KEY"), &models->openai_key);
}

static bool take_bedrock(struct models *models)
{
	if (!take_key(models->arena, "AWS_BEARER_TOKEN_BEDROCK", getenv("AWS_BEARER_TOKEN_BEDROCK"), &models->bearer))
		return false;
	models->aws = aws_self_start();
	return true;
}

static bool take_settings(struct models *models)
{
	return add_all(models) && (!uses(models, &model_wire_openai) || take_openai(models)) &&
	       (!uses(models, &model_wire_bedrock) || take_bedrock(models));
}

struct models *models_create_of(const char *setting)
{
	struct arena *arena = arena_create_secret();
	struct models *models = arena_new(arena, struct models);

	models->arena = arena;
	models->setting = setting;
	models->beside = strcmp(setting, "MODELS") != 0;
	if (take_settings(models))
		return models;
	models_destroy(models);
	return NULL;
}

struct models *models_create(void)
{
	return models_create_of("MODELS");
}

void models_destroy(struct models *models)
{
	if (!models)
		return;
	if (models->aws)
		aws_self_stop();
	arena_destroy(models->arena);
}

bool models_are_none(const struct models *models)
{
	return models->count == 0;
}
