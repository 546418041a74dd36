/* SPDX-License-Identifier: Apache-2.0 */
/* Baidu AI Cloud BCC /v2: start one or many, read one, read many by ids. */
#include "apis.h"
#include "documented.h"

#include <stdio.h>
#include <string.h>

static const ens_str instances_path = ENS_STR_INIT("/v2/instance");
enum { MAX_IDS = 100, MAX_KEYS = 1000 };

void emu_baidu_refuse(const struct emu_request *request, const struct emu_call *call,
                      const struct emu_refusal *refusal, struct emu_reply *reply)
{
    (void)request;
    (void)call;
    emu_reply_json(reply, refusal->status,
                   json_pack("{s:s, s:s, s:s}", "requestId", reply->request_id.ptr, "code",
                             refusal->code, "message",
                             emu_documented(EMU_BAIDU, refusal->code, refusal->message)));
    emu_reply_code(reply, refusal->code);
}

static void succeed_empty(struct emu_reply *reply)
{
    ens_buf_reset(&reply->body);
    reply->status = 200;
}

/* {"instanceIds": ["i-..."]} */
static void read_body_ids(const struct emu_request *request, struct emu_call *call)
{
    json_t *body = json_loadb(ens_buf_text(&request->body), request->body.len, 0, NULL);
    const json_t *list = json_object_get(body, "instanceIds");
    call->has_ids = true;
    if (body == NULL) {
        emu_call_problem(call, 400, "MalformedJSON", "The body is not JSON.");
    } else if (!json_is_array(list) || json_array_size(list) == 0) {
        emu_call_problem(call, 400, "InappropriateJSON", "The body needs a list instanceIds.");
    }
    emu_call_add_json(call, list, 400, "InappropriateJSON");
    json_decref(body);
}

/* instanceIds=a,b */
static void read_query_ids(const struct emu_fields *params, struct emu_call *call)
{
    ens_str list = emu_fields_get(params, "instanceIds");
    while (list.len > 0) {
        emu_call_add_id(call, ens_str_cut(list, ',', &list));
    }
}

/* Parameters of ListInstances. */
static const struct emu_filter_rule list_rules[] = {
    {"marker", EMU_FIELD_NONE, EMU_ONE},           {"maxKeys", EMU_FIELD_NONE, EMU_ONE},
    {"instanceIds", EMU_FIELD_NONE, EMU_COMMAS},   {"status", EMU_FIELD_STATUS, EMU_ONE},
    {"instanceNames", EMU_FIELD_NAME, EMU_COMMAS}, {"fuzzyInstanceName", EMU_FIELD_NAME, EMU_PART},
    {"zoneName", EMU_FIELD_ZONE, EMU_ONE},         {"paymentTiming", EMU_FIELD_CHARGE, EMU_ONE},
    {"tags", EMU_FIELD_TAG, EMU_COMMAS},           {NULL, EMU_FIELD_NONE, EMU_ONE},
};

/* Parameters of DescribeInstances. */
static const struct emu_filter_rule by_ids_rules[] = {
    {"marker", EMU_FIELD_NONE, EMU_ONE},
    {"maxKeys", EMU_FIELD_NONE, EMU_ONE},
    {NULL, EMU_FIELD_NONE, EMU_ONE},
};

static void read_page(const struct emu_fields *params, struct emu_call *call)
{
    call->page_size = MAX_KEYS;
    emu_call_number(call, params, "maxKeys", 1, MAX_KEYS, "BadRequest", &call->page_size);
    emu_call_page_token(call, emu_fields_get(params, "marker"), "BadRequest",
                        "The marker is not one that was given out.");
}

/* The action of a method and a path; `rest` is the path after /v2/instance. */
static const char *find_action(const struct emu_request *request, ens_str rest)
{
    ens_str id = {0}, more = {0};
    bool get = ens_str_is(request->method, "GET");
    bool start =
        ens_str_is(request->method, "PUT") && emu_fields_get(&request->params, "start").ptr != NULL;
    bool one = ens_str_cut(rest, '/', &id).len == 0 && ens_str_cut(id, '/', &more).len > 0 &&
               more.ptr == NULL;
    if (start && ens_str_is(rest, "/batchAction")) {
        return "StartInstances";
    }
    if (start && one) {
        return "StartInstance";
    }
    if (ens_str_is(request->method, "POST") && ens_str_is(rest, "/listByInstanceId")) {
        return "DescribeInstances";
    }
    if (get && (rest.len == 0 || ens_str_is(rest, "/"))) {
        return "ListInstances";
    }
    return get && one ? "DescribeInstance" : NULL;
}

static void read_parameters(const struct emu_request *request, ens_str rest, struct emu_call *call)
{
    if (strcmp(call->action, "DescribeInstances") == 0) {
        read_body_ids(request, call);
        read_page(&request->params, call);
        emu_call_filters(call, EMU_BAIDU, &request->params, by_ids_rules, "BadRequest");
    } else if (strcmp(call->action, "StartInstances") == 0) {
        read_body_ids(request, call);
    } else if (strcmp(call->action, "ListInstances") == 0) {
        read_query_ids(&request->params, call);
        read_page(&request->params, call);
        emu_call_filters(call, EMU_BAIDU, &request->params, list_rules, "BadRequest");
    } else {
        ens_str encoded = {0}, id = {0};
        ens_str_cut(rest, '/', &encoded);
        (void)emu_percent_decode(request->arena, encoded, false, &id);
        emu_call_add_id(call, id);
    }
    call->starts = strncmp(call->action, "Start", strlen("Start")) == 0;
    if (call->id_count > MAX_IDS) {
        emu_call_problem(call, 400, "BadRequest", "At most 100 ids can be given.");
    }
}

/* The region of the host bcc.REGION.baidubce.com; any other host (in tests) serves all regions. */
static ens_str region_of_host(ens_str host)
{
    static const char domain[] = ".baidubce.com";
    ens_str rest = {0};
    ens_str service = ens_str_cut(host, '.', &rest);
    const char *end = rest.len == 0 ? NULL : memmem(rest.ptr, rest.len, domain, strlen(domain));
    bool named = ens_str_is(service, "bcc") && end != NULL && end > rest.ptr;
    return named ? (ens_str){rest.ptr, (size_t)(end - rest.ptr)} : (ens_str){0};
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    ret_call->region = region_of_host(emu_header(request, "host"));
    if (!ens_str_starts(request->path, ENS_STR("/v2/"))) {
        emu_call_problem(ret_call, 404, "InvalidVersion", "There is no such version.");
    } else if (ens_str_starts(request->path, instances_path)) {
        ens_str rest = {request->path.ptr + instances_path.len,
                        request->path.len - instances_path.len};
        const char *action = find_action(request, rest);
        if (action != NULL) {
            ret_call->action = emu_service_action(EMU_API, EMU_BAIDU, ens_str_of(action));
            snprintf(ret_call->name, sizeof(ret_call->name), "%s", action);
            read_parameters(request, rest, ret_call);
            return;
        }
    }
    snprintf(ret_call->name, sizeof(ret_call->name), "%s %.20s?%.14s", request->method.ptr,
             request->path.ptr, request->query.ptr);
    emu_call_problem(ret_call, 400, "InvalidURI", "Nothing is served under this URI.");
}

static void start_one(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_instance *instance = NULL;
    struct emu_refusal refusal = {0};
    if (emu_context_refuses(context, context->call->ids[0], &instance, &refusal)) {
        emu_baidu_refuse(context->request, context->call, &refusal, reply);
        return;
    }
    emu_context_start(context, instance);
    succeed_empty(reply);
}

/* Starts all instances, or none unless all are stopped. Those with the flag batch_fails are skipped
 * and listed in the reply. */
static void start_batch(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_call *call = context->call;
    for (size_t i = 0; i < call->id_count; i++) {
        struct emu_instance *instance = NULL;
        struct emu_refusal refusal = {0};
        if (emu_context_refuses(context, call->ids[i], &instance, &refusal)) {
            emu_baidu_refuse(context->request, call, &refusal, reply);
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
    emu_reply_json(reply, 200,
                   json_pack("{s:s, s:o}", "requestId", reply->request_id.ptr,
                             "failedInstanceIdList", failed));
}

/* [{"groupId": "RESG-1", "groupName": "RESG-1"}], empty without a group. */
static json_t *group_list(const struct emu_instance *instance, struct ens_arena *arena)
{
    ens_str group = emu_trait(instance, EMU_FIELD_GROUP, arena);
    json_t *list = json_array();
    if (group.len > 0) {
        json_array_append_new(list, json_pack("{s:o, s:o}", "groupId", emu_json_text(group),
                                              "groupName", emu_json_text(group)));
    }
    return list;
}

static json_t *instance_object(struct emu_instance *instance, const struct emu_request *request)
{
    static const struct {
        const char *member;
        enum emu_field field;
    } traits[] = {
        {"name", EMU_FIELD_NAME},
        {"zoneName", EMU_FIELD_ZONE},
        {"paymentTiming", EMU_FIELD_CHARGE},
        {"spec", EMU_FIELD_TYPE},
    };
    bool expired = emu_instance_has_flag(instance, "expired") ||
                   strcmp(emu_instance_status(instance, request->now_ms), "Expired") == 0;
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o}", "id", instance->id, "status",
        emu_instance_read(instance, request->now_ms), "chargeStatus", "charging", "expireTime",
        expired                             ? "2020-01-01T00:00:00Z"
        : emu_instance_is_prepaid(instance) ? "2099-12-31T15:59:00Z"
                                            : "",
        "repairStatus", "normal", "tags", emu_tag_list(instance, "tagKey", "tagValue"));
    for (size_t i = 0; i < ENS_COUNT(traits); i++) {
        json_object_set_new(object, traits[i].member,
                            emu_json_text(emu_trait(instance, traits[i].field, request->arena)));
    }
    json_object_set_new(object, "resGroupInfos", group_list(instance, request->arena));
    if (expired) {
        json_object_set_new(object, "paymentTiming", json_string("Prepaid"));
    }
    return object;
}

static void describe_one(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_instance *instance = emu_context_find(context, context->call->ids[0]);
    if (instance == NULL) {
        struct emu_refusal refusal = emu_refusal_find(EMU_BAIDU, "vanished");
        emu_baidu_refuse(context->request, context->call, &refusal, reply);
        return;
    }
    emu_reply_json(reply, 200,
                   json_pack("{s:o}", "instance", instance_object(instance, context->request)));
}

static void describe_many(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_call *call = context->call;
    struct emu_page page;
    emu_page_collect(context, &page);
    json_t *list = json_array();
    for (size_t i = 0; i < page.count; i++) {
        json_array_append_new(list, instance_object(page.items[i], context->request));
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
    .refuse = emu_baidu_refuse,
    .request_id_header = "x-bce-request-id",
    .throttled = {429, "TooManyRequests", "Too many requests."},
};
