/* SPDX-License-Identifier: Apache-2.0 */
#include "core/code.h"

#include "core/classify.h"

static const char *const kind_names[ENS_CODE_KIND_COUNT] = {
    [ENS_CODE_KIND_ERROR] = "error",
    [ENS_CODE_KIND_STATUS] = "status",
    [ENS_CODE_KIND_LOCK] = "lock",
};

const char *ens_code_kind_name(enum ens_code_kind kind)
{
    ENS_ASSERT((unsigned)kind < ENS_CODE_KIND_COUNT);
    return kind_names[kind];
}

bool ens_code_kind_parse(ens_str name, enum ens_code_kind *ret)
{
    for (unsigned i = 0; i < ENS_CODE_KIND_COUNT; i++) {
        if (ens_str_is(name, kind_names[i])) {
            *ret = (enum ens_code_kind)i;
            return true;
        }
    }
    return false;
}

struct codes {
    struct ens_arena *arena;
    struct ens_code *items;
    size_t count;
};

static void add(struct codes *codes, const struct ens_code *code)
{
    codes->items = ens_arena_grow(codes->arena, codes->items, codes->count, sizeof(*codes->items));
    codes->items[codes->count++] = *code;
}

/* The advice that a task gives for the code. A pattern is looked up as if it were a code. */
static ens_str advice_for(const struct ens_provider *provider, ens_str pattern)
{
    const struct ens_code_advice_row *row = provider->code_advice;

    for (; row != NULL && row->pattern != NULL; row++) {
        if (ens_str_matches(pattern, ens_str_of(row->pattern))) {
            return ens_str_of(row->sentence);
        }
    }
    return (ens_str){NULL, 0};
}

/* The reason for which an instance with this status is refused. ENS_REASON_OK: it is not. */
static enum ens_reason refusal_of(const struct ens_status_row *row)
{
    if (row == NULL) {
        return ENS_REASON_OK;
    }
    if (row->status == ENS_STATUS_DELETING || row->status == ENS_STATUS_ABSENT) {
        return ENS_REASON_NOT_FOUND;
    }
    if (row->reason == ENS_REASON_OK && row->status == ENS_STATUS_FAILED) {
        return ENS_REASON_WRONG_STATE;
    }
    return (enum ens_reason)row->reason;
}

static void add_statuses(struct codes *codes, const struct ens_provider *provider)
{
    for (const struct ens_status_row *row = provider->statuses; row->word != NULL; row++) {
        const ens_str word = ens_str_of(row->word);
        const enum ens_reason reason = refusal_of(ens_classify_status(provider, word));
        if (reason != ENS_REASON_OK) {
            add(codes, &(struct ens_code){
                           .pattern = word, .kind = ENS_CODE_KIND_STATUS, .reason = reason});
        }
    }
}

struct ens_code *ens_codes_of(struct ens_arena *arena, const struct ens_provider *provider,
                              size_t *ret_count)
{
    struct codes codes = {.arena = arena};

    for (const struct ens_code_row *row = provider->codes; row->pattern != NULL; row++) {
        const ens_str pattern = ens_str_of(row->pattern);
        add(&codes, &(struct ens_code){.pattern = pattern,
                                       .reason = ens_classify_row(row),
                                       .advice = advice_for(provider, pattern)});
    }
    add_statuses(&codes, provider);
    for (const struct ens_lock_row *row = provider->locks; row != NULL && row->word != NULL;
         row++) {
        const ens_str word = ens_str_of(row->word);
        add(&codes, &(struct ens_code){.pattern = word,
                                       .kind = ENS_CODE_KIND_LOCK,
                                       .reason = ens_classify_lock(provider, word)});
    }
    *ret_count = codes.count;
    return codes.items;
}

void ens_code_advice_of(const struct ens_provider *provider, ens_str advice[ENS_REASON_COUNT])
{
    const struct ens_advice_row *row = provider->advice;

    for (; row != NULL && row->sentence != NULL; row++) {
        if (row->reason < ENS_REASON_COUNT && advice[row->reason].len == 0) {
            advice[row->reason] = ens_str_of(row->sentence);
        }
    }
}

bool ens_code_matches(const struct ens_code *code, ens_str word)
{
    return code->kind == ENS_CODE_KIND_ERROR ? ens_str_matches(word, code->pattern)
                                             : ens_str_eq(word, code->pattern);
}
