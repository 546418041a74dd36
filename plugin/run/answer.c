/* What a reply means for each of the call's targets. */
#include <stdlib.h>

#include "core/classify.h"
#include "core/retry.h"
#include "core/sentence.h"
#include "run/engine_private.h"

struct answer {
    struct ens_outcome whole; /* of the call as a whole */
    struct ens_describe_result describe;
    struct ens_start_result start;
};

/* ---- reading -------------------------------------------------------------------------------- */

/* Signature errors may echo what was signed. No key of ours goes on into messages and logs. */
static ens_str without_keys(const struct ens_call_flight *call, ens_str text)
{
    const struct ens_account *account = &call->group->lane->login->account;
    const ens_str keys[] = {
        ens_secret_reveal(&account->secret_key),
        ens_secret_reveal(&account->security_token),
        ens_secret_reveal(&account->access_key),
    };

    for (size_t i = 0; i < ENS_COUNT(keys); i++) {
        text = ens_text_redact(call->scratch, text, keys[i]);
    }
    return text;
}

static void read_answer(const struct ens_call_flight *call, const struct ens_http_outcome *http,
                        const struct ens_answer *said, struct ens_outcome *ret)
{
    const struct ens_provider *provider = call->group->lane->login->account.provider;
    const struct ens_verdict verdict =
        ens_classify(provider, call->group->ask, http->reply->status, said);

    ret->reason = verdict.reason;
    ret->flags = verdict.flags;
    ret->by_code = verdict.by_code;
    ret->sent = true;
    ret->http_status = http->reply->status;
    ret->code = without_keys(call, said->code);
    ret->message = without_keys(call, said->message);
    ret->request_id = without_keys(call, said->request_id);
    ret->detail = said->detail;
    ret->retry_after_ms =
        said->retry_after_ms > http->retry_after_ms ? said->retry_after_ms : http->retry_after_ms;
}

static void read_reply(const struct ens_call_flight *call, const struct ens_http_outcome *http,
                       struct answer *ret)
{
    const struct ens_provider *provider = call->group->lane->login->account.provider;
    const struct ens_memory memory = ens_arena_memory(call->scratch);
    const struct ens_call shape = ens_call_shape(call);

    switch (call->group->ask) {
    case ENS_ASK_READ:
    case ENS_ASK_PROBE:
        ret->describe.struct_size = sizeof(ret->describe);
        provider->read_describe(&memory, &shape, http->reply, &ret->describe);
        read_answer(call, http, &ret->describe.answer, &ret->whole);
        return;
    case ENS_ASK_DRY_RUN:
    case ENS_ASK_START:
        ret->start.struct_size = sizeof(ret->start);
        provider->read_start(&memory, &shape, http->reply, &ret->start);
        read_answer(call, http, &ret->start.answer, &ret->whole);
        return;
    }
}

static void read_outcome(const struct ens_call_flight *call, const struct ens_http_outcome *http,
                         struct answer *ret)
{
    struct ens_outcome *whole = &ret->whole;

    *ret = (struct answer){.whole = {.ask = call->group->ask}};
    switch (http->end) {
    case ENS_HTTP_REPLY:
        read_reply(call, http, ret);
        return;
    case ENS_HTTP_NOT_SENT:
        whole->reason = ENS_REASON_UNAVAILABLE;
        whole->flags = http->untrusted ? ENS_CODE_FINAL : 0;
        break;
    case ENS_HTTP_LOST:
        whole->reason = ENS_REASON_UNAVAILABLE;
        whole->sent = true;
        break;
    case ENS_HTTP_TOO_LARGE:
        whole->reason = ENS_REASON_MALFORMED_RESPONSE;
        whole->flags = ENS_CODE_FINAL; /* it would be as large again */
        whole->sent = true;
        break;
    }
    whole->detail = without_keys(call, ens_str_of(http->error));
}

/* ---- keeping note --------------------------------------------------------------------------- */

static void audit(const struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    const struct ens_engine *engine = call->engine;
    const struct ens_lane *lane = call->group->lane;
    const enum ens_ask ask = call->group->ask;
    const struct ens_audit_line line = {
        .unix_ms = engine->clock->unix_ms(engine->clock->ud),
        .cloud = ens_str_of(lane->login->account.provider->name),
        .region = lane->region,
        .ids = call->ids,
        .id_count = call->sent,
        .action = ens_ask_name(ask),
        .dry_run = ask == ENS_ASK_PROBE || ask == ENS_ASK_DRY_RUN,
        .outcome = outcome->reason,
        .http_status = outcome->http_status,
        .provider_code = outcome->code,
        .request_id = outcome->request_id,
        .client_token = call->client_token,
        .attempt = call->before + call->attempt,
    };

    ens_audit_write(engine->audit, &line);
}

static ens_str number(const struct ens_call_flight *call, int64_t value)
{
    return ens_arena_printf(call->scratch, "%lld", (long long)value);
}

static void log_call(const struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    const struct ens_engine *engine = call->engine;
    const struct ens_lane *lane = call->group->lane;

    if (engine->log == NULL || engine->log->level < ENS_LOG_DEBUG) {
        return;
    }
    const struct ens_pair pairs[] = {
        {ENS_STR("cloud"), ens_str_of(lane->login->account.provider->name)},
        {ENS_STR("region"), lane->region},
        {ENS_STR("action"), ens_str_of(ens_ask_name(call->group->ask))},
        {ENS_STR("first_id"), call->ids[0]},
        {ENS_STR("ids"), number(call, (int64_t)call->sent)},
        {ENS_STR("attempt"), number(call, call->attempt)},
        {ENS_STR("elapsed_ms"), number(call, ens_engine_now(engine) - call->begun_ms)},
        {ENS_STR("reason"), ens_str_of(ens_reason_name(outcome->reason))},
        {ENS_STR("http_status"), number(call, outcome->http_status)},
        {ENS_STR("code"), ens_cloud_text(call->scratch, outcome->code, ENS_CLOUD_WORD_MAX)},
        {ENS_STR("request_id"),
         ens_cloud_text(call->scratch, outcome->request_id, ENS_CLOUD_WORD_MAX)},
        {ENS_STR("detail"), ens_cloud_text(call->scratch, outcome->detail, ENS_CLOUD_MESSAGE_MAX)},
    };

    ens_log_pairs(engine->log, ENS_LOG_DEBUG, "engine", "called", pairs, ENS_COUNT(pairs));
}

/* ---- trying again --------------------------------------------------------------------------- */

/* What a refusal means for the ids that were sent. A code that no table has, with the HTTP status
 * of a missing permission, is as likely to be about one of them. */
static enum ens_spread spread_of(const struct ens_call_flight *call,
                                 const struct ens_outcome *outcome)
{
    const bool known = outcome->by_code || outcome->code.len == 0;

    if ((outcome->flags & ENS_CODE_CALL) ||
        ((outcome->flags & ENS_CODE_FINAL) && !ens_reason_is_answer(outcome->reason))) {
        return ENS_SPREAD_ALL;
    }
    return ens_batch_spread(&call->group->batch, call->group->ask, outcome->reason, call->sent,
                            known ? call->part : ENS_PART_SPLIT);
}

/* What was turned away for its date or nonce goes again as it is. A real start is otherwise sent
 * again by its targets, after another read. */
static bool may_repeat(const struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    if (outcome->reason == ENS_REASON_CLOCK_SKEW || (outcome->flags & ENS_CODE_NEW_NONCE)) {
        return true;
    }
    if (call->group->ask == ENS_ASK_START) {
        return false;
    }
    /* A refusal that may be about one id is narrowed down to it before it is asked again. */
    return !ens_reason_is_answer(outcome->reason) || spread_of(call, outcome) == ENS_SPREAD_ALL;
}

static int64_t last_deadline(const struct ens_call_flight *call)
{
    int64_t last = INT64_MIN;

    for (size_t i = 0; i < call->count; i++) {
        const struct ens_target_work *target = call->targets[i];
        if (target != NULL && target->work->mission.deadline_ms > last) {
            last = target->work->mission.deadline_ms;
        }
    }
    return last;
}

static int64_t wait_before_retry(const struct ens_call_flight *call,
                                 const struct ens_outcome *outcome)
{
    return ens_retry_wait_ms(&(struct ens_retry){
        .ask = call->group->ask,
        .reason = outcome->reason,
        .flags = outcome->flags,
        .attempt = call->attempt,
        .retry_after_ms = outcome->retry_after_ms,
        .remaining_ms = last_deadline(call) - ens_engine_now(call->engine),
        .random = ens_engine_random(call->engine),
    });
}

/* Waits for another attempt, with those targets whose time lasts. False: there is none. */
static bool repeat(struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    struct ens_engine *engine = call->engine;
    const int64_t wait = wait_before_retry(call, outcome);
    const int64_t at = ens_engine_now(engine) + wait;

    if (wait != ENS_RETRY_NO && outcome->reason == ENS_REASON_THROTTLED) {
        ens_batch_pause(&call->group->batch, at);
    }
    if (wait == ENS_RETRY_NO || !may_repeat(call, outcome)) {
        return false;
    }
    for (size_t i = 0; i < call->count; i++) {
        const struct ens_target_work *target = call->targets[i];
        if (target != NULL && target->work->mission.deadline_ms <= at) {
            ens_call_deliver(call, i, outcome);
        }
    }
    ens_alarm_set(engine, &call->again, at);
    return true;
}

/* ---- settling ------------------------------------------------------------------------------- */

static void deliver_sent(struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    for (size_t i = 0; i < call->sent; i++) {
        ens_call_deliver(call, i, outcome);
    }
}

static int compare_ids(const void *a, const void *b)
{
    return ens_str_cmp(*(const ens_str *)a, *(const ens_str *)b);
}

/* False: nobody asked for that id. */
static bool find_slot(const struct ens_call_flight *call, ens_str id, size_t *ret)
{
    const ens_str *found = bsearch(&id, call->ids, call->sent, sizeof(id), compare_ids);

    if (found == NULL) {
        return false;
    }
    *ret = (size_t)(found - call->ids);
    return true;
}

/* Each target has its state as soon as a page shows it. True: there is another page to read. */
static bool settle_read(struct ens_call_flight *call, struct answer *answer)
{
    const struct ens_describe_result *page = &answer->describe;

    for (size_t i = 0; i < page->observation_count; i++) {
        const struct ens_observation *seen = page->observations[i];
        struct ens_outcome outcome = answer->whole;
        size_t slot = 0;
        if (find_slot(call, seen->id, &slot)) {
            outcome.seen = seen;
            ens_call_deliver(call, slot, &outcome);
        }
    }
    if (page->next_page.len == 0 || call->live == 0) {
        deliver_sent(call, &answer->whole); /* those that are left are not in the list */
        return false;
    }
    if (call->pages + 1 >= ENS_PAGES_MAX || ens_str_eq(page->next_page, call->page)) {
        answer->whole.reason = ENS_REASON_MALFORMED_RESPONSE;
        answer->whole.detail = ENS_STR("the pages of the list do not end");
        deliver_sent(call, &answer->whole);
        return false;
    }
    call->page = ens_arena_dup(call->arena, page->next_page);
    call->pages++;
    return true;
}

static void settle_started(struct ens_call_flight *call, const struct answer *answer)
{
    const struct ens_provider *provider = call->group->lane->login->account.provider;

    for (size_t i = 0; i < answer->start.item_count; i++) {
        const struct ens_start_item *item = answer->start.items[i];
        struct ens_outcome outcome = answer->whole;
        size_t slot = 0;
        if (!find_slot(call, item->id, &slot)) {
            continue;
        }
        const struct ens_verdict verdict =
            ens_classify_item(provider, outcome.http_status, item->code);
        if (item->code.len > 0) {
            outcome.reason = verdict.reason;
            outcome.flags = verdict.flags;
            outcome.by_code = verdict.by_code;
            outcome.code = without_keys(call, item->code);
            outcome.message = without_keys(call, item->message);
        }
        ens_call_deliver(call, slot, &outcome);
    }
    deliver_sent(call, &answer->whole);
}

/* Back in line, in calls of their own. */
static void split(struct ens_call_flight *call, enum ens_spread spread)
{
    struct ens_batch_item **items =
        ens_arena_array(call->scratch, call->count, sizeof(struct ens_batch_item *));
    size_t count = 0;

    for (size_t i = 0; i < call->count; i++) {
        if (call->targets[i] != NULL) {
            items[count++] = &call->targets[i]->item;
            call->targets[i]->call = NULL;
            call->targets[i] = NULL;
        }
    }
    call->live = 0;
    ens_batch_split(&call->group->batch, items, count, spread, ens_engine_now(call->engine));
}

/* The first went ahead alone, to show whether the others fare better. */
static void settle_rest(struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    struct ens_batch *batch = &call->group->batch;
    const enum ens_ask ask = call->group->ask;
    const enum ens_spread spread =
        outcome->reason == ENS_REASON_OK
            ? ENS_SPREAD_HALVES
            : ens_batch_spread(batch, ask, outcome->reason, call->count, ENS_PART_ALL);

    batch->denials += outcome->reason == ENS_REASON_PERMISSION_DENIED ? 1 : 0;
    if (spread == ENS_SPREAD_ALL) {
        call->sent = call->count;
        deliver_sent(call, outcome);
    } else if (spread == ENS_SPREAD_FIRST) {
        split(call, ENS_SPREAD_FIRST);
    } else {
        split(call, ask == ENS_ASK_START ? ENS_SPREAD_SINGLES : ENS_SPREAD_HALVES);
    }
}

/* True: the call goes on, with its first id alone. */
static bool settle_refused(struct ens_call_flight *call, const struct ens_outcome *outcome)
{
    const enum ens_spread spread = spread_of(call, outcome);

    switch (spread) {
    case ENS_SPREAD_ALL:
        deliver_sent(call, outcome);
        return false;
    case ENS_SPREAD_FIRST:
        call->sent = 1;
        call->page = ENS_STR("");
        call->pages = 0;
        return true;
    case ENS_SPREAD_HALVES:
    case ENS_SPREAD_SINGLES:
        split(call, spread);
        return false;
    }
    return false;
}

/* Hands out what the reply says. True: the call goes on with another request. */
static bool settle(struct ens_call_flight *call, struct answer *answer)
{
    const bool first_alone = call->sent < call->count;
    bool more = false;

    if (answer->whole.reason != ENS_REASON_PERMISSION_DENIED) {
        call->group->batch.denials = 0;
    }
    if (answer->whole.reason != ENS_REASON_OK) {
        more = settle_refused(call, &answer->whole);
    } else if (call->group->ask == ENS_ASK_READ) {
        more = settle_read(call, answer);
    } else if (call->group->ask == ENS_ASK_START) {
        settle_started(call, answer);
    } else {
        deliver_sent(call, &answer->whole);
    }
    if (first_alone && !more && call->live > 0) {
        settle_rest(call, &answer->whole);
    }
    return more && call->live > 0;
}

void ens_call_answered(struct ens_call_flight *call, const struct ens_http_outcome *http)
{
    struct answer answer;

    read_outcome(call, http, &answer);
    audit(call, &answer.whole);
    log_call(call, &answer.whole);
    if (answer.whole.reason == ENS_REASON_CLOCK_SKEW && http->server_unix_s != 0) {
        call->group->lane->clock_offset_s =
            http->server_unix_s - call->engine->clock->unix_ms(call->engine->clock->ud) / 1000;
    }
    if (repeat(call, &answer.whole)) {
        return;
    }
    if (settle(call, &answer)) {
        call->attempt = 0;
        ens_call_send(call);
    } else {
        ens_call_end(call);
    }
}
