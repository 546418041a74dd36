/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics for the user: one line that says what is wrong, optionally more detail, and the
 * argument or attribute it is about. The lowest layer that knows the cause writes it; upper layers
 * may put context in front, but never replace it. Summaries are impersonal and end without a full
 * stop. They never contain a secret.
 */
#ifndef ENSURE_BASE_DIAG_H
#define ENSURE_BASE_DIAG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/rc.h"
#include "base/str.h"

enum ens_severity {
    ENS_ERROR = 1,
    ENS_WARNING = 2,
};

struct ens_diag {
    enum ens_severity severity;
    char *summary;
    char *detail; /* "" for none */
    char *where;  /* such as "instance_ids" or "fleet.json: targets[3]"; "" for none */
};

/* A list that keeps the first ENS_DIAGS_MAX diagnostics and counts the rest. Valid when zeroed. */
#define ENS_DIAGS_MAX 100
struct ens_diags {
    struct ens_diag *items;
    size_t count;
    size_t dropped;
};

void ens_diags_done(struct ens_diags *diags);
#define ENS_AUTO_DIAGS ENS_CLEANUP(ens_diags_done) struct ens_diags

/* where and detail may be NULL. diags may be NULL: the diagnostic is discarded. */
void ens_diags_add(struct ens_diags *diags, enum ens_severity severity, const char *where,
                   const char *detail, const char *format, ...) ENS_PRINTF(5, 6);

/* Adds an error and returns rc, so that a check is one statement. */
ens_rc ens_fail(struct ens_diags *diags, ens_rc rc, const char *where, const char *format, ...)
    ENS_PRINTF(4, 5);

/* Puts "context: " in front of the summary of the last diagnostic. */
void ens_diags_prefix(struct ens_diags *diags, const char *context);

/* Appends copies of all diagnostics in from. */
void ens_diags_append(struct ens_diags *to, const struct ens_diags *from);

/* "where: summary", or the summary alone if where is empty. Allocated in the arena. */
ens_str ens_diag_line(struct ens_arena *arena, const struct ens_diag *diag);

/* Whether one of the diagnostics has that summary. */
bool ens_diags_has(const struct ens_diags *diags, ens_str summary);

bool ens_diags_has_error(const struct ens_diags *diags);

#endif
