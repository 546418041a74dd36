/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Converts the transport's result of an attempt into outcomes. Pure, so it is tested without an
 * engine. Texts point into the arena, the transport's result and static data.
 */
#ifndef ENSURE_ENGINE_REPLY_H
#define ENSURE_ENGINE_REPLY_H

#include "base/arena.h"
#include "base/transport.h"
#include "core/outcome.h"
#include "credentials/keys.h"

/* The call that was answered. */
struct ens_reply_question {
    const struct ens_provider *provider;
    enum ens_call_kind kind;
    const struct ens_call_spec *spec;
    const struct ens_keys *keys; /* redacted where a cloud echoes them */
    int64_t now_unix_s;          /* of the local clock */
};

struct ens_reply {
    struct ens_outcome whole; /* of the call as a whole */
    int64_t server_unix_s;    /* the cloud's time, from Date; 0: none */
    struct ens_describe_result describe;
    struct ens_start_result start;
};

void ens_reply_read(struct ens_arena *arena, const struct ens_reply_question *question,
                    const struct ens_transport_result *result, struct ens_reply *ret);

/* The same for the reply to the provider's caller_request; *ret_identity is the caller. */
void ens_reply_read_caller(struct ens_arena *arena, const struct ens_reply_question *question,
                           const struct ens_transport_result *result, struct ens_reply *ret,
                           ens_str *ret_identity);

/* The outcome of a transfer without a complete reply; the kind is left to the caller. */
struct ens_outcome ens_reply_fault(const struct ens_transport_result *result);

/* The outcome of one id that an accepting reply to a start lists. */
struct ens_outcome ens_reply_item(struct ens_arena *arena,
                                  const struct ens_reply_question *question,
                                  const struct ens_reply *reply, const struct ens_start_item *item);

#endif
