/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include "world_read.h"

#include <stdio.h>

static void done(struct emu_reply *reply)
{
    emu_reply_json(reply, 200, json_pack("{s:b}", "ok", 1));
}

static void fail(struct emu_reply *reply, int status, ens_str sentence)
{
    json_t *error = json_object();
    json_object_set_new(error, "error", emu_json_text(sentence));
    emu_reply_json(reply, status, error);
}

static void fail_with(struct emu_reply *reply, const struct ens_diags *diags)
{
    const struct ens_diag *diag = &diags->items[0];
    fail(reply, 400, ens_arena_printf(reply->arena, "%s: %s", diag->where, diag->summary));
}

static void get_ledger(struct emu_emulator *emulator, const struct emu_request *request,
                       json_t *body, struct emu_reply *reply)
{
    (void)body;
    bool with_requests = !ens_str_is(emu_fields_get(&request->params, "requests"), "no");
    emu_reply_json(reply, 200, emu_ledger_json(&emulator->ledger, &emulator->world, with_requests));
}

static void get_faults(struct emu_emulator *emulator, const struct emu_request *request,
                       json_t *body, struct emu_reply *reply)
{
    (void)request;
    (void)body;
    emu_reply_json(reply, 200, emu_faults_json(&emulator->faults));
}

static void delete_faults(struct emu_emulator *emulator, const struct emu_request *request,
                          json_t *body, struct emu_reply *reply)
{
    (void)request;
    (void)body;
    emu_faults_clear(&emulator->faults);
    done(reply);
}

static void post_faults(struct emu_emulator *emulator, const struct emu_request *request,
                        json_t *body, struct emu_reply *reply)
{
    (void)request;
    if (!json_is_array(body)) {
        fail(reply, 400, ENS_STR("/faults takes a JSON list of fault specifications"));
        return;
    }
    for (size_t i = 0; i < json_array_size(body); i++) {
        const char *spec = json_string_value(json_array_get(body, i));
        ENS_AUTO_DIAGS diags = {0};
        if (!emu_faults_add(&emulator->faults, spec == NULL ? "" : spec, &diags)) {
            fail_with(reply, &diags);
            return;
        }
    }
    done(reply);
}

static void put_faults(struct emu_emulator *emulator, const struct emu_request *request,
                       json_t *body, struct emu_reply *reply)
{
    emu_faults_clear(&emulator->faults);
    post_faults(emulator, request, body, reply);
}

static void get_instances(struct emu_emulator *emulator, const struct emu_request *request,
                          json_t *body, struct emu_reply *reply)
{
    (void)body;
    (void)request;
    int64_t now_ms = emulator->clock.mono_ms(emulator->clock.ud);
    json_t *list = json_array();
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (size_t i = 0; i < emulator->world.instance_count[cloud]; i++) {
            struct emu_instance *one = emulator->world.instances[cloud][i];
            if (one->gone) {
                continue;
            }
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "cloud",
                                                  emu_cloud_name(one->cloud), "region", one->region,
                                                  "id", one->id, "account", one->account, "status",
                                                  emu_instance_status(one, now_ms), "starts",
                                                  (json_int_t)one->starts));
        }
    }
    emu_reply_json(reply, 200, list);
}

static void post_instances(struct emu_emulator *emulator, const struct emu_request *request,
                           json_t *body, struct emu_reply *reply)
{
    (void)request;
    size_t count = json_is_array(body) ? json_array_size(body) : 1;
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_is_array(body) ? json_array_get(body, i) : body;
        char where[48];
        ENS_AUTO_DIAGS diags = {0};
        snprintf(where, sizeof(where), "/instances[%zu]", i);
        if (!emu_world_put(&emulator->world, where, one, &diags)) {
            fail_with(reply, &diags);
            return;
        }
    }
    done(reply);
}

static void post_clock(struct emu_emulator *emulator, const struct emu_request *request,
                       json_t *body, struct emu_reply *reply)
{
    (void)request;
    const json_t *offset = json_object_get(body, "offset_ms");
    if (!json_is_integer(offset) || json_object_size(body) != 1) {
        fail(reply, 400, ENS_STR("/clock takes {\"offset_ms\": N}"));
        return;
    }
    emulator->clock_offset_ms = json_integer_value(offset);
    done(reply);
}

static void post_reset(struct emu_emulator *emulator, const struct emu_request *request,
                       json_t *body, struct emu_reply *reply)
{
    (void)body;
    emu_ledger_reset(&emulator->ledger, &emulator->world);
    if (ens_str_is(emu_fields_get(&request->params, "world"), "yes")) {
        emu_world_restore(&emulator->world);
        emu_emulator_reset_tokens(emulator);
    }
    done(reply);
}

static void post_revoke(struct emu_emulator *emulator, const struct emu_request *request,
                        json_t *body, struct emu_reply *reply)
{
    (void)request;
    (void)body;
    emu_emulator_revoke(emulator);
    done(reply);
}

static const struct route {
    const char *method, *path;
    bool body; /* the request needs a JSON body */
    void (*serve)(struct emu_emulator *emulator, const struct emu_request *request, json_t *body,
                  struct emu_reply *reply);
} routes[] = {
    {"GET", "/ledger", false, get_ledger},       {"POST", "/reset", false, post_reset},
    {"GET", "/faults", false, get_faults},       {"POST", "/faults", true, post_faults},
    {"PUT", "/faults", true, put_faults},        {"DELETE", "/faults", false, delete_faults},
    {"GET", "/instances", false, get_instances}, {"POST", "/instances", true, post_instances},
    {"POST", "/clock", true, post_clock},        {"POST", "/revoke", false, post_revoke},
};

static const struct route *find_route(const struct emu_request *request)
{
    for (size_t i = 0; i < ENS_COUNT(routes); i++) {
        if (ens_str_is(request->method, routes[i].method) &&
            ens_str_is(request->path, routes[i].path)) {
            return &routes[i];
        }
    }
    return NULL;
}

void emu_control_serve(struct emu_emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply)
{
    const struct route *route = find_route(request);
    if (route == NULL) {
        fail(reply, 404,
             ENS_STR("expected GET /ledger, POST /reset, GET POST PUT or DELETE /faults, GET or "
                     "POST /instances, POST /clock, POST /revoke"));
        return;
    }
    json_error_t error;
    json_t *body = NULL;
    if (route->body) {
        body = json_loadb(ens_buf_text(&request->body), request->body.len, JSON_REJECT_DUPLICATES,
                          &error);
        if (body == NULL) {
            fail(reply, 400,
                 ens_arena_printf(reply->arena, "%s %s: the body is not JSON: %s", route->method,
                                  route->path, error.text));
            return;
        }
    }
    route->serve(emulator, request, body, reply);
    json_decref(body);
}
