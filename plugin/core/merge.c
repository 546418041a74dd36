/* SPDX-License-Identifier: Apache-2.0 */
#include "core/merge.h"

#include <string.h>

#include "core/warnings.h"

#define MISSING_SHOWN_MAX     10   /* in the warning */
#define WARNINGS_COMPARED_MAX 1000 /* each is compared with these */

struct merge {
    struct ens_arena *arena;
    const struct ens_merge_part *parts;
    size_t count;
    struct ens_document *document;
    struct ens_diags *diags;
};

/* ---- kinds and shards ------------------------------------------------------------------------ */

static ens_rc check_kinds(const struct merge *merge)
{
    const struct ens_merge_part *first = &merge->parts[0];

    for (size_t i = 0; i < merge->count; i++) {
        const struct ens_merge_part *part = &merge->parts[i];
        if (part->document->kind == ENS_DOCUMENT_FLEET) {
            return ens_fail(merge->diags, ENS_INVALID, NULL,
                            "%s is a fleet: expected a plan, a result or a status", part->name);
        }
        if (part->document->kind != first->document->kind) {
            return ens_fail(merge->diags, ENS_INVALID, NULL,
                            "%s is of format %s, and %s of %s: expected documents of one kind",
                            first->name, ens_document_format(first->document->kind), part->name,
                            ens_document_format(part->document->kind));
        }
    }
    return ENS_OK;
}

/* The first part that is a shard; NULL: none is. */
static const struct ens_merge_part *first_shard(const struct merge *merge)
{
    for (size_t i = 0; i < merge->count; i++) {
        if (merge->parts[i].document->shard.count > 0) {
            return &merge->parts[i];
        }
    }
    return NULL;
}

/* Finds the part of each shard. ret has an element per shard; NULL: it is missing. */
static ens_rc find_shards(const struct merge *merge, const struct ens_merge_part *first,
                          const struct ens_merge_part **ret)
{
    const size_t total = first->document->shard.count;

    for (size_t i = 0; i < merge->count; i++) {
        const struct ens_merge_part *part = &merge->parts[i];
        const struct ens_shard *shard = &part->document->shard;
        if (shard->count == 0) { /* it may have shards that seem missing */
            return ens_fail(merge->diags, ENS_INVALID, NULL,
                            "%s is one of %zu shard%s, and %s is no shard: expected all or none",
                            first->name, total, ens_plural(total), part->name);
        }
        if (shard->count != total) {
            return ens_fail(merge->diags, ENS_INVALID, NULL,
                            "%s is one of %zu shard%s, and %s one of %zu: expected shards of one "
                            "division",
                            first->name, total, ens_plural(total), part->name, shard->count);
        }
        if (ret[shard->index] != NULL) {
            return ens_fail(merge->diags, ENS_INVALID, NULL,
                            "%s and %s are both shard %zu/%zu: expected each once",
                            ret[shard->index]->name, part->name, shard->index, total);
        }
        ret[shard->index] = part;
    }
    return ENS_OK;
}

/* "2 of 8 shards are missing: 3, 5"; empty: none is. */
static ens_str missing_text(struct ens_arena *arena, const struct ens_merge_part *const *shards,
                            size_t total)
{
    ens_str list = ENS_STR("");
    size_t missing = 0;

    for (size_t i = 0; i < total; i++) {
        if (shards[i] != NULL) {
            continue;
        }
        if (missing++ < MISSING_SHOWN_MAX) {
            list = ens_arena_printf(arena, "%.*s%s%zu", ENS_STR_ARG(list), missing == 1 ? "" : ", ",
                                    i);
        }
    }
    if (missing == 0) {
        return list;
    }
    const char *more =
        missing <= MISSING_SHOWN_MAX
            ? ""
            : ens_arena_printf(arena, " and %zu more", missing - MISSING_SHOWN_MAX).ptr;
    return ens_arena_printf(arena, "%zu of %zu shards %s missing: %.*s%s", missing, total,
                            missing == 1 ? "is" : "are", ENS_STR_ARG(list), more);
}

/* ---- members --------------------------------------------------------------------------------- */

static ens_rc add_instances(const struct merge *merge)
{
    struct ens_document *document = merge->document;
    struct ens_target_list targets = {.arena = merge->arena};
    size_t total = 0;

    for (size_t i = 0; i < merge->count; i++) {
        total += merge->parts[i].document->count;
    }
    if (total > ENS_RESULTS_MAX) {
        return ens_fail(merge->diags, ENS_LIMIT, NULL, "%zu instances in all: expected at most %d",
                        total, ENS_RESULTS_MAX);
    }
    const struct ens_merge_part **owners =
        ens_arena_array(merge->arena, total, sizeof(const struct ens_merge_part *));
    document->results = ens_arena_array(merge->arena, total, sizeof(*document->results));
    for (size_t i = 0; i < merge->count; i++) {
        const struct ens_merge_part *part = &merge->parts[i];
        for (size_t j = 0; j < part->document->count; j++) {
            const struct ens_result *result = &part->document->results[j];
            size_t index = 0;
            ens_rc rc = ens_target_list_add(&targets, &result->target, &index, merge->diags);
            if (rc != ENS_OK) {
                return rc;
            }
            if (index < document->count) {
                return ens_fail(merge->diags, ENS_INVALID, NULL,
                                "%s is in %s and in %s: expected each target once",
                                ens_target_text(merge->arena, &result->target).ptr,
                                owners[index]->name, part->name);
            }
            owners[index] = part;
            document->results[document->count++] = *result;
            ens_document_count_result(document, result);
        }
    }
    return ENS_OK;
}

static bool has_warning(const struct ens_warnings *warnings, ens_str warning)
{
    for (size_t i = 0; i < warnings->count && i < WARNINGS_COMPARED_MAX; i++) {
        if (ens_str_eq(warnings->items[i], warning)) {
            return true;
        }
    }
    return false;
}

/* Each warning once (of the first different ones), then the one of the merge itself, which may be
 * empty. */
static void add_warnings(const struct merge *merge, ens_str own)
{
    struct ens_warnings warnings = {.arena = merge->arena};

    for (size_t i = 0; i <= merge->count; i++) {
        const struct ens_document *part = i < merge->count ? merge->parts[i].document : NULL;
        const size_t more = part != NULL ? part->warning_count : own.len > 0 ? 1 : 0;
        for (size_t j = 0; j < more; j++) {
            const ens_str warning = part != NULL ? part->warnings[j] : own;
            if (!has_warning(&warnings, warning)) {
                ens_warn(&warnings, warning);
            }
        }
    }
    merge->document->warnings = warnings.items;
    merge->document->warning_count = warnings.count;
}

/* Times are RFC 3339 in UTC, whose byte order is that of time. */
static void set_times(const struct merge *merge)
{
    struct ens_document *document = merge->document;

    document->created_at = merge->parts[0].document->created_at;
    for (size_t i = 0; i < merge->count; i++) {
        const struct ens_document *part = merge->parts[i].document;
        if (ens_str_cmp(part->created_at, document->created_at) < 0) {
            document->created_at = part->created_at;
        }
        if (ens_str_cmp(part->applied_at, document->applied_at) > 0) {
            document->applied_at = part->applied_at;
        }
    }
}

ens_rc ens_document_merge(struct ens_arena *arena, const struct ens_merge_part *parts, size_t count,
                          struct ens_document *ret, struct ens_diags *diags)
{
    struct ens_document document = {.kind = parts[0].document->kind};
    const struct merge merge = {
        .arena = arena, .parts = parts, .count = count, .document = &document, .diags = diags};
    const struct ens_merge_part *first = first_shard(&merge);
    ens_str missing = ENS_STR("");

    ens_rc rc = check_kinds(&merge);
    if (rc == ENS_OK) {
        rc = add_instances(&merge);
    }
    if (rc == ENS_OK && first != NULL) {
        const size_t total = first->document->shard.count;
        const struct ens_merge_part **shards =
            ens_arena_array(arena, total, sizeof(const struct ens_merge_part *));
        rc = find_shards(&merge, first, shards);
        missing = rc == ENS_OK ? missing_text(arena, shards, total) : missing;
    }
    if (rc != ENS_OK) {
        return rc;
    }
    set_times(&merge);
    for (size_t i = 0; i < count; i++) {
        ens_policy_add_all(arena, &document.policy, &parts[i].document->policy);
    }
    add_warnings(&merge, missing);
    *ret = document;
    return ENS_OK;
}
