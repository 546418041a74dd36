/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes: what a cloud says that becomes a reason, from its provider's tables. Lists of them explain
 * a reason; replies are classified by core/classify.h. Pure.
 */
#ifndef ENSURE_CORE_CODE_H
#define ENSURE_CORE_CODE_H

#include "base/arena.h"
#include "core/vocabulary.h"

enum ens_code_kind {
    ENS_CODE_KIND_ERROR = 0,  /* an error code of a reply; '*' stands for any run of characters */
    ENS_CODE_KIND_STATUS = 1, /* the status word of an instance that can't be started */
    ENS_CODE_KIND_LOCK = 2,   /* a lock on an instance */
};
#define ENS_CODE_KIND_COUNT 3

struct ens_code {
    ens_str pattern;
    enum ens_code_kind kind;
    enum ens_reason reason;
    ens_str advice; /* for this code alone, one sentence; empty: that for the reason holds */
};

const char *ens_code_kind_name(enum ens_code_kind kind); /* "error", "status", "lock" */
bool ens_code_kind_parse(ens_str name, enum ens_code_kind *ret);

/* The codes of a provider in the order of its tables, errors first. The list is in the arena; its
 * texts are borrowed from the provider. */
struct ens_code *ens_codes_of(struct ens_arena *arena, const struct ens_provider *provider,
                              size_t *ret_count);

/* Sets the provider's own advice for each reason for which it has some. */
void ens_code_advice_of(const struct ens_provider *provider, ens_str advice[ENS_REASON_COUNT]);

/* Whether the word is this code; without case for errors, exactly for other kinds. */
bool ens_code_matches(const struct ens_code *code, ens_str word);

#endif
