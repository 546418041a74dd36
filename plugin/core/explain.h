/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explains a reason, or a code of a cloud: what it means, which codes of which clouds are mapped to
 * it, what to do. Pure; from the tables that replies are classified by.
 */
#ifndef ENSURE_CORE_EXPLAIN_H
#define ENSURE_CORE_EXPLAIN_H

#include "base/diag.h"
#include "core/capabilities.h"

/* What one cloud has for the reason: only codes that were asked for, or all of them. */
struct ens_explained_cloud {
    const struct ens_provider_row *provider;
    ens_str advice; /* the cloud's own for the reason; empty: the general one holds */
    const struct ens_code *codes;
    size_t code_count; /* 0: nothing is mapped to it */
};

struct ens_explanation {
    enum ens_reason reason;
    bool by_word; /* the code is in no table: words in it tell of a missing permission */
    struct ens_explained_cloud
        *clouds; /* for a reason every cloud, for a code those that have it */
    size_t cloud_count;
};

/*
 * The explanations of a word: one for a reason; for a code as many as it has reasons in the clouds;
 * for the empty word one for each reason, in the order of enum ens_reason. Lists are in the arena,
 * texts borrowed from the capabilities. ENS_INVALID: neither reason nor code; the diagnostic names
 * the nearest that is.
 */
ens_rc ens_explain(struct ens_arena *arena, const struct ens_capabilities *capabilities,
                   ens_str word, struct ens_explanation **ret, size_t *ret_count,
                   struct ens_diags *diags) ENS_MUST_USE;

/* The JSON document and a line feed. */
void ens_explain_write(struct ens_buf *out, ens_str word, const struct ens_explanation *items,
                       size_t count);

#endif
