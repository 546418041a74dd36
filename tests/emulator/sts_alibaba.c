/* SPDX-License-Identifier: Apache-2.0 */
/* Alibaba Cloud STS 2015-04-01: AssumeRole, AssumeRoleWithOIDC, GetCallerIdentity. */
#include "apis.h"
#include "number.h"

#include <string.h>

enum {
    MIN_DURATION_S = 900,
    DEFAULT_DURATION_S = 3600,
    MIN_SESSION = 2,
    MAX_SESSION = 64,
    MIN_TOKEN = 4,
    MAX_TOKEN = 20000,
    MAX_POLICY = 2048,
};

static const char api_version[] = "2015-04-01";
static const char session_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.@-_";

/* AssumeRoleWithOIDC is not signed: the token identifies the caller. */
static bool is_with_token(ens_str action)
{
    return ens_str_is(action, "AssumeRoleWithOIDC");
}

static void verify(const struct emu_request *request, const struct emu_world *world,
                   struct emu_verdict *ret_verdict)
{
    struct emu_fields params = {.arena = request->arena};
    (void)emu_alibaba_params(request, &params);
    *ret_verdict = (struct emu_verdict){0};
    if (is_with_token(emu_fields_get(&params, "Action")) ||
        is_with_token(emu_header(request, "x-acs-action"))) {
        return;
    }
    if (emu_alibaba_is_v1(request)) {
        emu_alibaba_v1_verify(request, world, ret_verdict);
    } else {
        emu_alibaba_verify(request, world, ret_verdict);
    }
}

static void require(const struct emu_fields *params, const char *name, struct emu_call *call)
{
    if (emu_fields_get(params, name).len == 0) {
        ens_str code = ens_arena_printf(call->arena, "Missing%s", name);
        ens_str message = ens_arena_printf(call->arena, "%s is mandatory for this action.", name);
        emu_call_problem(call, 400, code.ptr, message.ptr);
    }
}

static void read_common(const struct emu_fields *params, struct emu_call *call)
{
    ens_str session = emu_fields_get(params, "RoleSessionName");
    ens_str policy = emu_fields_get(params, "Policy");
    require(params, "RoleArn", call);
    require(params, "RoleSessionName", call);
    if (!ens_str_starts(emu_fields_get(params, "RoleArn"), ENS_STR("acs:ram::"))) {
        emu_call_problem(call, 400, "InvalidParameter.RoleArn",
                         "The parameter RoleArn is wrongly formed.");
    }
    if (session.len < MIN_SESSION || session.len > MAX_SESSION ||
        !ens_str_all_in(session, session_characters)) {
        emu_call_problem(call, 400, "InvalidParameter.RoleSessionName",
                         "The parameter RoleSessionName is wrongly formed.");
    }
    if (policy.len > MAX_POLICY) {
        emu_call_problem(call, 400, "InvalidParameter.PolicySize",
                         "The size of Policy must be smaller than 2048 bytes.");
    }
    json_t *json = policy.len == 0 ? json_object() : json_loadb(policy.ptr, policy.len, 0, NULL);
    if (!json_is_object(json)) {
        emu_call_problem(call, 400, "InvalidParameter.PolicyGrammar",
                         "The parameter Policy has not passed grammar check.");
    }
    json_decref(json);
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    struct emu_fields params = {.arena = request->arena};
    if (!emu_alibaba_read_action(request, api_version, &params, ret_call) ||
        strcmp(ret_call->action, "GetCallerIdentity") == 0) {
        return;
    }
    read_common(&params, ret_call);
    if (is_with_token(ens_str_of(ret_call->action))) {
        size_t length = emu_fields_get(&params, "OIDCToken").len;
        require(&params, "OIDCProviderArn", ret_call);
        require(&params, "OIDCToken", ret_call);
        if (length < MIN_TOKEN || length > MAX_TOKEN) {
            emu_call_problem(ret_call, 400, "InvalidParameter.OIDCToken",
                             "The parameter OIDCToken is wrongly formed.");
        }
    }
}

static void refuse(const struct emu_context *context, enum emu_trust trust, struct emu_reply *reply)
{
    static const struct emu_refusal refusals[] = {
        [EMU_NO_ROLE] = {404, "EntityNotExist.Role", "The specified Role not exists."},
        [EMU_NOT_TRUSTED] = {403, "NoPermission",
                             "You are not authorized to do this action. You should be authorized "
                             "by RAM."},
        [EMU_NO_PROVIDER] = {404, "EntityNotExist.OIDCProvider",
                             "The specified OIDCProvider not exists."},
        [EMU_TOKEN_INVALID] = {400, "AuthenticationFail.OIDCToken.Invalid",
                               "This JsonWebToken is invalid."},
        [EMU_TOKEN_EXPIRED] = {400, "AuthenticationFail.OIDCToken.Expired",
                               "This JsonWebToken is expired."},
    };
    emu_alibaba_refuse(context->request, context->call, &refusals[trust], reply);
}

static json_t *credentials(const struct emu_grant *grant)
{
    char expiration[EMU_DATE_SIZE];
    emu_date_write_extended(expiration, grant->expires_s);
    return json_pack("{s:s, s:s, s:s, s:s}", "AccessKeyId", grant->key.access_key.ptr,
                     "AccessKeySecret", grant->key.secret_key.ptr, "SecurityToken",
                     grant->key.security_token.ptr, "Expiration", expiration);
}

static json_t *user(const struct emu_role *role, ens_str session, struct ens_arena *arena)
{
    ens_str arn =
        ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(role->name), ENS_STR_ARG(session));
    ens_str id = ens_arena_printf(arena, "300000000000000001:%.*s", ENS_STR_ARG(session));
    return json_pack("{s:s, s:s}", "Arn", arn.ptr, "AssumedRoleId", id.ptr);
}

/* The seconds asked for, or an error. */
static bool read_duration(const struct emu_context *context, const struct emu_fields *params,
                          const struct emu_role *role, int64_t *ret_seconds,
                          struct emu_reply *reply)
{
    ens_str text = emu_fields_get(params, "DurationSeconds");
    *ret_seconds = DEFAULT_DURATION_S;
    if (text.ptr == NULL ||
        emu_number_read(text, MIN_DURATION_S, role->max_duration_s, ret_seconds)) {
        return true;
    }
    const struct emu_refusal refusal = {
        400, "InvalidParameter.DurationSeconds",
        ens_arena_printf(reply->arena, "The Min/Max value of DurationSeconds is %d/%lld s.",
                         MIN_DURATION_S, (long long)role->max_duration_s)
            .ptr};
    emu_alibaba_refuse(context->request, context->call, &refusal, reply);
    return false;
}

static void assume(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_fields params = {.arena = context->request->arena};
    int64_t duration_s = 0;
    (void)emu_alibaba_params(context->request, &params);
    ens_str session = emu_fields_get(&params, "RoleSessionName");
    bool with_token = is_with_token(ens_str_of(context->call->action));
    const struct emu_role *role =
        emu_world_role(context->world, EMU_ALIBABA, emu_fields_get(&params, "RoleArn"));
    enum emu_trust trust =
        with_token ? emu_trust_token(context, role, emu_fields_get(&params, "OIDCProviderArn"),
                                     emu_fields_get(&params, "OIDCToken"))
                   : emu_trust_caller(context, role, emu_fields_get(&params, "ExternalId"));
    if (trust != EMU_TRUSTED) {
        refuse(context, trust, reply);
        return;
    }
    if (!read_duration(context, &params, role, &duration_s, reply)) {
        return;
    }
    struct emu_grant grant = emu_grant_keys(context, role, session, duration_s, reply);
    json_t *result =
        json_pack("{s:o, s:o}", "AssumedRoleUser", user(role, session, context->request->arena),
                  "Credentials", credentials(&grant));
    if (with_token) {
        json_object_set_new(result, "OIDCTokenInfo",
                            json_pack("{s:s, s:s, s:s}", "Issuer", "https://issuer.example",
                                      "Subject", "subject", "VerificationInfo", "Success"));
    }
    emu_alibaba_succeed(reply, result);
}

static void identify(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_key *caller = context->caller;
    struct ens_arena *arena = context->request->arena;
    bool assumed = caller->role != NULL;
    ens_str session = emu_grant_session(context, caller);
    ens_str arn =
        assumed ? ens_arena_printf(arena, "acs:ram::%.*s:assumed-role/%.*s/%.*s",
                                   ENS_STR_ARG(caller->account_id),
                                   ENS_STR_ARG(caller->role->short_name), ENS_STR_ARG(session))
                : ens_arena_printf(arena, "acs:ram::%.*s:user/%.*s",
                                   ENS_STR_ARG(caller->account_id), ENS_STR_ARG(caller->account));
    ens_str principal =
        assumed ? ens_arena_printf(arena, "300000000000000001:%.*s", ENS_STR_ARG(session))
                : ENS_STR("200000000000000001");
    json_t *result =
        json_pack("{s:s, s:s, s:s, s:s}", "IdentityType", assumed ? "AssumedRoleUser" : "RAMUser",
                  "PrincipalId", principal.ptr, "Arn", arn.ptr, assumed ? "RoleId" : "UserId",
                  assumed ? "300000000000000001" : "200000000000000001");
    json_object_set_new(result, "AccountId", emu_json_text(caller->account_id));
    emu_alibaba_succeed(reply, result);
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    if (strcmp(context->call->action, "GetCallerIdentity") == 0) {
        identify(context, reply);
    } else {
        assume(context, reply);
    }
}

const struct emu_api emu_alibaba_sts = {
    .verify = verify,
    .read = read,
    .answer = answer,
    .refuse = emu_alibaba_refuse,
    .request_id_header = "x-acs-request-id",
    .throttled = {400, "Throttling.User", "Request was denied due to user flow control."},
    .denied = {403, "NoPermission",
               "You are not authorized to do this action. You should be authorized by RAM."},
};
