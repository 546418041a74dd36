/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/reply.h"

#include "core/classify.h"
#include "core/messages.h"
#include "core/reply_headers.h"

/* Redacts our keys: a signature error may echo the signed text, which must not get into messages
 * and logs. */
static ens_str without_keys(struct ens_arena *arena, const struct ens_keys *keys, ens_str text)
{
    const ens_str secrets[] = {
        ens_secret_reveal(&keys->secret_key),
        ens_secret_reveal(&keys->security_token),
        ens_secret_reveal(&keys->access_key),
    };

    for (size_t i = 0; i < ENS_COUNT(secrets); i++) {
        text = ens_text_redact(arena, text, secrets[i]);
    }
    return text;
}

static void read_answer(struct ens_arena *arena, const struct ens_reply_question *question,
                        const struct ens_http_reply *http, const struct ens_answer *answer,
                        struct ens_outcome *ret)
{
    const struct ens_keys *keys = question->keys;
    const struct ens_verdict verdict =
        ens_classify(question->provider, question->kind, http->status, answer);
    const int64_t standard_ms = ens_reply_retry_after_ms(http, question->now_unix_s);

    ret->reason = verdict.reason;
    ret->flags = verdict.flags;
    ret->by_code = verdict.by_code;
    ret->hint = verdict.reason == ENS_REASON_MALFORMED_RESPONSE && ens_reply_is_by_proxy(http)
                    ? ENS_HINT_NOT_THE_CLOUD
                    : ENS_HINT_NONE;
    ret->sent = true;
    ret->http_status = http->status;
    ret->code = without_keys(arena, keys, answer->code);
    ret->message = without_keys(arena, keys, answer->message);
    ret->request_id = without_keys(arena, keys, answer->request_id);
    ret->detail = answer->detail;
    ret->retry_after_ms =
        answer->retry_after_ms > standard_ms ? answer->retry_after_ms : standard_ms;
}

static void read_http(struct ens_arena *arena, const struct ens_reply_question *question,
                      const struct ens_http_reply *http, struct ens_reply *ret)
{
    const struct ens_provider *provider = question->provider;
    const struct ens_memory memory = ens_arena_memory(arena);

    ret->server_unix_s = ens_reply_unix_s(http);
    switch (question->kind) {
    case ENS_CALL_READ:
    case ENS_CALL_PROBE:
        ret->describe.struct_size = sizeof(ret->describe);
        provider->read_describe(&memory, question->spec, http, &ret->describe);
        read_answer(arena, question, http, &ret->describe.answer, &ret->whole);
        return;
    case ENS_CALL_DRY_RUN:
    case ENS_CALL_START:
        ret->start.struct_size = sizeof(ret->start);
        provider->read_start(&memory, question->spec, http, &ret->start);
        read_answer(arena, question, http, &ret->start.answer, &ret->whole);
        return;
    }
}

/* Whether a repetition would fail in the same way. */
static bool is_final(const struct ens_transport_result *result)
{
    return result->untrusted || result->fault == ENS_FAULT_PROXY_LOGIN ||
           result->fault == ENS_FAULT_PROXY_FORBIDS;
}

struct ens_outcome ens_reply_fault(const struct ens_transport_result *result)
{
    struct ens_outcome outcome = {
        .reason = ENS_REASON_UNAVAILABLE,
        .hint = ens_hint_of_fault(result->fault),
        .sent = result->end != ENS_TRANSPORT_NOT_SENT,
        .detail = ens_str_of(result->error),
    };

    if (result->end == ENS_TRANSPORT_TOO_LARGE) {
        outcome.reason = ENS_REASON_MALFORMED_RESPONSE;
        outcome.flags = ENS_CODE_FINAL; /* a repetition would be as large */
    } else if (result->end == ENS_TRANSPORT_NOT_SENT && is_final(result)) {
        outcome.flags = ENS_CODE_FINAL;
    }
    return outcome;
}

/* Reads a transfer without a complete reply; false: it has one. */
static bool read_fault(struct ens_arena *arena, const struct ens_reply_question *question,
                       const struct ens_transport_result *result, struct ens_reply *ret)
{
    *ret = (struct ens_reply){.whole = {.kind = question->kind}};
    if (result->end == ENS_TRANSPORT_REPLY) {
        return false;
    }
    ret->whole = ens_reply_fault(result);
    ret->whole.kind = question->kind;
    ret->whole.detail = without_keys(arena, question->keys, ret->whole.detail);
    return true;
}

void ens_reply_read(struct ens_arena *arena, const struct ens_reply_question *question,
                    const struct ens_transport_result *result, struct ens_reply *ret)
{
    if (!read_fault(arena, question, result, ret)) {
        read_http(arena, question, result->reply, ret);
    }
}

void ens_reply_read_caller(struct ens_arena *arena, const struct ens_reply_question *question,
                           const struct ens_transport_result *result, struct ens_reply *ret,
                           ens_str *ret_identity)
{
    const struct ens_memory memory = ens_arena_memory(arena);
    struct ens_caller caller = {.struct_size = sizeof(caller)};

    *ret_identity = ENS_STR("");
    if (read_fault(arena, question, result, ret)) {
        return;
    }
    ret->server_unix_s = ens_reply_unix_s(result->reply);
    question->provider->read_caller(&memory, result->reply, &caller);
    read_answer(arena, question, result->reply, &caller.answer, &ret->whole);
    *ret_identity = without_keys(arena, question->keys, caller.identity);
}

struct ens_outcome ens_reply_item(struct ens_arena *arena,
                                  const struct ens_reply_question *question,
                                  const struct ens_reply *reply, const struct ens_start_item *item)
{
    struct ens_outcome outcome = reply->whole;

    if (item->code.len > 0) {
        const struct ens_verdict verdict =
            ens_classify_item(question->provider, outcome.http_status, item->code);
        outcome.reason = verdict.reason;
        outcome.flags = verdict.flags;
        outcome.by_code = verdict.by_code;
        outcome.code = without_keys(arena, question->keys, item->code);
        outcome.message = without_keys(arena, question->keys, item->message);
    }
    return outcome;
}
