/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of documents, shared by their writer and readers only: the members of an instance and
 * the counts of a summary, in JSON order, and which kinds of document have them.
 */
#ifndef ENSURE_CORE_DOCUMENT_FIELDS_H
#define ENSURE_CORE_DOCUMENT_FIELDS_H

#include <jansson.h>

#include "core/document.h"

enum ens_field_kind {
    ENS_FIELD_TARGET,
    ENS_FIELD_STATUS,
    ENS_FIELD_ACTION,
    ENS_FIELD_CONFIDENCE,
    ENS_FIELD_REASON,
    ENS_FIELD_TEXT,  /* the ens_str at offset */
    ENS_FIELD_TOKEN, /* likewise */
    ENS_FIELD_HTTP_STATUS,
    ENS_FIELD_BOOL, /* the bool at offset */
    ENS_FIELD_ELAPSED,
};

struct ens_field {
    const char *name;
    enum ens_field_kind kind;
    size_t offset;  /* in struct ens_result */
    unsigned kinds; /* bits: 1u << enum ens_document_kind */
};

extern const struct ens_field ens_document_fields[];
extern const size_t ens_document_field_count;

struct ens_count {
    const char *name;
    size_t offset; /* in struct ens_summary */
};

/* ens_document_read of a text that was parsed already. Deletes what it reads from root. */
ens_rc ens_document_read_json(struct ens_arena *arena, json_t *root, const char *name,
                              struct ens_document *ret, struct ens_diags *diags) ENS_MUST_USE;

/* The counts of a kind that has a summary, terminated by one without a name. */
const struct ens_count *ens_document_counts(enum ens_document_kind kind);
size_t ens_document_count_of(const struct ens_summary *summary, const struct ens_count *count);

static inline bool ens_document_has(enum ens_document_kind kind, const struct ens_field *field)
{
    return (field->kinds & (1u << kind)) != 0;
}

#endif
