/* SPDX-License-Identifier: Apache-2.0 */
/* GitHub's request URL of identity tokens, which a job finds in ACTIONS_ID_TOKEN_REQUEST_URL: GET
 * URL&audience=..., with the token of ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
#include "apis.h"

#include <stdio.h>

static const ens_str bearer = ENS_STR_INIT("bearer ");

/* "bearer TOKEN", the first word without regard to case. */
static void check_token(const struct emu_request *request, const struct emu_world *world,
                        struct emu_verdict *ret_verdict)
{
    ens_str header = emu_header(request, "authorization");
    bool is_bearer =
        header.len > bearer.len && ens_str_eq_nocase((ens_str){header.ptr, bearer.len}, bearer);
    *ret_verdict = (struct emu_verdict){0};
    if (!is_bearer || !ens_str_eq((ens_str){header.ptr + bearer.len, header.len - bearer.len},
                                  world->github_token)) {
        (void)emu_verdict_refuse(ret_verdict, 401, "Unauthorized", "The bearer token is wrong.");
    }
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    if (!ens_str_is(request->method, "GET") || !ens_str_is(request->path, "/token") ||
        emu_fields_get(&request->params, "api-version").ptr == NULL) {
        snprintf(ret_call->name, sizeof(ret_call->name), "%s %.40s", request->method.ptr,
                 request->path.ptr);
        emu_call_problem(ret_call, 404, "NotFound", "There is no such item.");
        return;
    }
    snprintf(ret_call->name, sizeof(ret_call->name), "GetToken");
    ret_call->action =
        emu_service_action(EMU_GITHUB_OIDC, request->cloud, ens_str_of(ret_call->name));
}

static void refuse(const struct emu_request *request, const struct emu_call *call,
                   const struct emu_refusal *refusal, struct emu_reply *reply)
{
    (void)request;
    (void)call;
    emu_reply_json(reply, refusal->status,
                   json_pack("{s:s, s:s}", "code", refusal->code, "message", refusal->message));
    emu_reply_code(reply, refusal->code);
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    ens_str audience = emu_fields_get(&context->request->params, "audience");
    ens_str token =
        emu_github_issue(context->request->arena,
                         audience.len == 0 ? ENS_STR("https://github.com/example") : audience,
                         context->request->wall_ms / 1000, ++context->issuer->serial);
    emu_reply_json(reply, 200,
                   json_pack("{s:i, s:s}", "count", (int)token.len, "value", token.ptr));
    reply->granted = json_pack("{s:s}", "token", token.ptr);
}

const struct emu_api emu_github = {
    .verify = check_token,
    .read = read,
    .answer = answer,
    .refuse = refuse,
    .throttled = {429, "TooManyRequests", "Too many requests."},
};
