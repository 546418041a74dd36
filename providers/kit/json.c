#include "kit/json.h"

#include "kit/text.h"

void kit_json_freep(json_t **value)
{
    json_decref(*value);
}

/* jansson recurses, with a limit of its own that is far beyond ours. */
static bool is_too_deep(ens_str text)
{
    size_t depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted && c == '\\') {
            i++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '[')) {
            if (++depth > KIT_JSON_DEPTH_MAX) {
                return true;
            }
        } else if (!quoted && (c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return false;
}

json_t *kit_json_object(ens_str text)
{
    if (text.len == 0 || is_too_deep(text)) {
        return NULL;
    }
    json_t *value = json_loadb(text.ptr, text.len, JSON_ALLOW_NUL, NULL);
    if (!json_is_object(value)) {
        json_decref(value);
        return NULL;
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
