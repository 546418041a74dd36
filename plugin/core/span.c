/* SPDX-License-Identifier: Apache-2.0 */
#include "core/span.h"

#include <jansson.h>
#include <string.h>

#include "core/json.h"
#include "core/plain.h"

#define VERSION_LEN     ((size_t)2)
#define PARENT_LEN      ((size_t)55) /* of version 00 */
#define FLAGS_AT        ((size_t)53)
#define FLAG_SAMPLED    0x01u
#define FLAG_HAS_REMOTE 0x100u /* of OTLP: the next bit says whether the parent is remote */
#define FLAG_REMOTE     0x200u
#define STATUS_ERROR    2
#define REASON_MAX      ((size_t)200) /* bytes of a receiver's text */

static const char digits[] = "0123456789abcdef";

/* ---- the trace context ---------------------------------------------------------------------- */

static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

bool ens_trace_is_set(const struct ens_trace *trace)
{
    return !is_zero(trace->trace_id, sizeof(trace->trace_id));
}

/* Reads 2 * size digits in lower case. */
static bool read_hex(const char *text, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char *high = memchr(digits, text[2 * i], sizeof(digits) - 1);
        const char *low = memchr(digits, text[2 * i + 1], sizeof(digits) - 1);
        if (high == NULL || low == NULL) {
            return false;
        }
        bytes[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return true;
}

bool ens_trace_parse(ens_str text, struct ens_trace *ret)
{
    struct ens_trace trace;
    uint8_t version = 0;
    uint8_t flags = 0;

    if (text.len < PARENT_LEN || text.ptr[VERSION_LEN] != '-' || text.ptr[35] != '-' ||
        text.ptr[52] != '-' || !read_hex(text.ptr, &version, 1) ||
        !read_hex(text.ptr + 3, trace.trace_id, sizeof(trace.trace_id)) ||
        !read_hex(text.ptr + 36, trace.span_id, sizeof(trace.span_id)) ||
        !read_hex(text.ptr + FLAGS_AT, &flags, 1)) {
        return false;
    }
    const bool longer = text.len > PARENT_LEN;
    if (version == 0xff || (longer && (version == 0 || text.ptr[PARENT_LEN] != '-')) ||
        is_zero(trace.trace_id, sizeof(trace.trace_id)) ||
        is_zero(trace.span_id, sizeof(trace.span_id))) {
        return false;
    }
    trace.sampled = (flags & FLAG_SAMPLED) != 0;
    *ret = trace;
    return true;
}

static void fill(const struct ens_entropy *entropy, uint8_t *bytes, size_t size)
{
    entropy->fill(entropy->ud, bytes, size);
    if (is_zero(bytes, size)) {
        bytes[size - 1] = 1; /* an id of zeros is not valid */
    }
}

struct ens_trace ens_trace_below(const struct ens_trace *parent, const struct ens_entropy *entropy)
{
    struct ens_trace trace = *parent;

    if (!ens_trace_is_set(parent)) {
        fill(entropy, trace.trace_id, sizeof(trace.trace_id));
        trace.sampled = true;
    }
    fill(entropy, trace.span_id, sizeof(trace.span_id));
    return trace;
}

static ens_str hex(struct ens_arena *arena, const uint8_t *bytes, size_t size)
{
    char *text = ens_arena_alloc(arena, 2 * size);

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (ens_str){text, 2 * size};
}

ens_str ens_trace_id_text(struct ens_arena *arena, const struct ens_trace *trace)
{
    return ens_trace_is_set(trace) ? hex(arena, trace->trace_id, sizeof(trace->trace_id))
                                   : ENS_STR("");
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void add_text(struct ens_json *json, const char *name, ens_str value)
{
    ens_json_name(json, name);
    ens_json_text(
        json, (ens_str){value.ptr, value.len > ENS_SPAN_TEXT_MAX ? ENS_SPAN_TEXT_MAX : value.len});
}

static void add_number(struct ens_json *json, const char *name, int64_t value)
{
    ens_json_name(json, name);
    ens_json_int(json, value);
}

/* 64-bit integers are texts in the JSON of protobuf. */
static void add_long(struct ens_json *json, const char *name, int64_t value, const char *tail)
{
    ENS_AUTO_BUF text = ens_buf_new(32);

    ens_buf_addf(&text, "%lld%s", (long long)value, tail);
    add_text(json, name, ens_buf_str(&text));
}

static void add_time(struct ens_json *json, const char *name, int64_t unix_ms)
{
    add_long(json, name, unix_ms, "000000"); /* to nanoseconds */
}

static void add_value(struct ens_json *json, const struct ens_attribute *attribute)
{
    ens_json_name(json, "value");
    ens_json_begin(json, '{');
    switch (attribute->kind) {
    case ENS_ATTRIBUTE_NONE:
    case ENS_ATTRIBUTE_TEXT:
        add_text(json, "stringValue", attribute->text);
        break;
    case ENS_ATTRIBUTE_NUMBER:
        add_long(json, "intValue", attribute->number, "");
        break;
    case ENS_ATTRIBUTE_FLAG:
        ens_json_name(json, "boolValue");
        ens_json_bool(json, attribute->number != 0);
        break;
    }
    ens_json_end(json, '}');
}

static bool is_present(const struct ens_attribute *attribute)
{
    return attribute->kind != ENS_ATTRIBUTE_NONE &&
           (attribute->kind != ENS_ATTRIBUTE_TEXT || attribute->text.len > 0);
}

static void add_attributes(struct ens_json *json, const struct ens_attribute *attributes,
                           size_t count)
{
    ens_json_name(json, "attributes");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < count; i++) {
        if (is_present(&attributes[i])) {
            ens_json_begin(json, '{');
            add_text(json, "key", attributes[i].key);
            add_value(json, &attributes[i]);
            ens_json_end(json, '}');
        }
    }
    ens_json_end(json, ']');
}

static void add_status(struct ens_json *json, const struct ens_span *span)
{
    ens_json_name(json, "status");
    ens_json_begin(json, '{');
    if (span->failed) {
        add_number(json, "code", STATUS_ERROR);
        if (span->failure.len > 0) {
            add_text(json, "message", span->failure);
        }
    }
    ens_json_end(json, '}');
}

static void add_ids(struct ens_json *json, const struct ens_span *span)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const bool has_parent = !is_zero(span->parent_id, sizeof(span->parent_id));
    const unsigned flags = (span->trace.sampled ? FLAG_SAMPLED : 0) | FLAG_HAS_REMOTE |
                           (has_parent && span->remote_parent ? FLAG_REMOTE : 0);

    add_text(json, "traceId", ens_trace_id_text(arena, &span->trace));
    add_text(json, "spanId", hex(arena, span->trace.span_id, sizeof(span->trace.span_id)));
    if (has_parent) {
        add_text(json, "parentSpanId", hex(arena, span->parent_id, sizeof(span->parent_id)));
    }
    add_number(json, "flags", flags);
}

void ens_span_format(const struct ens_span *span, struct ens_buf *out)
{
    struct ens_json json = ens_json_new(out, 0);

    ens_json_begin(&json, '{');
    add_ids(&json, span);
    add_text(&json, "name", span->name);
    add_number(&json, "kind", span->kind);
    add_time(&json, "startTimeUnixNano", span->start_unix_ms);
    add_time(&json, "endTimeUnixNano", span->end_unix_ms);
    add_attributes(&json, span->attributes, span->attribute_count);
    add_status(&json, span);
    ens_json_end(&json, '}');
}

void ens_spans_open(const struct ens_attribute *resource, size_t count, ens_str version,
                    struct ens_buf *out)
{
    ENS_AUTO_BUF inner = ens_buf_new(out->max);
    struct ens_json json = ens_json_new(&inner, 0);

    ens_json_begin(&json, '{');
    add_attributes(&json, resource, count);
    ens_json_end(&json, '}');
    ens_buf_add(out, ENS_STR("{\"resourceSpans\": [{\"resource\": "));
    ens_buf_add(out, ens_buf_str(&inner));
    ens_buf_reset(&inner);
    json = ens_json_new(&inner, 0);
    ens_json_begin(&json, '{');
    add_text(&json, "name", ENS_STR("ensure"));
    add_text(&json, "version", version);
    ens_json_end(&json, '}');
    ens_buf_add(out, ENS_STR(", \"scopeSpans\": [{\"scope\": "));
    ens_buf_add(out, ens_buf_str(&inner));
    ens_buf_add(out, ENS_STR(", \"spans\": ["));
}

void ens_spans_close(struct ens_buf *out)
{
    ens_buf_add(out, ENS_STR("]}]}]}"));
}

/* ---- the reply ------------------------------------------------------------------------------ */

/* A 64-bit integer, which is a text in the JSON of protobuf; readers accept a number too. */
static int64_t long_of(const json_t *value)
{
    int64_t number = 0;

    if (json_is_integer(value)) {
        return json_integer_value(value);
    }
    return ens_str_to_i64(ens_str_of(json_string_value(value)), &number) ? number : 0;
}

size_t ens_spans_rejected(struct ens_arena *arena, ens_str body, ens_str *why)
{
    json_t *root = body.len > 0 ? json_loadb(body.ptr, body.len, 0, NULL) : NULL;
    const json_t *partial = json_object_get(root, "partialSuccess");
    const int64_t rejected = long_of(json_object_get(partial, "rejectedSpans"));

    *why = ens_cloud_text(
        arena, ens_str_of(json_string_value(json_object_get(partial, "errorMessage"))), REASON_MAX);
    *why = ens_arena_dup(arena, *why);
    json_decref(root);
    return rejected > 0 ? (size_t)rejected : 0;
}
