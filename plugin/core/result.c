/* SPDX-License-Identifier: Apache-2.0 */
#include "core/result.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"

bool ens_client_token_valid(ens_str token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] > '~') {
            return false;
        }
    }
    return token.len <= ENS_CLIENT_TOKEN_MAX;
}

/* The texts of a result. */
static const size_t texts[] = {
    offsetof(struct ens_result, target.cloud),  offsetof(struct ens_result, target.region),
    offsetof(struct ens_result, target.id),     offsetof(struct ens_result, provider_status),
    offsetof(struct ens_result, message),       offsetof(struct ens_result, advice),
    offsetof(struct ens_result, provider_code), offsetof(struct ens_result, request_id),
    offsetof(struct ens_result, client_token),  offsetof(struct ens_result, start_request_id),
};

static size_t bytes_of_texts(const struct ens_result *result)
{
    size_t bytes = 0;

    for (size_t i = 0; i < ENS_COUNT(texts); i++) {
        bytes += ((const ens_str *)(const void *)((const char *)result + texts[i]))->len + 1;
    }
    return bytes;
}

/* Copies the texts of a result to a zeroed place, each with a NUL behind it. */
static void move_texts(struct ens_result *result, char *place)
{
    for (size_t i = 0; i < ENS_COUNT(texts); i++) {
        ens_str *text = (ens_str *)(void *)((char *)result + texts[i]);
        if (text->len > 0) {
            memcpy(place, text->ptr, text->len);
        }
        text->ptr = place;
        place += text->len + 1;
    }
}

struct ens_result ens_result_copy(struct ens_arena *arena, const struct ens_result *result)
{
    struct ens_result copy = *result;

    move_texts(&copy, ens_arena_alloc(arena, bytes_of_texts(result)));
    return copy;
}

struct ens_result *ens_result_dup(const struct ens_result *result)
{
    struct ens_result *copy = ens_alloc(sizeof(*copy) + bytes_of_texts(result));

    *copy = *result;
    move_texts(copy, (char *)(copy + 1));
    return copy;
}

enum ens_class ens_result_class(const struct ens_result *result)
{
    const bool moving = result->status == ENS_STATUS_STARTING ||
                        result->status == ENS_STATUS_STOPPING || result->status == ENS_STATUS_BUSY;
    const bool timed_out = result->reason == ENS_REASON_TIMED_OUT;

    if (result->status == ENS_STATUS_RUNNING) {
        return ENS_CLASS_RUNNING;
    }
    if (result->reason == ENS_REASON_CANCELLED || (timed_out && (result->start_sent || moving))) {
        return ENS_CLASS_UNFINISHED;
    }
    return result->action == ENS_ACTION_REFUSE && !timed_out ? ENS_CLASS_REFUSED : ENS_CLASS_FAILED;
}

bool ens_result_failed(const struct ens_result *result, bool apply)
{
    return apply ? ens_result_class(result) != ENS_CLASS_RUNNING
                 : result->action == ENS_ACTION_REFUSE;
}

static bool was_cut_short(const struct ens_result *result)
{
    return result->reason == ENS_REASON_TIMED_OUT || result->reason == ENS_REASON_CANCELLED;
}

bool ens_result_wait_ended(const struct ens_result *read)
{
    return read->status != ENS_STATUS_UNKNOWN && was_cut_short(read);
}

void ens_result_keep_read(struct ens_result *result)
{
    if (result->reason == ENS_REASON_POLICY ||
        (result->action != ENS_ACTION_REFUSE && !was_cut_short(result))) {
        result->reason = ENS_REASON_OK;
        result->message = (ens_str){NULL, 0};
        result->advice = (ens_str){NULL, 0};
    }
    result->action = ENS_ACTION_NONE;
    result->confidence = ENS_CONFIDENCE_OBSERVED;
    result->client_token = (ens_str){NULL, 0};
}

bool ens_result_allows_start(const struct ens_result *planned)
{
    return planned->action == ENS_ACTION_START || planned->action == ENS_ACTION_WAIT;
}

static size_t *count_of_action(struct ens_summary *summary, enum ens_action action)
{
    switch (action) {
    case ENS_ACTION_NONE:
        return &summary->none;
    case ENS_ACTION_START:
        return &summary->start;
    case ENS_ACTION_WAIT:
        return &summary->wait;
    case ENS_ACTION_REFUSE:
        return &summary->refuse;
    }
    ens_assert_failed("invalid action", __FILE__, __LINE__);
}

static size_t *count_of_class(struct ens_summary *summary, enum ens_class class)
{
    switch (class) {
    case ENS_CLASS_RUNNING:
        return &summary->running;
    case ENS_CLASS_UNFINISHED:
        return &summary->unfinished;
    case ENS_CLASS_REFUSED:
        return &summary->refused;
    case ENS_CLASS_FAILED:
        return &summary->failed;
    }
    ens_assert_failed("invalid class", __FILE__, __LINE__);
}

void ens_summary_add(struct ens_summary *summary, const struct ens_result *result, bool apply)
{
    summary->total++;
    if (apply) {
        (*count_of_class(summary, ens_result_class(result)))++;
        summary->started += result->started ? 1 : 0;
    } else {
        (*count_of_action(summary, result->action))++;
    }
}
