/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/json.h"

#include <string.h>

#include "kit/json_repair.h"
#include "kit/text.h"

void kit_json_freep(json_t **value)
{
    json_decref(*value);
}

/* Recursive: no document is nested deeper than KIT_JSON_DEPTH_MAX. */
static void wipe(json_t *value)
{
    const char *name = NULL;
    json_t *item = NULL;
    size_t i = 0;

    if (json_is_string(value)) {
        /* jansson keeps it in memory of its own that may be written. */
        explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
    }
    json_array_foreach(value, i, item)
    {
        wipe(item);
    }
    json_object_foreach(value, name, item)
    {
        wipe(item);
    }
}

void kit_json_wipep(json_t **value)
{
    wipe(*value);
    json_decref(*value);
}

/* The position as line and column (in characters), both from 1. */
static ens_str place(const struct ens_memory *memory, ens_str text, size_t end)
{
    size_t line = 1;
    size_t column = 0;

    for (size_t i = text.len - kit_skip_mark(text).len; i < end; i++) {
        if (text.ptr[i] == '\n') {
            line++;
            column = 0;
        } else if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    return kit_format(memory, "line %zu, column %zu", line, column);
}

/* The parser's message without the part of the text that it quotes. */
static ens_str reason(const struct ens_memory *memory, const char *words)
{
    const char *near = strstr(words, " near ");

    if (strstr(words, "near end of file") != NULL || strstr(words, "premature end") != NULL) {
        return KIT_STR("it ends too early");
    }
    return kit_copy(memory,
                    (ens_str){words, near == NULL ? strlen(words) : (size_t)(near - words)});
}

json_t *kit_json_object(const struct ens_memory *memory, ens_str text, unsigned flags,
                        ens_str *error)
{
    json_error_t where = {0};

    if (kit_trim(text).len == 0) {
        *error = KIT_STR("empty");
        return NULL;
    }
    if (kit_is_utf16(text)) {
        *error = KIT_STR("in UTF-16, not in UTF-8");
        return NULL;
    }
    size_t depth = 0;
    const ens_str repaired = kit_json_repair(memory, text, flags, &depth);
    if (depth > KIT_JSON_DEPTH_MAX) { /* jansson's own limit is much higher */
        *error = kit_format(memory, "nested more than %u levels deep", KIT_JSON_DEPTH_MAX);
        return NULL;
    }
    json_t *value =
        json_loadb(repaired.len == 0 ? "" : repaired.ptr, repaired.len, JSON_ALLOW_NUL, &where);
    if (value == NULL) {
        const size_t position = where.position > 0 ? (size_t)where.position : 0;
        const size_t end = kit_json_repair_source(text, flags, position);
        *error = KIT_CONCAT(memory, KIT_STR("not JSON ("), place(memory, text, end), KIT_STR("): "),
                            reason(memory, where.text));
    } else if (!json_is_object(value)) {
        *error = KIT_STR("JSON, but not an object");
        json_decref(value);
        value = NULL;
    }
    return value;
}

static ens_str string_of(const struct ens_memory *memory, const json_t *value)
{
    return kit_copy(memory, (ens_str){json_string_value(value), json_string_length(value)});
}

ens_str kit_json_text(const struct ens_memory *memory, const json_t *object, const char *name)
{
    return string_of(memory, json_object_get(object, name));
}

ens_str kit_json_text_or_number(const struct ens_memory *memory, const json_t *object,
                                const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_integer(value)
               ? kit_format(memory, "%" JSON_INTEGER_FORMAT, json_integer_value(value))
               : string_of(memory, value);
}
