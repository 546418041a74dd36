/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/plan_apply.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "base/utf8.h"
#include "ensure_v1/convert.h"
#include "ensure_v1/event_stream.h"

#define WHERE_SIZE     48
#define REQUEST_SOURCE "the request" /* of guards that name no source */

/* A streaming call and the job whose events it sends; allocated in the call's arena. */
struct job_stream {
    struct ens_engine *engine;
    struct ens_event_stream events;
    ens_job_id job; /* 0 until submitted; used by the server's thread only */
    bool gone;      /* the client disconnected before the job was submitted */
    char created_at[ENS_TIMESTAMP_SIZE];
};

void ens_refuse_call(struct ens_rpc_call *call, const struct ens_diags *diags)
{
    struct ens_arena *arena = ens_rpc_call_arena(call);
    ens_str sentence = ENS_STR("the request can't be used");

    if (diags->count > 0) {
        sentence = ens_utf8_clean(arena, ens_diag_line(arena, &diags->items[0]));
        sentence = ens_arena_dup(arena, sentence);
    }
    ens_rpc_call_finish(call, ENS_RPC_INVALID_ARGUMENT, sentence.ptr);
}

ens_rc ens_timeout_check(int64_t timeout_ms, const char *where, struct ens_diags *diags)
{
    if (timeout_ms < 0 || timeout_ms > ENS_TIMEOUT_MAX_MS) {
        return ens_fail(diags, ENS_INVALID, where, "%lld is not between 0 and %lld",
                        (long long)timeout_ms, (long long)ENS_TIMEOUT_MAX_MS);
    }
    return ENS_OK;
}

/* ---- events: on the engine's thread ---- */

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct job_stream *stream = ud;

    (void)index;
    ens_event_stream_result(&stream->events, result);
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    struct job_stream *stream = ud;

    (void)index;
    ens_event_stream_progress(&stream->events, so_far);
}

static bool has_room(void *ud)
{
    struct job_stream *stream = ud;

    return ens_event_stream_has_room(&stream->events);
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct job_stream *stream = ud;

    ens_event_stream_end(&stream->events, end);
}

static const struct ens_job_events job_events = {
    .result = on_result,
    .progress = on_progress,
    .has_room = has_room,
    .done = on_done,
};

/* ---- requests: on the server's thread ---- */

static void on_room(void *ud)
{
    const struct job_stream *stream = ud;

    ens_engine_resume(stream->engine, stream->job);
}

static void on_gone(void *ud)
{
    struct job_stream *stream = ud;

    if (stream->job == 0) {
        stream->gone = true;
    } else {
        ens_engine_cancel(stream->engine, stream->job);
    }
}

/* Submits the job; from then on the engine's thread owns the call. */
static void submit(struct ens_v1_context *context, struct ens_rpc_call *call,
                   struct ens_job_request *job, bool join)
{
    struct job_stream *stream = ens_arena_alloc(ens_rpc_call_arena(call), sizeof(*stream));

    stream->engine = context->engine;
    ens_timestamp_format(context->clock->unix_ms(context->clock->ud) / 1000, stream->created_at);
    ens_event_stream_begin(&stream->events, call, job->mode == ENS_MODE_APPLY, join,
                           ens_str_of(stream->created_at), &context->held);
    stream->events.on_room = on_room;
    stream->events.on_room_ud = stream;
    ens_rpc_call_on_gone(call, on_gone, stream);
    if (stream->gone) {
        ens_rpc_call_finish(call, ENS_RPC_CANCELLED, NULL);
        return;
    }
    job->events.ud = stream;
    /* The call may be finished before this returns, but only this thread frees it, so stream is
     * still valid. */
    stream->job = ens_engine_submit(context->engine, job);
}

static ens_rc read_target(const struct ens_v1_context *context, const char *text, const char *where,
                          struct ens_target *ret, struct ens_diags *diags)
{
    ens_rc rc = ens_target_parse(ens_str_of(text), where, ret, diags);

    return rc != ENS_OK ? rc
                        : ens_registry_require(ens_engine_registry(context->engine), ret->cloud,
                                               where, diags);
}

/* Reads a fleet. A target that is listed twice counts once. */
static ens_rc read_targets(const struct ens_v1_context *context, struct ens_arena *arena,
                           char *const *texts, size_t count, struct ens_job_request *job,
                           struct ens_diags *diags)
{
    struct ens_target_list *list = ens_arena_alloc(arena, sizeof(*list));
    char where[WHERE_SIZE];

    list->arena = arena;
    for (size_t i = 0; i < count; i++) {
        struct ens_target target = {0};
        (void)snprintf(where, sizeof(where), "targets[%zu]", i);
        ens_rc rc = read_target(context, texts[i], where, &target, diags);
        if (rc == ENS_OK) {
            rc = ens_target_list_add(list, &target, NULL, diags);
        }
        if (rc != ENS_OK) {
            return rc;
        }
    }
    job->list = list;
    return ENS_OK;
}

/* Reads a plan. Only targets that the plan would start may be started; so a target that is listed
 * twice, possibly with two actions, is an error. */
static ens_rc read_plan(const struct ens_v1_context *context, struct ens_arena *arena,
                        const Ensure__V1__ApplyRequest *request, struct ens_job_request *job,
                        struct ens_diags *diags)
{
    struct ens_target_list list = {.arena = arena};
    struct ens_target_request *targets = NULL;
    char where[WHERE_SIZE];

    if (request->n_plan > ENS_RESULTS_MAX) {
        return ens_fail(diags, ENS_LIMIT, "plan", "%zu instances: expected at most %d",
                        request->n_plan, ENS_RESULTS_MAX);
    }
    targets = ens_arena_array(arena, request->n_plan, sizeof(*targets));
    for (size_t i = 0; i < request->n_plan; i++) {
        struct ens_result planned = {0};
        (void)snprintf(where, sizeof(where), "plan[%zu]", i);
        ens_rc rc = ens_planned_from_proto(request->plan[i], where, &planned, diags);
        if (rc == ENS_OK) {
            rc = ens_registry_require(ens_engine_registry(context->engine), planned.target.cloud,
                                      where, diags);
        }
        if (rc == ENS_OK) {
            rc = ens_target_list_add(&list, &planned.target, NULL, diags);
        }
        if (rc != ENS_OK) {
            return rc;
        }
        if (list.count <= i) {
            return ens_fail(diags, ENS_INVALID, where, "%s is in the plan twice",
                            request->plan[i]->target);
        }
        targets[i] = (struct ens_target_request){
            .target = ens_target_list_at(&list, i),
            .client_token = planned.client_token,
            .read_only = !ens_result_allows_start(&planned),
        };
        targets[i].confidence_known =
            planned.action == ENS_ACTION_START &&
            ens_confidence_parse(ens_str_of(request->plan[i]->confidence), &targets[i].confidence);
    }
    job->targets = targets;
    job->count = list.count;
    job->planned = true;
    return ENS_OK;
}

static ens_rc check(const struct ens_v1_context *context, int64_t timeout_ms,
                    struct ens_diags *diags)
{
    ens_rc rc = ens_engine_ready(context->engine, diags);

    return rc == ENS_OK ? ens_timeout_check(timeout_ms, "timeout_ms", diags) : rc;
}

void ens_v1_plan(struct ens_v1_context *context, struct ens_rpc_call *call,
                 const Ensure__V1__PlanRequest *request)
{
    ENS_AUTO_ARENA *request_arena = ens_rpc_call_take_request(call);
    struct ens_arena *arena = ens_rpc_call_arena(call);
    ENS_AUTO_DIAGS diags = {0};
    struct ens_policy policy = {0};
    struct ens_job_request job = {
        .mode = request->wait != 0 ? ENS_MODE_WAIT : ENS_MODE_PLAN,
        .policy = &policy,
        .timeout_ms =
            request->timeout_ms != 0 ? request->timeout_ms : context->defaults.plan_timeout_ms,
        .states_only = request->states_only != 0,
        .no_dry_run = request->no_dry_run != 0 || context->defaults.no_dry_run,
        .events = job_events,
    };

    ens_rc rc = check(context, request->timeout_ms, &diags);
    if (rc == ENS_OK) {
        rc = ens_policy_from_proto(arena, request->policy, request->n_policy, REQUEST_SOURCE,
                                   &policy, &diags);
    }
    if (rc == ENS_OK) {
        rc = read_targets(context, arena, request->targets, request->n_targets, &job, &diags);
    }
    if (rc == ENS_OK) {
        rc = ens_engine_check_count(context->engine, &job, &diags);
    }
    if (rc == ENS_OK) {
        submit(context, call, &job, request->join_events != 0);
    } else {
        ens_refuse_call(call, &diags);
    }
}

void ens_v1_apply(struct ens_v1_context *context, struct ens_rpc_call *call,
                  const Ensure__V1__ApplyRequest *request)
{
    ENS_AUTO_ARENA *request_arena = ens_rpc_call_take_request(call);
    struct ens_arena *arena = ens_rpc_call_arena(call);
    ENS_AUTO_DIAGS diags = {0};
    struct ens_policy policy = {0};
    struct ens_job_request job = {
        .mode = ENS_MODE_APPLY,
        .policy = &policy,
        .timeout_ms =
            request->timeout_ms != 0 ? request->timeout_ms : context->defaults.apply_timeout_ms,
        .no_dry_run = request->no_dry_run != 0 || context->defaults.no_dry_run,
        .events = job_events,
    };

    ens_rc rc = check(context, request->timeout_ms, &diags);
    if (rc == ENS_OK) {
        rc = ens_policy_from_proto(arena, request->policy, request->n_policy, REQUEST_SOURCE,
                                   &policy, &diags);
    }
    if (rc == ENS_OK && request->n_targets > 0 && request->n_plan > 0) {
        rc = ens_fail(&diags, ENS_INVALID, NULL, "an apply takes targets or a plan, not both");
    }
    if (rc == ENS_OK && request->n_plan > 0) {
        rc = read_plan(context, request_arena, request, &job, &diags);
    } else if (rc == ENS_OK) {
        rc = read_targets(context, arena, request->targets, request->n_targets, &job, &diags);
    }
    if (rc == ENS_OK) {
        rc = ens_engine_check_count(context->engine, &job, &diags);
    }
    if (rc == ENS_OK) {
        submit(context, call, &job, request->join_events != 0);
    } else {
        ens_refuse_call(call, &diags);
    }
}
