/* SPDX-License-Identifier: Apache-2.0 */
#include "core/document.h"

#include <jansson.h>
#include <string.h>

#include "base/utf8.h"
#include "core/json.h"
#include "core/quote.h"

static const char *const formats[] = {
    [ENS_DOCUMENT_PLAN] = "ensure.plan/v1",
    [ENS_DOCUMENT_APPLY] = "ensure.apply/v1",
};

/* ---- what an instance is made of: one table for both directions, in the order of the JSON ---- */

enum field_kind {
    FIELD_TARGET,
    FIELD_STATUS,
    FIELD_ACTION,
    FIELD_CONFIDENCE,
    FIELD_REASON,
    FIELD_TEXT,  /* the ens_str at offset */
    FIELD_TOKEN, /* likewise */
    FIELD_HTTP_STATUS,
    FIELD_BOOL, /* the bool at offset */
    FIELD_ELAPSED,
};

/* What a reader wants of each kind, in the words of a diagnostic. */
static const char *const expected[] = {
    [FIELD_TARGET] = "a target (cloud/region/instance-id)",
    [FIELD_STATUS] = ("a status (running, starting, stopped, stopping, busy, failed, deleting, "
                      "absent or unknown)"),
    [FIELD_ACTION] = "an action (none, start, wait or refuse)",
    [FIELD_CONFIDENCE] = "a confidence (validated, simulated, unverified or observed)",
    [FIELD_REASON] = "a reason (such as ok)",
    [FIELD_TEXT] = "text",
    [FIELD_TOKEN] = ENS_CLIENT_TOKEN_FORM,
    [FIELD_HTTP_STATUS] = "an HTTP status (0 to 999)",
    [FIELD_BOOL] = "true or false",
    [FIELD_ELAPSED] = "milliseconds (0 or more)",
};

static const struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
} fields[] = {
    {"target", FIELD_TARGET, 0},
    {"status", FIELD_STATUS, 0},
    {"provider_status", FIELD_TEXT, offsetof(struct ens_result, provider_status)},
    {"action", FIELD_ACTION, 0},
    {"confidence", FIELD_CONFIDENCE, 0},
    {"reason", FIELD_REASON, 0},
    {"message", FIELD_TEXT, offsetof(struct ens_result, message)},
    {"advice", FIELD_TEXT, offsetof(struct ens_result, advice)},
    {"provider_code", FIELD_TEXT, offsetof(struct ens_result, provider_code)},
    {"http_status", FIELD_HTTP_STATUS, 0},
    {"request_id", FIELD_TEXT, offsetof(struct ens_result, request_id)},
    {"client_token", FIELD_TOKEN, offsetof(struct ens_result, client_token)},
    /* In an apply document only: */
    {"started", FIELD_BOOL, offsetof(struct ens_result, started)},
    {"start_request_id", FIELD_TEXT, offsetof(struct ens_result, start_request_id)},
    {"start_sent", FIELD_BOOL, offsetof(struct ens_result, start_sent)},
    {"elapsed_ms", FIELD_ELAPSED, 0},
};

#define APPLY_FIELDS ((size_t)4)

static size_t field_count(enum ens_document_kind kind)
{
    return ENS_COUNT(fields) - (kind == ENS_DOCUMENT_APPLY ? 0 : APPLY_FIELDS);
}

static const struct count {
    const char *name;
    size_t offset;
} plan_counts[] =
    {
        {"total", offsetof(struct ens_summary, total)},
        {"none", offsetof(struct ens_summary, none)},
        {"start", offsetof(struct ens_summary, start)},
        {"wait", offsetof(struct ens_summary, wait)},
        {"refuse", offsetof(struct ens_summary, refuse)},
        {NULL, 0},
},
  apply_counts[] = {
      {"total", offsetof(struct ens_summary, total)},
      {"running", offsetof(struct ens_summary, running)},
      {"started", offsetof(struct ens_summary, started)},
      {"refused", offsetof(struct ens_summary, refused)},
      {"failed", offsetof(struct ens_summary, failed)},
      {"unfinished", offsetof(struct ens_summary, unfinished)},
      {NULL, 0},
};

static const struct count *counts_of(enum ens_document_kind kind)
{
    return kind == ENS_DOCUMENT_APPLY ? apply_counts : plan_counts;
}

static size_t count_of(const struct ens_summary *summary, const struct count *count)
{
    return *(const size_t *)(const void *)((const char *)summary + count->offset);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_target(struct ens_json *json, const struct ens_target *target)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_json_text(json, ens_target_text(arena, target));
}

static void write_field(struct ens_json *json, const struct ens_result *result,
                        const struct field *field)
{
    ens_json_name(json, field->name);
    switch (field->kind) {
    case FIELD_TARGET:
        write_target(json, &result->target);
        return;
    case FIELD_STATUS:
        ens_json_text(json, ens_str_of(ens_status_name(result->status)));
        return;
    case FIELD_ACTION:
        ens_json_text(json, ens_str_of(ens_action_name(result->action)));
        return;
    case FIELD_CONFIDENCE:
        ens_json_text(json, ens_str_of(ens_confidence_name(result->confidence)));
        return;
    case FIELD_REASON:
        ens_json_text(json, ens_str_of(ens_reason_name(result->reason)));
        return;
    case FIELD_TEXT:
    case FIELD_TOKEN:
        ens_json_text(json, *(const ens_str *)(const void *)((const char *)result + field->offset));
        return;
    case FIELD_HTTP_STATUS:
        ens_json_int(json, result->http_status);
        return;
    case FIELD_BOOL:
        ens_json_bool(json, *(const bool *)((const char *)result + field->offset));
        return;
    case FIELD_ELAPSED:
        ens_json_int(json, result->elapsed_ms);
        return;
    }
}

static void write_result(struct ens_json *json, const struct ens_result *result,
                         enum ens_document_kind kind)
{
    ens_json_begin(json, '{');
    for (size_t i = 0; i < field_count(kind); i++) {
        write_field(json, result, &fields[i]);
    }
    ens_json_end(json, '}');
}

void ens_document_add_result(struct ens_json *json, const struct ens_result *result, bool apply)
{
    write_result(json, result, apply ? ENS_DOCUMENT_APPLY : ENS_DOCUMENT_PLAN);
}

void ens_document_write_result(struct ens_buf *out, const struct ens_result *result, bool apply)
{
    struct ens_json json = ens_json_new(out, 0);

    ens_document_add_result(&json, result, apply);
}

static void write_warnings(struct ens_json *json, const struct ens_document *document)
{
    ens_json_name(json, "warnings");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < document->warning_count; i++) {
        ens_json_text(json, document->warnings[i]);
    }
    ens_json_end(json, ']');
}

static void write_summary(struct ens_json *json, const struct ens_document *document)
{
    ens_json_name(json, "summary");
    ens_json_begin(json, '{');
    for (const struct count *count = counts_of(document->kind); count->name != NULL; count++) {
        ens_json_name(json, count->name);
        ens_json_int(json, (int64_t)count_of(&document->summary, count));
    }
    ens_json_end(json, '}');
}

void ens_document_write(struct ens_buf *out, const struct ens_document *document, unsigned indent)
{
    struct ens_json json = ens_json_new(out, indent);

    ENS_ASSERT(document->kind == ENS_DOCUMENT_PLAN || document->kind == ENS_DOCUMENT_APPLY);
    ens_json_begin(&json, '{');
    ens_json_name(&json, "format");
    ens_json_text(&json, ens_str_of(formats[document->kind]));
    ens_json_name(&json, "created_at");
    ens_json_text(&json, document->created_at);
    write_warnings(&json, document);
    ens_json_name(&json, "policy"); /* no guards yet */
    ens_json_begin(&json, '[');
    ens_json_end(&json, ']');
    write_summary(&json, document);
    ens_json_name(&json, "instances");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < document->count && !ens_buf_failed(out); i++) {
        write_result(&json, &document->results[i], document->kind);
    }
    ens_json_end(&json, ']');
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
}

/* ---- reading --------------------------------------------------------------------------------- */

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

/* "wait" is not an action (none, ...); or, where there is no text to repeat, what is wrong. */
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

/* Readers take the keys they know out of an object; one that is left is unknown. */
static ens_rc leftover(const struct reader *reader, const char *where, json_t *object)
{
    const char *key = json_object_iter_key(json_object_iter(object));

    return ens_fail(reader->diags, ENS_MALFORMED, where, "unknown key \"%s\"",
                    ens_quoted(ens_str_of(key)).text);
}

static bool read_text(const struct reader *reader, const struct field *field, ens_str text,
                      struct ens_result *ret)
{
    struct ens_target target = {0};

    switch (field->kind) {
    case FIELD_TARGET:
        if (ens_target_parse(text, NULL, &target, NULL) != ENS_OK) {
            return false;
        }
        ret->target = ens_target_copy(reader->arena, &target);
        return true;
    case FIELD_STATUS:
        return ens_status_parse(text, &ret->status);
    case FIELD_ACTION:
        return ens_action_parse(text, &ret->action);
    case FIELD_CONFIDENCE:
        return ens_confidence_parse(text, &ret->confidence);
    case FIELD_REASON:
        return ens_reason_parse(text, &ret->reason);
    case FIELD_TEXT:
    case FIELD_TOKEN:
        *(ens_str *)(void *)((char *)ret + field->offset) = ens_arena_dup(reader->arena, text);
        return field->kind == FIELD_TEXT || ens_client_token_valid(text);
    case FIELD_HTTP_STATUS:
    case FIELD_BOOL:
    case FIELD_ELAPSED:
        break;
    }
    return false;
}

static bool read_number(const struct field *field, json_int_t number, struct ens_result *ret)
{
    if (field->kind == FIELD_HTTP_STATUS && number >= 0 && number <= 999) {
        ret->http_status = (uint32_t)number;
        return true;
    }
    if (field->kind == FIELD_ELAPSED && number >= 0) {
        ret->elapsed_ms = number;
        return true;
    }
    return false;
}

static bool read_field(const struct reader *reader, const struct field *field, const json_t *value,
                       struct ens_result *ret)
{
    if (json_is_string(value)) {
        ens_str text = {json_string_value(value), json_string_length(value)};
        return read_text(reader, field, text, ret);
    }
    if (json_is_integer(value)) {
        return read_number(field, json_integer_value(value), ret);
    }
    if (json_is_boolean(value) && field->kind == FIELD_BOOL) {
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
    for (size_t i = 0; i < field_count(kind); i++) {
        const json_t *value = json_object_get(instance, fields[i].name);
        if (!read_field(reader, &fields[i], value, ret)) {
            return unexpected(reader, element(reader, "instances", index, fields[i].name), value,
                              expected[fields[i].kind]);
        }
        (void)json_object_del(instance, fields[i].name);
    }
    return json_object_size(instance) == 0
               ? ENS_OK
               : leftover(reader, element(reader, "instances", index, ""), instance);
}

static ens_rc read_instances(const struct reader *reader, const json_t *list,
                             struct ens_document *ret)
{
    struct ens_target_list seen = {.arena = reader->arena};
    size_t count = json_array_size(list);

    if (!json_is_array(list)) {
        return unexpected(reader, member(reader, "instances"), list, "a list");
    }
    if (count > ENS_TARGETS_MAX) {
        return ens_fail(reader->diags, ENS_LIMIT, member(reader, "instances"),
                        "%zu instances: expected at most %d", count, ENS_TARGETS_MAX);
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

/* The counts must be those of the instances: a document whose parts disagree was edited. */
static ens_rc read_summary(const struct reader *reader, json_t *summary, struct ens_document *ret)
{
    const char *where = member(reader, "summary");

    if (!json_is_object(summary)) {
        return unexpected(reader, where, summary, "an object");
    }
    for (size_t i = 0; i < ret->count; i++) {
        ens_summary_add(&ret->summary, &ret->results[i], ret->kind == ENS_DOCUMENT_APPLY);
    }
    for (const struct count *count = counts_of(ret->kind); count->name != NULL; count++) {
        const json_t *value = json_object_get(summary, count->name);
        json_int_t found = (json_int_t)count_of(&ret->summary, count);
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
    return json_object_size(summary) == 0 ? ENS_OK : leftover(reader, where, summary);
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

/* What guards were in force is for people: nothing is decided by it. */
static ens_rc read_guards(const struct reader *reader, const json_t *list)
{
    return json_is_array(list)
               ? ENS_OK
               : unexpected(reader, member(reader, "policy"), list, "a list of guards");
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

static ens_rc read_plan(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    const json_t *format = json_object_get(root, "format");
    const json_t *created = json_object_get(root, "created_at");
    ens_str name = {json_string_value(format), json_string_length(format)};
    ens_str time = {json_string_value(created), json_string_length(created)};

    if (ens_str_is(name, formats[ENS_DOCUMENT_PLAN])) {
        ret->kind = ENS_DOCUMENT_PLAN;
    } else if (ens_str_is(name, formats[ENS_DOCUMENT_APPLY])) {
        ret->kind = ENS_DOCUMENT_APPLY;
    } else {
        return unexpected(reader, member(reader, "format"), format,
                          "a format known here (ensure.plan/v1 or ensure.apply/v1)");
    }
    if (!is_timestamp(time)) {
        return unexpected(reader, member(reader, "created_at"), created,
                          "a time (such as 2026-09-01T08:09:10Z)");
    }
    ret->created_at = ens_arena_dup(reader->arena, time);
    ens_rc rc = read_warnings(reader, json_object_get(root, "warnings"), ret);
    if (rc == ENS_OK) {
        rc = read_guards(reader, json_object_get(root, "policy"));
    }
    if (rc == ENS_OK) {
        rc = read_instances(reader, json_object_get(root, "instances"), ret);
    }
    if (rc == ENS_OK) {
        rc = read_summary(reader, json_object_get(root, "summary"), ret);
    }
    static const char *const known[] = {"format", "created_at", "warnings",
                                        "policy", "summary",    "instances"};
    for (size_t i = 0; rc == ENS_OK && i < ENS_COUNT(known); i++) {
        (void)json_object_del(root, known[i]);
    }
    return rc != ENS_OK || json_object_size(root) == 0 ? rc : leftover(reader, reader->name, root);
}

static ens_rc read_target(const struct reader *reader, size_t index, const json_t *value,
                          struct ens_target *ret)
{
    ens_str text = {json_string_value(value), json_string_length(value)};

    if (json_is_string(value) && ens_target_parse(text, NULL, ret, NULL) == ENS_OK) {
        return ENS_OK;
    }
    /* Only now, since there may be many: where it is, and the parser's own words. */
    const char *where = element(reader, "targets", index, "");
    if (!json_is_string(value) || ens_target_parse(text, where, ret, reader->diags) == ENS_OK) {
        return unexpected(reader, where, value, expected[FIELD_TARGET]);
    }
    return ENS_MALFORMED;
}

static ens_rc read_fleet(const struct reader *reader, json_t *root, struct ens_document *ret)
{
    const json_t *targets = json_object_get(root, "targets");
    struct ens_target_list list = {.arena = reader->arena};

    if (!json_is_array(targets)) {
        return unexpected(reader, member(reader, "targets"), targets, "a list of targets");
    }
    for (size_t i = 0; i < json_array_size(targets); i++) {
        struct ens_target target = {0};
        ens_rc rc = read_target(reader, i, json_array_get(targets, i), &target);
        if (rc == ENS_OK) {
            rc = ens_target_list_add(&list, &target, NULL, reader->diags);
        }
        if (rc != ENS_OK) {
            return rc;
        }
    }
    ret->kind = ENS_DOCUMENT_FLEET;
    ret->results = ens_arena_array(reader->arena, list.count, sizeof(*ret->results));
    ret->count = list.count;
    for (size_t i = 0; i < list.count; i++) {
        ret->results[i].target = list.items[i];
    }
    (void)json_object_del(root, "targets");
    return json_object_size(root) == 0 ? ENS_OK : leftover(reader, reader->name, root);
}

ens_rc ens_document_read(struct ens_arena *arena, ens_str text, const char *name,
                         struct ens_document *ret, struct ens_diags *diags)
{
    const struct reader reader = {.arena = arena, .name = name, .diags = diags};
    struct ens_document document = {0};
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
    bool fleet = json_object_get(root, "targets") != NULL;
    if (!fleet && json_object_get(root, "format") == NULL) {
        return ens_fail(diags, ENS_MALFORMED, name,
                        "neither a fleet ({\"targets\": [...]}) nor a plan (\"format\": \"%s\")",
                        formats[ENS_DOCUMENT_PLAN]);
    }
    ens_rc rc = fleet ? read_fleet(&reader, root, &document) : read_plan(&reader, root, &document);
    if (rc == ENS_OK) {
        *ret = document;
    }
    return rc;
}
