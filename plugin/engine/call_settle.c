/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/call_private.h"

/* An unknown code may well be about one id, even with the HTTP status of a missing permission. */
enum ens_split ens_call_split_of(const struct ens_call *call, const struct ens_outcome *outcome)
{
    const bool known = outcome->by_code || outcome->code.len == 0;

    if ((outcome->flags & ENS_CODE_CALL) ||
        ((outcome->flags & ENS_CODE_FINAL) && !ens_reason_is_answer(outcome->reason))) {
        return ENS_SPLIT_NONE;
    }
    return ens_batch_split_of(&call->queue->batch, call->queue->kind, outcome->reason, call->sent,
                              known ? call->origin : ENS_ORIGIN_SPLIT);
}

/* Each request gets its observation as soon as a page contains it. True: another page has to be
 * read. */
static bool settle_read(struct ens_call *call, struct ens_reply *reply)
{
    const struct ens_describe_result *page = &reply->describe;

    for (size_t i = 0; i < page->observation_count; i++) {
        const struct ens_observation *seen = page->observations[i];
        struct ens_outcome outcome = reply->whole;
        size_t slot = 0;
        if (ens_call_find(call, seen->id, &slot)) {
            outcome.seen = seen;
            ens_call_deliver(call, slot, &outcome);
        }
    }
    if (page->next_page.len == 0 || call->live == 0) {
        ens_call_deliver_sent(call, &reply->whole); /* the remaining ids are not in the list */
        return false;
    }
    if (call->pages + 1 >= ENS_PAGES_MAX || ens_str_eq(page->next_page, call->page)) {
        reply->whole.reason = ENS_REASON_MALFORMED_RESPONSE;
        reply->whole.detail = ENS_STR("the pages of the list do not end");
        ens_call_deliver_sent(call, &reply->whole);
        return false;
    }
    call->page = ens_arena_dup(call->arena, page->next_page);
    call->pages++;
    return true;
}

static void settle_started(struct ens_call *call, const struct ens_reply_question *question,
                           const struct ens_reply *reply)
{
    for (size_t i = 0; i < reply->start.item_count; i++) {
        const struct ens_start_item *item = reply->start.items[i];
        size_t slot = 0;
        if (ens_call_find(call, item->id, &slot)) {
            const struct ens_outcome outcome =
                ens_reply_item(call->attempt.arena, question, reply, item);
            ens_call_deliver(call, slot, &outcome);
        }
    }
    ens_call_deliver_sent(call, &reply->whole);
}

/* Requeues the remaining requests as smaller calls. */
static void split(struct ens_call *call, enum ens_split how)
{
    struct ens_request **requests =
        ens_arena_array(call->attempt.arena, call->count, sizeof(struct ens_request *));
    size_t count = 0;

    for (size_t i = 0; i < call->count; i++) {
        if (call->requests[i] != NULL) {
            requests[count++] = call->requests[i];
            (void)ens_call_detach(call->requests[i]);
        }
    }
    ens_queue_split(call->queue, requests, count, how);
}

/* The first id was resent alone: its outcome decides how the others are resent, or settles them
 * too. */
static void settle_rest(struct ens_call *call, const struct ens_outcome *outcome)
{
    struct ens_batch *batch = &call->queue->batch;
    const enum ens_call_kind kind = call->queue->kind;
    const enum ens_split how =
        outcome->reason == ENS_REASON_OK
            ? ENS_SPLIT_HALVES
            : ens_batch_split_of(batch, kind, outcome->reason, call->count, ENS_ORIGIN_NEW);

    batch->denials += outcome->reason == ENS_REASON_PERMISSION_DENIED ? 1 : 0;
    if (how == ENS_SPLIT_NONE) {
        ens_call_deliver_rest(call, outcome);
    } else if (how == ENS_SPLIT_FIRST) {
        split(call, ENS_SPLIT_FIRST);
    } else {
        split(call, kind == ENS_CALL_START ? ENS_SPLIT_SINGLES : ENS_SPLIT_HALVES);
    }
}

/* True: the call continues with its first id alone. */
static bool settle_refused(struct ens_call *call, const struct ens_outcome *outcome)
{
    const enum ens_split how = ens_call_split_of(call, outcome);

    switch (how) {
    case ENS_SPLIT_NONE:
        ens_call_deliver_sent(call, outcome);
        return false;
    case ENS_SPLIT_FIRST:
        call->sent = 1;
        call->page = ENS_STR("");
        call->pages = 0;
        return true;
    case ENS_SPLIT_HALVES:
    case ENS_SPLIT_SINGLES:
        split(call, how);
        return false;
    }
    return false;
}

bool ens_call_settle(struct ens_call *call, const struct ens_reply_question *question,
                     struct ens_reply *reply)
{
    const bool first_alone = call->sent < call->count;
    bool more = false;

    if (reply->whole.reason != ENS_REASON_PERMISSION_DENIED) {
        call->queue->batch.denials = 0;
    }
    if (reply->whole.reason != ENS_REASON_OK) {
        more = settle_refused(call, &reply->whole);
    } else if (question->kind == ENS_CALL_READ) {
        more = settle_read(call, reply);
    } else if (question->kind == ENS_CALL_FIND) {
        reply->whole.page = &reply->find;
        ens_call_deliver_sent(call, &reply->whole);
    } else if (question->kind == ENS_CALL_START) {
        settle_started(call, question, reply);
    } else {
        ens_call_deliver_sent(call, &reply->whole);
    }
    if (first_alone && !more && call->live > 0) {
        settle_rest(call, &reply->whole);
    }
    return more && call->live > 0;
}
