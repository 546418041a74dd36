/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/profile.h"

#include "kit/ini.h"
#include "kit/json.h"
#include "kit/json_repair.h"
#include "kit/text.h"

/* A profile in a file: a JSON object, or a section of an INI file. */
struct source {
    const struct ens_memory *memory;
    const json_t *object; /* NULL: INI */
    ens_str text;
    ens_str name;
    bool asked; /* requested by name */
};

static ens_str member(const struct source *source, const char *name)
{
    if (name == NULL) {
        return (ens_str){NULL, 0};
    }
    return source->object != NULL ? kit_json_text(source->memory, source->object, name)
                                  : kit_ini_value(source->text, source->name, name);
}

static bool is_supported(ens_str mode, const char *const *modes)
{
    for (; *modes != NULL; modes++) {
        if (kit_is(mode, *modes)) {
            return true;
        }
    }
    return false;
}

static ens_str unsupported(const struct source *source, ens_str mode,
                           const struct kit_profile_shape *shape)
{
    struct kit_text text = kit_text_new(source->memory);

    kit_text_add(&text, kit_str(shape->mode));
    kit_text_add(&text, KIT_STR(" "));
    kit_text_add(&text, mode);
    kit_text_add(&text, KIT_STR(" is not supported yet; use "));
    for (size_t i = 0; shape->modes[i] != NULL; i++) {
        kit_text_add(&text, i == 0 ? KIT_STR("") : KIT_STR(" or "));
        kit_text_add(&text, kit_str(shape->modes[i]));
    }
    return kit_text_done(&text);
}

static void take(const struct source *source, const struct kit_profile_shape *shape,
                 struct ens_profile *ret)
{
    ens_str mode = member(source, shape->mode);
    ens_str access_key = member(source, shape->access_key);
    ens_str secret_key = member(source, shape->secret_key);

    if (mode.len > 0 && !is_supported(mode, shape->modes)) {
        ret->error = unsupported(source, mode, shape);
        return;
    }
    if (access_key.len == 0 && secret_key.len == 0 && !source->asked) {
        return;
    }
    if (access_key.len == 0 || secret_key.len == 0) {
        const char *missing = access_key.len == 0 ? shape->access_key : shape->secret_key;
        ret->error = KIT_CONCAT(source->memory, KIT_STR("profile \""), source->name,
                                KIT_STR("\" has no "), kit_str(missing));
        return;
    }
    ret->access_key = access_key;
    ret->secret_key = secret_key;
    ret->security_token = member(source, shape->security_token);
    ret->region = member(source, shape->region);
}

static ens_str no_profile(const struct ens_memory *memory, ens_str name)
{
    return KIT_CONCAT(memory, KIT_STR("it has no profile \""), name, KIT_STR("\""));
}

static json_t *read_object(const struct ens_memory *memory, ens_str text, struct ens_profile *ret)
{
    ens_str error = {0};
    json_t *object = kit_json_object(memory, text, 0, &error);

    if (object == NULL) {
        ret->error = KIT_CONCAT(memory, KIT_STR("it is "), error);
    }
    return object;
}

static const json_t *find(const json_t *profiles, ens_str name)
{
    if (json_is_object(profiles)) {
        return json_object_getn(profiles, name.ptr, name.len);
    }
    for (size_t i = 0; i < json_array_size(profiles); i++) {
        const json_t *profile = json_array_get(profiles, i);
        const json_t *called = json_object_get(profile, "name");
        ens_str text = {json_string_value(called), json_string_length(called)};
        if (json_is_string(called) && kit_compare(text, name) == 0) {
            return profile;
        }
    }
    return NULL;
}

void kit_profile_read_json(const struct ens_memory *memory, ens_str text, ens_str asked,
                           const struct kit_profile_shape *shape, struct ens_profile *ret)
{
    KIT_AUTO_JSON *file = read_object(memory, text, ret);

    if (file == NULL) {
        return;
    }
    ens_str named = asked.len > 0 ? asked : kit_json_text(memory, file, "current");
    ens_str name = named.len > 0 ? named : KIT_STR("default");
    const json_t *profile = find(json_object_get(file, "profiles"), name);
    struct source source = {
        .memory = memory, .object = profile, .name = name, .asked = asked.len > 0};
    if (json_is_object(profile)) {
        take(&source, shape, ret);
    } else if (named.len > 0) {
        ret->error = no_profile(memory, name);
    }
}

void kit_profile_read_one(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret)
{
    const ens_str only = KIT_STR("default");

    if (asked.len > 0 && kit_compare(asked, only) != 0) {
        return;
    }
    KIT_AUTO_JSON *file = read_object(memory, text, ret);
    struct source source = {.memory = memory, .object = file, .name = only, .asked = asked.len > 0};
    if (file != NULL) {
        take(&source, shape, ret);
    }
}

void kit_profile_read_ini(const struct ens_memory *memory, ens_str text, ens_str asked,
                          const struct kit_profile_shape *shape, struct ens_profile *ret)
{
    ens_str name = asked.len > 0 ? asked : KIT_STR("default");
    struct source source = {
        .memory = memory, .text = kit_skip_mark(text), .name = name, .asked = asked.len > 0};

    if (kit_is_utf16(text)) {
        ret->error = KIT_STR("it is in UTF-16, not in UTF-8");
    } else if (kit_ini_has(source.text, name)) {
        take(&source, shape, ret);
    } else if (source.asked) {
        ret->error = no_profile(memory, name);
    }
}
