/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_config.h"

#include <jansson.h>

#include "base/buf.h"
#include "core/policy_read.h"

/* JSON values are not const because jansson's iterators take non-const arguments; nothing here
 * changes them. */

struct reader {
    struct ens_arena *arena;
    struct ens_diags *diags;
};

/* A key of an object: the function that reads its value, and the offset of the member it sets. */
struct key {
    const char *name;
    ens_rc (*read)(const struct reader *reader, json_t *value, const char *where, void *field);
    size_t offset;
};

static const char *type_name(json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

static ens_rc expected(const struct reader *reader, const char *where, const char *what,
                       json_t *value)
{
    return ens_fail(reader->diags, ENS_INVALID, where, "expected %s, got %s", what,
                    type_name(value));
}

/* A key of the configuration, for use in a diagnostic. Anything but a plain word is replaced by
 * "?", because it may be a secret in the wrong place. */
static const char *key_text(const char *key)
{
    ens_str text = ens_str_of(key);

    return text.len > 0 && text.len <= ENS_CLOUD_MAX &&
                   ens_str_all_in(text, "abcdefghijklmnopqrstuvwxyz0123456789_-")
               ? key
               : "?";
}

static const char *path(const struct reader *reader, const char *where, const char *key)
{
    return ens_arena_printf(reader->arena, "%s.%s", where, key_text(key)).ptr;
}

static ens_rc unknown_key(const struct reader *reader, const char *where, const struct key *keys,
                          size_t count)
{
    ENS_AUTO_BUF known = ens_buf_new(1024);

    for (size_t i = 0; i < count; i++) {
        ens_buf_addf(&known, "%s%s", i == 0 ? "" : ", ", keys[i].name);
    }
    return ens_fail(reader->diags, ENS_INVALID, where, "unknown key; known: %s",
                    ens_buf_text(&known));
}

static ens_rc read_object(const struct reader *reader, json_t *object, const char *where,
                          const struct key *keys, size_t count, char *ret)
{
    const char *name = NULL;
    json_t *value = NULL;

    if (!json_is_object(object)) {
        return expected(reader, where, "an object", object);
    }
    json_object_foreach(object, name, value)
    {
        const char *at = path(reader, where, name);
        const struct key *key = NULL;

        for (size_t i = 0; i < count && key == NULL; i++) {
            key = ens_str_is(ens_str_of(name), keys[i].name) ? &keys[i] : NULL;
        }
        if (key == NULL) {
            return unknown_key(reader, at, keys, count);
        }
        ens_rc rc = key->read(reader, value, at, ret + key->offset);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc read_text(const struct reader *reader, json_t *value, const char *where, void *field)
{
    if (!json_is_string(value)) {
        return expected(reader, where, "a text", value);
    }
    ens_str text = {json_string_value(value), json_string_length(value)};
    *(ens_str *)field = ens_arena_dup(reader->arena, text);
    return ENS_OK;
}

static ens_rc read_bool(const struct reader *reader, json_t *value, const char *where, void *field)
{
    if (!json_is_boolean(value)) {
        return expected(reader, where, "true or false", value);
    }
    *(bool *)field = json_is_true(value);
    return ENS_OK;
}

static ens_rc read_timeout(const struct reader *reader, json_t *value, const char *where,
                           void *field)
{
    if (!json_is_integer(value)) {
        return expected(reader, where, "a whole number of milliseconds", value);
    }
    json_int_t ms = json_integer_value(value);
    if (ms < 1 || ms > ENS_TIMEOUT_MAX_MS) {
        return ens_fail(reader->diags, ENS_INVALID, where,
                        "expected 1 to %lld milliseconds, got %lld", (long long)ENS_TIMEOUT_MAX_MS,
                        (long long)ms);
    }
    *(int64_t *)field = ms;
    return ENS_OK;
}

static ens_rc read_level(const struct reader *reader, json_t *value, const char *where, void *field)
{
    if (!json_is_string(value)) {
        return expected(reader, where, "a text", value);
    }
    if (!ens_log_level_parse(ens_str_of(json_string_value(value)), field)) {
        return ens_fail(reader->diags, ENS_INVALID, where,
                        "expected error, warn, info, debug or trace");
    }
    return ENS_OK;
}

static ens_rc read_defaults(const struct reader *reader, json_t *value, const char *where,
                            void *field)
{
    static const struct key keys[] = {
        {"plan_timeout_ms", read_timeout, offsetof(struct ens_defaults, plan_timeout_ms)},
        {"apply_timeout_ms", read_timeout, offsetof(struct ens_defaults, apply_timeout_ms)},
        {"no_dry_run", read_bool, offsetof(struct ens_defaults, no_dry_run)},
    };

    return read_object(reader, value, where, keys, ENS_COUNT(keys), field);
}

static ens_rc read_seconds(const struct reader *reader, json_t *value, const char *where,
                           void *field)
{
    if (!json_is_integer(value) || json_integer_value(value) < 1 ||
        json_integer_value(value) > UINT32_MAX) {
        return expected(reader, where, "a whole number of seconds", value);
    }
    *(uint32_t *)field = (uint32_t)json_integer_value(value);
    return ENS_OK;
}

static ens_rc read_role(const struct reader *reader, json_t *value, const char *where, void *field)
{
    static const struct key keys[] = {
        {"role", read_text, offsetof(struct ens_role_settings, role)},
        {"session_name", read_text, offsetof(struct ens_role_settings, session_name)},
        {"duration_seconds", read_seconds, offsetof(struct ens_role_settings, duration_s)},
        {"policy", read_text, offsetof(struct ens_role_settings, policy)},
        {"external_id", read_text, offsetof(struct ens_role_settings, external_id)},
    };

    return read_object(reader, value, where, keys, ENS_COUNT(keys), field);
}

static ens_rc read_oidc(const struct reader *reader, json_t *value, const char *where, void *field)
{
    static const struct key keys[] = {
        {"role", read_text, offsetof(struct ens_oidc_settings, role)},
        {"provider", read_text, offsetof(struct ens_oidc_settings, provider)},
        {"token", read_text, offsetof(struct ens_oidc_settings, token)},
        {"token_file", read_text, offsetof(struct ens_oidc_settings, token_file)},
        {"session_name", read_text, offsetof(struct ens_oidc_settings, session_name)},
        {"duration_seconds", read_seconds, offsetof(struct ens_oidc_settings, duration_s)},
        {"policy", read_text, offsetof(struct ens_oidc_settings, policy)},
    };

    return read_object(reader, value, where, keys, ENS_COUNT(keys), field);
}

static ens_rc read_clouds(const struct reader *reader, json_t *value, const char *where,
                          void *field)
{
    static const struct key keys[] = {
        {"access_key", read_text, offsetof(struct ens_cloud_settings, access_key)},
        {"secret_key", read_text, offsetof(struct ens_cloud_settings, secret_key)},
        {"security_token", read_text, offsetof(struct ens_cloud_settings, security_token)},
        {"profile", read_text, offsetof(struct ens_cloud_settings, profile)},
        {"region", read_text, offsetof(struct ens_cloud_settings, region)},
        {"endpoint", read_text, offsetof(struct ens_cloud_settings, endpoint)},
        {"assume_role", read_role, offsetof(struct ens_cloud_settings, assume_role)},
        {"assume_role_with_oidc", read_oidc,
         offsetof(struct ens_cloud_settings, assume_role_with_oidc)},
        {"metadata_role", read_text, offsetof(struct ens_cloud_settings, metadata_role)},
    };
    struct ens_session_config *config = field;
    const char *name = NULL;
    json_t *cloud = NULL;

    if (!json_is_object(value)) {
        return expected(reader, where, "an object", value);
    }
    config->clouds =
        ens_arena_array(reader->arena, json_object_size(value), sizeof(*config->clouds));
    json_object_foreach(value, name, cloud)
    {
        struct ens_cloud_settings *settings = &config->clouds[config->cloud_count++];

        settings->cloud = ens_arena_dup(reader->arena, ens_str_of(name));
        ens_rc rc = read_object(reader, cloud, path(reader, where, name), keys, ENS_COUNT(keys),
                                (char *)settings);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc read_policy(const struct reader *reader, json_t *value, const char *where,
                          void *field)
{
    return ens_policy_read_object(reader->arena, value, ens_str_of(where), where, field,
                                  reader->diags);
}

ens_rc ens_session_config_read(struct ens_arena *arena, ens_str text,
                               struct ens_session_config *ret, struct ens_diags *diags)
{
    static const struct key keys[] = {
        {"clouds", read_clouds, 0}, /* sets two members: gets the whole struct */
        {"defaults", read_defaults, offsetof(struct ens_session_config, defaults)},
        {"policy", read_policy, offsetof(struct ens_session_config, policy)},
        {"log_level", read_level, offsetof(struct ens_session_config, log_level)},
    };
    const struct reader reader = {arena, diags};
    struct ens_session_config config = {.log_level = ENS_LOG_WARN};
    json_error_t error;

    if (text.len > ENS_CONFIG_MAX) {
        return ens_fail(diags, ENS_LIMIT, "configuration", "expected at most %zu bytes, got %zu",
                        ENS_CONFIG_MAX, text.len);
    }
    json_auto_t *json =
        json_loadb(text.len > 0 ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        /* jansson's message quotes the text, which may contain a secret. */
        return ens_fail(diags, ENS_MALFORMED, "configuration",
                        "expected a JSON object, got text that is not JSON (line %d, column %d)",
                        error.line, error.column);
    }
    ens_rc rc = read_object(&reader, json, "configuration", keys, ENS_COUNT(keys), (char *)&config);
    if (rc == ENS_OK) {
        *ret = config;
    }
    return rc;
}
