/* SPDX-License-Identifier: Apache-2.0 */
#include "core/document_fields.h"
#include "core/json.h"
#include "core/policy_read.h"

struct ens_result ens_document_result(const struct ens_document *document, size_t index)
{
    return document->results != NULL ? document->results[index]
                                     : ens_result_list_at(&document->kept, index);
}

static void write_target(struct ens_json *json, const struct ens_target *target)
{
    const ens_str parts[] = {target->cloud, target->region, target->id};

    ens_json_joined(json, parts, ENS_COUNT(parts), '/');
}

static void write_field(struct ens_json *json, const struct ens_result *result,
                        const struct ens_field *field)
{
    ens_json_name(json, field->name);
    switch (field->kind) {
    case ENS_FIELD_TARGET:
        write_target(json, &result->target);
        return;
    case ENS_FIELD_STATUS:
        ens_json_text(json, ens_str_of(ens_status_name(result->status)));
        return;
    case ENS_FIELD_ACTION:
        ens_json_text(json, ens_str_of(ens_action_name(result->action)));
        return;
    case ENS_FIELD_CONFIDENCE:
        ens_json_text(json, ens_str_of(ens_confidence_name(result->confidence)));
        return;
    case ENS_FIELD_REASON:
        ens_json_text(json, ens_str_of(ens_reason_name(result->reason)));
        return;
    case ENS_FIELD_TEXT:
    case ENS_FIELD_TOKEN:
        ens_json_text(json, *(const ens_str *)(const void *)((const char *)result + field->offset));
        return;
    case ENS_FIELD_HTTP_STATUS:
        ens_json_int(json, result->http_status);
        return;
    case ENS_FIELD_BOOL:
        ens_json_bool(json, *(const bool *)((const char *)result + field->offset));
        return;
    case ENS_FIELD_ELAPSED:
        ens_json_int(json, result->elapsed_ms);
        return;
    }
}

static void write_result(struct ens_json *json, const struct ens_result *result,
                         enum ens_document_kind kind)
{
    ens_json_begin(json, '{');
    for (size_t i = 0; i < ens_document_field_count; i++) {
        if (ens_document_has(kind, &ens_document_fields[i])) {
            write_field(json, result, &ens_document_fields[i]);
        }
    }
    ens_json_end(json, '}');
}

void ens_document_add_result(struct ens_json *json, const struct ens_result *result, bool apply)
{
    write_result(json, result, apply ? ENS_DOCUMENT_APPLY : ENS_DOCUMENT_PLAN);
}

void ens_document_add_read(struct ens_json *json, const struct ens_result *read)
{
    write_result(json, read, ENS_DOCUMENT_STATUS);
}

void ens_document_write_result(struct ens_buf *out, const struct ens_result *result, bool apply)
{
    struct ens_json json = ens_json_new(out, 0);

    ens_document_add_result(&json, result, apply);
}

void ens_document_count_result(struct ens_document *document, const struct ens_result *result)
{
    if (document->kind == ENS_DOCUMENT_STATUS) {
        document->summary.total++;
        document->summary.by_status[result->status]++;
    } else {
        ens_summary_add(&document->summary, result, document->kind == ENS_DOCUMENT_APPLY);
    }
}

static void write_shard(struct ens_json *json, const struct ens_shard *shard)
{
    ens_json_name(json, "shard");
    ens_json_begin(json, '{');
    ens_json_name(json, "index");
    ens_json_int(json, (int64_t)shard->index);
    ens_json_name(json, "count");
    ens_json_int(json, (int64_t)shard->count);
    ens_json_end(json, '}');
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
    for (const struct ens_count *count = ens_document_counts(document->kind); count->name != NULL;
         count++) {
        ens_json_name(json, count->name);
        ens_json_int(json, (int64_t)ens_document_count_of(&document->summary, count));
    }
    ens_json_end(json, '}');
}

/* All that is known before the first result. */
static void write_head(struct ens_json *json, const struct ens_document *document)
{
    ENS_ASSERT(document->kind != ENS_DOCUMENT_FLEET);
    ens_json_begin(json, '{');
    ens_json_name(json, "format");
    ens_json_text(json, ens_str_of(ens_document_format(document->kind)));
    ens_json_name(json, "created_at");
    ens_json_text(json, document->created_at);
    if (document->applied_at.len > 0) {
        ens_json_name(json, "applied_at");
        ens_json_text(json, document->applied_at);
    }
    if (document->shard.count > 0) {
        write_shard(json, &document->shard);
    }
}

/* All that is known after the last result. */
static void write_tail(struct ens_json *json, const struct ens_document *document)
{
    write_warnings(json, document);
    if (document->kind != ENS_DOCUMENT_STATUS) {
        ens_json_name(json, "policy");
        ens_policy_write_list(json, &document->policy);
    }
    write_summary(json, document);
}

static void begin_instances(struct ens_json *json)
{
    ens_json_name(json, "instances");
    ens_json_begin(json, '[');
}

struct ens_json ens_document_begin(struct ens_buf *out, const struct ens_document *document,
                                   unsigned indent)
{
    struct ens_json json = ens_json_new(out, indent);

    write_head(&json, document);
    begin_instances(&json);
    return json;
}

void ens_document_add(struct ens_json *json, const struct ens_document *document,
                      const struct ens_result *result)
{
    write_result(json, result, document->kind);
}

void ens_document_end(struct ens_json *json, const struct ens_document *document)
{
    ens_json_end(json, ']');
    write_tail(json, document);
    ens_json_end(json, '}');
    ens_buf_add_char(json->out, '\n');
}

/* Passes on what is in the buffer if it is as much as min, and empties it. */
static ens_rc pass(const struct ens_document_sink *sink, struct ens_buf *out, size_t min)
{
    if (sink == NULL || out->len < min) {
        return ENS_OK;
    }
    ens_rc rc = ens_buf_failed(out) ? ENS_LIMIT : sink->piece(sink->ud, ens_buf_str(out));
    ens_buf_reset(out);
    return rc;
}

/* sink may be NULL: all of it stays in the buffer. */
static ens_rc write_whole(struct ens_buf *out, const struct ens_document *document, unsigned indent,
                          const struct ens_document_sink *sink)
{
    struct ens_json json = ens_json_new(out, indent);
    ens_rc rc = ENS_OK;

    write_head(&json, document);
    write_tail(&json, document);
    begin_instances(&json);
    for (size_t i = 0; i < document->count && rc == ENS_OK && !ens_buf_failed(out); i++) {
        const struct ens_result result = ens_document_result(document, i);
        write_result(&json, &result, document->kind);
        rc = pass(sink, out, ENS_PIECE_MIN);
    }
    ens_json_end(&json, ']');
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
    return rc == ENS_OK ? pass(sink, out, 0) : rc;
}

void ens_document_write(struct ens_buf *out, const struct ens_document *document, unsigned indent)
{
    ens_rc rc = write_whole(out, document, indent, NULL);

    (void)rc; /* what exceeds the buffer is told by it */
}

ens_rc ens_document_pass(const struct ens_document *document, unsigned indent,
                         const struct ens_document_sink *sink)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    return write_whole(&out, document, indent, sink);
}

/* The white space between the opening brace and the first name: inserted again after the new
 * member, so that an indented document stays indented. */
static ens_str first_gap(ens_str text)
{
    size_t length = 0;

    while (length < text.len && ens_str_all_in((ens_str){text.ptr + length, 1}, " \t\r\n")) {
        length++;
    }
    return (ens_str){text.ptr, length};
}

void ens_document_mark_applied(struct ens_buf *out, ens_str plan, ens_str time)
{
    ens_str rest = {0};
    ens_str head = ens_str_cut(plan, '{', &rest);
    ens_str gap = first_gap(rest);

    ens_buf_addf(out, "%.*s{%.*s\"applied_at\": \"%.*s\",", ENS_STR_ARG(head), ENS_STR_ARG(gap),
                 ENS_STR_ARG(time));
    ens_buf_add(out, gap.len == 0 ? ENS_STR(" ") : ENS_STR(""));
    ens_buf_add(out, rest);
}
