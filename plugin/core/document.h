/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON that goes in and out: plan, apply and status documents (formats ensure.plan/v1,
 * ensure.apply/v1 and ensure.status/v1), of which the first is also the saved plan, and fleet files
 * ({"targets":[...]}).
 *
 * Reading is strict: an unknown key, a wrong type, a malformed target, an action or reason that is
 * no such word, a summary that does not add up, or text after the document is ENS_MALFORMED with
 * one diagnostic that says where ("plan.json: instances[3].action"). Slices point into the arena.
 */
#ifndef ENSURE_CORE_DOCUMENT_H
#define ENSURE_CORE_DOCUMENT_H

#include "base/buf.h"
#include "core/result.h"

#define ENS_DOCUMENT_MAX ((size_t)256 * 1024 * 1024) /* bytes of a document, read or written */

struct ens_json;

enum ens_document_kind {
    ENS_DOCUMENT_FLEET,
    ENS_DOCUMENT_PLAN,
    ENS_DOCUMENT_APPLY,
    ENS_DOCUMENT_STATUS,
};

struct ens_document {
    enum ens_document_kind kind;
    ens_str created_at;      /* RFC 3339, UTC; empty in a fleet */
    ens_str applied_at;      /* of a saved plan that was applied, likewise; empty: it was not */
    const ens_str *warnings; /* sentences */
    size_t warning_count;
    struct ens_summary summary;
    struct ens_result *results; /* in a fleet only .target is set; duplicates are gone */
    size_t count;
};

const char *ens_document_format(enum ens_document_kind kind); /* "ensure.plan/v1"; not of a fleet */

/* Counts a result in the summary, as the document's kind does. */
void ens_document_count_result(struct ens_document *document, const struct ens_result *result);

/* Writes a plan, apply or status document with a line feed at its end. indent 0 gives one line. */
void ens_document_write(struct ens_buf *out, const struct ens_document *document, unsigned indent);

/* One element of "instances" as a JSON object on one line, without a line feed; apply adds the
 * members that only an apply document has. */
void ens_document_write_result(struct ens_buf *out, const struct ens_result *result, bool apply);

/* The same as the next value of a document that is being written. */
void ens_document_add_result(struct ens_json *json, const struct ens_result *result, bool apply);

/* The text of a saved plan with the time at which it was applied, RFC 3339, as one more member;
 * every other byte of it stays as it is. */
void ens_document_mark_applied(struct ens_buf *out, ens_str plan, ens_str time);

/* name is the file's, for diagnostics. The kind is told by the content. */
ens_rc ens_document_read(struct ens_arena *arena, ens_str text, const char *name,
                         struct ens_document *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
