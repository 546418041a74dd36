/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "base/utf8.h"
#include "core/document_fields.h"
#include "core/policy_read.h"
#include "core/quote.h"

/* The expected value of each kind, as diagnostics name it. */
static const char *const expected[] = {
    [ENS_FIELD_TARGET] = "a target (cloud/region/instance-id)",
    [ENS_FIELD_STATUS] = ("a status (running, starting, stopped, stopping, busy, failed, deleting, "
                          "absent or unknown)"),
    [ENS_FIELD_ACTION] = "an action (none, start, wait or refuse)",
    [ENS_FIELD_CONFIDENCE] = "a confidence (validated, simulated, unverified or observed)",
    [ENS_FIELD_REASON] = "a reason (such as ok)",
    [ENS_FIELD_TEXT] = "text",
    [ENS_FIELD_TOKEN] = ENS_CLIENT_TOKEN_FORM,
    [ENS_FIELD_HTTP_STATUS] = "an HTTP status (0 to 999)",
    [ENS_FIELD_BOOL] = "true or false",
    [ENS_FIELD_ELAPSED] = "milliseconds (0 or more)",
};

struct reader {
    struct ens_arena *arena;
    const char *name; /* of the file */
    struct ens_diags *diags;
};

/* "plan.json: instances[3].action"; key "" for the element itself. */
static const char *element(const struct reader *reader, const char *list, size_t index,
                           const char *key)
{
    return ens_arena_printf(reader->arena, "%s: %s[%zu]%s%s", reader->name, list, index,
                            key[0] == '\0' ? "" : ".", key)
        .ptr;
}

/* "plan.json: summary". */
static const char *member(const struct reader *reader, const char *key)
{
    return ens_arena_printf(reader->arena, "%s: %s", reader->name, key).ptr;
}

/* Fails with '"wait" is not an action (none, ...)', or for a value that is no string with "missing"
 * or "wrong type". */
static ens_rc unexpected(const struct reader *reader, const char *where, const json_t *value,
                         const char *wanted)
{
    ens_str text = {json_string_value(value), json_string_length(value)};

    if (value == NULL) {
        return ens_fail(reader->diags, ENS_MALFORMED, where, "missing: expected %s", wanted);
    }
    if (!json_is_string(value)) {
        return ens_fail(reader->diags, ENS_MALFORMED, where, "wrong type: expected %s", wanted);
    }
    return ens_fail(reader->diags, ENS_MALFORMED, where, "\"%s\" is not %s", ens_quoted(text).text,
                    wanted);
}

/* Readers delete the keys that they know from an object, so a remaining key is unknown. */
static ens_rc fail_unknown_key(const struct reader *reader, const char *where, json_t *object)
{
    const char *key = json_object_iter_key(json_object_iter(object));

    return ens_fail(reader->diags, ENS_MALFORMED, where, "unknown key \"%s\"",
                    ens_quoted(ens_str_of(key)).text);
}

static bool read_text(const struct reader *reader, const struct ens_field *field, ens_str text,
                      struct ens_result *ret)
{
    struct ens_target target = {0};

    switch (field->kind) {
    case ENS_FIELD_TARGET:
        if (ens_target_parse(text, NULL, &target, NULL) != ENS_OK) {
            return false;
        }
        ret->target = ens_target_copy(reader->arena, &target);
        return true;
    case ENS_FIELD_STATUS:
        return ens_status_parse(text, &ret->status);
    case ENS_FIELD_ACTION:
        return ens_action_parse(text, &ret->action);
    case ENS_FIELD_CONFIDENCE:
        return ens_confidence_parse(text, &ret->confidence);
    case ENS_FIELD_REASON:
        return ens_reason_parse(text, &ret->reason);
    case ENS_FIELD_TEXT:
    case ENS_FIELD_TOKEN:
        *(ens_str *)(void *)((char *)ret + field->offset) = ens_arena_dup(reader->arena, text);
        return field->kind == ENS_FIELD_TEXT || ens_client_token_valid(text);
    case ENS_FIELD_HTTP_STATUS:
    case ENS_FIELD_BOOL:
    case ENS_FIELD_ELAPSED:
        break;
    }
    return false;
}

static bool read_number(const struct ens_field *field, json_int_t number, struct ens_result *ret)
{
    if (field->kind == ENS_FIELD_HTTP_STATUS && number >= 0 && number <= 999) {
        ret->http_status = (uint32_t)number;
        return true;
    }
    if (field->kind == ENS_FIELD_ELAPSED && number >= 0) {
        ret->elapsed_ms = number;
        return true;
    }
    return false;
}

static bool read_field(const struct reader *reader, const struct ens_field *field,
                       const json_t *value, struct ens_result *ret)
{
    if (json_is_string(value)) {
        ens_str text = {json_string_value(value), json_string_length(value)};
        return read_text(reader, field, text, ret);
    }
    if (json_is_integer(value)) {
        return read_number(field, json_integer_value(value), ret);
    }
    if (json_is_boolean(value) && field->kind == ENS_FIELD_BOOL) {
        *(bool *)((char *)ret + field->offset) = json_is_true(value);
        return true;
    }
    return false;
}

static ens_rc read_instance(const struct reader *reader, size_t index, json_t *instance,
                            enum ens_document_kind kind, struct ens_result *ret)
{
    if (!json_is_object(instance)) {
        return unexpected(reader, element(reader, "instances", index, ""), instance, "an object");
    }
    for (size_t i = 0; i < ens_document_field_count; i++) {
        const struct ens_field *field = &ens_document_fields[i];
        const json_t *value = json_object_get(instance, field->name);
        if (!ens_document_has(kind, field)) {
            continue;
        }
        if (!read_field(reader, field, value, ret)) {
            return unexpected(reader, element(reader, "instances", index, field->name), value,
                              expected[field->kind]);
        }
        (void)json_object_del(instance, field->name);
    }
    return json_object_size(instance) == 0
               ? ENS_OK
               : fail_unknown_key(reader, element(reader, "instances", index, ""), instance);
}

static ens_rc read_instances(const struct reader *reader, const json_t *list,
                             struct ens_document *ret)
{
    struct ens_target_list seen = {.arena = reader->arena};
    size_t count = json_array_size(list);

    if (!json_is_array(list)) {
        return unexpected(reader, member(reader, "instances"), list, "a list");
    }
    if (count > ENS_RESULTS_MAX) {
        return ens_fail(reader->diags, ENS_LIMIT, member(reader, "instances"),
                        "%zu of them: expected at most %d", count, ENS_RESULTS_MAX);
    }
    ret->results = ens_arena_array(reader->arena, count, sizeof(*ret->results));
    for (size_t i = 0; i < count; i++) {
        struct ens_result *result = &ret->results[i];
        size_t first = 0;
        ens_rc rc = read_instance(reader, i, json_array_get(list, i), ret->kind, result);
        if (rc == ENS_OK) {
            rc = ens_target_list_add(&seen, &result->target, &first, reader->diags);
        }
        if (rc != ENS_OK) {
            return rc;
        }
        if (first != i) {
            return ens_fail(reader->diags, ENS_MALFORMED, element(reader, "instances", i, "target"),
                            "the same target as instances[%zu]: expected each once", first);
        }
    }
    ret->count = count;
    return ENS_OK;
}

/* The counts must match the instances: otherwise the document was edited. */
static ens_rc read_summary(const struct reader *reader, json_t *summary, struct ens_document *ret)
{
    const char *where = member(reader, "summary");

    if (!json_is_object(summary)) {
        return unexpected(reader, where, summary, "an object");
    }
    for (size_t i = 0; i < ret->count; i++) {
        ens_document_count_result(ret, &ret->results[i]);
    }
    for (const struct ens_count *count = ens_document_counts(ret->kind); count->name != NULL;
         count++) {
        const json_t *value = json_object_get(summary, count->name);
        json_int_t found = (json_int_t)ens_document_count_of(&ret->summary, count);
        if (!json_is_integer(value)) {
            return unexpected(
                reader, where, value,
                ens_arena_printf(reader->arena, "a number as \"%s\"", count->name).ptr);
        }
        if (json_integer_value(value) != found) {
            return ens_fail(reader->diags, ENS_MALFORMED, where,
                            "\"%s\" is %" JSON_INTEGER_FORMAT
                            ", but the instances add up to %" JSON_INTEGER_FORMAT,
                            count->name, json_integer_value(value), found);
        }
        (void)json_object_del(summary, count->name);
    }
    return json_object_size(summary) == 0 ? ENS_OK : fail_unknown_key(reader, where, summary);
}

static ens_rc read_warnings(const struct reader *reader, const json_t *list,
                            struct ens_document *ret)
{
    const size_t count = json_array_size(list);

    if (!json_is_array(list)) {
        return unexpected(reader, member(reader, "warnings"), list, "a list of sentences");
    }
    ens_str *warnings = ens_arena_array(reader->arena, count, sizeof(*warnings));
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_string(value)) {
            return unexpected(reader, element(reader, "warnings", i, ""), value, "a sentence");
        }
        warnings[i] = ens_arena_dup(reader->arena,
                                    (ens_str){json_string_value(value), json_string_length(value)});
    }
    ret->warnings = warnings;
    ret->warning_count = count;
    return ENS_OK;
}

static bool is_timestamp(ens_str text)
{
    static const char shape[] = "0000-00-00T00:00:00Z";

    if (text.len != sizeof(shape) - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (shape[i] == '0' ? !digit : text.ptr[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

/* Maps "format" to the document's kind. */
static ens_rc read_kind(const struct reader *reader, const json_t *format,
                        enum ens_document_kind *ret)
{
    ens_str name = {json_string_value(format), json_string_length(format)};

    for (int kind = ENS_DOCUMENT_PLAN; kind <= ENS_DOCUMENT_STATUS; kind++) {
        if (ens_str_is(name, ens_document_format((enum ens_document_kind)kind))) {
            *ret = (enum ens_document_kind)kind;
            return ENS_OK;
        }
    }
    return unexpected(reader, member(reader, "format"), format,
                      "a format known here (ensure.plan/v1, ensure.apply/v1 or ensure.status/v1)");
}

static ens_rc read_time(const struct reader *reader, const json_t *root, const char *key,
                        ens_str *ret)
{
    const json_t *value = json_object_get(root, key);
    ens_str time = {json_string_value(value), json_string_length(value)};

    if (!is_timestamp(time)) {
        return unexpected(reader, member(reader, key), value,
                          "a time (such as 2026-09-01T08:09:10Z)");
    }
    *ret = ens_arena_dup(reader->arena, time);
    return ENS_OK;
}

static ens_rc read_shard(const struct reader *reader, json_t *object, struct ens_shard *ret)
{
    const char *where = member(reader, "shard");
    const json_t *index = json_object_get(object, "index");
    const json_t *count = json_object_get(object, "count");

    if (!json_is_object(object)) {
        return unexpected(reader, where, object, "an object");
    }
    if (!json_is_integer(index) || !json_is_integer(count) || json_integer_value(index) < 0 ||
        json_integer_value(count) > ENS_SHARDS_MAX ||
        json_integer_value(index) >= json_integer_value(count)) {
        return ens_fail(reader->diags, ENS_MALFORMED, where,
                        "expected \"count\" from 1 to %d and \"index\" from 0 to less than that",
                        ENS_SHARDS_MAX);
    }
    *ret = (struct ens_shard){(size_t)json_integer_value(index), (size_t)json_integer_value(count)};
    (void)json_object_del(object, "index");
    (void)json_object_del(object, "count");
    return json_object_size(object) == 0 ? ENS_OK : fail_unknown_key(reader, where, object);
}

/* Reads all members except the instances and their summary. */
static ens_rc read_head(const struct reader *reader, const json_t *root, struct ens_document *ret)
{
    ens_rc rc = read_kind(reader, json_object_get(root, "format"), &ret->kind);

    if (rc == ENS_OK) {
        rc = read_time(reader, root, "created_at", &ret->created_at);
    }
    if (rc == ENS_OK && ret->kind == ENS_DOCUMENT_PLAN &&
        json_object_get(root, "applied_at") != NULL) {
        rc = read_time(reader, root, "applied_at", &ret->applied_at);
    }
    if (rc == ENS_OK && json_object_get(root, "shard") != NULL) {
        rc = read_shard(reader, json_object_get(root, "shard"), &ret->shard);
    }
    if (rc == ENS_OK) {
        rc = read_warnings(reader, json_object_get(root, "warnings"), ret);
    }
    if (rc == ENS_OK && ret->kind != ENS_DOCUMENT_STATUS) {
        rc = ens_policy_read_list(reader->arena, json_object_get(root, "policy"),
                                  member(reader, "policy"), &ret->policy, reader->diags);
    }
    return rc;
}

static void delete_key(json_t *root, const char *key)
{
    (void)json_object_del(root, key);
}

static ens_rc read_results(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    ens_rc rc = read_head(reader, root, ret);

    if (rc == ENS_OK) {
        rc = read_instances(reader, json_object_get(root, "instances"), ret);
    }
    if (rc == ENS_OK) {
        rc = read_summary(reader, json_object_get(root, "summary"), ret);
    }
    if (rc != ENS_OK) {
        return rc;
    }
    static const char *const known[] = {"format",   "created_at", "shard",
                                        "warnings", "summary",    "instances"};
    for (size_t i = 0; i < ENS_COUNT(known); i++) {
        delete_key(root, known[i]);
    }
    if (ret->kind == ENS_DOCUMENT_PLAN) {
        delete_key(root, "applied_at");
    }
    if (ret->kind != ENS_DOCUMENT_STATUS) {
        delete_key(root, "policy");
    }
    return json_object_size(root) == 0 ? ENS_OK : fail_unknown_key(reader, reader->name, root);
}

static ens_rc read_target(const struct reader *reader, size_t index, const json_t *value,
                          struct ens_target *ret)
{
    ens_str text = {json_string_value(value), json_string_length(value)};

    if (json_is_string(value) && ens_target_parse(text, NULL, ret, NULL) == ENS_OK) {
        return ENS_OK;
    }
    /* The place is only formatted for a malformed target, since there may be many targets. */
    const char *where = element(reader, "targets", index, "");
    if (!json_is_string(value) || ens_target_parse(text, where, ret, reader->diags) == ENS_OK) {
        return unexpected(reader, where, value, expected[ENS_FIELD_TARGET]);
    }
    return ENS_MALFORMED;
}

/* The guards of a fleet are optional. */
static ens_rc read_fleet_policy(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    const json_t *policy = json_object_get(root, "policy");

    ens_rc rc = policy == NULL
                    ? ENS_OK
                    : ens_policy_read_object(reader->arena, policy, ens_str_of(reader->name),
                                             member(reader, "policy"), &ret->policy, reader->diags);
    delete_key(root, "policy");
    return rc;
}

static ens_rc read_select(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    const json_t *list = json_object_get(root, "select");
    const size_t count = json_array_size(list);
    ens_rc rc = ENS_OK;

    if (list == NULL) {
        return ENS_OK;
    }
    if (!json_is_array(list)) {
        return unexpected(reader, member(reader, "select"), list, "a list of selectors");
    }
    if (count > ENS_SELECTORS_MAX) {
        return ens_fail(reader->diags, ENS_LIMIT, member(reader, "select"),
                        "%zu selectors: expected at most %d", count, ENS_SELECTORS_MAX);
    }
    ret->select = ens_arena_array(reader->arena, count, sizeof(*ret->select));
    ret->select_count = count;
    for (size_t i = 0; rc == ENS_OK && i < count; i++) {
        rc = ens_selector_read(reader->arena, json_array_get(list, i),
                               element(reader, "select", i, ""), &ret->select[i], reader->diags);
    }
    delete_key(root, "select");
    return rc == ENS_INVALID ? ENS_MALFORMED : rc; /* a part of a target that can't be */
}

static ens_rc read_targets(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    const json_t *targets = json_object_get(root, "targets");
    struct ens_target_list list = {.arena = reader->arena};

    if (targets == NULL) {
        return ENS_OK; /* it has selectors */
    }
    if (!json_is_array(targets)) {
        return unexpected(reader, member(reader, "targets"), targets, "a list of targets");
    }
    for (size_t i = 0; i < json_array_size(targets); i++) {
        struct ens_target target = {0};
        ens_rc rc = read_target(reader, i, json_array_get(targets, i), &target);
        if (rc != ENS_OK) {
            return rc;
        }
        if (ens_target_list_add(&list, &target, NULL, NULL) != ENS_OK) {
            return ens_fail(reader->diags, ENS_LIMIT, member(reader, "targets"),
                            "more than %d targets: expected at most that many in one request",
                            ENS_TARGETS_MAX);
        }
    }
    ret->targets = list;
    ret->count = list.count;
    delete_key(root, "targets");
    return ENS_OK;
}

static ens_rc read_fleet(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    ret->kind = ENS_DOCUMENT_FLEET;
    ret->targets.arena = reader->arena;
    ens_rc rc = read_targets(reader, root, ret);
    if (rc == ENS_OK) {
        rc = read_select(reader, root, ret);
    }
    if (rc == ENS_OK) {
        rc = read_fleet_policy(reader, root, ret);
    }
    if (rc != ENS_OK) {
        return rc;
    }
    return json_object_size(root) == 0 ? ENS_OK : fail_unknown_key(reader, reader->name, root);
}

ens_rc ens_document_read_json(struct ens_arena *arena, json_t *root, const char *name,
                              struct ens_document *ret, struct ens_diags *diags)
{
    const struct reader reader = {.arena = arena, .name = name, .diags = diags};
    struct ens_document document = {0};
    const bool fleet =
        json_object_get(root, "targets") != NULL || json_object_get(root, "select") != NULL;

    if (!fleet && json_object_get(root, "format") == NULL) {
        return ens_fail(diags, ENS_MALFORMED, name,
                        "neither a fleet ({\"targets\": [...]}) nor a plan (\"format\": \"%s\")",
                        ens_document_format(ENS_DOCUMENT_PLAN));
    }
    ens_rc rc =
        fleet ? read_fleet(&reader, root, &document) : read_results(&reader, root, &document);
    if (rc == ENS_OK) {
        *ret = document;
    }
    return rc;
}

ens_rc ens_document_read(struct ens_arena *arena, ens_str text, const char *name,
                         struct ens_document *ret, struct ens_diags *diags)
{
    json_error_t error = {0};

    if (text.len > ENS_DOCUMENT_MAX) {
        return ens_fail(diags, ENS_LIMIT, name, "larger than %zu bytes", ENS_DOCUMENT_MAX);
    }
    if (ens_utf8_is_utf16(text)) {
        return ens_fail(diags, ENS_MALFORMED, name, "in UTF-16: expected UTF-8");
    }
    text = ens_utf8_skip_mark(text);
    json_auto_t *root =
        json_loadb(text.len == 0 ? "" : text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return ens_fail(diags, ENS_MALFORMED, name, "not JSON (line %d, column %d): %s", error.line,
                        error.column, ens_quoted(ens_str_of(error.text)).text);
    }
    return ens_document_read_json(arena, root, name, ret, diags);
}
