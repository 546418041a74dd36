/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/args.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "core/duration.h"
#include "core/policy.h"
#include "core/quote.h"

#define NUMBER_DIGITS_MAX 9

struct reader {
    struct ens_arena *arena;
    struct ens_args *args;
    struct ens_diags *diags;
};

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

static void texts_from_line(const struct reader *reader, ens_str line, struct ens_texts *ret)
{
    size_t room = 1;

    for (size_t i = 0; i < line.len; i++) {
        room += line.ptr[i] == ',';
    }
    ret->items = ens_arena_array(reader->arena, room, sizeof(*ret->items));
    for (ens_str rest = line; rest.ptr != NULL;) {
        ens_str item = ens_str_trim(ens_str_cut(rest, ',', &rest));
        ret->items[ret->count++] = ens_arena_dup(reader->arena, item);
    }
}

static bool to_texts(const struct reader *reader, json_t *value, struct ens_texts *ret)
{
    *ret = (struct ens_texts){.given = true};
    if (json_is_string(value)) {
        texts_from_line(reader, ens_str_of(json_string_value(value)), ret);
        return true;
    }
    if (!json_is_array(value)) {
        return false;
    }
    size_t count = json_array_size(value);
    ret->items = ens_arena_array(reader->arena, count, sizeof(*ret->items));
    for (size_t i = 0; i < count; i++) {
        if (!to_text(reader, json_array_get(value, i), &ret->items[i])) {
            return false;
        }
        ret->count++;
    }
    return true;
}

/* A text is read as JSON, which is what a template may have made of the dictionary. NULL: it is
 * none. */
static json_t *to_dictionary(json_t *value)
{
    json_t *parsed = json_is_string(value)
                         ? json_loadb(json_string_value(value), json_string_length(value), 0, NULL)
                         : json_incref(value);

    if (!json_is_object(parsed)) {
        json_decref(parsed);
        return NULL;
    }
    return parsed;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A number without a unit is seconds, as in Ansible's own timeouts. */
static ens_rc read_duration(const struct reader *reader, const struct ens_param *param,
                            json_t *value, int64_t *ret_ms)
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

static ens_rc unsupported(const struct reader *reader, const struct ens_param *table,
                          const char *name)
{
    ENS_AUTO_BUF known = ens_buf_new(1024);

    for (const struct ens_param *param = table; param->name != NULL; param++) {
        ens_buf_addf(&known, "%s%s", param == table ? "" : ", ", param->name);
    }
    return ens_fail(reader->diags, ENS_INVALID, NULL,
                    "unsupported parameter \"%s\"; supported parameters are: %s",
                    ens_quoted(ens_str_of(name)).text, ens_buf_text(&known));
}

static ens_rc read_param(const struct reader *reader, const struct ens_param *param,
                         const char *where, json_t *value);

static ens_rc read_members(const struct reader *reader, const struct ens_param *param,
                           json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    ens_rc result = ENS_OK;

    json_object_foreach(object, name, value)
    {
        const struct ens_param *member = ens_param_find(param->nested, name);
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

static ens_rc read_dictionary(const struct reader *reader, const struct ens_param *param,
                              json_t *value)
{
    json_auto_t *parsed = to_dictionary(value);

    return parsed != NULL
               ? read_members(reader, param, parsed)
               : ens_fail(reader->diags, ENS_INVALID, param->name, "expected a dictionary");
}

static bool to_number(const struct reader *reader, json_t *value, uint32_t *ret)
{
    ens_str text = {0};

    if (!to_text(reader, value, &text)) {
        return false;
    }
    text = ens_str_trim(text);
    if (text.len == 0 || text.len > NUMBER_DIGITS_MAX || !ens_str_all_in(text, "0123456789")) {
        return false;
    }
    *ret = (uint32_t)strtoul(ens_arena_dup(reader->arena, text).ptr, NULL, 10);
    return true;
}

static ens_rc read_statuses(const struct reader *reader, json_t *value, const char *where)
{
    struct ens_texts words = {0};
    ens_rc rc = ENS_OK;

    if (!to_texts(reader, value, &words)) {
        return ens_fail(reader->diags, ENS_INVALID, where, "expected a list of statuses");
    }
    for (size_t i = 0; rc == ENS_OK && i < words.count; i++) {
        rc = ens_selector_add_status(&reader->args->selector, words.items[i], where, reader->diags);
    }
    return rc;
}

static ens_rc read_tags(const struct reader *reader, json_t *value, const char *where)
{
    json_auto_t *parsed = to_dictionary(value);
    const char *key = NULL;
    json_t *member = NULL;
    ens_rc rc = ENS_OK;

    if (parsed == NULL) {
        return ens_fail(reader->diags, ENS_INVALID, where, "expected a dictionary of texts");
    }
    json_object_foreach(parsed, key, member)
    {
        ens_str text = {0};
        rc = to_text(reader, member, &text)
                 ? ens_selector_add_tag(&reader->args->selector, reader->arena, ens_str_of(key),
                                        text, where, reader->diags)
                 : ens_fail(reader->diags, ENS_INVALID, where, "expected a dictionary of texts");
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

static ens_rc read_limit(const struct reader *reader, json_t *value, const char *where, size_t *ret)
{
    uint32_t limit = 0;

    if (!to_number(reader, value, &limit) || limit < 1 || limit > ENS_SELECTOR_LIMIT_MAX) {
        return ens_fail(reader->diags, ENS_INVALID, where, "expected a whole number from 1 to %d",
                        ENS_SELECTOR_LIMIT_MAX);
    }
    *ret = limit;
    return ENS_OK;
}

static ens_rc read_guard(const struct reader *reader, const char *name, const char *where,
                         json_t *value)
{
    struct ens_guard guard = {.source = ENS_STR("the option policy")};
    struct ens_texts texts = {.count = 1};
    const bool known = ens_rule_parse(ens_str_of(name), &guard.rule);
    bool on = true;
    bool read = false;

    ENS_ASSERT(known);
    if (ens_rule_is_list(guard.rule)) {
        read = to_texts(reader, value, &texts);
    } else {
        texts.items = ens_arena_array(reader->arena, 1, sizeof(*texts.items));
        read = guard.rule == ENS_RULE_AUDIT_REQUIRED ? to_bool(value, &on)
                                                     : to_text(reader, value, &texts.items[0]);
        texts.items[0] =
            guard.rule == ENS_RULE_AUDIT_REQUIRED ? ENS_STR("true") : ens_str_trim(texts.items[0]);
    }
    guard.values = texts.items;
    guard.value_count = texts.count;
    if (!read) {
        return ens_fail(reader->diags, ENS_INVALID, where, "expected %s",
                        ens_rule_expects(guard.rule));
    }
    return on ? ens_policy_read_guard(reader->arena, &reader->args->policy, &guard, where,
                                      reader->diags)
              : ENS_OK;
}

static ens_rc read_param(const struct reader *reader, const struct ens_param *param,
                         const char *where, json_t *value)
{
    static const char *const expected[] = {
        [ENS_PARAM_TEXT] = "a text",           [ENS_PARAM_URL] = "a text",
        [ENS_PARAM_SECRET] = "a text",         [ENS_PARAM_SECONDS] = "a whole number of seconds",
        [ENS_PARAM_TEXTS] = "a list of texts", [ENS_PARAM_BOOL] = "a boolean",
    };
    void *field = (char *)reader->args + param->offset;
    bool read = false;

    switch (param->type) {
    case ENS_PARAM_TEXT:
    case ENS_PARAM_URL:
    case ENS_PARAM_SECRET:
        read = to_text(reader, value, field);
        break;
    case ENS_PARAM_TEXTS:
        read = to_texts(reader, value, field);
        break;
    case ENS_PARAM_SECONDS:
        read = to_number(reader, value, field);
        break;
    case ENS_PARAM_BOOL:
        read = to_bool(value, field);
        break;
    case ENS_PARAM_STATUSES:
        return read_statuses(reader, value, where);
    case ENS_PARAM_TAGS:
        return read_tags(reader, value, where);
    case ENS_PARAM_LIMIT:
        return read_limit(reader, value, where, field);
    case ENS_PARAM_DURATION:
        return read_duration(reader, param, value, field);
    case ENS_PARAM_DICTIONARY:
    case ENS_PARAM_POLICY:
        return read_dictionary(reader, param, value);
    case ENS_PARAM_GUARD:
        return read_guard(reader, param->name, where, value);
    }
    return read ? ENS_OK
                : ens_fail(reader->diags, ENS_INVALID, where, "expected %s", expected[param->type]);
}

static ens_rc read_all(const struct reader *reader, json_t *json)
{
    const struct ens_param *params = ens_module_params(reader->args->module);
    const char *name = NULL;
    json_t *value = NULL;
    ens_rc result = ENS_OK;

    /* Goes on after an error, so that "invocation" shows all known parameters. */
    json_object_foreach(json, name, value)
    {
        const struct ens_param *param = ens_param_find(params, name);
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

    for (const struct ens_param *param = ens_module_params(args->module); param->name != NULL;
         param++) {
        const ens_str *text = (const void *)((const char *)args + param->offset);
        if (param->required && text->len == 0) {
            return ens_fail(reader->diags, ENS_INVALID, NULL, "missing required argument: %s",
                            param->name);
        }
    }
    ens_rc rc = ens_cloud_check(args->settings.cloud, "cloud", reader->diags);
    return rc == ENS_OK ? ens_region_check(args->region, "region", reader->diags) : rc;
}

static ens_rc add_target(const struct reader *reader, ens_str id, const char *where)
{
    struct ens_args *args = reader->args;
    const struct ens_target target = {args->settings.cloud, args->region, id};
    ens_rc rc = ens_id_check(id, where, reader->diags);

    return rc == ENS_OK ? ens_target_list_add(&args->targets, &target, NULL, reader->diags) : rc;
}

static ens_rc add_targets(const struct reader *reader)
{
    const struct ens_texts *ids = &reader->args->instance_ids;
    ens_rc rc = ids->count <= ENS_RESULTS_MAX
                    ? ENS_OK
                    : ens_fail(reader->diags, ENS_LIMIT, "instance_ids",
                               "%zu ids: expected at most %d", ids->count, ENS_RESULTS_MAX);

    for (size_t i = 0; rc == ENS_OK && i < ids->count; i++) {
        rc = add_target(reader, ids->items[i],
                        ens_arena_printf(reader->arena, "instance_ids[%zu]", i).ptr);
    }
    return rc;
}

static ens_rc finish_running(const struct reader *reader)
{
    const struct ens_args *args = reader->args;

    if (args->instance_id.len > 0 && args->instance_ids.given) {
        return ens_fail(reader->diags, ENS_INVALID, NULL,
                        "parameters are mutually exclusive: instance_id, instance_ids");
    }
    if (args->instance_id.len == 0 && !args->instance_ids.given) {
        return ens_fail(reader->diags, ENS_INVALID, NULL,
                        "one of the following is required: instance_id, instance_ids");
    }
    return args->instance_ids.given ? add_targets(reader)
                                    : add_target(reader, args->instance_id, "instance_id");
}

static ens_rc finish_info(const struct reader *reader)
{
    struct ens_args *args = reader->args;

    if (args->instance_ids.given && ens_args_have_filters(args)) {
        return ens_fail(reader->diags, ENS_INVALID, NULL,
                        "parameters are mutually exclusive: instance_ids, filters");
    }
    args->selector.cloud = args->settings.cloud;
    args->selector.region = args->region;
    ens_rc rc = ens_selector_check(&args->selector, "filters", reader->diags);
    return rc == ENS_OK ? add_targets(reader) : rc;
}

bool ens_args_have_filters(const struct ens_args *args)
{
    const struct ens_selector *selector = &args->selector;

    return selector->statuses != 0 || selector->tag_count > 0 || selector->name.len > 0 ||
           selector->zone.len > 0 || selector->group.len > 0 || selector->limit > 0;
}

ens_rc ens_args_read(struct ens_arena *arena, enum ens_module module, ens_str text,
                     struct ens_args *ret, struct ens_diags *diags)
{
    static ens_rc (*const finish[ENS_MODULE_COUNT])(const struct reader *reader) = {
        [ENS_MODULE_INSTANCE_RUNNING] = finish_running,
        [ENS_MODULE_INSTANCE_INFO] = finish_info,
    };
    const struct reader reader = {arena, ret, diags};
    json_error_t error;

    *ret = (struct ens_args){.module = module, .preflight = true, .targets = {.arena = arena}};
    json_auto_t *json = json_loadb(text.len > 0 ? text.ptr : "", text.len, 0, &error);
    if (!json_is_object(json)) {
        return ens_fail(diags, ENS_MALFORMED, NULL,
                        "expected a JSON object of module arguments in the argument file");
    }
    ens_rc rc = read_all(&reader, json);
    if (rc == ENS_OK) {
        rc = check_required(&reader);
    }
    return rc == ENS_OK ? finish[module](&reader) : rc;
}
