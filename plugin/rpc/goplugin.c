/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/goplugin.h"

#include <string.h>

#include "base/alloc.h"
#include "grpc_health.pb-c.h"
#include "plugin.pb-c.h"

/* An open stream; allocated in its call's arena. */
struct held {
    struct held *next;
    struct held **link; /* the pointer to this one */
    struct ens_goplugin *goplugin;
    struct ens_rpc_call *call;
};

struct ens_goplugin {
    struct ens_goplugin_events events;
    struct held *held;
    bool stopped;
};

static void release(struct held *held, enum ens_rpc_status status)
{
    *held->link = held->next;
    if (held->next != NULL) {
        held->next->link = held->link;
    }
    ens_rpc_call_finish(held->call, status, NULL);
}

static void on_gone(void *ud)
{
    struct held *held = ud;
    struct ens_goplugin *goplugin = held->goplugin;

    release(held, ENS_RPC_CANCELLED);
    if (goplugin->held == NULL && !goplugin->stopped) {
        goplugin->events.left(goplugin->events.ud);
    }
}

static void hold_stream(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_goplugin *goplugin = ud;

    (void)request;
    if (goplugin->stopped) {
        ens_rpc_call_finish(call, ENS_RPC_OK, NULL);
        return;
    }
    struct held *held = ens_arena_alloc(ens_rpc_call_arena(call), sizeof(*held));
    held->goplugin = goplugin;
    held->call = call;
    held->next = goplugin->held;
    held->link = &goplugin->held;
    if (held->next != NULL) {
        held->next->link = &held->next;
    }
    goplugin->held = held;
    ens_rpc_call_on_gone(call, on_gone, held);
}

static void shut_down(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_goplugin *goplugin = ud;
    Plugin__Empty reply = PLUGIN__EMPTY__INIT;

    (void)request;
    ens_rpc_call_reply(call, &reply.base);
    goplugin->events.shutdown(goplugin->events.ud);
}

static void check_health(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const Grpc__Health__V1__HealthCheckRequest *check =
        (const Grpc__Health__V1__HealthCheckRequest *)request;
    Grpc__Health__V1__HealthCheckResponse reply = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;

    (void)ud;
    if (check->service[0] != '\0' && strcmp(check->service, "plugin") != 0) {
        ens_rpc_call_finish(call, ENS_RPC_NOT_FOUND, "the plugin's health is that of \"plugin\"");
        return;
    }
    reply.status = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING;
    ens_rpc_call_reply(call, &reply.base);
}

static const struct ens_rpc_method methods[] = {
    {"/grpc.health.v1.Health/Check", &grpc__health__v1__health_check_request__descriptor,
     check_health},
    {ENS_RPC_SHUTDOWN, &plugin__empty__descriptor, shut_down},
    {"/plugin.GRPCStdio/StreamStdio", &plugin__empty__descriptor, hold_stream},
    {"/plugin.GRPCBroker/StartStream", NULL, hold_stream},
};

struct ens_goplugin *ens_goplugin_new(const struct ens_goplugin_events *events)
{
    struct ens_goplugin *goplugin = ens_alloc(sizeof(*goplugin));

    goplugin->events = *events;
    return goplugin;
}

struct ens_rpc_service ens_goplugin_service(struct ens_goplugin *goplugin)
{
    return (struct ens_rpc_service){methods, ENS_COUNT(methods), goplugin};
}

void ens_goplugin_stop(struct ens_goplugin *goplugin)
{
    goplugin->stopped = true;
    while (goplugin->held != NULL) {
        release(goplugin->held, ENS_RPC_OK);
    }
}

void ens_goplugin_free(struct ens_goplugin *goplugin)
{
    ens_free(goplugin);
}
