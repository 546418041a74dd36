/* SPDX-License-Identifier: Apache-2.0 */
/* Alibaba Cloud ECS 2014-05-26: StartInstance, StartInstances, DescribeInstances,
 * DescribeInstanceStatus. */
#include "apis.h"
#include "documented.h"

#include <stdio.h>
#include <string.h>

static const char api_version[] = "2014-05-26";
enum { MAX_IDS = 100, DEFAULT_PAGE = 10, MIN_RESULTS = 10, MAX_PAGE = 100, MAX_STATUS_PAGE = 50 };

void emu_alibaba_refuse(const struct emu_request *request, const struct emu_call *call,
                        const struct emu_refusal *refusal, struct emu_reply *reply)
{
    char link[192];
    snprintf(link, sizeof(link), "https://api.aliyun.com/troubleshoot?q=%s&product=%s",
             refusal->code, request->service == EMU_STS ? "Sts" : "Ecs");
    json_t *error = json_object();
    json_object_set_new(error, "RequestId", json_string(reply->request_id.ptr));
    json_object_set_new(error, "HostId", emu_json_text(emu_header(request, "host")));
    json_object_set_new(error, "Code", json_string(refusal->code));
    json_object_set_new(error, "Message",
                        json_string(emu_documented(EMU_ALIBABA, refusal->code, refusal->message)));
    json_object_set_new(error, "Recommend", json_string(link));
    if (strcmp(refusal->code, "Forbidden.RAM") == 0) {
        char action[64];
        snprintf(action, sizeof(action), "ecs:%.50s", call->name);
        json_t *detail = json_object();
        json_object_set_new(detail, "AuthAction", emu_json_text(ens_str_of(action)));
        json_object_set_new(detail, "NoPermissionType", json_string("ImplicitDeny"));
        json_object_set_new(detail, "PolicyType", json_string("AccountLevelIdentityBasedPolicy"));
        json_object_set_new(error, "AccessDeniedDetail", detail);
    }
    emu_reply_json(reply, refusal->status, error);
    emu_reply_code(reply, refusal->code);
}

void emu_alibaba_succeed(struct emu_reply *reply, json_t *result)
{
    json_object_set_new(result, "RequestId", json_string(reply->request_id.ptr));
    emu_reply_json(reply, 200, result);
}

/* Parameters of every action. */
#define COMMON_RULES                                                                               \
    {"Action", EMU_FIELD_NONE, EMU_ONE}, {"Version", EMU_FIELD_NONE, EMU_ONE},                     \
        {"Format", EMU_FIELD_NONE, EMU_ONE}, {"AccessKeyId", EMU_FIELD_NONE, EMU_ONE},             \
        {"SignatureMethod", EMU_FIELD_NONE, EMU_ONE},                                              \
        {"SignatureVersion", EMU_FIELD_NONE, EMU_ONE},                                             \
        {"SignatureNonce", EMU_FIELD_NONE, EMU_ONE}, {"Timestamp", EMU_FIELD_NONE, EMU_ONE},       \
        {"SecurityToken", EMU_FIELD_NONE, EMU_ONE}, {"Signature", EMU_FIELD_NONE, EMU_ONE},        \
        {"RegionId", EMU_FIELD_NONE, EMU_ONE}, {"PageSize", EMU_FIELD_NONE, EMU_ONE},              \
        {"PageNumber", EMU_FIELD_NONE, EMU_ONE},                                                   \
    {                                                                                              \
        "ZoneId", EMU_FIELD_ZONE, EMU_ONE                                                          \
    }

/* Parameters of DescribeInstances. */
static const struct emu_filter_rule describe_rules[] = {
    COMMON_RULES,
    {"InstanceIds", EMU_FIELD_NONE, EMU_ONE},
    {"DryRun", EMU_FIELD_NONE, EMU_ONE},
    {"MaxResults", EMU_FIELD_NONE, EMU_ONE},
    {"NextToken", EMU_FIELD_NONE, EMU_ONE},
    {"Status", EMU_FIELD_STATUS, EMU_ONE},
    {"InstanceName", EMU_FIELD_NAME, EMU_PATTERN},
    {"ResourceGroupId", EMU_FIELD_GROUP, EMU_ONE},
    {"InstanceChargeType", EMU_FIELD_CHARGE, EMU_ONE},
    {"InstanceType", EMU_FIELD_TYPE, EMU_ONE},
    {"Tag", EMU_FIELD_TAG, EMU_LIST},
    {NULL, EMU_FIELD_NONE, EMU_ONE},
};

/* Parameters of DescribeInstanceStatus. */
static const struct emu_filter_rule status_rules[] = {
    COMMON_RULES,
    {"InstanceId", EMU_FIELD_NONE, EMU_LIST},
    {NULL, EMU_FIELD_NONE, EMU_ONE},
};

static void check_ids(struct emu_call *call)
{
    if (call->id_count > MAX_IDS) {
        emu_call_problem(call, 403, "InvalidParameter.TooManyInstanceIds",
                         "At most 100 ids can be given.");
    }
    for (size_t i = 0; i < call->id_count; i++) {
        if (!ens_str_starts(call->ids[i], ENS_STR("i-"))) {
            emu_call_problem(call, 403, "Abs.InvalidInstanceIds.MalFormed",
                             "An instance id is malformed.");
        }
    }
}

/* Reads ids that are given as the text of a JSON list. */
static void read_json_ids(ens_str text, struct emu_call *call)
{
    static const char malformed[] = "Abs.InvalidInstanceIds.MalFormed";
    if (text.ptr == NULL) {
        return;
    }
    json_t *list = json_loadb(text.ptr, text.len, 0, NULL);
    call->has_ids = true;
    if (!json_is_array(list)) {
        emu_call_problem(call, 403, malformed, "The ids are not a JSON list.");
    }
    emu_call_add_json(call, list, 403, malformed);
    json_decref(list);
}

/* Reads InstanceId.1, InstanceId.2, ..., or the JSON list of the example on the page of
 * StartInstances. */
static void read_ids(const struct emu_fields *params, struct emu_call *call)
{
    emu_call_add_list(call, params, "InstanceId");
    read_json_ids(emu_fields_get(params, "InstanceId"), call);
}

static void read_describe(const struct emu_fields *params, struct emu_call *call)
{
    ens_str next = emu_fields_get(params, "NextToken");
    call->page_size = DEFAULT_PAGE;
    read_json_ids(emu_fields_get(params, "InstanceIds"), call);
    emu_call_filters(call, EMU_ALIBABA, params, describe_rules, "InvalidParameter");
    emu_call_bool(call, params, "DryRun", "InvalidParameter", &call->dry_run);
    if (next.ptr == NULL && emu_fields_get(params, "MaxResults").ptr == NULL) {
        emu_call_page(call, params, MAX_PAGE, "InvalidParameter");
        return;
    }
    emu_call_clamped(call, params, "MaxResults", MIN_RESULTS, MAX_PAGE, "InvalidParameter",
                     &call->page_size);
    emu_call_page_token(call, next, "InvalidParameter", "NextToken is not one that was given out.");
}

static void read_start_many(const struct emu_fields *params, struct emu_call *call)
{
    ens_str mode = emu_fields_get(params, "BatchOptimization");
    call->starts = true;
    read_ids(params, call);
    emu_call_bool(call, params, "DryRun", "InvalidParameter", &call->dry_run);
    call->each_alone = ens_str_is(mode, "SuccessFirst");
    if (mode.ptr != NULL && !call->each_alone && !ens_str_is(mode, "AllTogether")) {
        emu_call_problem(call, 400, "InvalidParameter",
                         "BatchOptimization must be AllTogether or SuccessFirst.");
    }
    if (call->id_count == 0) {
        emu_call_problem(call, 403, "InvalidInstanceId.NotFound", "InstanceId is missing.");
    }
}

static void read_start_one(const struct emu_fields *params, struct emu_call *call)
{
    ens_str id = emu_fields_get(params, "InstanceId");
    call->starts = true;
    emu_call_bool(call, params, "DryRun", "InvalidParameter", &call->dry_run);
    if (id.len == 0) {
        emu_call_problem(call, 400, "MissingParameter", "InstanceId is missing.");
    } else {
        emu_call_add_id(call, id);
    }
}

static void read_parameters(const struct emu_fields *params, struct emu_call *call)
{
    call->region = emu_fields_get(params, "RegionId");
    if (strcmp(call->action, "StartInstance") == 0) {
        read_start_one(params, call);
    } else if (call->region.len == 0) {
        emu_call_problem(call, 400, "MissingParameter", "RegionId is missing.");
    } else if (strcmp(call->action, "StartInstances") == 0) {
        read_start_many(params, call);
    } else if (strcmp(call->action, "DescribeInstances") == 0) {
        read_describe(params, call);
    } else {
        call->page_size = DEFAULT_PAGE;
        read_ids(params, call);
        emu_call_filters(call, EMU_ALIBABA, params, status_rules, "InvalidParameter");
        emu_call_page(call, params, MAX_STATUS_PAGE, "InvalidParameter");
    }
    check_ids(call);
}

bool emu_alibaba_read_action(const struct emu_request *request, const char *version,
                             struct emu_fields *params, struct emu_call *call)
{
    bool decoded = emu_alibaba_params(request, params);
    bool in_headers = emu_header(request, "x-acs-action").len > 0;
    ens_str action =
        in_headers ? emu_header(request, "x-acs-action") : emu_fields_get(params, "Action");
    ens_str asked =
        in_headers ? emu_header(request, "x-acs-version") : emu_fields_get(params, "Version");
    snprintf(call->name, sizeof(call->name), "%.*s", ENS_STR_ARG(action));
    if (!ens_str_is(request->method, "GET") && !ens_str_is(request->method, "POST")) {
        emu_call_problem(call, 400, "UnsupportedHTTPMethod", "Only GET and POST are served.");
    } else if (!ens_str_is(request->path, "/")) {
        emu_call_problem(call, 404, "InvalidApi.NotFound", "There is no such API.");
    } else if (!ens_str_is(asked, version)) {
        emu_call_problem(call, 400, "InvalidVersion", "There is no such version.");
    } else {
        call->action = emu_service_action(request->service, EMU_ALIBABA, ens_str_of(call->name));
        if (call->action == NULL) {
            emu_call_problem(call, 404, "InvalidAction.NotFound", "There is no such action.");
        } else if (!decoded) {
            emu_call_problem(call, 400, "InvalidParameter", "A parameter is not encoded properly.");
        } else if (!in_headers && !ens_str_is(emu_fields_get(params, "Format"), "JSON")) {
            emu_call_problem(call, 400, "InvalidParameter",
                             "Replies are in JSON alone; ask for Format=JSON.");
        }
    }
    return call->problem.code == NULL;
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    struct emu_fields params = {.arena = request->arena};
    (void)emu_alibaba_read_action(request, api_version, &params, ret_call);
    if (ret_call->action != NULL) {
        read_parameters(&params, ret_call);
    }
}

static json_t *item_object(const struct emu_context *context, ens_str id, const char *code,
                           const char *message, const char *before, const char *after)
{
    json_t *item = json_object();
    json_object_set_new(item, "InstanceId", emu_json_text(id));
    bool as_number = context->number_codes && strcmp(code, "200") == 0;
    json_object_set_new(item, "Code", as_number ? json_integer(200) : json_string(code));
    json_object_set_new(item, "Message", json_string(emu_documented(EMU_ALIBABA, code, message)));
    json_object_set_new(item, "PreviousStatus", json_string(before));
    json_object_set_new(item, "CurrentStatus", json_string(after));
    return item;
}

/* SuccessFirst: starts the instances that can be started; each has its own result. */
static void start_each(const struct emu_context *context, struct emu_reply *reply)
{
    json_t *items = json_array();
    int64_t now_ms = context->request->now_ms;
    for (size_t i = 0; i < context->call->id_count; i++) {
        ens_str id = context->call->ids[i];
        struct emu_instance *instance = NULL;
        struct emu_refusal refusal = {0};
        if (emu_context_refuses(context, id, &instance, &refusal)) {
            const char *status = instance == NULL ? "" : emu_instance_status(instance, now_ms);
            json_array_append_new(
                items, item_object(context, id, refusal.code, refusal.message, status, status));
            continue;
        }
        emu_context_start(context, instance);
        json_array_append_new(
            items, item_object(context, id, "200", "success", "Stopped", instance->status));
    }
    emu_alibaba_succeed(reply,
                        json_pack("{s:{s:o}}", "InstanceResponses", "InstanceResponse", items));
}

static void dry_run_passed(const struct emu_context *context, const char *code,
                           struct emu_reply *reply)
{
    struct emu_refusal passed = {400, code,
                                 "Request validation has been passed with DryRun flag set."};
    emu_alibaba_refuse(context->request, context->call, &passed, reply);
}

/* AllTogether: the first instance that can't be started determines the reply. */
static bool all_can_start(const struct emu_context *context, struct emu_reply *reply)
{
    for (size_t i = 0; i < context->call->id_count; i++) {
        struct emu_instance *instance = NULL;
        struct emu_refusal refusal = {0};
        if (!emu_context_refuses(context, context->call->ids[i], &instance, &refusal)) {
            continue;
        }
        if (instance == NULL && context->call->id_count > 1) {
            refusal.code = "InvalidInstanceIds.NotFound";
        }
        emu_alibaba_refuse(context->request, context->call, &refusal, reply);
        return false;
    }
    return true;
}

static void start_together(const struct emu_context *context, struct emu_reply *reply)
{
    if (!all_can_start(context, reply)) {
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < context->call->id_count; i++) {
        struct emu_instance *instance = emu_context_find(context, context->call->ids[i]);
        emu_context_start(context, instance);
        json_array_append_new(items, item_object(context, context->call->ids[i], "200", "success",
                                                 "Stopped", instance->status));
    }
    emu_alibaba_succeed(reply,
                        json_pack("{s:{s:o}}", "InstanceResponses", "InstanceResponse", items));
}

static void start(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_call *call = context->call;
    bool one = strcmp(call->action, "StartInstance") == 0;
    if (call->dry_run) {
        /* With SuccessFirst a dry run always passes, without a check. */
        if (call->each_alone || all_can_start(context, reply)) {
            dry_run_passed(context, one ? "DryRunOperation" : "DRYRUN.SUCCESS", reply);
        }
    } else if (call->each_alone) {
        start_each(context, reply);
    } else {
        start_together(context, reply);
        if (one && reply->status == 200) {
            emu_alibaba_succeed(reply, json_object());
        }
    }
}

static json_t *locks(const struct emu_instance *instance)
{
    static const struct {
        const char *flag, *reason;
    } reasons[] = {
        {"locked_security", "security"},
        {"locked_financial", "financial"},
        {"locked_host_financial", "dedicatedhostfinancial"},
        {"recycling", "Recycling"},
        {"refunded", "refunded"},
    };
    json_t *list = json_array();
    for (size_t i = 0; i < ENS_COUNT(reasons); i++) {
        if (emu_instance_has_flag(instance, reasons[i].flag)) {
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "LockReason", reasons[i].reason, "LockMsg", ""));
        }
    }
    return json_pack("{s:o}", "LockReason", list);
}

static json_t *instance_object(struct emu_instance *instance, const struct emu_request *request)
{
    static const struct {
        const char *member;
        enum emu_field field;
    } traits[] = {
        {"InstanceName", EMU_FIELD_NAME},     {"ZoneId", EMU_FIELD_ZONE},
        {"ResourceGroupId", EMU_FIELD_GROUP}, {"InstanceChargeType", EMU_FIELD_CHARGE},
        {"InstanceType", EMU_FIELD_TYPE},
    };
    bool expired = emu_instance_has_flag(instance, "expired");
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:{s:o}}", "InstanceId",
                               instance->id, "Status", emu_instance_read(instance, request->now_ms),
                               "RegionId", instance->region, "StoppedMode", "KeepCharging",
                               "ExpiredTime", expired ? "2020-01-01T00:00Z" : "2099-12-31T15:59Z",
                               "Recyclable", 0, "OperationLocks", locks(instance), "Tags", "Tag",
                               emu_tag_list(instance, "TagKey", "TagValue"));
    for (size_t i = 0; i < ENS_COUNT(traits); i++) {
        json_object_set_new(object, traits[i].member,
                            emu_json_text(emu_trait(instance, traits[i].field, request->arena)));
    }
    return object;
}

static void describe(const struct emu_context *context, struct emu_reply *reply)
{
    if (context->call->dry_run) {
        dry_run_passed(context, "DryRunOperation", reply);
        return;
    }
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
    emu_alibaba_succeed(reply, json_pack("{s:s, s:I, s:i, s:I, s:{s:o}}", "NextToken", next,
                                         "TotalCount", (json_int_t)page.total, "PageNumber", 1,
                                         "PageSize", (json_int_t)context->call->page_size,
                                         "Instances", "Instance", list));
}

static void describe_status(const struct emu_context *context, struct emu_reply *reply)
{
    struct emu_page page;
    emu_page_collect(context, &page);
    json_t *list = json_array();
    for (size_t i = 0; i < page.count; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "InstanceId", page.items[i]->id, "Status",
                            emu_instance_read(page.items[i], context->request->now_ms)));
    }
    json_int_t size = context->call->page_size;
    json_int_t number = (json_int_t)context->call->page_start / size + 1;
    emu_alibaba_succeed(reply, json_pack("{s:I, s:I, s:I, s:{s:o}}", "TotalCount",
                                         (json_int_t)page.total, "PageNumber", number, "PageSize",
                                         size, "InstanceStatuses", "InstanceStatus", list));
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_call *call = context->call;
    if (call->region.ptr != NULL &&
        !emu_world_has_region(context->world, EMU_ALIBABA, call->region)) {
        struct emu_refusal refusal = {404, "InvalidRegionId.NotFound",
                                      "The specified RegionId does not exist."};
        emu_alibaba_refuse(context->request, call, &refusal, reply);
    } else if (call->starts) {
        start(context, reply);
    } else if (strcmp(call->action, "DescribeInstances") == 0) {
        describe(context, reply);
    } else {
        describe_status(context, reply);
    }
}

/* DescribeInstances returns an empty list to a caller without permission, unless it is a dry run.
 */
static bool hides_denial(const struct emu_call *call)
{
    return strcmp(call->action, "DescribeInstances") == 0 && !call->dry_run;
}

static void verify(const struct emu_request *request, const struct emu_world *world,
                   struct emu_verdict *ret_verdict)
{
    if (emu_alibaba_is_v1(request)) {
        emu_alibaba_v1_verify(request, world, ret_verdict);
    } else {
        emu_alibaba_verify(request, world, ret_verdict);
    }
}

const struct emu_api emu_alibaba_api = {
    .verify = verify,
    .read = read,
    .answer = answer,
    .refuse = emu_alibaba_refuse,
    .request_id_header = "x-acs-request-id",
    .throttled = {400, "Throttling.User", "Request was denied due to user flow control."},
    .hides_denial = hides_denial,
};
