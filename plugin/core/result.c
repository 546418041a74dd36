#include "core/result.h"

bool ens_client_token_valid(ens_str token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] > '~') {
            return false;
        }
    }
    return token.len <= ENS_CLIENT_TOKEN_MAX;
}

struct ens_result ens_result_copy(struct ens_arena *arena, const struct ens_result *result)
{
    struct ens_result copy = *result;

    copy.target = ens_target_copy(arena, &result->target);
    copy.provider_status = ens_arena_dup(arena, result->provider_status);
    copy.message = ens_arena_dup(arena, result->message);
    copy.advice = ens_arena_dup(arena, result->advice);
    copy.provider_code = ens_arena_dup(arena, result->provider_code);
    copy.request_id = ens_arena_dup(arena, result->request_id);
    copy.client_token = ens_arena_dup(arena, result->client_token);
    return copy;
}

bool ens_result_failed(const struct ens_result *result, bool apply)
{
    return result->action == ENS_ACTION_REFUSE ||
           (apply && result->action != ENS_ACTION_NONE && result->status != ENS_STATUS_RUNNING);
}

bool ens_result_allows_start(const struct ens_result *planned)
{
    return planned->action == ENS_ACTION_START || planned->action == ENS_ACTION_WAIT;
}

void ens_summary_add(struct ens_summary *summary, const struct ens_result *result)
{
    summary->total++;
    switch (result->action) {
    case ENS_ACTION_NONE:
        summary->none++;
        return;
    case ENS_ACTION_START:
        summary->start++;
        return;
    case ENS_ACTION_WAIT:
        summary->wait++;
        return;
    case ENS_ACTION_REFUSE:
        summary->refuse++;
        return;
    }
    ens_assert_failed("an action that is none", __FILE__, __LINE__);
}
