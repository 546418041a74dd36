/* SPDX-License-Identifier: Apache-2.0 */
#include "grant.h"

#include "api.h"
#include "number.h"

enum { MAX_SESSIONS = 100000 }; /* all are forgotten when more are added */

void emu_issuer_init(struct emu_issuer *issuer)
{
    *issuer = (struct emu_issuer){.sessions = json_object(), .tokens_used = json_object()};
}

void emu_issuer_done(struct emu_issuer *issuer)
{
    json_decref(issuer->sessions);
    json_decref(issuer->tokens_used);
}

enum emu_trust emu_trust_caller(const struct emu_context *context, const struct emu_role *role,
                                ens_str external_id)
{
    const struct emu_key *caller = context->caller;
    if (role == NULL) {
        return EMU_NO_ROLE;
    }
    if (role->external_id.len > 0 && !ens_str_eq(role->external_id, external_id)) {
        return EMU_NOT_TRUSTED;
    }
    bool found = !role->restricted;
    for (size_t i = 0; i < role->assumer_count && !found; i++) {
        found = ens_str_eq(role->assumers[i], caller->access_key) ||
                (caller->role != NULL && ens_str_eq(role->assumers[i], caller->role->name));
    }
    return found ? EMU_TRUSTED : EMU_NOT_TRUSTED;
}

/* Counts a use of the token; false if it was used as often as it may be. */
static bool use_token(const struct emu_context *context, const struct emu_role *role,
                      const struct emu_oidc_token *token)
{
    if (token->uses < 0) {
        return true;
    }
    json_t *used = context->issuer->tokens_used;
    ens_str name = ens_arena_printf(context->request->arena, "%.*s/%.*s", ENS_STR_ARG(role->name),
                                    ENS_STR_ARG(token->text));
    json_int_t times = json_integer_value(json_object_get(used, name.ptr));
    if (times >= token->uses) {
        return false;
    }
    json_object_set_new_nocheck(used, name.ptr, json_integer(times + 1));
    return true;
}

enum emu_trust emu_trust_token(const struct emu_context *context, const struct emu_role *role,
                               ens_str provider, ens_str token)
{
    if (role == NULL) {
        return EMU_NO_ROLE;
    }
    if (role->token_count == 0 && role->audience.len == 0) {
        return EMU_NOT_TRUSTED;
    }
    if (role->provider.len > 0 && !ens_str_eq(role->provider, provider)) {
        return EMU_NO_PROVIDER;
    }
    for (size_t i = 0; i < role->token_count; i++) {
        if (ens_str_eq(role->tokens[i].text, token)) {
            return use_token(context, role, &role->tokens[i]) ? EMU_TRUSTED : EMU_TOKEN_EXPIRED;
        }
    }
    switch (emu_github_check(context->request->arena, token, role->audience,
                             context->request->wall_ms / 1000)) {
    case EMU_GITHUB_VALID:
        return EMU_TRUSTED;
    case EMU_GITHUB_EXPIRED:
        return EMU_TOKEN_EXPIRED;
    case EMU_GITHUB_INVALID:
        break;
    }
    return EMU_TOKEN_INVALID;
}

static void note(struct emu_reply *reply, const struct emu_grant *grant, ens_str session_name,
                 int64_t duration_s)
{
    char expiry[EMU_DATE_SIZE];
    emu_date_write_extended(expiry, grant->expires_s);
    json_t *granted = json_object();
    json_object_set_new(granted, "access_key", emu_json_text(grant->key.access_key));
    json_object_set_new(granted, "secret_key", emu_json_text(grant->key.secret_key));
    json_object_set_new(granted, "security_token", emu_json_text(grant->key.security_token));
    json_object_set_new(granted, "role", emu_json_text(grant->key.role->name));
    json_object_set_new(granted, "session_name", emu_json_text(session_name));
    json_object_set_new(granted, "duration_s", json_integer(duration_s));
    json_object_set_new(granted, "expires_at", json_string(expiry));
    json_decref(reply->granted);
    reply->granted = granted;
}

struct emu_grant emu_grant_keys(const struct emu_context *context, const struct emu_role *role,
                                ens_str session_name, int64_t duration_s, struct emu_reply *reply)
{
    struct emu_issuer *issuer = context->issuer;
    struct ens_arena *arena = context->request->arena;
    int64_t now_ms = context->request->wall_ms;
    int64_t revoked_ms = context->request->revoked_ms; /* a key of this very millisecond is good */
    int64_t live_ms = issuer->live_ms > 0 ? issuer->live_ms : duration_s * 1000;
    int64_t expires_s = (now_ms + live_ms + 999) / 1000;
    struct emu_grant grant = {
        .key = emu_session_issue(arena, context->world, role,
                                 now_ms > revoked_ms ? now_ms : revoked_ms, expires_s * 1000,
                                 ++issuer->serial),
        .issued_s = now_ms / 1000,
        .expires_s = expires_s,
    };
    if (context->grant_fault->shifted) {
        grant.expires_s = (now_ms + context->grant_fault->expires_after_ms) / 1000;
    }
    if (json_object_size(issuer->sessions) >= MAX_SESSIONS) {
        json_object_clear(issuer->sessions);
    }
    json_object_set_new(issuer->sessions, grant.key.access_key.ptr, emu_json_text(session_name));
    note(reply, &grant, session_name, duration_s);
    return grant;
}

ens_str emu_grant_session(const struct emu_context *context, const struct emu_key *key)
{
    return ens_str_of(
        json_string_value(json_object_get(context->issuer->sessions, key->access_key.ptr)));
}
