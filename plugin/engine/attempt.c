/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/attempt.h"

#define NONCE_BYTES ((size_t)16)

struct ens_call_spec ens_attempt_spec(enum ens_call_kind kind, ens_str region)
{
    return (struct ens_call_spec){
        .struct_size = sizeof(struct ens_call_spec),
        .flags = ens_call_is_dry(kind) ? ENS_SPEC_DRY_RUN : 0,
        .region = region,
    };
}

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

static void build(const struct ens_memory *memory, const struct ens_provider *provider,
                  enum ens_call_kind kind, const struct ens_call_spec *spec,
                  struct ens_http_request *ret)
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
    }
}

static void sign(struct ens_arena *arena, const struct ens_sender *sender,
                 const struct ens_route *route, const struct ens_http_request *request,
                 struct ens_signature *ret)
{
    const struct ens_account *account = route->account;
    const struct ens_memory memory = ens_arena_memory(arena);
    const struct ens_identity identity = {
        .struct_size = sizeof(identity),
        .access_key = ens_secret_reveal(&account->keys.access_key),
        .secret_key = ens_secret_reveal(&account->keys.secret_key),
        .security_token = ens_secret_reveal(&account->keys.security_token),
    };
    const struct ens_signing_context context = {
        .struct_size = sizeof(context),
        .region = route->region,
        .host = route->host,
        .now_unix_s = ens_timers_unix_ms(sender->timers) / 1000 + route->clock_offset_s,
        .nonce = make_nonce(sender->timers->entropy, arena),
    };

    *ret = (struct ens_signature){.struct_size = sizeof(*ret)};
    account->provider->sign(&memory, request, &identity, &context, ret);
}

void ens_attempt_send(struct ens_attempt *attempt, const struct ens_sender *sender,
                      const struct ens_route *route, enum ens_call_kind kind,
                      const struct ens_call_spec *spec, int64_t timeout_ms, bool fresh,
                      ens_transport_done_fn *done, void *ud)
{
    const struct ens_transport *transport = sender->transport;
    struct ens_http_request request;
    struct ens_signature signature;

    ens_arena_free(attempt->arena);
    attempt->arena = ens_arena_new();
    attempt->begun_ms = ens_timers_now(sender->timers);
    const struct ens_memory memory = ens_arena_memory(attempt->arena);
    build(&memory, route->account->provider, kind, spec, &request);
    sign(attempt->arena, sender, route, &request, &signature);
    const struct ens_transport_message message = {
        .base = route->base,
        .host = route->host,
        .request = &request,
        .signature = &signature,
        .timeout_ms = timeout_ms,
        .fresh = fresh,
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

void ens_attempt_done(struct ens_attempt *attempt)
{
    ENS_ASSERT(attempt->transfer == NULL);
    ens_arena_free(attempt->arena);
}
