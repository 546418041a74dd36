/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/args.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "core/duration.h"
#include "core/quote.h"

#define SECONDS_DIGITS_MAX 9

enum type {
    TYPE_TEXT,
    TYPE_URL,
    TYPE_SECRET,
    TYPE_LIST,
    TYPE_DURATION, /* ms */
    TYPE_SECONDS,
    TYPE_BOOL,
    TYPE_DICTIONARY,
};

struct param {
    const char *name; /* NULL ends a table */
    enum type type;
    bool required;
    size_t offset;
    const struct param *nested; /* of a dictionary */
};

#define SETTING(member, type)                                                                      \
    {                                                                                              \
#member, (type), false, offsetof(struct ens_args, settings.member), NULL                   \
    }
#define IN(block, member, type)                                                                    \
    {                                                                                              \
#member, (type), false, offsetof(struct ens_args, settings.block.member), NULL             \
    }
#define DURATION_IN(block)                                                                         \
    {                                                                                              \
        "duration_seconds", TYPE_SECONDS, false,                                                   \
            offsetof(struct ens_args, settings.block.duration_s), NULL                             \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, TYPE_TEXT, false, 0, NULL                                                            \
    }

static const struct param assume_role[] = {
    IN(assume_role, role, TYPE_TEXT),
    IN(assume_role, session_name, TYPE_TEXT),
    DURATION_IN(assume_role),
    IN(assume_role, policy, TYPE_TEXT),
    IN(assume_role, external_id, TYPE_TEXT),
    END,
};

static const struct param assume_role_with_oidc[] = {
    IN(assume_role_with_oidc, role, TYPE_TEXT),
    IN(assume_role_with_oidc, provider, TYPE_TEXT),
    IN(assume_role_with_oidc, token, TYPE_SECRET),
    IN(assume_role_with_oidc, token_file, TYPE_TEXT),
    IN(assume_role_with_oidc, session_name, TYPE_TEXT),
    DURATION_IN(assume_role_with_oidc),
    IN(assume_role_with_oidc, policy, TYPE_TEXT),
    END,
};

/* Every parameter, in the order of the documentation. */
static const struct param params[] = {
    {"cloud", TYPE_TEXT, true, offsetof(struct ens_args, settings.cloud), NULL},
    {"region", TYPE_TEXT, true, offsetof(struct ens_args, region), NULL},
    {"instance_id", TYPE_TEXT, false, offsetof(struct ens_args, instance_id), NULL},
    {"instance_ids", TYPE_LIST, false, 0, NULL},
    {"wait_timeout", TYPE_DURATION, false, offsetof(struct ens_args, wait_timeout_ms), NULL},
    SETTING(access_key, TYPE_SECRET),
    SETTING(secret_key, TYPE_SECRET),
    SETTING(security_token, TYPE_SECRET),
    SETTING(profile, TYPE_TEXT),
    {"assume_role", TYPE_DICTIONARY, false, 0, assume_role},
    {"assume_role_with_oidc", TYPE_DICTIONARY, false, 0, assume_role_with_oidc},
    SETTING(metadata_role, TYPE_TEXT),
    SETTING(endpoint, TYPE_URL),
    {"preflight", TYPE_BOOL, false, offsetof(struct ens_args, preflight), NULL},
    END,
};

struct reader {
    struct ens_arena *arena;
    struct ens_args *args;
    struct ens_diags *diags;
};

static const struct param *find_param(const struct param *table, const char *name)
{
    while (table->name != NULL && strcmp(table->name, name) != 0) {
        table++;
    }
    return table->name != NULL ? table : NULL;
}

/* ---- Ansible's conversions ------------------------------------------------------------------- */

static bool to_text(const struct reader *reader, json_t *value, ens_str *ret)
{
    if (json_is_string(value)) {
        ens_str text = {json_string_value(value), json_string_length(value)};
        *ret = ens_arena_dup(reader->arena, text);
        return true;
    }
    if (json_is_integer(value)) {
        *ret = ens_arena_printf(reader->arena, "%lld", (long long)json_integer_value(value));
        return true;
    }
    return false;
}

static bool to_bool(json_t *value, bool *ret)
{
    static const char *const yes[] = {"y", "yes", "on", "1", "true", "t"};
    static const char *const no[] = {"n", "no", "off", "0", "false", "f"};

    if (json_is_boolean(value)) {
        *ret = json_is_true(value);
        return true;
    }
    if (json_is_integer(value) && (json_integer_value(value) & ~(json_int_t)1) == 0) {
        *ret = json_integer_value(value) == 1;
        return true;
    }
    ens_str text = ens_str_trim(ens_str_of(json_string_value(value)));
    for (size_t i = 0; i < ENS_COUNT(yes); i++) {
        if (ens_str_eq_nocase(text, ens_str_of(yes[i]))) {
            *ret = true;
            return true;
        }
        if (ens_str_eq_nocase(text, ens_str_of(no[i]))) {
            *ret = false;
            return true;
        }
    }
    return false;
}

static bool list_from_text(const struct reader *reader, ens_str text)
{
    struct ens_args *args = reader->args;
    size_t room = 1;

    for (size_t i = 0; i < text.len; i++) {
        room += text.ptr[i] == ',';
    }
    args->instance_ids = ens_arena_array(reader->arena, room, sizeof(*args->instance_ids));
    for (ens_str rest = text; rest.ptr != NULL;) {
        ens_str item = ens_str_trim(ens_str_cut(rest, ',', &rest));
        args->instance_ids[args->instance_id_count++] = ens_arena_dup(reader->arena, item);
    }
    return true;
}

static bool to_list(const struct reader *reader, json_t *value)
{
    struct ens_args *args = reader->args;

    args->has_instance_ids = true;
    if (json_is_string(value)) {
        return list_from_text(reader, ens_str_of(json_string_value(value)));
    }
    if (!json_is_array(value)) {
        return false;
    }
    size_t count = json_array_size(value);
    args->instance_ids = ens_arena_array(reader->arena, count, sizeof(*args->instance_ids));
    for (size_t i = 0; i < count; i++) {
        if (!to_text(reader, json_array_get(value, i), &args->instance_ids[i])) {
            return false;
        }
        args->instance_id_count++;
    }
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A number without a unit is seconds, as in Ansible's own timeouts. */
static ens_rc read_duration(const struct reader *reader, const struct param *param, json_t *value,
                            int64_t *ret_ms)
{
    ens_str text = {0};

    if (json_is_real(value)) {
        text = ens_arena_printf(reader->arena, "%.17g", json_real_value(value));
    } else if (!to_text(reader, value, &text)) {
        return ens_fail(reader->diags, ENS_INVALID, param->name,
                        "expected a duration or a number of seconds");
    }
    text = ens_str_trim(text);
    if (text.len > 0 && ens_str_all_in(text, "0123456789")) {
        text = ens_arena_printf(reader->arena, "%.*ss", ENS_STR_ARG(text));
    }
    return ens_duration_parse(text, param->name, ret_ms, reader->diags);
}

static ens_rc unsupported(const struct reader *reader, const struct param *table, const char *name)
{
    ENS_AUTO_BUF known = ens_buf_new(1024);

    for (const struct param *param = table; param->name != NULL; param++) {
        ens_buf_addf(&known, "%s%s", param == table ? "" : ", ", param->name);
    }
    return ens_fail(reader->diags, ENS_INVALID, NULL,
                    "unsupported parameter \"%s\"; supported parameters are: %s",
                    ens_quoted(ens_str_of(name)).text, ens_buf_text(&known));
}

static ens_rc read_param(const struct reader *reader, const struct param *param, const char *where,
                         json_t *value);

static ens_rc read_members(const struct reader *reader, const struct param *param, json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    ens_rc result = ENS_OK;

    json_object_foreach(object, name, value)
    {
        const struct param *member = find_param(param->nested, name);
        const char *where = ens_arena_printf(reader->arena, "%s.%s", param->name, name).ptr;
        ens_rc rc = ENS_OK;

        if (member == NULL) {
            rc = unsupported(reader, param->nested, where);
        } else if (!json_is_null(value)) {
            rc = read_param(reader, member, where, value);
        }
        result = result == ENS_OK ? rc : result;
    }
    return result;
}

/* A text is read as JSON, which is what a template may have made of the dictionary. */
static ens_rc read_dictionary(const struct reader *reader, const struct param *param, json_t *value)
{
    json_auto_t *parsed = json_is_string(value) ? json_loadb(json_string_value(value),
                                                             json_string_length(value), 0, NULL)
                                                : json_incref(value);

    return json_is_object(parsed)
               ? read_members(reader, param, parsed)
               : ens_fail(reader->diags, ENS_INVALID, param->name, "expected a dictionary");
}

static bool to_seconds(const struct reader *reader, json_t *value, uint32_t *ret)
{
    ens_str text = {0};

    if (!to_text(reader, value, &text)) {
        return false;
    }
    text = ens_str_trim(text);
    if (text.len == 0 || text.len > SECONDS_DIGITS_MAX || !ens_str_all_in(text, "0123456789")) {
        return false;
    }
    *ret = (uint32_t)strtoul(ens_arena_dup(reader->arena, text).ptr, NULL, 10);
    return true;
}

static ens_rc read_param(const struct reader *reader, const struct param *param, const char *where,
                         json_t *value)
{
    static const char *const expected[] = {
        [TYPE_TEXT] = "a text",          [TYPE_URL] = "a text",
        [TYPE_SECRET] = "a text",        [TYPE_SECONDS] = "a whole number of seconds",
        [TYPE_LIST] = "a list of texts", [TYPE_BOOL] = "a boolean",
    };
    void *field = (char *)reader->args + param->offset;
    bool read = false;

    switch (param->type) {
    case TYPE_TEXT:
    case TYPE_URL:
    case TYPE_SECRET:
        read = to_text(reader, value, field);
        break;
    case TYPE_LIST:
        read = to_list(reader, value);
        break;
    case TYPE_DURATION:
        return read_duration(reader, param, value, field);
    case TYPE_SECONDS:
        read = to_seconds(reader, value, field);
        break;
    case TYPE_BOOL:
        read = to_bool(value, field);
        break;
    case TYPE_DICTIONARY:
        return read_dictionary(reader, param, value);
    }
    return read ? ENS_OK
                : ens_fail(reader->diags, ENS_INVALID, where, "expected %s", expected[param->type]);
}

static ens_rc read_all(const struct reader *reader, json_t *json)
{
    const char *name = NULL;
    json_t *value = NULL;
    ens_rc result = ENS_OK;

    /* Goes on after an error, so that "invocation" shows all known parameters. */
    json_object_foreach(json, name, value)
    {
        const struct param *param = find_param(params, name);
        ens_rc rc = ENS_OK;

        if (strcmp(name, "_ansible_check_mode") == 0) {
            (void)to_bool(value, &reader->args->check_mode);
        } else if (strcmp(name, "_ansible_diff") == 0) {
            (void)to_bool(value, &reader->args->diff);
        } else if (param != NULL && !json_is_null(value)) {
            rc = read_param(reader, param, name, value);
        } else if (param == NULL && !ens_str_starts(ens_str_of(name), ENS_STR("_ansible_"))) {
            rc = unsupported(reader, params, name);
        }
        result = result == ENS_OK ? rc : result;
    }
    return result;
}

/* ---- constraints between parameters ---------------------------------------------------------- */

static ens_rc check_required(const struct reader *reader)
{
    const struct ens_args *args = reader->args;

    for (const struct param *param = params; param->name != NULL; param++) {
        const ens_str *text = (const void *)((const char *)args + param->offset);
        if (param->required && text->len == 0) {
            return ens_fail(reader->diags, ENS_INVALID, NULL, "missing required argument: %s",
                            param->name);
        }
    }
    if (args->instance_id.len > 0 && args->has_instance_ids) {
        return ens_fail(reader->diags, ENS_INVALID, NULL,
                        "parameters are mutually exclusive: instance_id, instance_ids");
    }
    if (args->instance_id.len == 0 && !args->has_instance_ids) {
        return ens_fail(reader->diags, ENS_INVALID, NULL,
                        "one of the following is required: instance_id, instance_ids");
    }
    return ENS_OK;
}

static ens_rc read_targets(const struct reader *reader)
{
    struct ens_args *args = reader->args;
    const ens_str *ids = args->has_instance_ids ? args->instance_ids : &args->instance_id;
    size_t count = args->has_instance_ids ? args->instance_id_count : 1;

    args->targets.arena = reader->arena;
    ens_rc rc = ens_cloud_check(args->settings.cloud, "cloud", reader->diags);
    if (rc == ENS_OK) {
        rc = ens_region_check(args->region, "region", reader->diags);
    }
    if (rc == ENS_OK && count > ENS_RESULTS_MAX) {
        rc = ens_fail(reader->diags, ENS_LIMIT, "instance_ids", "%zu ids: expected at most %d",
                      count, ENS_RESULTS_MAX);
    }
    for (size_t i = 0; rc == ENS_OK && i < count; i++) {
        const struct ens_target target = {args->settings.cloud, args->region, ids[i]};
        const char *where = args->has_instance_ids
                                ? ens_arena_printf(reader->arena, "instance_ids[%zu]", i).ptr
                                : "instance_id";

        rc = ens_id_check(ids[i], where, reader->diags);
        if (rc == ENS_OK) {
            rc = ens_target_list_add(&args->targets, &target, NULL, reader->diags);
        }
    }
    return rc;
}

ens_rc ens_args_read(struct ens_arena *arena, ens_str text, struct ens_args *ret,
                     struct ens_diags *diags)
{
    const struct reader reader = {arena, ret, diags};
    json_error_t error;

    *ret = (struct ens_args){.preflight = true};
    json_auto_t *json = json_loadb(text.len > 0 ? text.ptr : "", text.len, 0, &error);
    if (!json_is_object(json)) {
        return ens_fail(diags, ENS_MALFORMED, NULL,
                        "expected a JSON object of module arguments in the argument file");
    }
    ens_rc rc = read_all(&reader, json);
    if (rc == ENS_OK) {
        rc = check_required(&reader);
    }
    return rc == ENS_OK ? read_targets(&reader) : rc;
}

/* ---- "invocation" ---------------------------------------------------------------------------- */

static void write_text(struct ens_json *json, ens_str text, bool secret)
{
    if (text.ptr == NULL) {
        ens_json_raw(json, ENS_STR("null"));
    } else {
        ens_json_text(json, secret ? ENS_STR(ENS_MASK) : text);
    }
}

/* Writes a duration in seconds. */
static void write_duration(struct ens_json *json, int64_t ms)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (ms == 0) {
        ens_json_raw(json, ENS_STR("null"));
    } else if (ms % 1000 == 0) {
        ens_json_int(json, ms / 1000);
    } else {
        ens_json_raw(json, ens_arena_printf(arena, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000));
    }
}

static void write_list(struct ens_json *json, const struct ens_args *args)
{
    if (!args->has_instance_ids) {
        ens_json_raw(json, ENS_STR("null"));
        return;
    }
    ens_json_begin(json, '[');
    for (size_t i = 0; i < args->instance_id_count; i++) {
        ens_json_text(json, args->instance_ids[i]);
    }
    ens_json_end(json, ']');
}

static void write_table(struct ens_json *json, const struct ens_args *args,
                        const struct param *table);

static void write_dictionary(struct ens_json *json, const struct ens_args *args,
                             const struct param *param)
{
    if (ens_settings_have(&args->settings, param->name)) {
        write_table(json, args, param->nested);
    } else {
        ens_json_raw(json, ENS_STR("null"));
    }
}

static void write_param(struct ens_json *json, const struct ens_args *args,
                        const struct param *param)
{
    const void *field = (const char *)args + param->offset;

    switch (param->type) {
    case TYPE_TEXT:
        write_text(json, *(const ens_str *)field, false);
        return;
    case TYPE_URL: /* masked if it may contain a password, although such an endpoint is an error */
        write_text(json, *(const ens_str *)field,
                   ens_str_matches(*(const ens_str *)field, ENS_STR("*@*")));
        return;
    case TYPE_SECRET:
        write_text(json, *(const ens_str *)field, true);
        return;
    case TYPE_LIST:
        write_list(json, args);
        return;
    case TYPE_DURATION:
        write_duration(json, *(const int64_t *)field);
        return;
    case TYPE_SECONDS:
        write_duration(json, (int64_t)1000 * *(const uint32_t *)field);
        return;
    case TYPE_BOOL:
        ens_json_bool(json, *(const bool *)field);
        return;
    case TYPE_DICTIONARY:
        write_dictionary(json, args, param);
        return;
    }
}

static void write_table(struct ens_json *json, const struct ens_args *args,
                        const struct param *table)
{
    ens_json_begin(json, '{');
    for (; table->name != NULL; table++) {
        ens_json_name(json, table->name);
        write_param(json, args, table);
    }
    ens_json_end(json, '}');
}

void ens_args_write(struct ens_json *json, const struct ens_args *args)
{
    ens_json_begin(json, '{');
    ens_json_name(json, "module_args");
    write_table(json, args, params);
    ens_json_end(json, '}');
}
