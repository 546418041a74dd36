/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata services of instances, as far as they hand out keys of roles. A request has to bear
 * a token that it got before (Baidu's service has none); Alibaba's older version without one is
 * served where the world says so. */
#include "apis.h"
#include "crypto.h"
#include "number.h"

#include <stdio.h>
#include <string.h>

enum { MAX_TTL_S = 21600, DURATION_S = 21600, BAIDU_DURATION_S = 300, MAC_DIGITS = 16 };

/* What differs between the clouds. */
static const struct service {
    const char *token_path;   /* PUT; NULL: there are no tokens */
    const char *ttl_header;   /* of that request, seconds */
    const char *token_header; /* of the others */
    const char *roles_path;   /* GET: the list of roles; below it the keys of one */
    bool list_has_slash;      /* the path of the list ends with a slash */
    const char *keys_path;    /* GET: the keys of the one role; NULL where roles have names */
} services[EMU_CLOUDS] = {
    [EMU_VOLCENGINE] = {"/latest/api/token", "x-volc-ecs-metadata-token-ttl-seconds",
                        "x-volc-ecs-metadata-token", "/volcstack/latest/iam/security_credentials",
                        false, NULL},
    [EMU_ALIBABA] = {"/latest/api/token", "x-aliyun-ecs-metadata-token-ttl-seconds",
                     "x-aliyun-ecs-metadata-token", "/latest/meta-data/ram/security-credentials",
                     true, NULL},
    [EMU_BAIDU] = {NULL, NULL, NULL, NULL, false, "/latest/meta-data/sts-credential"},
};

/* The check sum of a token of this cloud that expires then. */
static ens_str mac_of(struct ens_arena *arena, enum emu_cloud cloud, ens_str expires)
{
    char hex[EMU_HEX_SIZE];
    ens_str text = ens_arena_printf(arena, "%s/%.*s", emu_cloud_name(cloud), ENS_STR_ARG(expires));
    emu_hmac_hex(hex, ENS_STR("ensure-emulator's key of metadata tokens"), text);
    return ens_arena_dup(arena, (ens_str){hex, MAC_DIGITS});
}

/* A token is EXPIRY.CHECKSUM. */
static bool is_live_token(const struct emu_request *request, ens_str token)
{
    ens_str mac = {0};
    int64_t expires_ms = 0;
    ens_str expires = ens_str_cut(token, '.', &mac);
    return emu_number_read(expires, 0, INT64_MAX, &expires_ms) &&
           emu_same_secret(mac_of(request->arena, request->cloud, expires), mac) &&
           request->wall_ms < expires_ms;
}

static void check_token(const struct emu_request *request, const struct emu_world *world,
                        struct emu_verdict *ret_verdict)
{
    const struct service *service = &services[request->cloud];
    *ret_verdict = (struct emu_verdict){0};
    if (service->token_path == NULL || ens_str_is(request->method, "PUT")) {
        return;
    }
    ens_str token = emu_header(request, service->token_header);
    if (token.ptr == NULL && world->attached[request->cloud].without_token) {
        return;
    }
    if (!is_live_token(request, token)) {
        (void)emu_verdict_refuse(ret_verdict, token.ptr == NULL ? 403 : 401, "InvalidToken",
                                 "The metadata token is missing, wrong or expired.");
    }
}

/* The rest of the path below `start`; ptr NULL when it is another one. */
static ens_str below(ens_str path, const char *start)
{
    size_t skip = strlen(start);
    if (!ens_str_starts(path, ens_str_of(start))) {
        return (ens_str){0};
    }
    return (ens_str){path.ptr + skip, path.len - skip};
}

static const char *find_action(const struct emu_request *request)
{
    const struct service *service = &services[request->cloud];
    if (ens_str_is(request->method, "PUT")) {
        bool token = service->token_path != NULL && ens_str_is(request->path, service->token_path);
        return token ? "PutToken" : NULL;
    }
    if (!ens_str_is(request->method, "GET")) {
        return NULL;
    }
    if (service->keys_path != NULL) {
        return ens_str_is(request->path, service->keys_path) ? "GetCredentials" : NULL;
    }
    ens_str rest = below(request->path, service->roles_path);
    if (rest.ptr == NULL) {
        return NULL;
    }
    if (rest.len == 0 || ens_str_is(rest, "/")) {
        return service->list_has_slash && rest.len == 0 ? NULL : "ListRoles";
    }
    return rest.ptr[0] == '/' ? "GetCredentials" : NULL;
}

static void read(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call)
{
    (void)verdict;
    const char *action = find_action(request);
    if (action == NULL) {
        snprintf(ret_call->name, sizeof(ret_call->name), "%s %.40s", request->method.ptr,
                 request->path.ptr);
        emu_call_problem(ret_call, 404, "NotFound", "There is no such item.");
        return;
    }
    snprintf(ret_call->name, sizeof(ret_call->name), "%s", action);
    ret_call->action = emu_service_action(EMU_METADATA, request->cloud, ens_str_of(ret_call->name));
}

/* Errors are pages, not the JSON of the cloud's API. */
static void refuse(const struct emu_request *request, const struct emu_call *call,
                   const struct emu_refusal *refusal, struct emu_reply *reply)
{
    (void)request;
    (void)call;
    ens_str page = ens_arena_printf(
        reply->arena, "<html>\n<head><title>%d %s</title></head>\n<body>%s</body>\n</html>\n",
        refusal->status, refusal->code, refusal->message);
    emu_reply_page(reply, refusal->status, "text/html", page.ptr);
    emu_reply_code(reply, refusal->code);
}

static void refuse_with(const struct emu_context *context, int status, const char *code,
                        const char *message, struct emu_reply *reply)
{
    const struct emu_refusal refusal = {status, code, message};
    refuse(context->request, context->call, &refusal, reply);
}

static void put_token(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_request *request = context->request;
    int64_t ttl_s = 0;
    if (!emu_number_read(emu_header(request, services[request->cloud].ttl_header), 1, MAX_TTL_S,
                         &ttl_s)) {
        refuse_with(context, 400, "BadRequest", "The time to live is missing or not 1 to 21600.",
                    reply);
        return;
    }
    ens_str expires =
        ens_arena_printf(request->arena, "%lld", (long long)(request->wall_ms + ttl_s * 1000));
    ens_str token = ens_arena_printf(request->arena, "%.*s.%.*s", ENS_STR_ARG(expires),
                                     ENS_STR_ARG(mac_of(request->arena, request->cloud, expires)));
    emu_reply_page(reply, 200, "text/plain", token.ptr);
    reply->granted = json_pack("{s:s}", "token", token.ptr);
}

static void list_roles(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_request *request = context->request;
    const struct emu_attachment *attached = &context->world->attached[request->cloud];
    json_t *names = json_array();
    ENS_AUTO_BUF lines = ens_buf_new(EMU_MAX_BODY);
    for (size_t i = 0; i < attached->role_count; i++) {
        ens_str name = attached->roles[i]->short_name;
        json_array_append_new(names, emu_json_text(name));
        ens_buf_addf(&lines, "%.*s\n", ENS_STR_ARG(name));
    }
    bool json = request->cloud == EMU_VOLCENGINE &&
                ens_str_is(emu_fields_get(&request->params, "format"), "json");
    if (attached->role_count == 0) {
        refuse_with(context, 404, "NotFound", "No role is attached.", reply);
    } else if (json) {
        emu_reply_json(reply, 200, json_incref(names));
    } else {
        emu_reply_page(reply, 200, "text/plain", ens_buf_text(&lines));
    }
    json_decref(names);
}

/* The role that the path names, or the only one; NULL if it is not attached. */
static const struct emu_role *asked_role(const struct emu_context *context)
{
    const struct emu_request *request = context->request;
    const struct service *service = &services[request->cloud];
    const struct emu_attachment *attached = &context->world->attached[request->cloud];
    if (service->keys_path != NULL) {
        return attached->role_count == 0 ? NULL : attached->roles[0];
    }
    ens_str name = below(request->path, service->roles_path);
    for (size_t i = 0; i < attached->role_count; i++) {
        if (ens_str_eq((ens_str){name.ptr + 1, name.len - 1}, attached->roles[i]->short_name)) {
            return attached->roles[i];
        }
    }
    return NULL;
}

static json_t *document(enum emu_cloud cloud, const struct emu_grant *grant)
{
    const struct emu_key *key = &grant->key;
    char issued[EMU_DATE_SIZE], expires[EMU_DATE_SIZE];
    if (cloud == EMU_VOLCENGINE) {
        emu_date_write_beijing(issued, grant->issued_s);
        emu_date_write_beijing(expires, grant->expires_s);
        return json_pack("{s:s, s:s, s:s, s:s, s:s}", "CurrentTime", issued, "ExpiredTime", expires,
                         "AccessKeyId", key->access_key.ptr, "SecretAccessKey", key->secret_key.ptr,
                         "SessionToken", key->security_token.ptr);
    }
    emu_date_write_extended(issued, grant->issued_s);
    emu_date_write_extended(expires, grant->expires_s);
    if (cloud == EMU_BAIDU) {
        return json_pack("{s:s, s:s, s:s, s:s, s:s}", "accessKeyId", key->access_key.ptr,
                         "secretAccessKey", key->secret_key.ptr, "sessionToken",
                         key->security_token.ptr, "createTime", issued, "expiration", expires);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "Code", "Success", "LastUpdated", issued,
                     "AccessKeyId", key->access_key.ptr, "AccessKeySecret", key->secret_key.ptr,
                     "SecurityToken", key->security_token.ptr, "Expiration", expires);
}

static void get_credentials(const struct emu_context *context, struct emu_reply *reply)
{
    enum emu_cloud cloud = context->request->cloud;
    const struct emu_role *role = asked_role(context);
    if (role == NULL) {
        refuse_with(context, 404, "NotFound", "No such role is attached.", reply);
        return;
    }
    struct emu_grant grant =
        emu_grant_keys(context, role, ENS_STR("instance"),
                       cloud == EMU_BAIDU ? BAIDU_DURATION_S : DURATION_S, reply);
    emu_reply_json(reply, 200, document(cloud, &grant));
}

static void answer(const struct emu_context *context, struct emu_reply *reply)
{
    const char *action = context->call->action;
    if (strcmp(action, "PutToken") == 0) {
        put_token(context, reply);
    } else if (strcmp(action, "ListRoles") == 0) {
        list_roles(context, reply);
    } else {
        get_credentials(context, reply);
    }
}

const struct emu_api emu_metadata = {
    .verify = check_token,
    .read = read,
    .answer = answer,
    .refuse = refuse,
    .throttled = {429, "TooManyRequests", "Too many requests."},
};

/* ---- Alibaba Cloud's credentials URI -------------------------------------------------------- */

static void read_uri(const struct emu_request *request, const struct emu_verdict *verdict,
                     struct emu_call *ret_call)
{
    (void)verdict;
    if (!ens_str_is(request->method, "GET") || !ens_str_is(request->path, "/credentials")) {
        snprintf(ret_call->name, sizeof(ret_call->name), "%s %.40s", request->method.ptr,
                 request->path.ptr);
        emu_call_problem(ret_call, 404, "NotFound", "There is no such item.");
        return;
    }
    snprintf(ret_call->name, sizeof(ret_call->name), "GetCredentials");
    ret_call->action = emu_service_action(EMU_KEYS_URI, EMU_ALIBABA, ens_str_of(ret_call->name));
}

static void answer_uri(const struct emu_context *context, struct emu_reply *reply)
{
    const struct emu_role *role = context->world->uri_role;
    if (role == NULL) {
        refuse_with(context, 404, "NotFound", "The world has no credentials_uri.", reply);
        return;
    }
    struct emu_grant grant = emu_grant_keys(context, role, ENS_STR("sidecar"), DURATION_S, reply);
    emu_reply_json(reply, 200, document(EMU_ALIBABA, &grant));
}

const struct emu_api emu_keys_uri = {
    .read = read_uri,
    .answer = answer_uri,
    .refuse = refuse,
    .throttled = {429, "TooManyRequests", "Too many requests."},
};
