/* SPDX-License-Identifier: Apache-2.0 */
/* Volcengine STS 2018-01-01: AssumeRole, AssumeRoleWithOIDC, GetCallerIdentity. */
#include "apis.h"
#include "number.h"

#include <stdio.h>
#include <string.h>

enum { MIN_DURATION_S = 900, DEFAULT_DURATION_S = 3600 };

static const char api_version[] = "2018-01-01";
static const char session_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";

/* AssumeRoleWithOIDC is not signed: the token identifies the caller. */
static bool is_with_token(const char *action)
{
    return strcmp(action, "AssumeRoleWithOIDC") == 0;
}

static void verify(const struct emu_request *request, const struct emu_world *world,
                   struct emu_verdict *ret_verdict)
{
    *ret_verdict = (struct emu_verdict){0};
    if (!ens_str_is(emu_fields_get(&request->params, "Action"), "AssumeRoleWithOIDC")) {
        emu_volcengine_verify(request, world, ret_verdict);
    }
}

/* The parameters of the query, then those of a form. */
static bool params_of(const struct emu_request *request, struct emu_fields *ret_params)
{
    *ret_params = (struct emu_fields){.arena = request->arena};
    bool ok = emu_query_read(request->query, ret_params);
    if (ens_str_starts(emu_header(request, "content-type"),
                       ENS_STR("application/x-www-form-urlencoded"))) {
        ok = emu_query_read(ens_buf_str(&request->body), ret_params) && ok;
    }
    return ok;
}

static void require(const struct emu_fields *params, const char *name, struct emu_call *call)
{
    if (emu_fields_get(params, name).len == 0) {
        ens_str message =
            ens_arena_printf(call->arena, "Parameter '%s' is required, but not found.", name);
        emu_call_problem(call, 400, "ParameterNotFound", message.ptr);
    }
}

static void read_parameters(const struct emu_fields *params, struct emu_call *call)
{
    ens_str trn = emu_fields_get(params, "RoleTrn");
    require(params, "RoleTrn", call);
    require(params, "RoleSessionName", call);
    if (is_with_token(call->action)) {
        require(params, "OIDCToken", call);
    }
    if (!ens_str_all_in(emu_fields_get(params, "RoleSessionName"), session_characters)) {
        emu_call_problem(call, 400, "InvalidRoleSessionName", "RoleSessionName is not valid.");
    }
    if (!ens_str_starts(trn, ENS_STR("trn:iam::"))) {
        ens_str message =
            ens_arena_printf(call->arena, "TRN '%.*s' is not valid.", ENS_STR_ARG(trn));
        emu_call_problem(call, 400, "InvalidTRN", message.ptr);
    }
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    struct emu_fields params;
    bool decoded = params_of(request, &params);
    ens_str action = emu_fields_get(&request->params, "Action");
    snprintf(ret_call->name, sizeof(ret_call->name), "%.*s", ENS_STR_ARG(action));
    ret_call->region = ens_arena_dup(request->arena, verdict->region);
    ret_call->action = emu_service_action(EMU_STS, EMU_VOLCENGINE, ens_str_of(ret_call->name));
    if (!ens_str_is(request->path, "/") ||
        !ens_str_is(emu_fields_get(&request->params, "Version"), api_version)) {
        ret_call->action = NULL;
    }
    if (ret_call->action == NULL) {
        emu_call_problem(ret_call, 404, "InvalidActionOrVersion",
                         "There is no such action in this version.");
        return;
    }
    bool with_token = is_with_token(ret_call->action);
    if (!ens_str_is(request->method, with_token ? "POST" : "GET")) {
        emu_call_problem(ret_call, 405, "MethodNotAllowed", "The action has another method.");
    } else if (!decoded) {
        emu_call_problem(ret_call, 400, "InvalidParameter", "A parameter is not encoded properly.");
    } else if (strcmp(ret_call->action, "GetCallerIdentity") != 0) {
        read_parameters(&params, ret_call);
    }
}

static void refuse(const struct emu_context *context, enum emu_trust trust, struct emu_reply *reply)
{
    static const struct emu_refusal refusals[] = {
        [EMU_NO_ROLE] = {404, "RoleNotExist", "The role cannot be found."},
        [EMU_NOT_TRUSTED] = {403, "AccessDenied",
                             "User is not authorized to perform: sts:AssumeRole on the role."},
        [EMU_NO_PROVIDER] = {400, "InvalidOIDCProvider", "The identity provider is not valid."},
        [EMU_TOKEN_INVALID] = {400, "InvalidOIDCToken", "The OIDC token is not valid."},
        [EMU_TOKEN_EXPIRED] = {400, "ExpiredOIDCToken", "The OIDC token is expired."},
    };
    emu_volcengine_refuse(context->request, context->call, &refusals[trust], reply);
}

/* Seconds below the minimum count as the default, those above the maximum as the maximum. */
static int64_t duration_of(const struct emu_fields *params, const struct emu_role *role)
{
    int64_t seconds = 0;
    ens_str text = emu_fields_get(params, "DurationSeconds");
    if (!emu_number_read(text, MIN_DURATION_S, INT32_MAX, &seconds)) {
        return DEFAULT_DURATION_S;
    }
    return seconds > role->max_duration_s ? role->max_duration_s : seconds;
}

static json_t *credentials(const struct emu_grant *grant, bool with_token)
{
    char issued[EMU_DATE_SIZE], expires[EMU_DATE_SIZE];
    emu_date_write_beijing(issued, grant->issued_s);
    emu_date_write_beijing(expires, grant->expires_s);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "CurrentTime", issued,
                     with_token ? "Expiration" : "ExpiredTime", expires, "AccessKeyId",
                     grant->key.access_key.ptr, "SecretAccessKey", grant->key.secret_key.ptr,
                     "SessionToken", grant->key.security_token.ptr);
}

static ens_str assumed_trn(const struct emu_role *role, ens_str session, struct ens_arena *arena)
{
    return ens_arena_printf(arena, "trn:sts::%.*s:assumed-role/%.*s/%.*s",
                            ENS_STR_ARG(role->account_id), ENS_STR_ARG(role->short_name),
                            ENS_STR_ARG(session));
}

static void assume(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_fields params;
    struct ens_arena *arena = context->request->arena;
    (void)params_of(context->request, &params);
    bool with_token = is_with_token(context->call->action);
    ens_str session = emu_fields_get(&params, "RoleSessionName");
    const struct emu_role *role =
        emu_world_role(context->world, EMU_VOLCENGINE, emu_fields_get(&params, "RoleTrn"));
    enum emu_trust trust =
        with_token
            ? emu_trust_token(context, role, (ens_str){0}, emu_fields_get(&params, "OIDCToken"))
            : emu_trust_caller(context, role, emu_fields_get(&params, "ExternalId"));
    if (trust != EMU_TRUSTED) {
        refuse(context, trust, reply);
        return;
    }
    struct emu_grant grant =
        emu_grant_keys(context, role, session, duration_of(&params, role), reply);
    ens_str id = ens_arena_printf(arena, "20000:%.*s", ENS_STR_ARG(session));
    json_t *user = json_pack("{s:s, s:s}", "Trn", assumed_trn(role, session, arena).ptr,
                             "AssumedRoleId", id.ptr);
    emu_volcengine_succeed(context, reply,
                           json_pack("{s:o, s:o}", "Credentials", credentials(&grant, with_token),
                                     "AssumedRoleUser", user));
}

static void identify(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_key *caller = context->caller;
    struct ens_arena *arena = context->request->arena;
    int64_t account = 0;
    bool assumed = caller->role != NULL;
    ens_str session = emu_grant_session(context, caller);
    ens_str trn =
        assumed ? assumed_trn(caller->role, session, arena)
                : ens_arena_printf(arena, "trn:iam::%.*s:user/%.*s",
                                   ENS_STR_ARG(caller->account_id), ENS_STR_ARG(caller->account));
    ens_str id =
        assumed ? ens_arena_printf(arena, "20000:%.*s", ENS_STR_ARG(session)) : ENS_STR("10000");
    (void)emu_number_read(caller->account_id, 0, INT64_MAX, &account);
    emu_volcengine_succeed(context, reply,
                           json_pack("{s:I, s:s, s:s, s:s}", "AccountId", (json_int_t)account,
                                     "Trn", trn.ptr, "IdentityType", assumed ? "Role" : "User",
                                     "IdentityId", id.ptr));
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    if (strcmp(context->call->action, "GetCallerIdentity") == 0) {
        identify(context, reply);
    } else {
        assume(context, reply);
    }
}

const struct emu_api emu_volcengine_sts = {
    .verify = verify,
    .read = read,
    .answer = answer,
    .refuse = emu_volcengine_refuse,
    .request_id_header = "X-Tt-Logid",
    .throttled = {429, "FlowLimitExceeded", "The request was rejected because of the flow limit."},
    .denied = {403, "AccessDenied",
               "User is not authorized to perform: sts:AssumeRole on the role."},
};
