/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session_private.h"
#include "ensure/v1/ensure.pb-c.h"
#include "ensure_v1/convert.h"
#include "ensure_v1/protocol.h"

static const char answer[] = "the plugin's answer";

/* A find whose events are being received. */
struct run {
    const struct ens_find_sink *sink;
    struct ens_progress progress;
    bool summed; /* the summary was received */
};

static struct ens_rpc_stream *call(struct ens_session *session,
                                   const struct ens_find_operation *find)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    Ensure__V1__FindRequest request = ENSURE__V1__FIND_REQUEST__INIT;
    Ensure__V1__Selector *items = ens_arena_array(arena, find->count, sizeof(*items));

    request.n_select = find->count;
    request.select = ens_arena_array(arena, find->count, sizeof(Ensure__V1__Selector *));
    request.timeout_ms = find->timeout_ms;
    for (size_t i = 0; i < find->count; i++) {
        ens_selector_to_proto(arena, &find->selectors[i], &items[i]);
        request.select[i] = &items[i];
    }
    return ens_rpc_client_stream(session->client, ENS_V1_FIND, &request.base,
                                 &ensure__v1__find_event__descriptor);
}

static ens_rc take_summary(const struct ens_find_sink *sink, const Ensure__V1__FindSummary *summary,
                           struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < summary->n_warnings; i++) {
        rc = sink->warned(sink->ud, ens_str_of(summary->warnings[i]), diags);
    }
    return rc;
}

static ens_rc take_event(struct ens_arena *arena, struct run *run,
                         const Ensure__V1__FindEvent *event, struct ens_diags *diags)
{
    const struct ens_find_sink *sink = run->sink;
    struct ens_finding finding = {0};
    struct ens_find_failure failure = {0};
    ens_rc rc = ENS_OK;

    if (event->event_case == ENSURE__V1__FIND_EVENT__EVENT_INSTANCE) {
        ens_progress_found(&run->progress);
        rc = ens_finding_from_proto(arena, event->instance, answer, &finding, diags);
        return rc == ENS_OK ? sink->found(sink->ud, &finding, diags) : rc;
    }
    if (event->event_case == ENSURE__V1__FIND_EVENT__EVENT_FAILURE) {
        rc = ens_find_failure_from_proto(event->failure, answer, &failure, diags);
        return rc == ENS_OK ? sink->failed(sink->ud, &failure, diags) : rc;
    }
    if (event->event_case == ENSURE__V1__FIND_EVENT__EVENT_SUMMARY) {
        run->summed = true;
        return take_summary(sink, event->summary, diags);
    }
    return ENS_OK; /* of a newer plugin */
}

static int64_t pace_progress(void *ud)
{
    return ens_progress_tick(ud);
}

static ens_str name_of(const void *ud, struct ens_arena *arena, size_t index)
{
    const struct ens_selector *selectors = ud;

    return ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(selectors[index].cloud),
                            ENS_STR_ARG(selectors[index].region));
}

ens_rc ens_session_find(struct ens_session *session, const struct ens_find_operation *find,
                        const struct ens_find_sink *sink, struct ens_diags *diags)
{
    struct run run = {.sink = sink, .progress = ens_progress_begin_find(find->quiet)};
    struct ens_rpc_stream *stream = call(session, find);
    const struct ens_session_parts parts = {find->count, name_of, find->selectors};
    ENS_AUTO_DIAGS told = {0};
    ens_rc rc = ENS_OK;

    ens_rpc_stream_pace(stream, pace_progress, &run.progress);
    ens_session_watch(session, stream, find->timeout_ms, ENS_SESSION_READ_MS);
    for (;;) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ProtobufCMessage *message = NULL;
        rc = ens_rpc_stream_next(stream, arena, &message, &told);
        if (rc != ENS_OK || message == NULL) {
            break;
        }
        rc = take_event(arena, &run, (const void *)message, &told);
        if (rc != ENS_OK) {
            break;
        }
    }
    ens_session_unwatch(session);
    ens_progress_end(&run.progress);
    ens_session_tell(&told, &parts, diags);
    if (rc == ENS_OK && !run.summed) {
        rc = ens_fail(diags, ENS_IO, answer, "it ended without a summary");
    }
    return rc;
}
