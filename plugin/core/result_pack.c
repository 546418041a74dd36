/* SPDX-License-Identifier: Apache-2.0 */
#include "core/result_pack.h"

#include "core/pack.h"

/* A member that is neither packed nor one of the four that are not would be forgotten. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct ens_result) == 216, "pack the new member of struct ens_result");
#endif

enum { STARTED = 1, START_SENT = 2, SAME_ID = 4 };

void ens_result_pack(const struct ens_result *result, struct ens_buf *ret)
{
    const bool same = ens_str_eq(result->start_request_id, result->request_id);

    ens_pack_number(ret, (result->started ? STARTED : 0U) | (result->start_sent ? START_SENT : 0U) |
                             (same ? SAME_ID : 0U));
    ens_pack_number(ret, result->status);
    ens_pack_number(ret, result->action);
    ens_pack_number(ret, result->confidence);
    ens_pack_number(ret, result->http_status);
    ens_pack_number(ret, (uint64_t)result->elapsed_ms);
    ens_pack_text(ret, result->provider_status);
    ens_pack_text(ret, result->provider_code);
    ens_pack_text(ret, result->request_id);
    ens_pack_text(ret, result->client_token);
    if (!same) {
        ens_pack_text(ret, result->start_request_id);
    }
}

struct ens_result ens_result_unpack(ens_str packed, struct ens_arena *arena)
{
    ens_str rest = packed;
    const uint64_t flags = ens_unpack_number(&rest);
    struct ens_result result = {.started = (flags & STARTED) != 0,
                                .start_sent = (flags & START_SENT) != 0};

    result.status = (enum ens_status)ens_unpack_number(&rest);
    result.action = (enum ens_action)ens_unpack_number(&rest);
    result.confidence = (enum ens_confidence)ens_unpack_number(&rest);
    result.http_status = (uint32_t)ens_unpack_number(&rest);
    result.elapsed_ms = (int64_t)ens_unpack_number(&rest);
    result.provider_status = ens_unpack_text(&rest, arena);
    result.provider_code = ens_unpack_text(&rest, arena);
    result.request_id = ens_unpack_text(&rest, arena);
    result.client_token = ens_unpack_text(&rest, arena);
    result.start_request_id =
        (flags & SAME_ID) != 0 ? result.request_id : ens_unpack_text(&rest, arena);
    ENS_ASSERT(rest.len == 0);
    return result;
}
