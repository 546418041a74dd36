/* SPDX-License-Identifier: Apache-2.0 */
/* Volcengine ECS 2020-04-01: StartInstance, StartInstances, DescribeInstances. */
#include "apis.h"
#include "documented.h"

#include <stdio.h>
#include <string.h>

static const char api_version[] = "2020-04-01";
enum { MAX_IDS = 100, DEFAULT_PAGE = 10, MAX_PAGE = 100, MAX_TOKEN = 64 };

/* Numeric codes of the gateway's errors ("Common error codes"). */
static const struct {
    const char *code;
    int number;
} code_numbers[] = {
    {"UndefinedError", 100001},
    {"MissingParameter", 100002},
    {"MissingAuthenticationToken", 100003},
    {"MissingRequestInfo", 100004},
    {"MissingSignature", 100005},
    {"InvalidTimestamp", 100006},
    {"ServiceNotFound", 100007},
    {"InvalidActionOrVersion", 100008},
    {"InvalidAccessKey", 100009},
    {"SignatureDoesNotMatch", 100010},
    {"AccessDenied", 100013},
    {"InternalError", 100014},
    {"InternalServiceTimeout", 100016},
    {"FlowLimitExceeded", 100018},
    {"ServiceUnavailableTemp", 100019},
};

static json_t *metadata(const struct emu_request *request, const struct emu_call *call,
                        const struct emu_reply *reply)
{
    ens_str version = emu_fields_get(&request->params, "Version");
    json_t *meta = json_object();
    json_object_set_new(meta, "RequestId", json_string(reply->request_id.ptr));
    json_object_set_new(meta, "Action", emu_json_text(ens_str_of(call->name)));
    json_object_set_new(meta, "Version", emu_json_text(version));
    json_object_set_new(meta, "Service", json_string(request->service == EMU_STS ? "sts" : "ecs"));
    json_object_set_new(meta, "Region", emu_json_text(call->region));
    return meta;
}

static json_t *error_object(const struct emu_refusal *refusal)
{
    json_t *error = json_object();
    for (size_t i = 0; i < ENS_COUNT(code_numbers); i++) {
        if (strcmp(code_numbers[i].code, refusal->code) == 0) {
            json_object_set_new(error, "CodeN", json_integer(code_numbers[i].number));
        }
    }
    json_object_set_new(error, "Code", json_string(refusal->code));
    json_object_set_new(
        error, "Message",
        json_string(emu_documented(EMU_VOLCENGINE, refusal->code, refusal->message)));
    return error;
}

void emu_volcengine_refuse(const struct emu_request *request, const struct emu_call *call,
                           const struct emu_refusal *refusal, struct emu_reply *reply)
{
    json_t *meta = metadata(request, call, reply);
    json_object_set_new(meta, "Error", error_object(refusal));
    emu_reply_json(reply, refusal->status, json_pack("{s:o}", "ResponseMetadata", meta));
    emu_reply_code(reply, refusal->code);
}

void emu_volcengine_succeed(const struct emu_context *context, struct emu_reply *reply,
                            json_t *result)
{
    json_t *meta = metadata(context->request, context->call, reply);
    emu_reply_json(reply, 200, json_pack("{s:o, s:o}", "ResponseMetadata", meta, "Result", result));
}

/* Parameters of DescribeInstances. */
static const struct emu_filter_rule read_rules[] = {
    {"Action", EMU_FIELD_NONE, EMU_ONE},
    {"Version", EMU_FIELD_NONE, EMU_ONE},
    {"InstanceIds", EMU_FIELD_NONE, EMU_LIST},
    {"MaxResults", EMU_FIELD_NONE, EMU_ONE},
    {"NextToken", EMU_FIELD_NONE, EMU_ONE},
    {"PageSize", EMU_FIELD_NONE, EMU_ONE},
    {"PageNumber", EMU_FIELD_NONE, EMU_ONE},
    {"Status", EMU_FIELD_STATUS, EMU_ONE},
    {"InstanceName", EMU_FIELD_NAME, EMU_ONE},
    {"ZoneId", EMU_FIELD_ZONE, EMU_ONE},
    {"ProjectName", EMU_FIELD_GROUP, EMU_ONE},
    {"InstanceChargeType", EMU_FIELD_CHARGE, EMU_ONE},
    {"InstanceTypeIds", EMU_FIELD_TYPE, EMU_LIST},
    {"TagFilters", EMU_FIELD_TAG, EMU_LIST},
    {NULL, EMU_FIELD_NONE, EMU_ONE},
};

static void read_page(const struct emu_fields *params, struct emu_call *call)
{
    call->page_size = DEFAULT_PAGE;
    if (emu_fields_get(params, "MaxResults").ptr == NULL) {
        emu_call_page(call, params, MAX_PAGE, "InvalidArgument");
    } else {
        emu_call_clamped(call, params, "MaxResults", 1, MAX_PAGE, "InvalidArgument",
                         &call->page_size);
    }
    emu_call_page_token(call, emu_fields_get(params, "NextToken"), "InvalidArgument",
                        "NextToken is not one that was given out.");
}

static void read_token(const struct emu_fields *params, struct emu_call *call)
{
    call->token = emu_fields_get(params, "ClientToken");
    if (call->token.ptr == NULL) {
        return;
    }
    bool ok = call->token.len > 0 && call->token.len <= MAX_TOKEN;
    for (size_t i = 0; i < call->token.len; i++) {
        ok = ok && call->token.ptr[i] > ' ' && call->token.ptr[i] < 127;
    }
    if (!ok) {
        emu_call_problem(call, 400, "InvalidClientToken.Malformed",
                         "ClientToken must be 1 to 64 printable ASCII characters.");
    }
}

static void read_parameters(const struct emu_fields *params, struct emu_call *call)
{
    if (strcmp(call->action, "StartInstance") == 0) {
        ens_str id = emu_fields_get(params, "InstanceId");
        call->starts = true;
        if (id.len == 0) {
            emu_call_problem(call, 400, "MissingParameter.InstanceId", "InstanceId is missing.");
        } else {
            emu_call_add_id(call, id);
        }
        emu_call_bool(call, params, "DryRun", "InvalidArgument", &call->dry_run);
        read_token(params, call);
        return;
    }
    emu_call_add_list(call, params, "InstanceIds");
    if (call->id_count > MAX_IDS) {
        emu_call_problem(call, 400, "LimitExceeded.MaximumInstanceIds",
                         "At most 100 ids can be given.");
    }
    if (strcmp(call->action, "DescribeInstances") == 0) {
        read_page(params, call);
        emu_call_filters(call, EMU_VOLCENGINE, params, read_rules, "InvalidArgument");
        return;
    }
    call->starts = true;
    read_token(params, call);
    if (call->id_count == 0) {
        emu_call_problem(call, 400, "MissingParameter.InstanceIds", "InstanceIds is missing.");
    }
    if (emu_fields_get(params, "DryRun").ptr != NULL) {
        emu_call_problem(call, 400, "InvalidArgument", "StartInstances has no DryRun.");
    }
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    const struct emu_fields *params = &request->params;
    ens_str action = emu_fields_get(params, "Action");
    ens_str version = emu_fields_get(params, "Version");
    snprintf(ret_call->name, sizeof(ret_call->name), "%.*s", ENS_STR_ARG(action));
    ret_call->region = ens_arena_dup(request->arena, verdict->region);
    if (!ens_str_is(request->method, "GET")) {
        emu_call_problem(ret_call, 405, "MethodNotAllowed", "This API is called with GET.");
        return;
    }
    ret_call->action = emu_service_action(EMU_API, EMU_VOLCENGINE, ens_str_of(ret_call->name));
    if (!ens_str_is(request->path, "/") || !ens_str_is(version, api_version)) {
        ret_call->action = NULL;
    }
    if (action.ptr == NULL || version.ptr == NULL) {
        emu_call_problem(ret_call, 400, "MissingParameter", "Action or Version is missing.");
        ret_call->action = NULL;
    } else if (ret_call->action == NULL) {
        emu_call_problem(ret_call, 404, "InvalidActionOrVersion",
                         "There is no such action in this version.");
    } else {
        read_parameters(params, ret_call);
    }
}

/* The parameters that a repeated ClientToken must have in common with its first request. */
static ens_str fingerprint_of(const struct emu_context *context)
{
    ENS_AUTO_BUF text = emu_canonical_buf();
    ens_buf_addf(&text, "%.*s\n", ENS_STR_ARG(context->call->region));
    emu_add_canonical_query(&text, &context->request->params);
    return ens_arena_dup(context->request->arena, ens_buf_str(&text));
}

/* {"fingerprint": of its first request, "result": of its success, "busy_until_ms": n};
 * NULL when the request has no token. */
static json_t *find_token(const struct emu_context *context)
{
    if (context->call->token.ptr == NULL) {
        return NULL;
    }
    ens_str key =
        ens_arena_printf(context->request->arena, "%.*s/%.*s", ENS_STR_ARG(context->account),
                         ENS_STR_ARG(context->call->token));
    json_t *token = json_object_get(context->tokens, key.ptr);
    if (token == NULL) {
        ens_str fingerprint = fingerprint_of(context);
        token = json_object();
        json_object_set_new(token, "fingerprint",
                            json_stringn_nocheck(fingerprint.ptr, fingerprint.len));
        json_object_set_new(context->tokens, key.ptr, token);
    }
    return token;
}

/* A repeated token with the same request gets the recorded reply, with another request an error. A
 * request that failed may be retried with its token. */
static bool token_answers(const struct emu_context *context, const json_t *token,
                          struct emu_reply *reply)
{
    json_t *result = json_object_get(token, "result");
    json_int_t busy_until_ms = json_integer_value(json_object_get(token, "busy_until_ms"));
    bool same = ens_str_is(fingerprint_of(context),
                           json_string_value(json_object_get(token, "fingerprint")));
    if (same && result == NULL) {
        return false;
    }
    if (same && context->request->now_ms >= busy_until_ms) {
        emu_volcengine_succeed(context, reply, json_incref(result));
        return true;
    }
    struct emu_refusal refusal =
        emu_refusal_find(EMU_VOLCENGINE, same ? "in_progress" : "token_mismatch");
    emu_volcengine_refuse(context->request, context->call, &refusal, reply);
    return true;
}

static json_t *start_one(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_instance *instance = NULL;
    struct emu_refusal refusal = {0};
    if (emu_context_refuses(context, context->call->ids[0], &instance, &refusal)) {
        emu_volcengine_refuse(context->request, context->call, &refusal, reply);
        return NULL;
    }
    if (context->call->dry_run) {
        refusal = (struct emu_refusal){412, "DryRunOperation",
                                       "The request would have succeeded, but DryRun is set."};
        emu_volcengine_refuse(context->request, context->call, &refusal, reply);
        return NULL;
    }
    emu_context_start(context, instance);
    return json_object();
}

static json_t *start_many(const struct emu_context *context)
{
    json_t *details = json_array();
    for (size_t i = 0; i < context->call->id_count; i++) {
        ens_str id = context->call->ids[i];
        struct emu_instance *instance = NULL;
        struct emu_refusal refusal = {0};
        json_t *detail = json_object();
        json_object_set_new(detail, "InstanceId", emu_json_text(id));
        if (emu_context_refuses(context, id, &instance, &refusal)) {
            json_object_set_new(detail, "Error", error_object(&refusal));
        } else {
            emu_context_start(context, instance);
        }
        json_array_append_new(details, detail);
    }
    return json_pack("{s:o}", "OperationDetails", details);
}

static void start(const struct emu_context *context, struct emu_reply *reply)
{
    json_t *token = find_token(context);
    if (token != NULL && token_answers(context, token, reply)) {
        return;
    }
    bool one = strcmp(context->call->action, "StartInstance") == 0;
    json_t *result = one ? start_one(context, reply) : start_many(context);
    if (result == NULL) {
        return;
    }
    if (token != NULL) {
        json_object_set(token, "result", result);
        json_object_set_new(token, "busy_until_ms",
                            json_integer(context->request->now_ms + reply->delay_ms));
    }
    emu_volcengine_succeed(context, reply, result);
}

static json_t *instance_object(struct emu_instance *instance, const struct emu_request *request)
{
    struct ens_arena *arena = request->arena;
    bool expired = emu_instance_has_flag(instance, "expired");
    json_t *object = json_object();
    json_object_set_new(object, "InstanceId", json_string(instance->id));
    json_object_set_new(object, "Status",
                        json_string(emu_instance_read(instance, request->now_ms)));
    json_object_set_new(object, "InstanceName",
                        emu_json_text(emu_trait(instance, EMU_FIELD_NAME, arena)));
    json_object_set_new(object, "ZoneId",
                        emu_json_text(emu_trait(instance, EMU_FIELD_ZONE, arena)));
    json_object_set_new(object, "InstanceTypeId",
                        emu_json_text(emu_trait(instance, EMU_FIELD_TYPE, arena)));
    json_object_set_new(object, "ProjectName",
                        emu_json_text(emu_trait(instance, EMU_FIELD_GROUP, arena)));
    json_object_set_new(object, "InstanceChargeType",
                        emu_json_text(emu_trait(instance, EMU_FIELD_CHARGE, arena)));
    json_object_set_new(object, "StoppedMode", json_string("KeepCharging"));
    json_object_set_new(object, "ExpiredAt",
                        json_string(expired ? "2020-01-01T00:00:00+08:00"
                                    : emu_instance_is_prepaid(instance)
                                        ? "2099-12-31T23:59:59+08:00"
                                        : ""));
    json_object_set_new(object, "Tags", emu_tag_list(instance, "Key", "Value"));
    return object;
}

static void describe(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_page page;
    emu_page_collect(context, &page);
    json_t *list = json_array();
    for (size_t i = 0; i < page.count; i++) {
        json_array_append_new(list, instance_object(page.items[i], context->request));
    }
    char next[32] = "";
    if (page.more) {
        emu_page_token_write(next, context->call->page_start + page.count);
    }
    emu_volcengine_succeed(context, reply,
                           json_pack("{s:o, s:s, s:I}", "Instances", list, "NextToken", next,
                                     "TotalCount", (json_int_t)page.total));
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    if (context->call->starts) {
        start(context, reply);
    } else {
        describe(context, reply);
    }
}

const struct emu_api emu_volcengine_api = {
    .verify = emu_volcengine_verify,
    .read = read,
    .answer = answer,
    .refuse = emu_volcengine_refuse,
    .request_id_header = "X-Tt-Logid",
    .throttled = {429, "FlowLimitExceeded", "The request was rejected because of the flow limit."},
};
