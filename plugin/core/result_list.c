/* SPDX-License-Identifier: Apache-2.0 */
#include "core/result_list.h"

/* A member that is nowhere below would be forgotten. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct ens_result) == 216, "keep the new member of struct ens_result");
#endif

/* Texts that many results have in common. */
static const size_t shared[ENS_SHARED_TEXTS] = {
    offsetof(struct ens_result, target.cloud),    offsetof(struct ens_result, target.region),
    offsetof(struct ens_result, provider_status), offsetof(struct ens_result, message),
    offsetof(struct ens_result, advice),          offsetof(struct ens_result, provider_code),
};

/* Others. */
static const size_t own[] = {
    offsetof(struct ens_result, target.id), offsetof(struct ens_result, request_id),
    offsetof(struct ens_result, client_token),
    offsetof(struct ens_result, start_request_id), /* empty if it is the request_id */
};
#define START_ID (ENS_COUNT(own) - 1)

/* The numbers of a record; behind these those of the shared texts. */
enum { FLAGS, STATUS, ACTION, CONFIDENCE, REASON, HTTP_STATUS, ELAPSED_MS, SHARED };
#define NUMBERS (SHARED + ENS_SHARED_TEXTS)

enum { STARTED = 1, START_SENT = 2, SAME_ID = 4 };

/* ---- keeping --------------------------------------------------------------------------------- */

static uint64_t number_of(struct ens_result_list *list, size_t which, ens_str text)
{
    const struct ens_text_set *texts = &list->texts;
    uint64_t *last = &list->last[which];

    if (texts->count == 0 || !ens_str_eq(texts->items[*last], text)) {
        *last = ens_text_set_add(&list->texts, text);
    }
    return *last;
}

static unsigned char *pack(struct ens_result_list *list, const struct ens_result *result)
{
    const bool same = ens_str_eq(result->start_request_id, result->request_id);
    uint64_t numbers[NUMBERS] = {
        [FLAGS] = (result->started ? STARTED : 0U) | (result->start_sent ? START_SENT : 0U) |
                  (same ? SAME_ID : 0U),
        [STATUS] = result->status,
        [ACTION] = result->action,
        [CONFIDENCE] = result->confidence,
        [REASON] = result->reason,
        [HTTP_STATUS] = result->http_status,
        [ELAPSED_MS] = (uint64_t)result->elapsed_ms,
    };
    ens_str texts[ENS_COUNT(own)];

    for (size_t i = 0; i < ENS_SHARED_TEXTS; i++) {
        const ens_str *text = (const void *)((const char *)result + shared[i]);
        numbers[SHARED + i] = number_of(list, i, *text);
    }
    for (size_t i = 0; i < ENS_COUNT(own); i++) {
        texts[i] = *(const ens_str *)(const void *)((const char *)result + own[i]);
    }
    texts[START_ID] = same ? ENS_STR("") : texts[START_ID];
    return ens_pack_record(list->texts.arena, numbers, NUMBERS, texts, ENS_COUNT(own));
}

void ens_result_list_set(struct ens_result_list *list, size_t index,
                         const struct ens_result *result)
{
    while (list->count <= index) {
        list->items =
            ens_arena_grow(list->texts.arena, list->items, list->count, sizeof(unsigned char *));
        list->items[list->count++] = NULL;
    }
    ENS_ASSERT(list->items[index] == NULL);
    list->items[index] = pack(list, result);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct ens_result ens_result_list_at(const struct ens_result_list *list, size_t index)
{
    uint64_t numbers[NUMBERS];
    ens_str texts[ENS_COUNT(own)];

    ENS_ASSERT(index < list->count && list->items[index] != NULL);
    ens_unpack_record(list->items[index], numbers, NUMBERS, texts, ENS_COUNT(own));
    struct ens_result result = {
        .status = (enum ens_status)numbers[STATUS],
        .action = (enum ens_action)numbers[ACTION],
        .confidence = (enum ens_confidence)numbers[CONFIDENCE],
        .reason = (enum ens_reason)numbers[REASON],
        .http_status = (uint32_t)numbers[HTTP_STATUS],
        .started = (numbers[FLAGS] & STARTED) != 0,
        .start_sent = (numbers[FLAGS] & START_SENT) != 0,
        .elapsed_ms = (int64_t)numbers[ELAPSED_MS],
    };
    for (size_t i = 0; i < ENS_SHARED_TEXTS; i++) {
        ens_str *text = (void *)((char *)&result + shared[i]);
        *text = list->texts.items[numbers[SHARED + i]];
    }
    for (size_t i = 0; i < ENS_COUNT(own); i++) {
        *(ens_str *)(void *)((char *)&result + own[i]) = texts[i];
    }
    if ((numbers[FLAGS] & SAME_ID) != 0) {
        result.start_request_id = result.request_id;
    }
    return result;
}
