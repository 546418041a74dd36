/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outcome.h"

const char *ens_call_kind_name(enum ens_call_kind kind)
{
    static const char *const names[ENS_CALL_KIND_COUNT] = {
        [ENS_CALL_READ] = "describe",   [ENS_CALL_PROBE] = "probe",
        [ENS_CALL_DRY_RUN] = "dry_run", [ENS_CALL_START] = "start",
        [ENS_CALL_FIND] = "find",       [ENS_CALL_FIND_PROBE] = "find_probe",
    };

    ENS_ASSERT((size_t)kind < ENS_COUNT(names));
    return names[kind];
}

bool ens_call_is_dry(enum ens_call_kind kind)
{
    return kind == ENS_CALL_PROBE || kind == ENS_CALL_DRY_RUN || kind == ENS_CALL_FIND_PROBE;
}

bool ens_call_is_list(enum ens_call_kind kind)
{
    return kind == ENS_CALL_FIND || kind == ENS_CALL_FIND_PROBE;
}

bool ens_reason_is_answer(enum ens_reason reason)
{
    switch (reason) {
    case ENS_REASON_CLOCK_SKEW:
    case ENS_REASON_THROTTLED:
    case ENS_REASON_TIMED_OUT:
    case ENS_REASON_AMBIGUOUS:
    case ENS_REASON_UNAVAILABLE:
    case ENS_REASON_INTERNAL:
    case ENS_REASON_MALFORMED_RESPONSE:
    case ENS_REASON_CANCELLED:
        return false;
    case ENS_REASON_OK:
    case ENS_REASON_ALREADY_RUNNING:
    case ENS_REASON_NOT_FOUND:
    case ENS_REASON_INVALID_ARGUMENT:
    case ENS_REASON_WRONG_STATE:
    case ENS_REASON_LOCKED:
    case ENS_REASON_EXPIRED:
    case ENS_REASON_INSUFFICIENT_BALANCE:
    case ENS_REASON_NO_CAPACITY:
    case ENS_REASON_SPOT_PRICE:
    case ENS_REASON_KEY_DISABLED:
    case ENS_REASON_PERMISSION_DENIED:
    case ENS_REASON_UNAUTHENTICATED:
    case ENS_REASON_TOKEN_MISMATCH:
    case ENS_REASON_IN_PROGRESS:
    case ENS_REASON_FELL_BACK:
    case ENS_REASON_DRY_RUN_NOT_HONOURED:
    case ENS_REASON_POLICY: /* decided by the engine, and as final */
        return true;
    }
    return false;
}

/* Throttled and clock-skewed requests are rejected before processing; other faults may occur after
 * the start took effect. */
bool ens_outcome_ambiguous(const struct ens_outcome *outcome)
{
    return outcome->kind == ENS_CALL_START && outcome->sent &&
           !ens_reason_is_answer(outcome->reason) && outcome->reason != ENS_REASON_THROTTLED &&
           outcome->reason != ENS_REASON_CLOCK_SKEW;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static const ens_str *copy_texts(struct ens_arena *arena, const ens_str *texts, size_t count)
{
    ens_str *copy = ens_arena_array(arena, count, sizeof(*copy));

    for (size_t i = 0; i < count; i++) {
        copy[i] = ens_arena_dup(arena, texts[i]);
    }
    return copy;
}

static const struct ens_pair *const *copy_tags(struct ens_arena *arena,
                                               const struct ens_pair *const *tags, size_t count)
{
    const struct ens_pair **copy = ens_arena_array(arena, count, sizeof(const struct ens_pair *));
    struct ens_pair *items = ens_arena_array(arena, count, sizeof(*items));

    for (size_t i = 0; i < count; i++) {
        items[i] = (struct ens_pair){ens_arena_dup(arena, tags[i]->name),
                                     ens_arena_dup(arena, tags[i]->value)};
        copy[i] = &items[i];
    }
    return copy;
}

static const struct ens_found *copy_found(struct ens_arena *arena, const struct ens_found *found)
{
    struct ens_found *copy = ens_arena_alloc(arena, sizeof(*copy));
    struct ens_observation *seen = ens_arena_alloc(arena, sizeof(*seen));

    *seen = *found->seen;
    seen->id = ens_arena_dup(arena, found->seen->id);
    seen->word = ens_arena_dup(arena, found->seen->word);
    seen->lock = ens_arena_dup(arena, found->seen->lock);
    *copy = *found;
    copy->seen = seen;
    copy->region = ens_arena_dup(arena, found->region);
    copy->name = ens_arena_dup(arena, found->name);
    copy->zone = ens_arena_dup(arena, found->zone);
    copy->instance_type = ens_arena_dup(arena, found->instance_type);
    copy->charge_type = ens_arena_dup(arena, found->charge_type);
    copy->groups = copy_texts(arena, found->groups, found->group_count);
    copy->tags = copy_tags(arena, found->tags, found->tag_count);
    return copy;
}

static const struct ens_find_result *copy_page(struct ens_arena *arena,
                                               const struct ens_find_result *page)
{
    struct ens_find_result *copy = ens_arena_alloc(arena, sizeof(*copy));
    const struct ens_found **found =
        ens_arena_array(arena, page->found_count, sizeof(const struct ens_found *));

    for (size_t i = 0; i < page->found_count; i++) {
        found[i] = copy_found(arena, page->found[i]);
    }
    *copy = (struct ens_find_result){.struct_size = page->struct_size,
                                     .next_page = ens_arena_dup(arena, page->next_page),
                                     .found = found,
                                     .found_count = page->found_count};
    return copy;
}

struct ens_outcome ens_outcome_copy(struct ens_arena *arena, const struct ens_outcome *outcome)
{
    struct ens_outcome copy = *outcome;

    ENS_ASSERT(outcome->seen == NULL);
    copy.code = ens_arena_dup(arena, outcome->code);
    copy.message = ens_arena_dup(arena, outcome->message);
    copy.request_id = ens_arena_dup(arena, outcome->request_id);
    copy.detail = ens_arena_dup(arena, outcome->detail);
    copy.page = outcome->page != NULL ? copy_page(arena, outcome->page) : NULL;
    return copy;
}
