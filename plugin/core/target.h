/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A target names one instance: "cloud/region/instance-id". The same text is used on command lines,
 * in files, and as Terraform's id and import id. Only the syntax is checked here; the registry
 * checks that the cloud has a provider, and the cloud whether the instance exists.
 */
#ifndef ENSURE_CORE_TARGET_H
#define ENSURE_CORE_TARGET_H

#include "base/arena.h"
#include "base/diag.h"

#define ENS_CLOUD_MAX   32 /* of [a-z0-9_] */
#define ENS_REGION_MAX  32 /* of [a-z0-9-] */
#define ENS_ID_MAX      64 /* "i-" and 1..62 of [A-Za-z0-9_-] */
#define ENS_TARGET_MAX  (ENS_CLOUD_MAX + 1 + ENS_REGION_MAX + 1 + ENS_ID_MAX)
#define ENS_TARGETS_MAX 1000000 /* in one list or request */
#define ENS_RESULTS_MAX 100000  /* of results that are kept: of a document, a saved plan */
/* The targets of a run that are worked on at a time. */
#define ENS_WINDOW ((size_t)10000)

struct ens_target {
    ens_str cloud;
    ens_str region;
    ens_str id;
};

/* Each checks one part; where is the place in the diagnostic. diags may be NULL. */
ens_rc ens_cloud_check(ens_str cloud, const char *where, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_region_check(ens_str region, const char *where, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_id_check(ens_str id, const char *where, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_target_check(const struct ens_target *target, const char *where,
                        struct ens_diags *diags) ENS_MUST_USE;

/* The parts point into text. The diagnostic quotes the text (sanitized and truncated) and says
 * which part is malformed and what was expected. */
ens_rc ens_target_parse(ens_str text, const char *where, struct ens_target *ret,
                        struct ens_diags *diags) ENS_MUST_USE;

ens_str ens_target_text(struct ens_arena *arena, const struct ens_target *target);
struct ens_target ens_target_copy(struct ens_arena *arena, const struct ens_target *target);
bool ens_target_eq(const struct ens_target *a, const struct ens_target *b);

/*
 * A list of targets in the given order, without duplicates. Made for many: a target takes the bytes
 * of its text and about 30 more, in the arena. Adding beyond ENS_TARGETS_MAX is ENS_LIMIT.
 */
struct ens_target_list {
    struct ens_arena *arena; /* owned by the caller; set it before the first add */
    size_t count;
    uint32_t *places; /* of the entries, in order; internal, like all that follows */
    uint32_t *slots;  /* open addressing: target and bits of its hash; 0: free */
    size_t slot_count;
    unsigned char **blocks; /* that hold the entries */
    size_t block_count;
    size_t used; /* bytes of the last block */
};

/* *ret_index (may be NULL) is the index of the target, whether it was added or already there. */
ens_rc ens_target_list_add(struct ens_target_list *list, const struct ens_target *target,
                           size_t *ret_index, struct ens_diags *diags) ENS_MUST_USE;

/* The target at an index below count; its parts point into the list's arena. */
struct ens_target ens_target_list_at(const struct ens_target_list *list, size_t index);

/* false: it is not in the list. */
bool ens_target_list_find(const struct ens_target_list *list, const struct ens_target *target,
                          size_t *ret_index);

#endif
