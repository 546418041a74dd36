/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/attempt.h"

#define NONCE_BYTES ((size_t)16)

static ens_str make_nonce(const struct ens_entropy *entropy, struct ens_arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[NONCE_BYTES];
    char *text = ens_arena_alloc(arena, 2 * NONCE_BYTES);

    entropy->fill(entropy->ud, bytes, sizeof(bytes));
    for (size_t i = 0; i < NONCE_BYTES; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (ens_str){text, 2 * NONCE_BYTES};
}

struct ens_memory ens_attempt_begin(struct ens_attempt *attempt, const struct ens_sender *sender)
{
    ens_arena_give(sender->arenas, attempt->arena);
    attempt->arena = ens_arena_take(sender->arenas);
    return ens_arena_memory(attempt->arena);
}

void ens_attempt_build(const struct ens_memory *memory, const struct ens_provider *provider,
                       enum ens_call_kind kind, const struct ens_call_spec *spec,
                       const struct ens_filter *filter, struct ens_http_request *ret)
{
    *ret = (struct ens_http_request){.struct_size = sizeof(*ret)};
    switch (kind) {
    case ENS_CALL_READ:
    case ENS_CALL_PROBE:
        provider->describe_request(memory, spec, ret);
        return;
    case ENS_CALL_DRY_RUN:
    case ENS_CALL_START:
        provider->start_request(memory, spec, ret);
        return;
    case ENS_CALL_FIND:
    case ENS_CALL_FIND_PROBE:
        provider->find_request(memory, spec, filter, ret);
        return;
    }
}

static void sign(struct ens_arena *arena, const struct ens_sender *sender,
                 const struct ens_attempt_plan *plan, const struct ens_http_request *request,
                 struct ens_signature *ret)
{
    const struct ens_memory memory = ens_arena_memory(arena);
    const struct ens_signing_context context = {
        .struct_size = sizeof(context),
        .region = plan->region,
        .host = plan->host,
        .now_unix_s = ens_timers_unix_ms(sender->timers) / 1000 + plan->clock_offset_s,
        .nonce = make_nonce(sender->timers->entropy, arena),
        .service = plan->service,
    };

    *ret = (struct ens_signature){.struct_size = sizeof(*ret)};
    if (plan->identity != NULL) {
        plan->provider->sign(&memory, request, plan->identity, &context, ret);
    } else {
        ret->target = plan->target;
    }
}

void ens_attempt_send(struct ens_attempt *attempt, const struct ens_sender *sender,
                      const struct ens_attempt_plan *plan, const struct ens_http_request *request,
                      ens_transport_done_fn *done, void *ud)
{
    const struct ens_transport *transport = sender->transport;
    struct ens_signature signature;

    attempt->begun_ms = ens_timers_now(sender->timers);
    sign(attempt->arena, sender, plan, request, &signature);
    const struct ens_transport_message message = {
        .base = plan->base,
        .host = plan->host,
        .request = request,
        .signature = &signature,
        .timeout_ms = plan->timeout_ms,
        .fresh = plan->fresh,
        .direct = plan->direct,
    };
    attempt->transfer = transport->send(transport->ud, &message, done, ud);
}

void ens_attempt_cancel(struct ens_attempt *attempt, const struct ens_sender *sender)
{
    if (attempt->transfer != NULL) {
        sender->transport->cancel(sender->transport->ud, attempt->transfer);
        attempt->transfer = NULL;
    }
}

void ens_attempt_done(struct ens_attempt *attempt, const struct ens_sender *sender)
{
    ENS_ASSERT(attempt->transfer == NULL);
    ens_arena_give(sender->arenas, attempt->arena);
}
