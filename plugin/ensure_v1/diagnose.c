/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/diagnose.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "ensure_v1/convert.h"

#define WHERE_SIZE 48

/* A call and its checkup; allocated in the call's arena. */
struct diagnose_call {
    struct ens_engine *engine;
    struct ens_rpc_call *call;
    ens_job_id checkup; /* 0 until submitted; used by the server's thread only */
    bool gone;          /* the client disconnected before it was submitted */
    char created_at[ENS_TIMESTAMP_SIZE];
};

/* On the engine's thread. */
static void on_done(void *ud, const struct ens_diagnoses *diagnoses)
{
    struct diagnose_call *diagnose = ud;
    struct ens_diagnoses dated = *diagnoses;
    Ensure__V1__DiagnoseResponse reply;

    struct ens_arena *arena = ens_rpc_call_arena(diagnose->call);

    dated.created_at = ens_str_of(diagnose->created_at);
    dated.policy = ens_engine_policy(diagnose->engine, arena);
    ens_diagnoses_to_proto(arena, &dated, &reply);
    ens_rpc_call_reply(diagnose->call, &reply.base);
}

static void on_gone(void *ud)
{
    struct diagnose_call *diagnose = ud;

    if (diagnose->checkup == 0) {
        diagnose->gone = true;
    } else {
        ens_engine_cancel(diagnose->engine, diagnose->checkup);
    }
}

static ens_rc read_places(const struct ens_v1_context *context,
                          const Ensure__V1__DiagnoseRequest *request, struct ens_place *ret,
                          struct ens_diags *diags)
{
    char where[WHERE_SIZE];

    for (size_t i = 0; i < request->n_clouds; i++) {
        (void)snprintf(where, sizeof(where), "clouds[%zu]", i);
        ens_rc rc = ens_place_parse(ens_str_of(request->clouds[i]), where, &ret[i], diags);
        if (rc == ENS_OK) {
            rc = ens_registry_require(ens_engine_registry(context->engine), ret[i].cloud, where,
                                      diags);
        }
        if (rc != ENS_OK) {
            return rc;
        }
    }
    return ENS_OK;
}

void ens_v1_diagnose(struct ens_v1_context *context, struct ens_rpc_call *call,
                     const Ensure__V1__DiagnoseRequest *request)
{
    struct ens_arena *arena = ens_rpc_call_arena(call);
    struct diagnose_call *diagnose = ens_arena_alloc(arena, sizeof(*diagnose));
    struct ens_place *places = ens_arena_array(arena, request->n_clouds, sizeof(*places));
    ENS_AUTO_DIAGS diags = {0};

    ens_rc rc = ens_engine_ready(context->engine, &diags);
    if (rc == ENS_OK && request->n_clouds > ENS_DIAGNOSES_MAX) {
        rc = ens_fail(&diags, ENS_LIMIT, "clouds", "expected at most %u, found %zu",
                      ENS_DIAGNOSES_MAX, request->n_clouds);
    }
    if (rc == ENS_OK) {
        rc = read_places(context, request, places, &diags);
    }
    if (rc != ENS_OK) {
        ens_refuse_call(call, &diags);
        return;
    }
    *diagnose = (struct diagnose_call){.engine = context->engine, .call = call};
    ens_timestamp_format(context->clock->unix_ms(context->clock->ud) / 1000, diagnose->created_at);
    ens_rpc_call_on_gone(call, on_gone, diagnose);
    if (diagnose->gone) {
        ens_rpc_call_finish(call, ENS_RPC_CANCELLED, NULL);
        return;
    }
    /* The call may be finished before this returns, but only this thread frees it, so diagnose is
     * still valid. */
    diagnose->checkup =
        ens_engine_check(context->engine, &(struct ens_checkup_request){
                                              .places = places,
                                              .count = request->n_clouds,
                                              .timeout_ms = context->defaults.plan_timeout_ms,
                                              .events = {.done = on_done, .ud = diagnose},
                                          });
}
