/* SPDX-License-Identifier: Apache-2.0 */
/* Baidu AI Cloud STS: POST /v1/credential?assumeRole. */
#include "apis.h"
#include "number.h"

#include <stdio.h>

enum { MAX_DURATION_S = 7200 };

/* The body is an access control list, or empty. */
static void check_body(const struct emu_request *request, struct emu_call *call)
{
    json_t *body = request->body.len == 0
                       ? json_object()
                       : json_loadb(ens_buf_text(&request->body), request->body.len, 0, NULL);
    if (body == NULL) {
        emu_call_problem(call, 400, "MalformedJSON", "The body is not JSON.");
    } else if (!json_is_object(body)) {
        emu_call_problem(call, 400, "InappropriateJSON", "The body must be an object.");
    }
    json_decref(body);
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    const struct emu_fields *params = &request->params;
    bool assumes = ens_str_is(request->method, "POST") &&
                   ens_str_is(request->path, "/v1/credential") &&
                   emu_fields_get(params, "assumeRole").ptr != NULL;
    if (!assumes) {
        snprintf(ret_call->name, sizeof(ret_call->name), "%s %.20s?%.14s", request->method.ptr,
                 request->path.ptr, request->query.ptr);
        emu_call_problem(ret_call, 400, "InvalidURI", "Nothing is served under this URI.");
        return;
    }
    snprintf(ret_call->name, sizeof(ret_call->name), "AssumeRole");
    ret_call->action = emu_service_action(EMU_STS, EMU_BAIDU, ens_str_of(ret_call->name));
    if (emu_fields_get(params, "accountId").len == 0 ||
        emu_fields_get(params, "roleName").len == 0) {
        emu_call_problem(ret_call, 400, "BadRequest", "accountId or roleName is missing.");
    }
    int64_t seconds = 0;
    emu_call_number(ret_call, params, "durationSeconds", 1, MAX_DURATION_S, "BadRequest", &seconds);
    check_body(request, ret_call);
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    static const struct emu_refusal refusals[] = {
        [EMU_NO_ROLE] = {404, "NoSuchObject", "The role does not exist."},
        [EMU_NOT_TRUSTED] = {403, "AccessDenied", "Access denied."},
    };
    const struct emu_fields *params = &context->request->params;
    struct ens_arena *arena = context->request->arena;
    ens_str name =
        ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(emu_fields_get(params, "accountId")),
                         ENS_STR_ARG(emu_fields_get(params, "roleName")));
    const struct emu_role *role = emu_world_role(context->world, EMU_BAIDU, name);
    enum emu_trust trust = emu_trust_caller(context, role, (ens_str){0});
    if (trust != EMU_TRUSTED) {
        emu_baidu_refuse(context->request, context->call, &refusals[trust], reply);
        return;
    }
    int64_t seconds = role->max_duration_s;
    (void)emu_number_read(emu_fields_get(params, "durationSeconds"), 1, role->max_duration_s,
                          &seconds);
    struct emu_grant grant = emu_grant_keys(context, role, (ens_str){0}, seconds, reply);
    char created[EMU_DATE_SIZE], expires[EMU_DATE_SIZE];
    emu_date_write_extended(created, grant.issued_s);
    emu_date_write_extended(expires, grant.expires_s);
    emu_reply_json(reply, 200,
                   json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "accessKeyId",
                             grant.key.access_key.ptr, "secretAccessKey", grant.key.secret_key.ptr,
                             "sessionToken", grant.key.security_token.ptr, "createTime", created,
                             "expiration", expires, "userId", "0f0f0f00000000000000000000000001",
                             "roleId", "0e0e0e00000000000000000000000001"));
}

const struct emu_api emu_baidu_sts = {
    .verify = emu_baidu_verify,
    .read = read,
    .answer = answer,
    .refuse = emu_baidu_refuse,
    .request_id_header = "x-bce-request-id",
    .throttled = {429, "TooManyRequests", "Too many requests."},
};
