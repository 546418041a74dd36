/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/event_stream.h"

#include "ensure_v1/convert.h"

struct ens_held_event {
    struct ens_held_event *next;
    const ProtobufCMessage *message;
};

/* ---- messages ------------------------------------------------------------------------------- */

/* What an event carries: one of them is set. */
struct content {
    Ensure__V1__InstancePlan *progress;
    Ensure__V1__InstancePlan *instance;
    Ensure__V1__Summary *summary;
};

static Ensure__V1__PlanEvent *plan_event(struct ens_arena *arena, const struct content *content)
{
    Ensure__V1__PlanEvent *event = ens_arena_alloc(arena, sizeof(*event));

    ensure__v1__plan_event__init(event);
    if (content->progress != NULL) {
        event->event_case = ENSURE__V1__PLAN_EVENT__EVENT_PROGRESS;
        event->progress = content->progress;
    } else if (content->instance != NULL) {
        event->event_case = ENSURE__V1__PLAN_EVENT__EVENT_INSTANCE;
        event->instance = content->instance;
    } else {
        event->event_case = ENSURE__V1__PLAN_EVENT__EVENT_SUMMARY;
        event->summary = content->summary;
    }
    return event;
}

static Ensure__V1__ApplyEvent *apply_event(struct ens_arena *arena, const struct content *content)
{
    Ensure__V1__ApplyEvent *event = ens_arena_alloc(arena, sizeof(*event));

    ensure__v1__apply_event__init(event);
    if (content->progress != NULL) {
        event->event_case = ENSURE__V1__APPLY_EVENT__EVENT_PROGRESS;
        event->progress = content->progress;
    } else if (content->instance != NULL) {
        event->event_case = ENSURE__V1__APPLY_EVENT__EVENT_INSTANCE;
        event->instance = content->instance;
    } else {
        event->event_case = ENSURE__V1__APPLY_EVENT__EVENT_SUMMARY;
        event->summary = content->summary;
    }
    return event;
}

/* Events that contain this one alone; several of them can be joined. */
static const ProtobufCMessage *plan_events(struct ens_arena *arena, Ensure__V1__PlanEvent *event)
{
    Ensure__V1__PlanEvent *events = ens_arena_alloc(arena, sizeof(*events));

    ensure__v1__plan_event__init(events);
    events->n_events = 1;
    events->events = ens_arena_alloc(arena, sizeof(*events->events));
    events->events[0] = event;
    return &events->base;
}

static const ProtobufCMessage *apply_events(struct ens_arena *arena, Ensure__V1__ApplyEvent *event)
{
    Ensure__V1__ApplyEvent *events = ens_arena_alloc(arena, sizeof(*events));

    ensure__v1__apply_event__init(events);
    events->n_events = 1;
    events->events = ens_arena_alloc(arena, sizeof(*events->events));
    events->events[0] = event;
    return &events->base;
}

static const ProtobufCMessage *event_of(struct ens_arena *arena,
                                        const struct ens_event_stream *stream,
                                        const struct content *content)
{
    if (stream->apply) {
        Ensure__V1__ApplyEvent *event = apply_event(arena, content);
        return stream->join ? apply_events(arena, event) : &event->base;
    }
    Ensure__V1__PlanEvent *event = plan_event(arena, content);
    return stream->join ? plan_events(arena, event) : &event->base;
}

static Ensure__V1__InstancePlan *instance_of(struct ens_arena *arena,
                                             const struct ens_result *result)
{
    Ensure__V1__InstancePlan *instance = ens_arena_alloc(arena, sizeof(*instance));

    ens_result_to_proto(arena, result, instance);
    return instance;
}

static const ProtobufCMessage *result_event(struct ens_arena *arena,
                                            const struct ens_event_stream *stream,
                                            const struct ens_result *result)
{
    return event_of(arena, stream, &(struct content){.instance = instance_of(arena, result)});
}

static const ProtobufCMessage *summary_event(struct ens_arena *arena,
                                             const struct ens_event_stream *stream,
                                             const struct ens_job_end *end)
{
    Ensure__V1__Summary *summary = ens_arena_alloc(arena, sizeof(*summary));

    ens_summary_to_proto(arena, end, stream->created_at, summary);
    return event_of(arena, stream, &(struct content){.summary = summary});
}

/* ---- held events; the mutex must be locked --------------------------------------------------- */

static void count_held(struct ens_event_stream *stream, size_t bytes)
{
    stream->held += bytes;
    (void)atomic_fetch_add_explicit(stream->held_in_all, bytes, memory_order_relaxed);
}

static void forget_held(struct ens_event_stream *stream)
{
    (void)atomic_fetch_sub_explicit(stream->held_in_all, stream->held, memory_order_relaxed);
    stream->held = 0;
    ens_arena_free(stream->arena);
    stream->arena = NULL;
    stream->first = NULL;
    stream->last = &stream->first;
}

static bool has_room(const struct ens_event_stream *stream)
{
    return ens_rpc_call_queued(stream->call) < ENS_EVENTS_WAITING_MAX;
}

/* Sends held events while the send queue has room. Returns whether all are sent. */
static bool send_held(struct ens_event_stream *stream)
{
    while (stream->first != NULL && has_room(stream)) {
        ens_rpc_call_send(stream->call, stream->first->message);
        stream->first = stream->first->next;
    }
    if (stream->first == NULL && stream->arena != NULL) {
        forget_held(stream);
    }
    return stream->first == NULL;
}

static bool must_hold(struct ens_event_stream *stream)
{
    const size_t all = atomic_load_explicit(stream->held_in_all, memory_order_relaxed);

    return (!send_held(stream) || !has_room(stream)) && all < ENS_EVENTS_HELD_MAX;
}

static void hold(struct ens_event_stream *stream, const ProtobufCMessage *message)
{
    struct ens_held_event *event = ens_arena_alloc(stream->arena, sizeof(*event));

    event->message = message;
    *stream->last = event;
    stream->last = &event->next;
    count_held(stream, protobuf_c_message_get_packed_size(message));
}

/* Sends the message. Events are still held here only if ENS_EVENTS_HELD_MAX is reached: they are
 * sent before it. */
static void send_now(struct ens_event_stream *stream, const ProtobufCMessage *message)
{
    for (; stream->first != NULL; stream->first = stream->first->next) {
        ens_rpc_call_send(stream->call, stream->first->message);
    }
    if (stream->arena != NULL) {
        forget_held(stream);
    }
    ens_rpc_call_send(stream->call, message);
}

/* Whether the caller has to finish the call. It does so after unlocking the mutex, because
 * finishing may free the call. */
static bool is_over(struct ens_event_stream *stream)
{
    const bool over = stream->ended && stream->first == NULL && !stream->finished;

    stream->finished |= over;
    return over;
}

static bool is_below(struct ens_event_stream *stream)
{
    (void)pthread_mutex_lock(&stream->mutex);
    const bool below =
        stream->first == NULL && ens_rpc_call_queued(stream->call) <= ENS_EVENTS_ROOM;
    (void)pthread_mutex_unlock(&stream->mutex);
    return below;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void on_room(void *ud)
{
    struct ens_event_stream *stream = ud;

    (void)pthread_mutex_lock(&stream->mutex);
    (void)send_held(stream);
    const bool over = is_over(stream);
    (void)pthread_mutex_unlock(&stream->mutex);
    if (over) {
        ens_rpc_call_finish(stream->call, ENS_RPC_OK, NULL);
    } else if (atomic_load(&stream->waiting) && is_below(stream) &&
               atomic_exchange(&stream->waiting, false)) {
        stream->on_room(stream->on_room_ud);
    }
}

/* The flag is set before the queue is looked at, so that room which arises in between is noticed by
 * one of the threads. */
bool ens_event_stream_has_room(struct ens_event_stream *stream)
{
    atomic_store(&stream->waiting, true);
    if (is_below(stream)) {
        atomic_store(&stream->waiting, false);
        return true;
    }
    return false;
}

void ens_event_stream_begin(struct ens_event_stream *stream, struct ens_rpc_call *call, bool apply,
                            bool join, ens_str created_at, atomic_size_t *held_in_all)
{
    *stream = (struct ens_event_stream){.call = call,
                                        .apply = apply,
                                        .join = join,
                                        .created_at = created_at,
                                        .held_in_all = held_in_all};
    stream->last = &stream->first;
    if (join) {
        ens_rpc_call_join(call);
    }
    (void)pthread_mutex_init(&stream->mutex, NULL);
    ens_rpc_call_on_room(call, on_room, stream);
}

/* For one message, that it is sent in; reused for the next one. */
static struct ens_arena *scratch_of(struct ens_event_stream *stream)
{
    if (stream->scratch == NULL) {
        stream->scratch = ens_arena_new();
    }
    ens_arena_reset(stream->scratch);
    return stream->scratch;
}

void ens_event_stream_result(struct ens_event_stream *stream, const struct ens_result *result)
{
    struct ens_arena *scratch = scratch_of(stream);

    (void)pthread_mutex_lock(&stream->mutex);
    if (must_hold(stream)) {
        stream->arena = stream->arena != NULL ? stream->arena : ens_arena_new();
        hold(stream, result_event(stream->arena, stream, result));
    } else {
        send_now(stream, result_event(scratch, stream, result));
    }
    (void)pthread_mutex_unlock(&stream->mutex);
}

void ens_event_stream_progress(struct ens_event_stream *stream, const struct ens_result *so_far)
{
    struct ens_arena *arena = scratch_of(stream);

    (void)pthread_mutex_lock(&stream->mutex);
    if (send_held(stream) && ens_rpc_call_queued(stream->call) <= ENS_EVENTS_ROOM) {
        const struct content content = {.progress = instance_of(arena, so_far)};
        ens_rpc_call_send(stream->call, event_of(arena, stream, &content));
    }
    (void)pthread_mutex_unlock(&stream->mutex);
}

void ens_event_stream_end(struct ens_event_stream *stream, const struct ens_job_end *end)
{
    struct ens_arena *scratch = scratch_of(stream);

    (void)pthread_mutex_lock(&stream->mutex);
    stream->ended = true;
    if (must_hold(stream)) {
        stream->arena = stream->arena != NULL ? stream->arena : ens_arena_new();
        hold(stream, summary_event(stream->arena, stream, end));
    } else {
        send_now(stream, summary_event(scratch, stream, end));
    }
    ens_arena_free(scratch);
    const bool over = is_over(stream);
    (void)pthread_mutex_unlock(&stream->mutex);
    if (over) {
        ens_rpc_call_finish(stream->call, ENS_RPC_OK, NULL);
    }
}
