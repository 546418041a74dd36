/* Baidu AI Cloud BCC /v2: start one or many, read one, read many by ids. */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char instances_path[] = "/v2/instance";
enum { MAX_IDS = 100, MAX_KEYS = 1000 };

static void refuse(const struct emu_request *request, const struct emu_call *call,
                   const struct emu_refusal *refusal, struct emu_reply *reply)
{
    (void)request;
    (void)call;
    emu_reply_json(reply, refusal->status,
                   json_pack("{s:s, s:s, s:s}", "requestId", reply->request_id, "code",
                             refusal->code, "message", refusal->message));
    emu_reply_code(reply, refusal->code);
}

static void succeed_empty(struct emu_reply *reply)
{
    emu_text_done(&reply->body);
    reply->status = 200;
}

/* {"instanceIds": ["i-..."]} */
static void read_body_ids(const struct emu_request *request, struct emu_call *call)
{
    const char *type = emu_request_header_get(request, "content-type");
    json_t *body = json_loadb(emu_text_str(&request->body), request->body.len, 0, NULL);
    const json_t *list = json_object_get(body, "instanceIds");
    call->has_ids = true;
    if (body == NULL) {
        emu_call_problem(call, 400, "MalformedJSON", "The body is not JSON.");
    } else if (!json_is_array(list) || json_array_size(list) == 0 ||
               !emu_starts_with(type, "application/json")) {
        emu_call_problem(call, 400, "InappropriateJSON",
                         "The body must be application/json with a list instanceIds.");
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id == NULL) {
            emu_call_problem(call, 400, "InappropriateJSON", "An id is not a text.");
        } else {
            emu_call_add_id(call, id, strlen(id));
        }
    }
    json_decref(body);
}

/* instanceIds=a,b */
static void read_query_ids(const struct emu_pairs *params, struct emu_call *call)
{
    const char *list = emu_pairs_get(params, "instanceIds");
    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, ",");
        emu_call_add_id(call, list, len);
        list += len + (list[len] == ',' ? 1 : 0);
    }
}

static void read_page(const struct emu_pairs *params, struct emu_call *call)
{
    const char *marker = emu_pairs_get(params, "marker");
    call->page_size = MAX_KEYS;
    emu_call_number(call, params, "maxKeys", 1, MAX_KEYS, "BadRequest", &call->page_size);
    if (marker != NULL && marker[0] != '\0' && !emu_page_token_read(marker, &call->page_start)) {
        emu_call_problem(call, 400, "BadRequest", "The marker is not one that was given out.");
    }
}

/* Which action a method and a path are; `rest` is what follows /v2/instance. */
static const char *find_action(const struct emu_request *request, const char *rest)
{
    const char *method = request->method;
    bool start = emu_pairs_get(&request->params, "start") != NULL;
    bool one = rest[0] == '/' && rest[1] != '\0' && strchr(rest + 1, '/') == NULL;
    if (strcmp(method, "PUT") == 0 && start && strcmp(rest, "/batchAction") == 0) {
        return "StartInstances";
    }
    if (strcmp(method, "PUT") == 0 && start && one) {
        return "StartInstance";
    }
    if (strcmp(method, "POST") == 0 && strcmp(rest, "/listByInstanceId") == 0) {
        return "DescribeInstances";
    }
    if (strcmp(method, "GET") == 0 && (rest[0] == '\0' || strcmp(rest, "/") == 0)) {
        return "ListInstances";
    }
    return strcmp(method, "GET") == 0 && one ? "DescribeInstance" : NULL;
}

static void read_parameters(const struct emu_request *request, const char *rest,
                            struct emu_call *call)
{
    if (strcmp(call->action, "DescribeInstances") == 0 ||
        strcmp(call->action, "StartInstances") == 0) {
        read_body_ids(request, call);
        read_page(&request->params, call);
    } else if (strcmp(call->action, "ListInstances") == 0) {
        read_query_ids(&request->params, call);
        read_page(&request->params, call);
    } else {
        char *id = emu_percent_decode(rest + 1, strlen(rest + 1), false);
        emu_call_add_id(call, id == NULL ? "" : id, id == NULL ? 0 : strlen(id));
        free(id);
    }
    call->starts = emu_starts_with(call->action, "Start");
    if (call->id_count > MAX_IDS) {
        emu_call_problem(call, 400, "BadRequest", "At most 100 ids can be given.");
    }
}

/* bcc.REGION.baidubce.com names the region; any other host (a test's) serves all of them. */
static char *region_of_host(const char *host)
{
    size_t prefix = strlen("bcc.");
    const char *end = strstr(host, ".baidubce.com");
    bool named = emu_starts_with(host, "bcc.") && end != NULL && end > host + prefix;
    return named ? emu_copy_n(host + prefix, (size_t)(end - host) - prefix) : NULL;
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    ret_call->region = region_of_host(emu_request_header_get(request, "host"));
    if (!emu_starts_with(request->path, "/v2/")) {
        emu_call_problem(ret_call, 404, "InvalidVersion", "There is no such version.");
    } else if (emu_starts_with(request->path, instances_path)) {
        const char *rest = request->path + strlen(instances_path);
        const char *action = find_action(request, rest);
        if (action != NULL) {
            ret_call->action = emu_cloud_action(EMU_BAIDU, action);
            snprintf(ret_call->name, sizeof(ret_call->name), "%s", action);
            read_parameters(request, rest, ret_call);
            return;
        }
    }
    snprintf(ret_call->name, sizeof(ret_call->name), "%s %.20s?%.14s", request->method,
             request->path, request->query);
    emu_call_problem(ret_call, 400, "InvalidURI", "Nothing is served under this URI.");
}

static void start_one(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_instance *instance = NULL;
    struct emu_refusal refusal = {0};
    if (emu_context_refuses(context, context->call->ids[0], &instance, &refusal)) {
        refuse(context->request, context->call, &refusal, reply);
        return;
    }
    emu_context_start(context, instance);
    succeed_empty(reply);
}

/* All have to be stopped, else nothing is started. Those with the flag batch_fails are left out
 * and listed in the answer. */
static void start_batch(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_call *call = context->call;
    for (size_t i = 0; i < call->id_count; i++) {
        struct emu_instance *instance = NULL;
        struct emu_refusal refusal = {0};
        if (emu_context_refuses(context, call->ids[i], &instance, &refusal)) {
            refuse(context->request, call, &refusal, reply);
            return;
        }
    }
    json_t *failed = json_array();
    for (size_t i = 0; i < call->id_count; i++) {
        struct emu_instance *instance = emu_context_find(context, call->ids[i]);
        if (emu_instance_has_flag(instance, "batch_fails")) {
            json_array_append_new(failed, json_string(instance->id));
        } else {
            emu_context_start(context, instance);
        }
    }
    if (json_array_size(failed) == 0) {
        json_decref(failed);
        succeed_empty(reply);
        return;
    }
    emu_reply_json(
        reply, 200,
        json_pack("{s:s, s:o}", "requestId", reply->request_id, "failedInstanceIdList", failed));
}

static json_t *instance_object(struct emu_instance *instance, int64_t now_ms)
{
    bool expired = emu_instance_has_flag(instance, "expired") ||
                   strcmp(emu_instance_status(instance, now_ms), "Expired") == 0;
    bool prepaid = instance->prepaid || expired;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", instance->id, "name",
                     instance->id, "status", emu_instance_read(instance, now_ms), "paymentTiming",
                     prepaid ? "Prepaid" : "Postpaid", "chargeStatus", "charging", "expireTime",
                     expired   ? "2020-01-01T00:00:00Z"
                     : prepaid ? "2099-12-31T15:59:00Z"
                               : "",
                     "repairStatus", "normal", "zoneName", instance->region);
}

static void describe_one(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_instance *instance = emu_context_find(context, context->call->ids[0]);
    if (instance == NULL) {
        struct emu_refusal refusal = emu_refusal_find(EMU_BAIDU, "vanished");
        refuse(context->request, context->call, &refusal, reply);
        return;
    }
    emu_reply_json(
        reply, 200,
        json_pack("{s:o}", "instance", instance_object(instance, context->request->now_ms)));
}

static void describe_many(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_call *call = context->call;
    struct emu_page page;
    emu_page_collect(context, &page);
    json_t *list = json_array();
    for (size_t i = 0; i < page.count; i++) {
        json_array_append_new(list, instance_object(page.items[i], context->request->now_ms));
    }
    char marker[32] = "", next[32] = "";
    emu_page_token_write(next, call->page_start + page.count);
    if (call->page_start > 0) {
        emu_page_token_write(marker, call->page_start);
    }
    json_t *result =
        json_pack("{s:s, s:b, s:I, s:o}", "marker", marker, "isTruncated", (int)page.more,
                  "maxKeys", (json_int_t)call->page_size, "instances", list);
    if (page.more) {
        json_object_set_new(result, "nextMarker", json_string(next));
    }
    emu_reply_json(reply, 200, result);
    emu_page_done(&page);
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    if (strcmp(context->call->action, "StartInstance") == 0) {
        start_one(context, reply);
    } else if (context->call->starts) {
        start_batch(context, reply);
    } else if (strcmp(context->call->action, "DescribeInstance") == 0) {
        describe_one(context, reply);
    } else {
        describe_many(context, reply);
    }
}

const struct emu_api emu_baidu_api = {
    .verify = emu_baidu_verify,
    .read = read,
    .answer = answer,
    .refuse = refuse,
    .request_id_header = "x-bce-request-id",
    .throttled = {429, "TooManyRequests", "Too many requests."},
};
