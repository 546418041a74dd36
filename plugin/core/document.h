/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents: plan, apply and status documents (formats ensure.plan/v1, ensure.apply/v1 and
 * ensure.status/v1) and fleet files ({"targets": [...], "select": [SELECTOR...], "policy": {...}},
 * one of the first two at least). A plan document is also the saved plan.
 *
 * Reading is strict: an unknown key, a wrong type, a malformed target, an unknown action or reason,
 * a summary that differs from the instances, or text after the document is ENS_MALFORMED with one
 * diagnostic that names the place ("plan.json: instances[3].action"). Slices point into the arena.
 */
#ifndef ENSURE_CORE_DOCUMENT_H
#define ENSURE_CORE_DOCUMENT_H

#include "base/buf.h"
#include "core/json.h"
#include "core/policy.h"
#include "core/result_list.h"
#include "core/selector.h"
#include "core/shard.h"

/* A warning of a plan or apply whose fleet has selectors, none of which found an instance. */
#define ENS_FLEET_EMPTY  "the fleet is empty: there is nothing to do"

#define ENS_DOCUMENT_MAX ((size_t)256 * 1024 * 1024) /* bytes of a document, read or written */

enum ens_document_kind {
    ENS_DOCUMENT_FLEET,
    ENS_DOCUMENT_PLAN,
    ENS_DOCUMENT_APPLY,
    ENS_DOCUMENT_STATUS,
};

struct ens_document {
    enum ens_document_kind kind;
    ens_str created_at;      /* RFC 3339, UTC; empty in a fleet */
    ens_str applied_at;      /* likewise, in a saved plan that was applied; empty: not applied */
    struct ens_shard shard;  /* that the document is of */
    const ens_str *warnings; /* sentences */
    size_t warning_count;
    struct ens_policy policy; /* of a fleet: its guards; plan and apply: those that were in force */
    struct ens_summary summary;
    struct ens_target_list targets; /* of a fleet */
    struct ens_selector *select;    /* of a fleet: what they find belongs to it, too */
    size_t select_count;            /* at most ENS_SELECTORS_MAX */
    struct ens_result *results;     /* of the others; without duplicates */
    struct ens_result_list kept;    /* the same in few bytes: then results is NULL */
    size_t count;                   /* of the targets or results */
};

const char *ens_document_format(
    enum ens_document_kind kind); /* "ensure.plan/v1"; not for a fleet */

/* One of the results. Its texts are the document's. */
struct ens_result ens_document_result(const struct ens_document *document, size_t index);

/* Adds a result to the summary, by the rules of the document's kind. */
void ens_document_count_result(struct ens_document *document, const struct ens_result *result);

/* Writes a plan, apply or status document with a line feed at its end. indent 0 gives one line. */
void ens_document_write(struct ens_buf *out, const struct ens_document *document, unsigned indent);

/* Takes a piece of a document, which ends between two results; anything but ENS_OK is the end. */
struct ens_document_sink {
    ens_rc (*piece)(void *ud, ens_str piece);
    void *ud;
};

/* The same in pieces, so that its text never is in memory as a whole. Returns what the sink does;
 * ENS_LIMIT: a piece is larger than ENS_DOCUMENT_MAX. */
ens_rc ens_document_pass(const struct ens_document *document, unsigned indent,
                         const struct ens_document_sink *sink) ENS_MUST_USE;

/*
 * For a document whose results are not there yet: the owner of the buffer may write out and reset
 * it between two calls. begin uses all of the document that is known before its results; end,
 * warnings and summary, which come last.
 */
struct ens_json ens_document_begin(struct ens_buf *out, const struct ens_document *document,
                                   unsigned indent);
void ens_document_add(struct ens_json *json, const struct ens_document *document,
                      const struct ens_result *result);
void ens_document_end(struct ens_json *json, const struct ens_document *document);

/* One element of "instances" as a JSON object on one line, without a line feed; apply adds the
 * members that only an apply document has. */
void ens_document_write_result(struct ens_buf *out, const struct ens_result *result, bool apply);

/* The same as the next value of a JSON writer. */
void ens_document_add_result(struct ens_json *json, const struct ens_result *result, bool apply);

/* One element of "instances" of a status document as the next value of a JSON writer. */
void ens_document_add_read(struct ens_json *json, const struct ens_result *read);

/* Appends the text of a saved plan with "applied_at" (RFC 3339) inserted as its first member; every
 * other byte is copied unchanged. */
void ens_document_mark_applied(struct ens_buf *out, ens_str plan, ens_str time);

/* name is the file's, for diagnostics. The kind is detected by the content. */
ens_rc ens_document_read(struct ens_arena *arena, ens_str text, const char *name,
                         struct ens_document *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
