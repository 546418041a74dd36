/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/find_job.h"

#include "base/alloc.h"
#include "base/container.h"
#include "core/advice.h"
#include "core/listing.h"
#include "core/messages.h"
#include "engine/call.h"

struct find_job {
    struct ens_job base; /* the first member */
    struct ens_find_events events;
    struct ens_selector *selectors;
    unsigned *places; /* of each selector: the first one with its cloud and region */
    size_t count;
    size_t at; /* the selector whose list is read */
    size_t failed;
    struct ens_findings findings;
    struct ens_listing listing; /* of the selector at; zeroed where it has none */
    const struct ens_provider *provider;
    struct ens_route *route; /* NULL: no list is being read */
    struct ens_request request;
    bool paused; /* the owner has no room for another page */
};

static struct find_job *self(struct ens_job *job)
{
    return ENS_CONTAINER_OF(job, struct find_job, base);
}

static struct ens_queue *queue_of(struct find_job *job)
{
    return &job->route->queues[job->listing.probing ? ENS_CALL_FIND_PROBE : ENS_CALL_FIND];
}

/* ---- failures -------------------------------------------------------------------------------- */

static void report_failure(struct find_job *job, enum ens_message message,
                           const struct ens_outcome *outcome, const struct ens_pending *pending)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_selector *selector = &job->selectors[job->at];
    const struct ens_target place = {.cloud = selector->cloud, .region = selector->region};
    const struct ens_outcome *last =
        pending != NULL && pending->last != NULL ? pending->last : outcome;
    const struct ens_facts facts = {
        .provider = job->provider,
        .target = &place,
        .outcome = pending != NULL ? pending->last : outcome,
        .pending = pending,
        .cancelled = outcome->reason == ENS_REASON_CANCELLED,
    };
    const struct ens_find_failure failure = {
        .cloud = selector->cloud,
        .region = selector->region,
        .reason = outcome->reason,
        .message = ens_message_compose(arena, message, &facts),
        .advice = ens_advice_for(job->provider, outcome->reason, outcome, outcome->hint),
        .provider_code = ens_cloud_text(arena, last->code, ENS_CLOUD_WORD_MAX),
        .http_status = last->http_status,
        .request_id = ens_cloud_text(arena, last->request_id, ENS_CLOUD_WORD_MAX),
    };

    job->failed++;
    job->events.failed(job->events.ud, &failure);
}

/* Fails the selector without a call. */
static void fail_unsent(struct find_job *job, enum ens_hint hint, ens_str detail)
{
    const struct ens_outcome outcome = {
        .reason = ENS_REASON_INVALID_ARGUMENT, .hint = hint, .detail = detail};

    report_failure(job, ENS_MESSAGE_LIST_FAILED, &outcome, NULL);
}

static enum ens_message message_of(const struct find_job *job, enum ens_reason reason)
{
    if (reason == ENS_REASON_PERMISSION_DENIED) {
        return ENS_MESSAGE_LIST_DENIED;
    }
    return job->listing.probing ? ENS_MESSAGE_LIST_HIDDEN : ENS_MESSAGE_LIST_FAILED;
}

/* ---- the end of a list ----------------------------------------------------------------------- */

static void warn_of_nothing(struct find_job *job)
{
    const struct ens_selector *selector = &job->selectors[job->at];
    struct ens_arena *arena = job->base.arena;
    const ens_str text = ens_selector_text(arena, selector);

    ens_warn(&job->base.warnings,
             ens_arena_printf(arena, "no instance was found in %.*s/%.*s%s%.*s%s",
                              ENS_STR_ARG(selector->cloud), ENS_STR_ARG(selector->region),
                              text.len > 0 ? " (" : "", ENS_STR_ARG(text),
                              text.len > 0 ? ")" : ""));
}

static void warn_of_nameless(struct find_job *job)
{
    const struct ens_selector *selector = &job->selectors[job->at];

    ens_warn(&job->base.warnings,
             ens_arena_printf(job->base.arena,
                              "%.*s/%.*s lists %zu instances whose ids Ensure does not know "
                              "the form of; they are not shown",
                              ENS_STR_ARG(selector->cloud), ENS_STR_ARG(selector->region),
                              job->listing.nameless));
}

/* The list of the selector is read, or failed. */
static void leave(struct find_job *job)
{
    if (job->route != NULL) {
        ens_warn_of(&job->base.warnings, &job->route->account->keyring.warnings);
    }
    if (job->listing.nameless > 0) {
        warn_of_nameless(job);
    }
    ens_listing_done(&job->listing);
    job->route = NULL;
    job->at++;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void call(struct find_job *job)
{
    const struct ens_timers *timers = job->base.jobs->timers;

    if (job->events.has_room != NULL && !job->events.has_room(job->events.ud)) {
        job->paused = true;
        return;
    }
    job->paused = false;
    job->request.filter = &job->listing.filter;
    job->request.page = ens_buf_str(&job->listing.mark);
    ens_queue_add(queue_of(job), &job->request, ens_timers_now(timers));
}

/* False: the selector failed without a call. */
static bool enter(struct find_job *job)
{
    const struct ens_jobs *jobs = job->base.jobs;
    const struct ens_selector *selector = &job->selectors[job->at];

    job->provider = ens_registry_find(jobs->registry, selector->cloud);
    ENS_ASSERT(job->provider != NULL); /* ens_registry_require passed */
    const struct ens_cloud_account *cloud =
        ens_cloud_account_get(jobs->accounts, job->base.config, job->provider);
    if (cloud->account == NULL) {
        fail_unsent(job, cloud->hint, cloud->error);
        return false;
    }
    if (job->provider->find_request == NULL || job->provider->read_find == NULL) {
        fail_unsent(job, ENS_HINT_NONE, ENS_STR("this version of its provider lists no instances"));
        return false;
    }
    job->route = ens_route_get(jobs->routes, cloud->account, selector->region);
    ens_listing_begin(&job->listing, job->provider, selector, &job->findings, job->places[job->at]);
    return true;
}

/* Begins the list of the next selector; the last one ends the job. */
static void go_on(struct find_job *job)
{
    while (job->at < job->count) {
        if (enter(job)) {
            call(job);
            return;
        }
        leave(job);
    }
    ens_job_over(&job->base);
}

static void show(void *ud, const struct ens_finding *finding)
{
    const struct find_job *job = ud;

    job->events.found(job->events.ud, finding);
}

static void on_outcome(struct ens_request *request, const struct ens_outcome *outcome)
{
    struct find_job *job = ENS_CONTAINER_OF(request, struct find_job, request);
    const struct ens_outcome *failure = &job->listing.failure;

    switch (ens_listing_step(&job->listing, outcome, show, job)) {
    case ENS_LISTING_CALL:
        call(job);
        return;
    case ENS_LISTING_FAILED:
        report_failure(job, message_of(job, failure->reason), failure, NULL);
        break;
    case ENS_LISTING_DONE:
        if (!job->listing.matched) {
            warn_of_nothing(job);
        }
        break;
    }
    leave(job);
    go_on(job);
}

/* ---- cancellation and deadline --------------------------------------------------------------- */

/* Ends the list that is read, and those that would have followed. */
static void stop(struct find_job *job, enum ens_reason reason)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_outcome outcome = {.reason = reason};
    struct ens_pending pending = {0};

    if (job->request.call != NULL) {
        ens_call_pending(&job->request, arena, &pending);
        ens_call_leave(&job->request, reason);
    } else if (!job->paused) {
        ens_queue_remove(queue_of(job), &job->request);
    }
    while (job->at < job->count) {
        job->provider = ens_registry_find(job->base.jobs->registry, job->selectors[job->at].cloud);
        report_failure(job, ENS_MESSAGE_LIST_END, &outcome, &pending);
        leave(job);
        pending = (struct ens_pending){0};
    }
    ens_job_over(&job->base);
}

static void cancel(struct ens_job *base)
{
    stop(self(base), ENS_REASON_CANCELLED);
}

static void expire(struct ens_job *base)
{
    stop(self(base), ENS_REASON_TIMED_OUT);
}

static void resume(struct ens_job *base)
{
    struct find_job *job = self(base);

    if (job->paused) {
        call(job);
    }
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void begin(struct ens_job *base)
{
    struct find_job *job = self(base);

    job->request.run_id = base->run_id;
    go_on(job);
}

static void report(struct ens_job *base)
{
    const struct find_job *job = self(base);
    const struct ens_find_end find_end = {
        .total = job->findings.total,
        .failed = job->failed,
        .warnings = base->warnings.items,
        .warning_count = base->warnings.count,
    };

    job->events.done(job->events.ud, &find_end);
}

static void dispose(struct ens_job *base)
{
    struct find_job *job = self(base);

    ens_listing_done(&job->listing);
    ens_target_set_done(&job->findings.shown);
    ens_free(job);
}

static const struct ens_job_kind find_jobs = {
    .begin = begin,
    .cancel = cancel,
    .expire = expire,
    .resume = resume,
    .report = report,
    .dispose = dispose,
};

static unsigned place_of(const struct find_job *job, size_t index)
{
    const struct ens_selector *selector = &job->selectors[index];
    unsigned first = 0;

    while (!ens_str_eq(job->selectors[first].cloud, selector->cloud) ||
           !ens_str_eq(job->selectors[first].region, selector->region)) {
        first++;
    }
    return first;
}

struct ens_job *ens_find_job_new(struct ens_jobs *jobs, const struct ens_find_request *request)
{
    struct find_job *job = ens_alloc(sizeof(*job));

    ENS_ASSERT(request->count <= ENS_SELECTORS_MAX);
    ens_job_init(&job->base, jobs, &find_jobs, request->timeout_ms, ENS_PLAN_TIMEOUT_MS);
    struct ens_arena *arena = job->base.arena;
    job->events = request->events;
    job->count = request->count;
    job->selectors = ens_arena_array(arena, request->count, sizeof(*job->selectors));
    job->places = ens_arena_array(arena, request->count, sizeof(*job->places));
    for (size_t i = 0; i < request->count; i++) {
        job->selectors[i] = ens_selector_copy(arena, &request->selectors[i]);
        job->places[i] = place_of(job, i);
    }
    job->request.deadline_ms = job->base.deadline_ms;
    job->request.done = on_outcome;
    return &job->base;
}
