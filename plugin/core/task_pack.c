/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task_pack.h"

#include <string.h>

#include "core/pack.h"

/* A member that is not in one of the tables below would be forgotten by a task that waits. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct ens_task) == 232, "pack the new member of struct ens_task");
_Static_assert(sizeof(struct ens_outcome) == 112, "pack the new member of struct ens_outcome");
#endif

/* A number of a struct. */
struct number {
    size_t offset;
    size_t size;
};

#define NUMBER(type, member)                                                                       \
    {                                                                                              \
        offsetof(struct type, member), sizeof(((struct type *)0)->member)                          \
    }

/* A bit each. */
static const size_t flags[] = {
    offsetof(struct ens_task, planned_token), offsetof(struct ens_task, read_only),
    offsetof(struct ens_task, dry_run_known), offsetof(struct ens_task, confidence_known),
    offsetof(struct ens_task, leave),         offsetof(struct ens_task, capacity_released),
    offsetof(struct ens_task, seen_up),       offsetof(struct ens_task, left_stopped),
    offsetof(struct ens_task, lost),          offsetof(struct ens_task, unanswered),
    offsetof(struct ens_task, accepted),      offsetof(struct ens_task, started),
    offsetof(struct ens_task, repeated),      offsetof(struct ens_task, given_up),
    offsetof(struct ens_task, alone),         offsetof(struct ens_task, not_honoured),
    offsetof(struct ens_task, probed),
};

static const struct number numbers[] = {
    NUMBER(ens_task, dry_run_reason), NUMBER(ens_task, confidence),
    NUMBER(ens_task, awaiting),       NUMBER(ens_task, status),
    NUMBER(ens_task, rereads),        NUMBER(ens_task, denials),
    NUMBER(ens_task, failed_reads),   NUMBER(ens_task, missing),
    NUMBER(ens_task, starts),         NUMBER(ens_task, inconclusive_reads),
    NUMBER(ens_task, throttled),      NUMBER(ens_task, poll_ms),
    NUMBER(ens_task, http_status),
};

static const struct number times[] = {
    NUMBER(ens_task, started_ms),
    NUMBER(ens_task, lost_ms),
    NUMBER(ens_task, inconclusive_since_ms),
};

static const size_t texts[] = {
    offsetof(struct ens_task, client_token),
    offsetof(struct ens_task, refusal),
    offsetof(struct ens_task, request_id),
};

static const struct number outcome_numbers[] = {
    NUMBER(ens_outcome, kind),        NUMBER(ens_outcome, reason),
    NUMBER(ens_outcome, flags),       NUMBER(ens_outcome, hint),
    NUMBER(ens_outcome, by_code),     NUMBER(ens_outcome, sent),
    NUMBER(ens_outcome, http_status), NUMBER(ens_outcome, retry_after_ms),
};

static const size_t outcome_texts[] = {
    offsetof(struct ens_outcome, code),
    offsetof(struct ens_outcome, message),
    offsetof(struct ens_outcome, request_id),
    offsetof(struct ens_outcome, detail),
};

/* ---- members -------------------------------------------------------------------------------- */

static uint64_t load(const void *base, const struct number *number)
{
    const unsigned char *at = (const unsigned char *)base + number->offset;
    uint8_t one = 0;
    uint32_t four = 0;
    uint64_t eight = 0;

    switch (number->size) {
    case sizeof(one):
        return *at;
    case sizeof(four):
        memcpy(&four, at, sizeof(four));
        return four;
    default:
        ENS_ASSERT(number->size == sizeof(eight));
        memcpy(&eight, at, sizeof(eight));
        return eight;
    }
}

static void store(void *base, const struct number *number, uint64_t value)
{
    unsigned char *at = (unsigned char *)base + number->offset;
    const uint32_t four = (uint32_t)value;

    if (number->size == 1) {
        *at = (unsigned char)value;
    } else if (number->size == sizeof(four)) {
        memcpy(at, &four, sizeof(four));
    } else {
        memcpy(at, &value, sizeof(value));
    }
}

/* ---- packing -------------------------------------------------------------------------------- */

static void put_flags(struct ens_buf *ret, const struct ens_task *task)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < ENS_COUNT(flags); i++) {
        bits |= (uint64_t) * ((const bool *)((const char *)task + flags[i])) << i;
    }
    ens_pack_number(ret, bits);
}

static void put_numbers(struct ens_buf *ret, const void *base, const struct number *all,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ens_pack_number(ret, load(base, &all[i]));
    }
}

/* 0: not set; else from when the job was taken, and 1. */
static void put_times(struct ens_buf *ret, const struct ens_task *task)
{
    for (size_t i = 0; i < ENS_COUNT(times); i++) {
        const uint64_t at = load(task, &times[i]);
        ens_pack_number(ret, at == 0 ? 0 : at - (uint64_t)task->params->taken_ms + 1);
    }
}

static void put_texts(struct ens_buf *ret, const void *base, const size_t *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ens_pack_text(ret, *(const ens_str *)((const char *)base + all[i]));
    }
}

/* The word is in the provider's table: its place there, from 1; 0: there is none. */
static uint64_t place_of(const struct ens_task *task)
{
    const struct ens_status_row *row = task->provider->statuses;

    if (task->word == NULL) {
        return 0;
    }
    while (row->word != task->word) {
        ENS_ASSERT(row->word != NULL);
        row++;
    }
    return (uint64_t)(row - task->provider->statuses) + 1;
}

void ens_task_pack(const struct ens_task *task, struct ens_buf *ret)
{
    ENS_ASSERT(task->awaiting == ENS_CALL_READ);
    put_flags(ret, task);
    put_numbers(ret, task, numbers, ENS_COUNT(numbers));
    put_times(ret, task);
    ens_pack_number(ret, place_of(task));
    put_texts(ret, task, texts, ENS_COUNT(texts));
    ens_pack_number(ret, task->last != NULL);
    if (task->last != NULL) {
        put_numbers(ret, task->last, outcome_numbers, ENS_COUNT(outcome_numbers));
        put_texts(ret, task->last, outcome_texts, ENS_COUNT(outcome_texts));
    }
}

/* ---- unpacking ------------------------------------------------------------------------------ */

static void get_flags(ens_str *rest, struct ens_task *task)
{
    const uint64_t bits = ens_unpack_number(rest);

    for (size_t i = 0; i < ENS_COUNT(flags); i++) {
        *((bool *)((char *)task + flags[i])) = (bits >> i & 1) != 0;
    }
}

static void get_numbers(ens_str *rest, void *base, const struct number *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        store(base, &all[i], ens_unpack_number(rest));
    }
}

static void get_times(ens_str *rest, struct ens_task *task)
{
    for (size_t i = 0; i < ENS_COUNT(times); i++) {
        const uint64_t at = ens_unpack_number(rest);
        store(task, &times[i], at == 0 ? 0 : at - 1 + (uint64_t)task->params->taken_ms);
    }
}

static void get_texts(ens_str *rest, struct ens_arena *arena, void *base, const size_t *all,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *(ens_str *)((char *)base + all[i]) = ens_unpack_text(rest, arena);
    }
}

static struct ens_outcome *get_outcome(ens_str *rest, struct ens_arena *arena)
{
    struct ens_outcome *outcome = ens_arena_alloc(arena, sizeof(*outcome));

    *outcome = (struct ens_outcome){0};
    get_numbers(rest, outcome, outcome_numbers, ENS_COUNT(outcome_numbers));
    get_texts(rest, arena, outcome, outcome_texts, ENS_COUNT(outcome_texts));
    return outcome;
}

void ens_task_unpack(ens_str packed, struct ens_task *task)
{
    struct ens_arena *arena = task->params->arena;
    ens_str rest = packed;

    get_flags(&rest, task);
    get_numbers(&rest, task, numbers, ENS_COUNT(numbers));
    get_times(&rest, task);
    const size_t place = (size_t)ens_unpack_number(&rest);
    task->word = place == 0 ? NULL : task->provider->statuses[place - 1].word;
    get_texts(&rest, arena, task, texts, ENS_COUNT(texts));
    task->last = ens_unpack_number(&rest) != 0 ? get_outcome(&rest, arena) : NULL;
    ENS_ASSERT(rest.len == 0);
}
