/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/find.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "ensure_v1/convert.h"
#include "rpc/room.h"

#define WHERE_SIZE 48

/* A call and the find whose events it sends; allocated in the call's arena. */
struct find_stream {
    struct ens_engine *engine;
    struct ens_rpc_call *call;
    struct ens_rpc_room room;
    ens_job_id job; /* 0 until submitted; used by the server's thread only */
    bool gone;      /* the client disconnected before the find was submitted */
    char created_at[ENS_TIMESTAMP_SIZE];
};

/* ---- events: on the engine's thread ---------------------------------------------------------- */

static void on_found(void *ud, const struct ens_finding *finding)
{
    struct find_stream *stream = ud;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__FindEvent event = ENSURE__V1__FIND_EVENT__INIT;
    Ensure__V1__FoundInstance instance;

    ens_finding_to_proto(arena, finding, &instance);
    event.event_case = ENSURE__V1__FIND_EVENT__EVENT_INSTANCE;
    event.instance = &instance;
    ens_rpc_call_send(stream->call, &event.base);
}

static void on_failed(void *ud, const struct ens_find_failure *failure)
{
    struct find_stream *stream = ud;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__FindEvent event = ENSURE__V1__FIND_EVENT__INIT;
    Ensure__V1__FindFailure message;

    ens_find_failure_to_proto(arena, failure, &message);
    event.event_case = ENSURE__V1__FIND_EVENT__EVENT_FAILURE;
    event.failure = &message;
    ens_rpc_call_send(stream->call, &event.base);
}

static bool has_room(void *ud)
{
    struct find_stream *stream = ud;

    return ens_rpc_room_there(&stream->room);
}

static void on_done(void *ud, const struct ens_find_end *end)
{
    struct find_stream *stream = ud;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__FindEvent event = ENSURE__V1__FIND_EVENT__INIT;
    Ensure__V1__FindSummary summary = ENSURE__V1__FIND_SUMMARY__INIT;

    summary.total = end->total;
    summary.failed = end->failed;
    summary.created_at = stream->created_at;
    summary.n_warnings = end->warning_count;
    summary.warnings = ens_arena_array(arena, end->warning_count, sizeof(char *));
    for (size_t i = 0; i < end->warning_count; i++) {
        summary.warnings[i] = ens_proto_text(arena, end->warnings[i]);
    }
    event.event_case = ENSURE__V1__FIND_EVENT__EVENT_SUMMARY;
    event.summary = &summary;
    ens_rpc_call_send(stream->call, &event.base);
    ens_rpc_call_finish(stream->call, ENS_RPC_OK, NULL);
}

/* ---- requests: on the server's thread -------------------------------------------------------- */

static void resume(void *ud)
{
    struct find_stream *stream = ud;

    ens_engine_resume(stream->engine, stream->job);
}

static void on_gone(void *ud)
{
    struct find_stream *stream = ud;

    stream->gone |= stream->job == 0;
    ens_engine_cancel(stream->engine, stream->job);
}

/* Submits the find; from then on the engine's thread owns the call. */
static void submit(struct ens_v1_context *context, struct ens_rpc_call *call,
                   struct ens_find_request *find)
{
    struct find_stream *stream = ens_arena_alloc(ens_rpc_call_arena(call), sizeof(*stream));

    stream->engine = context->engine;
    stream->call = call;
    ens_timestamp_format(context->clock->unix_ms(context->clock->ud) / 1000, stream->created_at);
    ens_rpc_room_begin(&stream->room, call, resume, stream);
    ens_rpc_call_on_gone(call, on_gone, stream);
    if (stream->gone) {
        ens_rpc_call_finish(call, ENS_RPC_CANCELLED, NULL);
        return;
    }
    find->events = (struct ens_find_events){
        .found = on_found,
        .failed = on_failed,
        .has_room = has_room,
        .done = on_done,
        .ud = stream,
    };
    /* The call may be finished before this returns, but only this thread frees it. */
    stream->job = ens_engine_find(context->engine, find);
}

static ens_rc read_selectors(const struct ens_v1_context *context, struct ens_arena *arena,
                             const Ensure__V1__FindRequest *request, struct ens_selector *selectors,
                             struct ens_diags *diags)
{
    char where[WHERE_SIZE];
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < request->n_select; i++) {
        (void)snprintf(where, sizeof(where), "select[%zu]", i);
        rc = ens_selector_from_proto(arena, request->select[i], where, &selectors[i], diags);
        if (rc == ENS_OK) {
            rc = ens_registry_require(ens_engine_registry(context->engine), selectors[i].cloud,
                                      where, diags);
        }
    }
    return rc;
}

void ens_v1_find(struct ens_v1_context *context, struct ens_rpc_call *call,
                 const Ensure__V1__FindRequest *request)
{
    struct ens_arena *arena = ens_rpc_call_arena(call);
    ENS_AUTO_DIAGS diags = {0};
    struct ens_selector *selectors = ens_arena_array(arena, request->n_select, sizeof(*selectors));
    struct ens_find_request find = {
        .selectors = selectors,
        .count = request->n_select,
        .timeout_ms =
            request->timeout_ms != 0 ? request->timeout_ms : context->defaults.plan_timeout_ms,
    };

    ens_rc rc = ens_engine_ready(context->engine, &diags);
    if (rc == ENS_OK) {
        rc = ens_timeout_check(request->timeout_ms, "timeout_ms", &diags);
    }
    if (rc == ENS_OK && request->n_select > ENS_SELECTORS_MAX) {
        rc = ens_fail(&diags, ENS_LIMIT, "select", "expected at most %d selectors, got %zu",
                      ENS_SELECTORS_MAX, request->n_select);
    }
    if (rc == ENS_OK) {
        rc = read_selectors(context, arena, request, selectors, &diags);
    }
    if (rc == ENS_OK) {
        submit(context, call, &find);
    } else {
        ens_refuse_call(call, &diags);
    }
}
