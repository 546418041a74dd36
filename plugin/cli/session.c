/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session_private.h"

#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "cli/plugin_path.h"
#include "core/result_pack.h"
#include "ensure/v1/ensure.pb-c.h"
#include "ensure_v1/convert.h"
#include "ensure_v1/protocol.h"
#include "os/os.h"

#define START_TIMEOUT_MS ((int64_t)20 * 1000)
#define GRACE_MS         ((int64_t)15 * 1000) /* beyond the timeout */
#define GRACE_TARGETS    20                   /* and a millisecond more for so many results */
#define TOLD_MAX         ((size_t)64 * 1024)  /* of the texts of one progress */

/* Starts the plugin, own: only if it is this program itself. */
static void start(struct ens_session *session, bool own)
{
    struct ens_rpc_client_options options = {.cookie_key = ENS_V1_COOKIE_KEY,
                                             .cookie_value = ENS_V1_COOKIE_VALUE,
                                             .app_version = ENS_V1_APP_VERSION,
                                             .start_timeout_ms = START_TIMEOUT_MS};

    session->started =
        ens_plugin_path(session->arena, &options.program, &options.inherits, &session->diags);
    if (session->started == ENS_OK && (options.inherits || !own)) {
        session->started = ens_rpc_client_start(&options, &session->client, &session->diags);
    }
}

struct ens_session *ens_session_begin(void)
{
    struct ens_session *session = ens_alloc(sizeof(*session));

    session->arena = ens_arena_new();
    start(session, true);
    return session;
}

ens_rc ens_session_ready(struct ens_session *session, struct ens_diags *diags)
{
    if (session->started == ENS_OK && session->client == NULL) {
        start(session, false);
    }
    ens_diags_append(diags, &session->diags);
    return session->started == ENS_OK ? ens_rpc_client_connect(session->client, diags)
                                      : session->started;
}

ens_rc ens_session_open(struct ens_session **ret, struct ens_diags *diags)
{
    struct ens_session *session = ens_session_begin();
    ens_rc rc = ens_session_ready(session, diags);

    if (rc == ENS_OK) {
        *ret = session;
    } else {
        ens_session_close(session);
    }
    return rc;
}

void ens_session_dismiss(struct ens_session *session)
{
    ens_rpc_client_dismiss(session->client);
}

void ens_session_close(struct ens_session *session)
{
    if (session != NULL) {
        ens_rpc_client_free(session->client);
        ens_diags_done(&session->diags);
        ens_arena_free(session->arena);
        ens_free(session);
    }
}

ens_rc ens_session_capabilities(struct ens_session *session, struct ens_arena *arena,
                                struct ens_capabilities *ret, struct ens_diags *diags)
{
    Ensure__V1__GetCapabilitiesRequest request = ENSURE__V1__GET_CAPABILITIES_REQUEST__INIT;
    ProtobufCMessage *reply = NULL;

    ens_rc rc = ens_rpc_client_unary(session->client, ENS_V1_GET_CAPABILITIES, &request.base,
                                     &ensure__v1__get_capabilities_response__descriptor, arena,
                                     &reply, diags);
    if (rc == ENS_OK) {
        *ret = ens_capabilities_from_proto(arena, (const void *)reply);
    }
    return rc;
}

/* ---- interruption ---------------------------------------------------------------------------- */

/* Sends Stop and does not wait for its reply: the stream of the running call ends soon after. */
static void send_stop(void *ud)
{
    struct ens_session *session = ud;
    Ensure__V1__StopRequest request = ENSURE__V1__STOP_REQUEST__INIT;

    if (session->stop == NULL) {
        session->stop = ens_rpc_client_stream(session->client, ENS_V1_STOP, &request.base,
                                              &ensure__v1__stop_response__descriptor);
    }
}

static void cancel_stream(void *ud)
{
    struct ens_session *session = ud;

    ens_rpc_stream_cancel(session->stream);
}

/* The deadline of the call: the plugin observes the timeout itself; this longer one ends the call
 * of a plugin that hangs. */
static int64_t bound_ms(int64_t timeout_ms, int64_t longest_ms)
{
    return (timeout_ms == 0 ? longest_ms : timeout_ms) + GRACE_MS;
}

void ens_session_watch(struct ens_session *session, struct ens_rpc_stream *stream,
                       int64_t timeout_ms, int64_t longest_ms)
{
    session->stream = stream;
    session->interruptible =
        (struct ens_interruptible){.stop = send_stop, .cancel = cancel_stream, .ud = session};
    ens_rpc_stream_bound(stream, bound_ms(timeout_ms, longest_ms));
    ens_interrupt_watch(&session->interruptible);
}

void ens_session_unwatch(struct ens_session *session)
{
    ens_interrupt_watch(NULL);
    ens_rpc_stream_free(session->stream);
    ens_rpc_stream_free(session->stop);
    session->stream = NULL;
    session->stop = NULL;
}

/* ---- requests -------------------------------------------------------------------------------- */

static char **target_texts(struct ens_arena *arena, const struct ens_document *input)
{
    char **texts = ens_arena_array(arena, input->count, sizeof(*texts));

    for (size_t i = 0; i < input->count; i++) {
        const struct ens_target target = ens_target_list_at(&input->targets, i);
        texts[i] = (char *)(uintptr_t)ens_target_text(arena, &target).ptr;
    }
    return texts;
}

static Ensure__V1__InstancePlan **planned(struct ens_arena *arena, const struct ens_document *plan)
{
    Ensure__V1__InstancePlan **list =
        ens_arena_array(arena, plan->count, sizeof(Ensure__V1__InstancePlan *));
    Ensure__V1__InstancePlan *items = ens_arena_array(arena, plan->count, sizeof(*items));

    for (size_t i = 0; i < plan->count; i++) {
        const struct ens_result result = ens_document_result(plan, i);
        ens_result_to_proto(arena, &result, &items[i]);
        list[i] = &items[i];
    }
    return list;
}

static struct ens_rpc_stream *call_plan(struct ens_session *session, struct ens_arena *arena,
                                        const struct ens_operation *operation)
{
    Ensure__V1__PlanRequest request = ENSURE__V1__PLAN_REQUEST__INIT;

    request.n_targets = operation->input->count;
    request.targets = target_texts(arena, operation->input);
    request.timeout_ms = operation->timeout_ms;
    request.no_dry_run = operation->no_dry_run;
    request.wait = operation->wait;
    request.states_only = operation->view == ENS_VIEW_STATUS;
    request.join_events = true;
    request.policy = ens_policy_to_proto(arena, &operation->input->policy, &request.n_policy);
    return ens_rpc_client_stream(session->client, ENS_V1_PLAN, &request.base,
                                 &ensure__v1__plan_event__descriptor);
}

static struct ens_rpc_stream *call_apply(struct ens_session *session, struct ens_arena *arena,
                                         const struct ens_operation *operation)
{
    Ensure__V1__ApplyRequest request = ENSURE__V1__APPLY_REQUEST__INIT;

    if (operation->input->kind == ENS_DOCUMENT_PLAN) {
        request.n_plan = operation->input->count;
        request.plan = planned(arena, operation->input);
    } else {
        request.n_targets = operation->input->count;
        request.targets = target_texts(arena, operation->input);
    }
    request.timeout_ms = operation->timeout_ms;
    request.no_dry_run = operation->no_dry_run;
    request.join_events = true;
    request.policy = ens_policy_to_proto(arena, &operation->input->policy, &request.n_policy);
    return ens_rpc_client_stream(session->client, ENS_V1_APPLY, &request.base,
                                 &ensure__v1__apply_event__descriptor);
}

/* Opens the call. The request, which may be large, is freed. */
static struct ens_rpc_stream *call(struct ens_session *session,
                                   const struct ens_operation *operation)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    return operation->apply ? call_apply(session, arena, operation)
                            : call_plan(session, arena, operation);
}

/* ---- events ---------------------------------------------------------------------------------- */

/* An event of the Plan or Apply stream. One of the members is set, or none if a newer plugin sent
 * it. */
struct event {
    const Ensure__V1__InstancePlan *progress;
    const Ensure__V1__InstancePlan *instance;
    const Ensure__V1__Summary *summary;
};

static struct event plan_event(const Ensure__V1__PlanEvent *event)
{
    struct event ret = {0};

    if (event->event_case == ENSURE__V1__PLAN_EVENT__EVENT_PROGRESS) {
        ret.progress = event->progress;
    } else if (event->event_case == ENSURE__V1__PLAN_EVENT__EVENT_INSTANCE) {
        ret.instance = event->instance;
    } else if (event->event_case == ENSURE__V1__PLAN_EVENT__EVENT_SUMMARY) {
        ret.summary = event->summary;
    }
    return ret;
}

static struct event apply_event(const Ensure__V1__ApplyEvent *event)
{
    struct event ret = {0};

    if (event->event_case == ENSURE__V1__APPLY_EVENT__EVENT_PROGRESS) {
        ret.progress = event->progress;
    } else if (event->event_case == ENSURE__V1__APPLY_EVENT__EVENT_INSTANCE) {
        ret.instance = event->instance;
    } else if (event->event_case == ENSURE__V1__APPLY_EVENT__EVENT_SUMMARY) {
        ret.summary = event->summary;
    }
    return ret;
}

enum state {
    STATE_UNKNOWN,
    STATE_KNOWN, /* an event was received */
    STATE_FINISHED,
};

/* What was told of a target last, as long as it is not finished. */
struct told {
    uint32_t size;
    unsigned char packed[];
};

/* The state of an operation whose events are being received. */
struct run {
    const struct ens_operation *operation;
    const struct ens_result_sink *sink;
    struct ens_arena *arena;        /* of *end */
    struct ens_target_list targets; /* index by target */
    uint8_t *states;                /* enum state, per target */
    struct told **latest;           /* per target; NULL: unknown or finished */
    struct ens_buf packed;          /* the result that is being kept */
    size_t finished_count;
    bool sink_failed;
    struct ens_session_end *end;
    struct ens_progress progress;
    struct ens_diags *diags;
};

static struct ens_target_list targets_of(struct ens_arena *arena, const struct ens_document *input)
{
    struct ens_target_list targets = {.arena = arena};

    if (input->kind == ENS_DOCUMENT_FLEET) {
        return input->targets;
    }
    for (size_t i = 0; i < input->count; i++) {
        const struct ens_result result = ens_document_result(input, i);
        ens_rc rc = ens_target_list_add(&targets, &result.target, NULL, NULL);
        ENS_ASSERT(rc == ENS_OK); /* a document has no duplicates and observes the limit */
    }
    return targets;
}

static struct run run_begin(const struct ens_operation *operation,
                            const struct ens_result_sink *sink, struct ens_arena *arena,
                            struct ens_session_end *end, struct ens_diags *diags)
{
    size_t count = operation->input->count;

    *end = (struct ens_session_end){0};
    return (struct run){.operation = operation,
                        .sink = sink,
                        .arena = arena,
                        .targets = targets_of(arena, operation->input),
                        .states = ens_alloc_array(count, sizeof(uint8_t)),
                        .latest = ens_alloc_array(count, sizeof(struct told *)),
                        .packed = ens_buf_new(TOLD_MAX),
                        .end = end,
                        .progress = ens_progress_begin(arena, operation->view, operation->wait,
                                                       count, operation->quiet),
                        .diags = diags};
}

static void run_done(struct run *run)
{
    for (size_t i = 0; i < run->operation->input->count; i++) {
        ens_free(run->latest[i]);
    }
    ens_free(run->latest);
    ens_free(run->states);
    ens_buf_done(&run->packed);
}

static ens_rc finish(struct run *run, size_t index, const struct ens_result *result)
{
    const ens_rc rc = run->sink->result(run->sink->ud, index, result, run->diags);

    run->states[index] = STATE_FINISHED;
    run->finished_count++;
    run->sink_failed = rc != ENS_OK;
    return rc;
}

/* Keeps the progress in few bytes, because many targets may wait. */
static ens_rc keep(struct run *run, size_t index, const struct ens_result *so_far)
{
    ens_buf_reset(&run->packed);
    ens_result_pack(so_far, &run->packed);
    if (ens_buf_failed(&run->packed)) {
        return ens_fail(run->diags, ENS_LIMIT, "the plugin's answer", "a result is too long");
    }
    const ens_str packed = ens_buf_str(&run->packed);
    struct told *told = ens_alloc(sizeof(*told) + packed.len);
    told->size = (uint32_t)packed.len;
    memcpy(told->packed, packed.ptr, packed.len);
    run->latest[index] = told;
    return ENS_OK;
}

static ens_rc take_result(struct run *run, const Ensure__V1__InstancePlan *message, bool final)
{
    struct ens_result result = {0};
    size_t index = 0;

    ens_rc rc = ens_result_from_proto(message, "the plugin's answer", &result, run->diags);
    if (rc != ENS_OK) {
        return rc;
    }
    if (run->operation->view == ENS_VIEW_STATUS) {
        ens_result_keep_read(&result);
    }
    if (!ens_target_list_find(&run->targets, &result.target, &index) ||
        run->states[index] == STATE_FINISHED) {
        return ens_fail(run->diags, ENS_MALFORMED, "the plugin's answer",
                        "a result that was not asked for, or came twice");
    }
    run->end->known += run->states[index] == STATE_UNKNOWN ? 1 : 0;
    ens_free(run->latest[index]);
    run->latest[index] = NULL;
    run->states[index] = STATE_KNOWN;
    ens_progress_update(&run->progress, index, &result, final);
    return final ? finish(run, index, &result) : keep(run, index, &result);
}

static ens_rc take_event(struct run *run, struct event event)
{
    if (event.summary != NULL) {
        const struct ens_job_end end = ens_summary_from_proto(run->arena, event.summary);
        run->end->created_at = ens_arena_dup(run->arena, ens_str_of(event.summary->created_at));
        run->end->warnings = end.warnings;
        run->end->warning_count = end.warning_count;
        ens_rc rc =
            ens_policy_from_proto(run->arena, event.summary->policy, event.summary->n_policy, "",
                                  &run->end->policy, run->diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    if (event.instance != NULL) {
        return take_result(run, event.instance, true);
    }
    return event.progress != NULL ? take_result(run, event.progress, false) : ENS_OK;
}

/* A message of an older plugin is one event. */
static ens_rc take_message(struct run *run, const ProtobufCMessage *message)
{
    const Ensure__V1__PlanEvent *plan = (const void *)message;
    const Ensure__V1__ApplyEvent *apply = (const void *)message;
    const bool applies = run->operation->apply;
    const size_t count = applies ? apply->n_events : plan->n_events;

    ens_rc rc = take_event(run, applies ? apply_event(apply) : plan_event(plan));
    for (size_t i = 0; i < count && rc == ENS_OK; i++) {
        rc = take_event(run, applies ? apply_event(apply->events[i]) : plan_event(plan->events[i]));
    }
    return rc;
}

static ens_rc take_events(void *ud, struct ens_rpc_stream *stream)
{
    struct run *run = ud;

    for (;;) {
        ENS_AUTO_ARENA *scratch = ens_arena_new();
        ProtobufCMessage *message = NULL;
        ens_rc rc = ens_rpc_stream_next(stream, scratch, &message, run->diags);
        if (rc != ENS_OK || message == NULL) {
            return rc;
        }
        rc = take_message(run, message);
        if (rc != ENS_OK) {
            return rc;
        }
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

/* The result of a target whose final result was not received. */
static struct ens_result fill_in(const struct run *run, size_t index, ens_rc how,
                                 struct ens_arena *arena)
{
    const bool cancelled = how == ENS_CANCELLED;
    const struct told *told = run->latest[index];
    struct ens_result result = {.action = ENS_ACTION_REFUSE,
                                .confidence = ENS_CONFIDENCE_UNVERIFIED};

    if (told != NULL) {
        result = ens_result_unpack((ens_str){(const char *)told->packed, told->size}, arena);
    }
    result.target = ens_target_list_at(&run->targets, index);
    result.reason = cancelled ? ENS_REASON_CANCELLED : ENS_REASON_AMBIGUOUS;
    result.message = cancelled ? ENS_STR("Interrupted before it was finished.")
                               : ENS_STR("The plugin process failed before this was finished.");
    result.advice = ens_str_of(ens_reason_advice(result.reason));
    return result;
}

static void run_end(struct run *run, ens_rc how)
{
    const bool failed = how != ENS_OK && how != ENS_CANCELLED;

    ens_progress_end(&run->progress);
    if (run->end->created_at.len == 0) {
        char *text = ens_arena_alloc(run->arena, ENS_TIMESTAMP_SIZE);
        ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, text);
        run->end->created_at = ens_str_of(text);
    }
    if (failed && run->end->known == 0) {
        return;
    }
    for (size_t i = 0; i < run->operation->input->count && !run->sink_failed; i++) {
        if (run->states[i] != STATE_FINISHED) {
            ENS_AUTO_ARENA *scratch = ens_arena_new();
            const struct ens_result result = fill_in(run, i, how, scratch);
            (void)finish(run, i, &result);
        }
    }
}

static int64_t pace_progress(void *ud)
{
    return ens_progress_tick(ud);
}

static ens_rc follow(struct ens_session *session, const struct ens_operation *operation,
                     struct run *run)
{
    const int64_t grace_ms = (int64_t)operation->input->count / GRACE_TARGETS;
    const int64_t timeout_ms = operation->timeout_ms;
    struct ens_rpc_stream *stream = call(session, operation);

    ens_rpc_stream_pace(stream, pace_progress, &run->progress);
    ens_session_watch(session, stream, timeout_ms == 0 ? 0 : timeout_ms + grace_ms,
                      ENS_SESSION_APPLY_MS + grace_ms);
    const ens_rc rc = take_events(run, stream);
    ens_session_unwatch(session);
    return rc;
}

static ens_str name_of(const void *ud, struct ens_arena *arena, size_t index)
{
    const struct ens_document *input = ud;
    const struct ens_target target = input->kind == ENS_DOCUMENT_FLEET
                                         ? ens_target_list_at(&input->targets, index)
                                         : ens_document_result(input, index).target;

    return ens_target_text(arena, &target);
}

ens_rc ens_session_run(struct ens_session *session, const struct ens_operation *operation,
                       const struct ens_result_sink *sink, struct ens_arena *arena,
                       struct ens_session_end *ret, struct ens_diags *diags)
{
    const size_t count = operation->input->count;
    const struct ens_session_parts parts = {count, name_of, operation->input};
    ENS_AUTO_DIAGS told = {0};
    struct run run = run_begin(operation, sink, arena, ret, &told);

    ens_rc rc = ens_interrupted() ? ENS_CANCELLED : follow(session, operation, &run);
    if (rc == ENS_OK && run.finished_count < count) {
        rc = ens_fail(&told, ENS_IO, NULL, "the plugin gave no result for %zu of %zu target%s",
                      count - run.finished_count, count, ens_plural(count));
    }
    run_end(&run, rc);
    run_done(&run);
    ens_session_tell(&told, &parts, diags);
    return rc;
}
