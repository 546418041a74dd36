/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/service.h"

#include <stdio.h>

#include "base/alloc.h"
#include "ensure_v1/convert.h"
#include "ensure_v1/diagnose.h"
#include "ensure_v1/find.h"
#include "ensure_v1/plan_apply.h"
#include "ensure_v1/protocol.h"

#define WHERE_SIZE 48

/* Used by the server's thread only. */
struct ens_ensure_v1 {
    struct ens_v1_context context;
    const char *version;
    const struct ens_diags *warnings;
};

static void get_capabilities(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const struct ens_ensure_v1 *ensure = ud;
    struct ens_arena *arena = ens_rpc_call_arena(call);
    const struct ens_capabilities capabilities = ens_registry_capabilities(
        ens_engine_registry(ensure->context.engine), ensure->version, ensure->warnings, arena);
    Ensure__V1__GetCapabilitiesResponse reply;

    (void)request;
    ens_capabilities_to_proto(arena, &capabilities, &reply);
    ens_rpc_call_reply(call, &reply.base);
}

static ens_rc read_defaults(const Ensure__V1__Defaults *message, struct ens_defaults *ret,
                            struct ens_diags *diags)
{
    if (message == NULL) {
        *ret = (struct ens_defaults){0};
        return ENS_OK;
    }
    ens_rc rc = ens_timeout_check(message->plan_timeout_ms, "defaults.plan_timeout_ms", diags);
    if (rc == ENS_OK) {
        rc = ens_timeout_check(message->apply_timeout_ms, "defaults.apply_timeout_ms", diags);
    }
    if (rc == ENS_OK) {
        *ret = (struct ens_defaults){message->plan_timeout_ms, message->apply_timeout_ms,
                                     message->no_dry_run != 0};
    }
    return rc;
}

/* Checks that every cloud has a provider and is listed once; this limits their number, too. */
static ens_rc check_clouds(const struct ens_registry *registry,
                           const Ensure__V1__ConfigureRequest *request, struct ens_diags *diags)
{
    char where[WHERE_SIZE];

    for (size_t i = 0; i < request->n_clouds; i++) {
        ens_str cloud = ens_str_of(request->clouds[i]->cloud);
        (void)snprintf(where, sizeof(where), "clouds[%zu].cloud", i);
        ens_rc rc = ens_registry_require(registry, cloud, where, diags);
        if (rc != ENS_OK) {
            return rc;
        }
        for (size_t j = 0; j < i; j++) {
            if (ens_str_is(cloud, request->clouds[j]->cloud)) {
                return ens_fail(diags, ENS_INVALID, where, "%s is configured twice",
                                request->clouds[i]->cloud);
            }
        }
    }
    return ENS_OK;
}

static struct ens_role_settings role_of(const Ensure__V1__RoleSettings *message)
{
    if (message == NULL) {
        return (struct ens_role_settings){0};
    }
    return (struct ens_role_settings){
        .role = ens_str_of(message->role),
        .session_name = ens_str_of(message->session_name),
        .duration_s = message->duration_seconds,
        .policy = ens_str_of(message->policy),
        .external_id = ens_str_of(message->external_id),
    };
}

static struct ens_oidc_settings oidc_of(const Ensure__V1__OidcSettings *message)
{
    if (message == NULL) {
        return (struct ens_oidc_settings){0};
    }
    return (struct ens_oidc_settings){
        .role = ens_str_of(message->role),
        .provider = ens_str_of(message->provider),
        .token = ens_str_of(message->token),
        .token_file = ens_str_of(message->token_file),
        .session_name = ens_str_of(message->session_name),
        .duration_s = message->duration_seconds,
        .policy = ens_str_of(message->policy),
    };
}

static ens_rc configure_engine(struct ens_engine *engine, struct ens_arena *arena,
                               const Ensure__V1__ConfigureRequest *request, struct ens_diags *diags)
{
    struct ens_policy policy = {0};
    struct ens_cloud_settings *settings =
        ens_arena_array(arena, request->n_clouds, sizeof(*settings));

    for (size_t i = 0; i < request->n_clouds; i++) {
        const Ensure__V1__CloudSettings *message = request->clouds[i];
        settings[i] = (struct ens_cloud_settings){
            .cloud = ens_str_of(message->cloud),
            .access_key = ens_str_of(message->access_key),
            .secret_key = ens_str_of(message->secret_key),
            .security_token = ens_str_of(message->security_token),
            .profile = ens_str_of(message->profile),
            .region = ens_str_of(message->region),
            .endpoint = ens_str_of(message->endpoint),
            .assume_role = role_of(message->assume_role),
            .assume_role_with_oidc = oidc_of(message->assume_role_with_oidc),
            .metadata_role = ens_str_of(message->metadata_role),
        };
    }
    ens_rc rc = ens_policy_from_proto(arena, request->policy, request->n_policy, "Configure",
                                      &policy, diags);
    return rc == ENS_OK ? ens_engine_configure(engine, settings, request->n_clouds, &policy, diags)
                        : rc;
}

static void configure(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_ensure_v1 *ensure = ud;
    const Ensure__V1__ConfigureRequest *asked = (const Ensure__V1__ConfigureRequest *)request;
    struct ens_defaults defaults = {0};
    Ensure__V1__ConfigureResponse reply = ENSURE__V1__CONFIGURE_RESPONSE__INIT;
    ENS_AUTO_DIAGS diags = {0};

    ens_rc rc = read_defaults(asked->defaults, &defaults, &diags);
    if (rc == ENS_OK) {
        rc = check_clouds(ens_engine_registry(ensure->context.engine), asked, &diags);
    }
    if (rc == ENS_OK) {
        rc = configure_engine(ensure->context.engine, ens_rpc_call_arena(call), asked, &diags);
    }
    if (rc != ENS_OK) {
        ens_refuse_call(call, &diags);
        return;
    }
    ensure->context.defaults = defaults;
    ens_rpc_call_reply(call, &reply.base);
}

static void plan(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_ensure_v1 *ensure = ud;

    ens_v1_plan(&ensure->context, call, (const Ensure__V1__PlanRequest *)request);
}

static void apply(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_ensure_v1 *ensure = ud;

    ens_v1_apply(&ensure->context, call, (const Ensure__V1__ApplyRequest *)request);
}

static void diagnose(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_ensure_v1 *ensure = ud;

    ens_v1_diagnose(&ensure->context, call, (const Ensure__V1__DiagnoseRequest *)request);
}

static void find(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    struct ens_ensure_v1 *ensure = ud;

    ens_v1_find(&ensure->context, call, (const Ensure__V1__FindRequest *)request);
}

static void stop(void *ud, struct ens_rpc_call *call, const ProtobufCMessage *request)
{
    const struct ens_ensure_v1 *ensure = ud;
    Ensure__V1__StopResponse reply = ENSURE__V1__STOP_RESPONSE__INIT;

    (void)request;
    ens_engine_cancel_all(ensure->context.engine);
    ens_rpc_call_reply(call, &reply.base);
}

static const struct ens_rpc_method methods[] = {
    {ENS_V1_GET_CAPABILITIES, &ensure__v1__get_capabilities_request__descriptor, get_capabilities},
    {ENS_V1_CONFIGURE, &ensure__v1__configure_request__descriptor, configure},
    {ENS_V1_PLAN, &ensure__v1__plan_request__descriptor, plan},
    {ENS_V1_APPLY, &ensure__v1__apply_request__descriptor, apply},
    {ENS_V1_DIAGNOSE, &ensure__v1__diagnose_request__descriptor, diagnose},
    {ENS_V1_FIND, &ensure__v1__find_request__descriptor, find},
    {ENS_V1_STOP, &ensure__v1__stop_request__descriptor, stop},
};

struct ens_ensure_v1 *ens_ensure_v1_new(const struct ens_ensure_v1_options *options)
{
    struct ens_ensure_v1 *ensure = ens_alloc(sizeof(*ensure));

    ensure->context.engine = options->engine;
    ensure->context.clock = options->clock;
    ensure->version = options->version;
    ensure->warnings = options->warnings;
    return ensure;
}

struct ens_rpc_service ens_ensure_v1_service(struct ens_ensure_v1 *ensure)
{
    return (struct ens_rpc_service){methods, ENS_COUNT(methods), ensure};
}

void ens_ensure_v1_free(struct ens_ensure_v1 *ensure)
{
    ens_free(ensure);
}
