/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the documents that hold no results: what was found (ensure.find/v1), and what is known of
 * the keys (ensure.doctor/v1). As strict as document.h: anything unexpected is ENS_MALFORMED with
 * one diagnostic that names the place.
 */
#ifndef ENSURE_CORE_SAVED_H
#define ENSURE_CORE_SAVED_H

#include "core/diagnosis.h"
#include "core/finding.h"

#define ENS_SAVED_FINDINGS_MAX 100000

enum ens_saved_kind {
    ENS_SAVED_OTHER = 0, /* none of these documents */
    ENS_SAVED_FIND,
    ENS_SAVED_DOCTOR,
};

/* Slices point into the arena. */
struct ens_saved {
    enum ens_saved_kind kind;
    ens_str created_at; /* RFC 3339, UTC */
    const ens_str *warnings;
    size_t warning_count;
    struct ens_finding *findings;    /* of FIND */
    struct ens_diagnosis *diagnoses; /* of DOCTOR */
    size_t count;
};

/* name is the file's, for diagnostics. A text that is neither of the two is OTHER, and no error. */
ens_rc ens_saved_read(struct ens_arena *arena, ens_str text, const char *name,
                      struct ens_saved *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
