/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_net.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "support/fake_provider.h"

struct ens_transfer {
    struct ens_transfer *next;
    struct ens_arena *arena;
    struct net_request request;
    int64_t at_ms;
    ens_transport_done_fn *done;
    void *ud;
};

static struct net *net_of_now;
static struct ens_transfer *transfers; /* by time */
static _Atomic int64_t now_ms;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static bool wake;

int64_t net_now(void)
{
    return atomic_load(&now_ms);
}

/* ---- sending -------------------------------------------------------------------------------- */

static void transport_wake(void *ud)
{
    (void)ud;
    (void)pthread_mutex_lock(&mutex);
    wake = true;
    (void)pthread_cond_signal(&woken);
    (void)pthread_mutex_unlock(&mutex);
}

static enum ens_call_kind kind_of(ens_str method)
{
    static const char *const methods[ENS_CALL_KIND_COUNT] = {
        [ENS_CALL_READ] = "READ",       [ENS_CALL_PROBE] = "PROBE",
        [ENS_CALL_DRY_RUN] = "DRY_RUN", [ENS_CALL_START] = "START",
        [ENS_CALL_FIND] = "FIND",       [ENS_CALL_FIND_PROBE] = "FIND_PROBE",
    };

    if (ens_str_is(method, "RIGHT")) {
        return ENS_CALL_READ;
    }
    for (int i = 0; i < ENS_CALL_KIND_COUNT; i++) {
        if (ens_str_is(method, methods[i])) {
            return (enum ens_call_kind)i;
        }
    }
    fail();
    return ENS_CALL_READ;
}

static void take_login(struct ens_transfer *transfer, const struct ens_transport_message *message)
{
    const struct ens_signature *signature = message->signature;
    struct net_request *request = &transfer->request;
    struct ens_arena *arena = transfer->arena;

    assert_non_null(net_of_now->log_in);
    *request = (struct net_request){
        .login = true,
        .target = ens_arena_dup(arena, signature->target),
        .base = ens_arena_dup(arena, message->base),
        .timeout_ms = message->timeout_ms,
        .direct = message->direct,
        .sent_ms = net_now(),
    };
    if (signature->header_count > 0) {
        request->nonce = ens_arena_dup(arena, signature->headers[1]->value);
        request->key = ens_arena_dup(arena, signature->headers[3]->value);
        assert_true(ens_str_to_i64(signature->headers[0]->value, &request->date_s));
    }
}

static void take_request(struct ens_transfer *transfer, const struct ens_transport_message *message)
{
    struct net_request *request = &transfer->request;
    struct ens_arena *arena = transfer->arena;
    if (ens_str_is(message->request->method, "LOGIN") ||
        ens_str_is(message->request->method, "CALLER")) {
        take_login(transfer, message);
        return;
    }
    ens_str rest = ens_arena_dup(arena, message->request->body);

    *request = (struct net_request){
        .kind = kind_of(message->request->method),
        .region = ens_arena_dup(arena, message->request->query[0]->value),
        .page = ens_arena_dup(arena, message->request->query[1]->value),
        .token = ens_arena_dup(arena, message->request->query[2]->value),
        .nonce = ens_arena_dup(arena, message->signature->headers[1]->value),
        .ids = ens_arena_array(arena, rest.len + 1, sizeof(ens_str)),
        .sent_ms = net_now(),
        .fresh = message->fresh,
    };
    assert_true(ens_str_to_i64(message->signature->headers[0]->value, &request->date_s));
    assert_int_equal(request->nonce.len, 32);
    assert_true(ens_str_is(message->signature->headers[2]->value, FAKE_HOST));
    request->key = ens_arena_dup(arena, message->signature->headers[3]->value);
    assert_true(net_of_now->log_in != NULL || ens_str_is(request->key, "fake-secret"));
    while (rest.len > 0) {
        request->ids[request->id_count++] = ens_str_cut(rest, ',', &rest);
    }
}

static void count_flight(const struct net_request *request)
{
    struct net *net = net_of_now;
    const enum ens_call_kind kind = request->kind;
    unsigned all = 0;

    if (request->login) {
        return;
    }
    net->flying[kind]++;
    net->most[kind] = net->flying[kind] > net->most[kind] ? net->flying[kind] : net->most[kind];
    for (size_t i = 0; i < ENS_CALL_KIND_COUNT; i++) {
        all += net->flying[i];
    }
    net->most_in_all = all > net->most_in_all ? all : net->most_in_all;
}

static struct ens_transfer *transport_send(void *ud, const struct ens_transport_message *message,
                                           ens_transport_done_fn *done, void *done_ud)
{
    struct ens_transfer *transfer = ens_alloc(sizeof(*transfer));
    struct ens_transfer **at = &transfers;
    struct net *net = ud;

    *transfer = (struct ens_transfer){.arena = ens_arena_new(), .done = done, .ud = done_ud};
    take_request(transfer, message);
    transfer->at_ms =
        net_now() + (net->latency != NULL ? net->latency(net->ud, &transfer->request) : 10);
    while (*at != NULL && (*at)->at_ms <= transfer->at_ms) {
        at = &(*at)->next;
    }
    transfer->next = *at;
    *at = transfer;
    count_flight(&transfer->request);
    return transfer;
}

static void free_transfer(struct ens_transfer *transfer)
{
    ens_arena_free(transfer->arena);
    ens_free(transfer);
}

static void transport_cancel(void *ud, struct ens_transfer *transfer)
{
    struct ens_transfer **at = &transfers;

    (void)ud;
    while (*at != transfer) {
        at = &(*at)->next;
    }
    *at = transfer->next;
    net_of_now->aborted++;
    net_of_now->flying[transfer->request.kind] -= transfer->request.login ? 0 : 1;
    free_transfer(transfer);
}

/* The standard headers of a reply; an empty one is ignored. */
struct headers {
    struct ens_pair pairs[2];
    const struct ens_pair *list[2];
    char retry_after[32];
    char date[64];
};

static void make_headers(const struct net_reply *reply, struct headers *ret)
{
    const time_t date = (time_t)reply->server_unix_s;
    struct tm tm = {0};

    *ret = (struct headers){.list = {&ret->pairs[0], &ret->pairs[1]}};
    if (reply->retry_after_ms > 0) {
        (void)snprintf(ret->retry_after, sizeof(ret->retry_after), "%lld",
                       (long long)(reply->retry_after_ms + 999) / 1000);
    }
    if (date != 0) {
        (void)strftime(ret->date, sizeof(ret->date), "%a, %d %b %Y %T GMT", gmtime_r(&date, &tm));
    }
    ret->pairs[0] = (struct ens_pair){ENS_STR("retry-after"), ens_str_of(ret->retry_after)};
    ret->pairs[1] = (struct ens_pair){ENS_STR("date"), ens_str_of(ret->date)};
}

static void finish(struct ens_transfer *transfer)
{
    struct net *net = net_of_now;
    struct net_reply reply = {
        .end = ENS_TRANSPORT_REPLY, .status = 200, .text = ens_buf_new((size_t)64 * 1024 * 1024)};

    if (transfer->request.login) {
        net->logins++;
        net->log_in(net->ud, &transfer->request, &reply);
    } else {
        net->calls[transfer->request.kind]++;
        net->answer(net->ud, &transfer->request, &reply);
    }
    struct headers headers;
    make_headers(&reply, &headers);
    const struct ens_http_reply http_reply = {.struct_size = sizeof(http_reply),
                                              .status = reply.status,
                                              .headers = headers.list,
                                              .header_count = ENS_COUNT(headers.list),
                                              .body = ens_buf_str(&reply.text)};
    const struct ens_transport_result outcome = {
        .end = reply.end,
        .untrusted = reply.untrusted,
        .timed_out = reply.timed_out,
        .reply = reply.end == ENS_TRANSPORT_REPLY ? &http_reply : NULL,
        .error = reply.end == ENS_TRANSPORT_REPLY ? "" : "the fake network failed",
    };
    net->flying[transfer->request.kind] -= transfer->request.login ? 0 : 1;
    transfer->done(transfer->ud, &outcome);
    ens_buf_done(&reply.text);
    free_transfer(transfer);
}

/* Returns whether wake was called. sleep: no transfer or timer is pending, so block until it is. */
static bool was_woken(bool sleep)
{
    (void)pthread_mutex_lock(&mutex);
    while (sleep && !wake) {
        (void)pthread_cond_wait(&woken, &mutex);
    }
    const bool was = wake;
    wake = false;
    (void)pthread_mutex_unlock(&mutex);
    return was;
}

static void transport_wait(void *ud, int64_t until_ms)
{
    int64_t to = until_ms;

    (void)ud;
    if (was_woken(transfers == NULL && until_ms == ENS_TIME_NEVER)) {
        return;
    }
    if (transfers != NULL && transfers->at_ms < to) {
        to = transfers->at_ms;
    }
    if (to > net_now()) {
        atomic_store(&now_ms, to);
    }
    while (transfers != NULL && transfers->at_ms <= net_now()) {
        struct ens_transfer *transfer = transfers;
        transfers = transfer->next;
        finish(transfer);
    }
}

/* ---- set-up --------------------------------------------------------------------------------- */

static int64_t clock_ms(void *ud)
{
    (void)ud;
    return net_now();
}

static void fill(void *ud, void *bytes, size_t size)
{
    static _Atomic uint32_t seed; /* atomic: may be called on a submitting thread */
    uint8_t *at = bytes;

    (void)ud;
    for (size_t i = 0; i < size; i++) {
        uint32_t next = atomic_load(&seed) * 1664525u + 1013904223u;
        atomic_store(&seed, next);
        at[i] = (uint8_t)(next >> 16);
    }
}

void net_init(struct net *net)
{
    *net = (struct net){.provider = fake_provider(),
                        .variables = {{"FAKE_KEY", "fake-key"}, {"FAKE_SECRET", "fake-secret"}}};
    net_of_now = net;
    atomic_store(&now_ms, NET_START_MS);
}

void net_begin(struct net *net)
{
    static const struct ens_clock clock = {.unix_ms = clock_ms, .mono_ms = clock_ms};
    static const struct ens_entropy entropy = {.fill = fill};
    ENS_AUTO_DIAGS diags = {0};

    net->environment = fake_environment(net->variables);
    net->registry = ens_registry_empty();
    if (ens_registry_add(net->registry, &net->provider, "test", &diags) != ENS_OK) {
        fail_msg("%s", diags.items[0].summary);
    }
    net->transport = (struct ens_transport){.send = transport_send,
                                            .cancel = transport_cancel,
                                            .wait = transport_wait,
                                            .wake = transport_wake,
                                            .ud = net};
    const struct ens_engine_options options = {
        .registry = net->registry,
        .transport = &net->transport,
        .window = net->window,
        .stepped = net->stepped,
        .audit = net->audit,
        .user = "alice",
        .clock = &clock,
        .entropy = &entropy,
        .environment = &net->environment,
        .user_agent = "test",
    };
    assert_int_equal(ens_engine_new(&options, &net->engine, &diags), ENS_OK);
}

void net_done(struct net *net)
{
    ens_engine_free(net->engine);
    assert_null(transfers); /* the engine has ended or cancelled every call */
    ens_registry_free(net->registry);
}

/* ---- jobs ----------------------------------------------------------------------------------- */

void net_job_init(struct net_job *job, enum ens_mode mode, const char *region, const char *prefix,
                  size_t count)
{
    struct ens_arena *arena = ens_arena_new();
    struct ens_target_request *targets = ens_arena_array(arena, count, sizeof(*targets));

    for (size_t i = 0; i < count; i++) {
        targets[i].target = (struct ens_target){ENS_STR("fake"), ens_str_of(region),
                                                ens_arena_printf(arena, "%s%zu", prefix, i + 1)};
    }
    *job = (struct net_job){
        .job = {.mode = mode, .targets = targets, .count = count},
        .arena = arena,
        .seen = ens_arena_array(arena, count, sizeof(unsigned)),
        .results = ens_arena_array(arena, count, sizeof(struct ens_result)),
    };
}

void net_job_done(struct net_job *job)
{
    ens_arena_free(job->arena);
}

static void on_event(struct net_job *job, size_t index, const struct ens_result *result, bool final)
{
    job->events++;
    if (job->hook != NULL) {
        job->hook(job, index, result, final);
    }
    if (job->events == job->cancel_at) {
        job->cancelled_ms = net_now();
        ens_engine_cancel(job->net->engine, job->id);
    }
}

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct net_job *job = ud;

    assert_int_equal(job->dones, 0);
    job->seen[index]++;
    job->results[index] = ens_result_copy(job->arena, result);
    on_event(job, index, result, true);
}

static void on_progress(void *ud, size_t index, const struct ens_result *so_far)
{
    struct net_job *job = ud;

    assert_int_equal(job->dones, 0);
    assert_int_equal(job->seen[index], 0);
    on_event(job, index, so_far, false);
}

struct batch_of_jobs {
    struct net *net;
    struct net_job **jobs;
    size_t count;
    size_t left;
};

static struct batch_of_jobs running; /* guarded by the mutex */
static pthread_cond_t all_done = PTHREAD_COND_INITIALIZER;

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct net_job *job = ud;

    job->dones++;
    job->done_ms = net_now();
    job->summary = end->summary;
    job->warning_count = end->warning_count;
    if (end->warning_count > 0) {
        job->warning = ens_arena_dup(job->arena, end->warnings[0]);
    }
    (void)pthread_mutex_lock(&mutex);
    running.left--;
    (void)pthread_cond_signal(&all_done);
    (void)pthread_mutex_unlock(&mutex);
}

static void submit_all(void *ud, const struct ens_job_end *end)
{
    (void)ud;
    (void)end;
    for (size_t i = 0; i < running.count; i++) {
        struct net_job *job = running.jobs[i];
        job->net = running.net;
        job->begun_ms = net_now();
        job->job.events = (struct ens_job_events){
            .result = on_result, .progress = on_progress, .done = on_done, .ud = job};
        job->id = ens_engine_submit(running.net->engine, &job->job);
    }
}

void net_run(struct net *net, struct net_job **jobs, size_t count)
{
    const struct ens_job_request starter = {.events = {.done = submit_all}};

    running = (struct batch_of_jobs){.net = net, .jobs = jobs, .count = count, .left = count};
    (void)ens_engine_submit(net->engine, &starter);
    (void)pthread_mutex_lock(&mutex);
    while (running.left > 0) {
        (void)pthread_cond_wait(&all_done, &mutex);
    }
    (void)pthread_mutex_unlock(&mutex);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(jobs[i]->dones, 1);
        assert_int_equal(jobs[i]->summary.total, jobs[i]->job.count);
        for (size_t j = 0; j < jobs[i]->job.count; j++) {
            assert_int_equal(jobs[i]->seen[j], 1);
        }
    }
}

const char *net_brief(struct net_job *job, size_t index)
{
    const struct ens_result *result = &job->results[index];

    return ens_arena_printf(job->arena, "%s %s %s %s%s", ens_action_name(result->action),
                            ens_confidence_name(result->confidence),
                            ens_reason_name(result->reason), ens_status_name(result->status),
                            result->started ? " started" : "")
        .ptr;
}
