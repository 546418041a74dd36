/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces: the W3C trace context, spans, and their form in OTLP/HTTP JSON (OpenTelemetry Protocol
 * 1.x). Pure: entropy is an argument.
 */
#ifndef ENSURE_CORE_SPAN_H
#define ENSURE_CORE_SPAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/host.h"

#define ENS_TRACE_ID_BYTES  16
#define ENS_SPAN_ID_BYTES   8
#define ENS_TRACE_ID_LEN    ((size_t)2 * ENS_TRACE_ID_BYTES) /* as text */
#define ENS_SPAN_ATTRIBUTES 20                               /* the most of one span */
#define ENS_SPAN_TEXT_MAX   ((size_t)1024)       /* bytes of a value; a longer one is truncated */
#define ENS_SPAN_JSON_MAX   ((size_t)128 * 1024) /* room for the JSON of one span */

/* A span in its trace, as others that are below it need it. */
struct ens_trace {
    uint8_t trace_id[ENS_TRACE_ID_BYTES]; /* all 0: there is no trace */
    uint8_t span_id[ENS_SPAN_ID_BYTES];   /* all 0: it has no span yet */
    bool sampled;                         /* its spans are to be recorded */
};

bool ens_trace_is_set(const struct ens_trace *trace);

/* Parses the value of a traceparent header (W3C Trace Context, level 1); of a version that is not
 * known, the part that level 1 defines. */
bool ens_trace_parse(ens_str text, struct ens_trace *ret);

/* A new span below the parent; if there is none (not set), the first one of a new, sampled trace.
 */
struct ens_trace ens_trace_below(const struct ens_trace *parent, const struct ens_entropy *entropy);

/* The trace id as text; empty: there is no trace. */
ens_str ens_trace_id_text(struct ens_arena *arena, const struct ens_trace *trace);

enum ens_attribute_kind {
    ENS_ATTRIBUTE_NONE = 0, /* left out */
    ENS_ATTRIBUTE_TEXT,     /* left out if empty */
    ENS_ATTRIBUTE_NUMBER,
    ENS_ATTRIBUTE_FLAG,
};

struct ens_attribute {
    enum ens_attribute_kind kind;
    ens_str key;
    ens_str text;
    int64_t number; /* FLAG: 0 or 1 */
};

enum ens_span_kind { /* the values of OTLP */
                     ENS_SPAN_INTERNAL = 1,
                     ENS_SPAN_CLIENT = 3,
};

struct ens_span {
    struct ens_trace trace;
    uint8_t parent_id[ENS_SPAN_ID_BYTES]; /* all 0: it is the first of its trace */
    bool remote_parent;                   /* the parent is a span of another process */
    enum ens_span_kind kind;
    ens_str name;
    int64_t start_unix_ms;
    int64_t end_unix_ms;
    const struct ens_attribute *attributes;
    size_t attribute_count;
    bool failed;
    ens_str failure; /* what failed; may be empty */
};

/* Appends the JSON object of a span, on one line. */
void ens_span_format(const struct ens_span *span, struct ens_buf *out);

/* Appends what precedes the spans of a request, and what follows them; spans are separated by
 * commas. */
void ens_spans_open(const struct ens_attribute *resource, size_t count, ens_str version,
                    struct ens_buf *out);
void ens_spans_close(struct ens_buf *out);

/* The spans that the receiver rejected, by the body of a successful reply; 0: none, or the body
 * says nothing of it. *why, in the arena, is the receiver's own text; empty: it has none. */
size_t ens_spans_rejected(struct ens_arena *arena, ens_str body, ens_str *why);

#endif
