/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/keys.h"

#include <string.h>

#include "kit/instant.h"
#include "kit/text.h"

#define SECONDS_MAX INT64_C(100000000000) /* a larger number counts parts of a second */
#define STEP        1000

/* The member with one of the names; NULL: there is none. */
static const json_t *member(const json_t *object, const char *names)
{
    const char *key = NULL;
    json_t *value = NULL;

    while (*names != '\0') {
        const ens_str name = {names, strcspn(names, "|")};
        json_object_foreach((json_t *)(uintptr_t)object, key, value)
        {
            if (kit_is_nocase(name, key)) {
                return value;
            }
        }
        names += name.len + (names[name.len] == '|');
    }
    return NULL;
}

static ens_str text_of(const struct ens_memory *memory, const json_t *object, const char *names)
{
    const json_t *value = member(object, names);

    if (json_is_integer(value)) {
        return kit_format(memory, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
    return kit_copy(memory, (ens_str){json_string_value(value), json_string_length(value)});
}

static const json_t *object_at(const json_t *object, const char *path)
{
    while (object != NULL && *path != '\0') {
        const size_t len = strcspn(path, ".");
        object = json_object_getn(object, path, len);
        path += len + (path[len] == '.');
    }
    return object;
}

int64_t kit_expiry(ens_str text)
{
    char digits[20] = {0}; /* nanoseconds have 19 */
    int64_t number = 0;

    if (text.len == 0 || text.len >= sizeof(digits)) {
        return kit_instant_parse(text);
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return kit_instant_parse(text);
        }
        number = number * 10 + (text.ptr[i] - '0');
    }
    while (number > SECONDS_MAX) {
        number /= STEP;
    }
    return number;
}

/* The first of the alternatives, for a clause. */
static ens_str first_name(const char *names)
{
    return (ens_str){names, strcspn(names, "|")};
}

static ens_str missing(const struct ens_memory *memory, const char *names)
{
    return KIT_CONCAT(memory, first_name(names), KIT_STR(" is missing or not a text"));
}

/* Sets the expiry; returns a clause, or nothing. */
static ens_str read_expiry(const struct ens_memory *memory, const json_t *object,
                           const struct kit_keys_shape *shape, int64_t now_unix_s,
                           struct kit_keys *ret)
{
    const ens_str text =
        shape->expiry != NULL ? text_of(memory, object, shape->expiry) : KIT_STR("");

    if (text.len > 0) {
        ret->expires_unix_s = kit_expiry(text);
        return ret->expires_unix_s != 0
                   ? KIT_STR("")
                   : KIT_CONCAT(memory, first_name(shape->expiry), KIT_STR(" is not a time"));
    }
    if (shape->life_s == 0) {
        return missing(memory, shape->expiry);
    }
    ret->expires_unix_s = shape->life_s > 0 ? now_unix_s + shape->life_s : 0;
    return KIT_STR("");
}

ens_str kit_keys_read(const struct ens_memory *memory, const json_t *document,
                      const struct kit_keys_shape *shape, int64_t now_unix_s, struct kit_keys *ret)
{
    const json_t *object = object_at(document, shape->path);
    const ens_str state =
        shape->state != NULL ? text_of(memory, object, shape->state) : KIT_STR("");

    if (!json_is_object(object)) {
        return KIT_CONCAT(memory, kit_str(shape->path[0] != '\0' ? shape->path : "the document"),
                          KIT_STR(" is missing or not an object"));
    }
    if (state.len > 0 && !kit_is_nocase(state, "Success")) {
        return KIT_CONCAT(memory, kit_str(shape->state), KIT_STR(" is not Success"));
    }
    if (shape->foreign != NULL && member(object, shape->foreign) != NULL) {
        return KIT_STR("it is another cloud's");
    }
    ret->identity = (struct ens_identity){
        .struct_size = sizeof(ret->identity),
        .access_key = text_of(memory, object, shape->access_key),
        .secret_key = text_of(memory, object, shape->secret_key),
        .security_token = shape->security_token != NULL
                              ? text_of(memory, object, shape->security_token)
                              : KIT_STR(""),
    };
    if (ret->identity.access_key.len == 0) {
        return missing(memory, shape->access_key);
    }
    if (ret->identity.secret_key.len == 0) {
        return missing(memory, shape->secret_key);
    }
    return read_expiry(memory, object, shape, now_unix_s, ret);
}
