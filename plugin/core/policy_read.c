/* SPDX-License-Identifier: Apache-2.0 */
#include "core/policy_read.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "core/quote.h"

#define KNOWN_MAX 256

struct reader {
    struct ens_arena *arena;
    const char *where;
    struct ens_policy *policy;
    struct ens_diags *diags;
};

static ens_str text_of(const json_t *value)
{
    return (ens_str){json_string_value(value), json_string_length(value)};
}

/* A single value as text; anything that has no text of its own becomes the empty one, which no rule
 * accepts. */
static ens_str scalar(const struct reader *reader, const json_t *value)
{
    if (json_is_integer(value)) {
        return ens_arena_printf(reader->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
    return json_is_true(value) ? ENS_STR("true") : ENS_STR("");
}

static ens_rc wrong_type(const struct reader *reader, enum ens_rule rule)
{
    return ens_fail(reader->diags, ENS_MALFORMED, reader->where, "%s: expected %s",
                    ens_rule_name(rule), ens_rule_expects(rule));
}

static ens_rc read_list(const struct reader *reader, struct ens_guard *guard, const json_t *value)
{
    const size_t count = json_array_size(value);
    ens_str *values = ens_arena_array(reader->arena, count, sizeof(*values));

    if (!json_is_array(value)) {
        return wrong_type(reader, guard->rule);
    }
    for (size_t i = 0; i < count; i++) {
        if (!json_is_string(json_array_get(value, i))) {
            return wrong_type(reader, guard->rule);
        }
        values[i] = text_of(json_array_get(value, i));
    }
    guard->values = values;
    guard->value_count = count;
    return ENS_OK;
}

/* The type is part of the value: "5" is no number, and true no text. */
static ens_rc read_guard(const struct reader *reader, enum ens_rule rule, const json_t *value,
                         ens_str source)
{
    struct ens_guard guard = {.rule = rule, .source = source};
    ens_str single = rule == ENS_RULE_MIN_CONFIDENCE ? text_of(value) : scalar(reader, value);

    if (ens_rule_is_list(rule)) {
        ens_rc rc = read_list(reader, &guard, value);
        if (rc != ENS_OK) {
            return rc;
        }
    } else if (rule == ENS_RULE_AUDIT_REQUIRED && json_is_false(value)) {
        return ENS_OK; /* no guard */
    } else {
        guard.values = &single;
        guard.value_count = 1;
    }
    return ens_policy_read_guard(reader->arena, reader->policy, &guard, reader->where,
                                 reader->diags);
}

/* ---- settings ------------------------------------------------------------------------------- */

static ens_rc fail_unknown(const struct reader *reader, const char *key)
{
    ENS_AUTO_BUF known = ens_buf_new(KNOWN_MAX);

    for (int rule = 0; rule < ENS_RULE_COUNT; rule++) {
        ens_buf_addf(&known, "%s%s", rule == 0 ? "" : ", ", ens_rule_name((enum ens_rule)rule));
    }
    return ens_fail(reader->diags, ENS_MALFORMED, reader->where, "unknown key \"%s\"; known: %s",
                    ens_quoted(ens_str_of(key)).text, ens_buf_text(&known));
}

ens_rc ens_policy_read_object(struct ens_arena *arena, const json_t *object, ens_str source,
                              const char *where, struct ens_policy *policy, struct ens_diags *diags)
{
    const struct reader reader = {arena, where, policy, diags};
    json_t *members = (json_t *)(uintptr_t)object; /* jansson's iterators take no const */
    const char *key = NULL;
    json_t *value = NULL;

    if (!json_is_object(object)) {
        return ens_fail(diags, ENS_MALFORMED, where, "expected an object of guards");
    }
    json_object_foreach(members, key, value)
    {
        enum ens_rule rule = ENS_RULE_MAX_STARTS;
        if (!ens_rule_parse(ens_str_of(key), &rule)) {
            return fail_unknown(&reader, key);
        }
        ens_rc rc = read_guard(&reader, rule, value, source);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

ens_rc ens_policy_read_text(struct ens_arena *arena, ens_str text, const char *file,
                            struct ens_policy *policy, struct ens_diags *diags)
{
    json_error_t error = {0};

    text = ens_utf8_skip_mark(text);
    json_auto_t *root =
        json_loadb(text.len == 0 ? "" : text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return ens_fail(diags, ENS_MALFORMED, file, "not JSON (line %d, column %d): %s", error.line,
                        error.column, ens_quoted(ens_str_of(error.text)).text);
    }
    return ens_policy_read_object(arena, root, ens_str_of(file), file, policy, diags);
}

/* ---- the list of a document ----------------------------------------------------------------- */

static ens_rc read_element(const struct reader *reader, const json_t *element)
{
    const json_t *source = json_object_get(element, "source");
    enum ens_rule rule = ENS_RULE_MAX_STARTS;

    if (json_object_size(element) != 3 || !json_is_string(source) ||
        json_object_get(element, "value") == NULL ||
        !ens_rule_parse(text_of(json_object_get(element, "rule")), &rule)) {
        return ens_fail(reader->diags, ENS_MALFORMED, reader->where,
                        "expected a guard ({\"rule\", \"value\", \"source\"}) with a known rule");
    }
    return read_guard(reader, rule, json_object_get(element, "value"), text_of(source));
}

ens_rc ens_policy_read_list(struct ens_arena *arena, const json_t *list, const char *where,
                            struct ens_policy *policy, struct ens_diags *diags)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct reader reader = {
            .arena = arena,
            .where = ens_arena_printf(arena, "%s[%zu]", where, i).ptr,
            .policy = policy,
            .diags = diags,
        };
        ens_rc rc = read_element(&reader, json_array_get(list, i));
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return json_is_array(list) ? ENS_OK
                               : ens_fail(diags, ENS_MALFORMED, where, "expected a list of guards");
}

/* ---- writing -------------------------------------------------------------------------------- */

void ens_policy_write_value(struct ens_json *json, const struct ens_guard *guard)
{
    switch (guard->rule) {
    case ENS_RULE_MAX_STARTS:
        ens_json_int(json, guard->max_starts);
        return;
    case ENS_RULE_MIN_CONFIDENCE:
        ens_json_text(json, guard->values[0]);
        return;
    case ENS_RULE_AUDIT_REQUIRED:
        ens_json_bool(json, true);
        return;
    case ENS_RULE_ALLOW:
    case ENS_RULE_DENY:
        break;
    }
    ens_json_begin(json, '[');
    for (size_t i = 0; i < guard->value_count; i++) {
        ens_json_text(json, guard->values[i]);
    }
    ens_json_end(json, ']');
}

void ens_policy_write_list(struct ens_json *json, const struct ens_policy *policy)
{
    ens_json_begin(json, '[');
    for (size_t i = 0; i < policy->count; i++) {
        const struct ens_guard *guard = &policy->guards[i];
        ens_json_begin(json, '{');
        ens_json_name(json, "rule");
        ens_json_text(json, ens_str_of(ens_rule_name(guard->rule)));
        ens_json_name(json, "value");
        ens_policy_write_value(json, guard);
        ens_json_name(json, "source");
        ens_json_text(json, guard->source);
        ens_json_end(json, '}');
    }
    ens_json_end(json, ']');
}
