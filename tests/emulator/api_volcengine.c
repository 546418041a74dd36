/* Volcengine ECS 2020-04-01: StartInstance, StartInstances, DescribeInstances. */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char api_version[] = "2020-04-01";
enum { MAX_IDS = 100, DEFAULT_PAGE = 10, MAX_PAGE = 100, MAX_TOKEN = 64 };

/* Numbers of the gateway's own errors ("Common error codes"). */
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
    const char *version = emu_pairs_get(&request->params, "Version");
    json_t *meta = json_object();
    json_object_set_new(meta, "RequestId", json_string(reply->request_id));
    json_object_set_new(meta, "Action", emu_json_text(call->name));
    json_object_set_new(meta, "Version", emu_json_text(version == NULL ? "" : version));
    json_object_set_new(meta, "Service", json_string("ecs"));
    json_object_set_new(meta, "Region", emu_json_text(call->region == NULL ? "" : call->region));
    return meta;
}

static json_t *error_object(const struct emu_refusal *refusal)
{
    json_t *error = json_object();
    for (size_t i = 0; i < sizeof(code_numbers) / sizeof(code_numbers[0]); i++) {
        if (strcmp(code_numbers[i].code, refusal->code) == 0) {
            json_object_set_new(error, "CodeN", json_integer(code_numbers[i].number));
        }
    }
    json_object_set_new(error, "Code", json_string(refusal->code));
    json_object_set_new(error, "Message", json_string(refusal->message));
    return error;
}

static void refuse(const struct emu_request *request, const struct emu_call *call,
                   const struct emu_refusal *refusal, struct emu_reply *reply)
{
    json_t *meta = metadata(request, call, reply);
    json_object_set_new(meta, "Error", error_object(refusal));
    emu_reply_json(reply, refusal->status, json_pack("{s:o}", "ResponseMetadata", meta));
    emu_reply_code(reply, refusal->code);
}

static void succeed(const struct emu_context *context, struct emu_reply *reply, json_t *result)
{
    json_t *meta = metadata(context->request, context->call, reply);
    emu_reply_json(reply, 200, json_pack("{s:o, s:o}", "ResponseMetadata", meta, "Result", result));
}

static void read_page(const struct emu_pairs *params, struct emu_call *call)
{
    const char *next = emu_pairs_get(params, "NextToken");
    long number = 1;
    call->page_size = DEFAULT_PAGE;
    emu_call_number(call, params, "MaxResults", 1, MAX_PAGE, "InvalidArgument", &call->page_size);
    if (emu_pairs_get(params, "MaxResults") == NULL) {
        emu_call_number(call, params, "PageSize", 1, MAX_PAGE, "InvalidArgument", &call->page_size);
        emu_call_number(call, params, "PageNumber", 1, 1000000, "InvalidArgument", &number);
    }
    call->page_start = (size_t)(number - 1) * (size_t)call->page_size;
    if (next != NULL && next[0] != '\0' && !emu_page_token_read(next, &call->page_start)) {
        emu_call_problem(call, 400, "InvalidArgument", "NextToken is not one that was given out.");
    }
}

static void read_token(const struct emu_pairs *params, struct emu_call *call)
{
    const char *token = emu_pairs_get(params, "ClientToken");
    if (token == NULL) {
        return;
    }
    call->token = emu_copy(token);
    bool ok = token[0] != '\0' && strlen(token) <= MAX_TOKEN;
    for (const char *c = token; *c != '\0'; c++) {
        ok = ok && *c > ' ' && *c < 127;
    }
    if (!ok) {
        emu_call_problem(call, 400, "InvalidClientToken.Malformed",
                         "ClientToken must be 1 to 64 printable ASCII characters.");
    }
}

static void read_parameters(const struct emu_pairs *params, struct emu_call *call)
{
    if (strcmp(call->action, "StartInstance") == 0) {
        const char *id = emu_pairs_get(params, "InstanceId");
        call->starts = true;
        if (id == NULL || id[0] == '\0') {
            emu_call_problem(call, 400, "MissingParameter.InstanceId", "InstanceId is missing.");
        } else {
            emu_call_add_id(call, id, strlen(id));
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
        return;
    }
    call->starts = true;
    read_token(params, call);
    if (call->id_count == 0) {
        emu_call_problem(call, 400, "MissingParameter.InstanceIds", "InstanceIds is missing.");
    }
    if (emu_pairs_get(params, "DryRun") != NULL) {
        emu_call_problem(call, 400, "InvalidArgument", "StartInstances has no DryRun.");
    }
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    const struct emu_pairs *params = &request->params;
    const char *action = emu_pairs_get(params, "Action");
    const char *version = emu_pairs_get(params, "Version");
    snprintf(ret_call->name, sizeof(ret_call->name), "%s", action == NULL ? "" : action);
    ret_call->region = emu_copy(verdict->region);
    if (strcmp(request->method, "GET") != 0) {
        emu_call_problem(ret_call, 405, "MethodNotAllowed", "This API is called with GET.");
        return;
    }
    ret_call->action = emu_cloud_action(EMU_VOLCENGINE, ret_call->name);
    if (strcmp(request->path, "/") != 0 || version == NULL || strcmp(version, api_version) != 0) {
        ret_call->action = NULL;
    }
    if (action == NULL || version == NULL) {
        emu_call_problem(ret_call, 400, "MissingParameter", "Action or Version is missing.");
        ret_call->action = NULL;
    } else if (ret_call->action == NULL) {
        emu_call_problem(ret_call, 404, "InvalidActionOrVersion",
                         "There is no such action in this version.");
    } else {
        read_parameters(params, ret_call);
    }
}

/* What has to be the same for a token to stand for the same request. */
static char *fingerprint_of(const struct emu_context *context)
{
    struct emu_text text = {0};
    emu_text_addf(&text, "%s\n", context->call->region);
    emu_add_canonical_query(&text, &context->request->params);
    return emu_text_take(&text);
}

static struct emu_token *find_token(const struct emu_context *context)
{
    struct emu_text key = {0};
    emu_text_addf(&key, "%s/%s", context->account, context->call->token);
    struct emu_token *token = emu_table_get(context->tokens, emu_text_str(&key));
    if (token == NULL) {
        token = emu_alloc(sizeof(*token));
        token->fingerprint = fingerprint_of(context);
        emu_table_put(context->tokens, emu_text_str(&key), token);
    }
    emu_text_done(&key);
    return token;
}

/* The same token with the same request has the same answer, with another request it is refused. A
 * request that failed may be tried again with its token. */
static bool token_answers(const struct emu_context *context, const struct emu_token *token,
                          struct emu_reply *reply)
{
    char *fingerprint = fingerprint_of(context);
    bool same = strcmp(fingerprint, token->fingerprint) == 0;
    free(fingerprint);
    if (same && token->result == NULL) {
        return false;
    }
    if (same && context->request->now_ms >= token->busy_until_ms) {
        succeed(context, reply, json_incref(token->result));
        return true;
    }
    struct emu_refusal refusal =
        emu_refusal_find(EMU_VOLCENGINE, same ? "in_progress" : "token_mismatch");
    refuse(context->request, context->call, &refusal, reply);
    return true;
}

static json_t *start_one(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_instance *instance = NULL;
    struct emu_refusal refusal = {0};
    if (emu_context_refuses(context, context->call->ids[0], &instance, &refusal)) {
        refuse(context->request, context->call, &refusal, reply);
        return NULL;
    }
    if (context->call->dry_run) {
        refusal = (struct emu_refusal){412, "DryRunOperation",
                                       "The request would have succeeded, but DryRun is set."};
        refuse(context->request, context->call, &refusal, reply);
        return NULL;
    }
    emu_context_start(context, instance);
    return json_object();
}

static json_t *start_many(const struct emu_context *context)
{
    json_t *details = json_array();
    for (size_t i = 0; i < context->call->id_count; i++) {
        const char *id = context->call->ids[i];
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
    struct emu_token *token = context->call->token == NULL ? NULL : find_token(context);
    if (token != NULL && token_answers(context, token, reply)) {
        return;
    }
    bool one = strcmp(context->call->action, "StartInstance") == 0;
    json_t *result = one ? start_one(context, reply) : start_many(context);
    if (result == NULL) {
        return;
    }
    if (token != NULL) {
        token->result = json_incref(result);
        token->busy_until_ms = context->request->now_ms + reply->delay_ms;
    }
    succeed(context, reply, result);
}

static json_t *instance_object(struct emu_instance *instance, int64_t now_ms)
{
    bool expired = emu_instance_has_flag(instance, "expired");
    bool prepaid = instance->prepaid || expired;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "InstanceId", instance->id, "Status",
                     emu_instance_read(instance, now_ms), "InstanceName", instance->id, "ZoneId",
                     instance->region, "StoppedMode", "KeepCharging", "InstanceChargeType",
                     prepaid ? "PrePaid" : "PostPaid", "ExpiredAt",
                     expired   ? "2020-01-01T00:00:00+08:00"
                     : prepaid ? "2099-12-31T23:59:59+08:00"
                               : "");
}

static void describe(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_page page;
    emu_page_collect(context, &page);
    json_t *list = json_array();
    for (size_t i = 0; i < page.count; i++) {
        json_array_append_new(list, instance_object(page.items[i], context->request->now_ms));
    }
    char next[32] = "";
    if (page.more) {
        emu_page_token_write(next, context->call->page_start + page.count);
    }
    succeed(context, reply,
            json_pack("{s:o, s:s, s:I}", "Instances", list, "NextToken", next, "TotalCount",
                      (json_int_t)page.total));
    emu_page_done(&page);
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
    .refuse = refuse,
    .request_id_header = "X-Tt-Logid",
    .throttled = {429, "FlowLimitExceeded", "The request was rejected because of the flow limit."},
};
