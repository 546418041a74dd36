/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/find_job.h"

#include "base/alloc.h"
#include "base/container.h"
#include "core/advice.h"
#include "core/listing.h"
#include "core/messages.h"
#include "engine/call.h"

/* The list of one selector. */
struct list {
    struct find_job *job;
    const struct ens_selector *selector;
    const struct ens_provider *provider;
    struct ens_listing listing;
    struct ens_route *route; /* NULL: it can't be called */
    struct ens_request request;
    struct ens_arena *held; /* of outcome, which waits for the turn of the list; NULL: there is none
                             */
    struct ens_outcome outcome;
};

struct find_job {
    struct ens_job base; /* the first member */
    struct ens_find_events events;
    struct list *lists;
    size_t count;
    size_t at; /* the list whose turn it is */
    size_t failed;
    struct ens_findings findings;
    bool paused; /* the owner has no room for another page of it */
};

static struct find_job *self(struct ens_job *job)
{
    return ENS_CONTAINER_OF(job, struct find_job, base);
}

static struct ens_queue *queue_of(const struct list *list)
{
    return &list->route->queues[list->listing.probing ? ENS_CALL_FIND_PROBE : ENS_CALL_FIND];
}

static bool has_turn(const struct list *list)
{
    return list == &list->job->lists[list->job->at];
}

/* ---- failures -------------------------------------------------------------------------------- */

static void report_failure(const struct list *list, enum ens_message message,
                           const struct ens_outcome *outcome, const struct ens_pending *pending)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct find_job *job = list->job;
    const struct ens_selector *selector = list->selector;
    const struct ens_target place = {.cloud = selector->cloud, .region = selector->region};
    const struct ens_outcome *last =
        pending != NULL && pending->last != NULL ? pending->last : outcome;
    const struct ens_facts facts = {
        .provider = list->provider,
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
        .advice = ens_advice_for(list->provider, outcome->reason, outcome, outcome->hint),
        .provider_code = ens_cloud_text(arena, last->code, ENS_CLOUD_WORD_MAX),
        .http_status = last->http_status,
        .request_id = ens_cloud_text(arena, last->request_id, ENS_CLOUD_WORD_MAX),
    };

    job->failed++;
    job->events.failed(job->events.ud, &failure);
}

static enum ens_message message_of(const struct list *list, enum ens_reason reason)
{
    if (reason == ENS_REASON_PERMISSION_DENIED) {
        return ENS_MESSAGE_LIST_DENIED;
    }
    return list->listing.probing ? ENS_MESSAGE_LIST_HIDDEN : ENS_MESSAGE_LIST_FAILED;
}

/* ---- the end of a list ----------------------------------------------------------------------- */

static void warn_of_nothing(const struct list *list)
{
    const struct ens_selector *selector = list->selector;
    struct ens_arena *arena = list->job->base.arena;
    const ens_str text = ens_selector_text(arena, selector);

    ens_warn(&list->job->base.warnings,
             ens_arena_printf(arena, "no instance was found in %.*s/%.*s%s%.*s%s",
                              ENS_STR_ARG(selector->cloud), ENS_STR_ARG(selector->region),
                              text.len > 0 ? " (" : "", ENS_STR_ARG(text),
                              text.len > 0 ? ")" : ""));
}

static void warn_of_nameless(const struct list *list)
{
    const struct ens_selector *selector = list->selector;

    ens_warn(&list->job->base.warnings,
             ens_arena_printf(list->job->base.arena,
                              "%.*s/%.*s lists %zu instance%s with an id of a form that Ensure "
                              "does not know; not shown",
                              ENS_STR_ARG(selector->cloud), ENS_STR_ARG(selector->region),
                              list->listing.nameless, ens_plural(list->listing.nameless)));
}

static void drop(struct list *list)
{
    ens_arena_free(list->held);
    list->held = NULL;
}

/* The list is read, or failed: the next one has its turn. */
static void leave(struct list *list)
{
    struct find_job *job = list->job;

    if (list->route != NULL) {
        ens_job_notice(&job->base, &list->route->account->keyring.warnings);
    }
    if (list->listing.nameless > 0) {
        warn_of_nameless(list);
    }
    drop(list);
    ens_listing_done(&list->listing);
    job->at++;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void call(struct list *list)
{
    struct find_job *job = list->job;

    list->request.filter = &list->listing.filter;
    list->request.page = ens_buf_str(&list->listing.mark);
    ens_queue_add(queue_of(list), &list->request, ens_timers_now(job->base.jobs->timers));
}

/* Reads the next page of the list whose turn it is, if there is room for it. */
static void call_next(struct find_job *job)
{
    job->paused = job->events.has_room != NULL && !job->events.has_room(job->events.ud);
    if (!job->paused) {
        call(&job->lists[job->at]);
    }
}

/* Keeps the outcome until the list has its turn. */
static void hold(struct list *list, const struct ens_outcome *outcome)
{
    list->held = ens_arena_new();
    list->outcome = ens_outcome_copy(list->held, outcome);
}

/* The list fails without a call. */
static void hold_unsent(struct list *list, enum ens_hint hint, ens_str detail)
{
    const struct ens_outcome outcome = {
        .reason = ENS_REASON_INVALID_ARGUMENT, .hint = hint, .detail = detail};

    hold(list, &outcome);
}

/* Finds out how the list is called. */
static void enter(struct list *list)
{
    struct find_job *job = list->job;
    const struct ens_jobs *jobs = job->base.jobs;
    const unsigned place = list->listing.place;

    list->provider = ens_registry_find(jobs->registry, list->selector->cloud);
    ENS_ASSERT(list->provider != NULL); /* ens_registry_require passed */
    ens_listing_begin(&list->listing, list->provider, list->selector, &job->findings, place);
    const struct ens_cloud_account *cloud =
        ens_cloud_account_get(jobs->accounts, job->base.config, list->provider);
    if (cloud->account == NULL) {
        hold_unsent(list, cloud->hint, cloud->error);
    } else if (list->provider->find_request == NULL || list->provider->read_find == NULL) {
        hold_unsent(list, ENS_HINT_NO_LISTS,
                    ENS_STR("this version of its provider lists no instances"));
    } else {
        list->route = ens_route_get(jobs->routes, cloud->account, list->selector->region);
    }
}

static void show(void *ud, const struct ens_finding *finding)
{
    const struct find_job *job = ud;

    job->events.found(job->events.ud, finding);
}

/* Takes the outcome of a call of the list whose turn it is. True: the next one has it now. */
static bool take(struct list *list, const struct ens_outcome *outcome)
{
    struct find_job *job = list->job;
    const struct ens_outcome *failure = &list->listing.failure;

    switch (ens_listing_step(&list->listing, outcome, show, job)) {
    case ENS_LISTING_CALL:
        drop(list);
        call_next(job);
        return false;
    case ENS_LISTING_FAILED:
        report_failure(list, message_of(list, failure->reason), failure, NULL);
        break;
    case ENS_LISTING_DONE:
        if (!list->listing.matched) {
            warn_of_nothing(list);
        }
        break;
    }
    leave(list);
    return true;
}

/* Takes the outcomes that waited for their turn; the end of the last list is that of the job. */
static void go_on(struct find_job *job)
{
    while (job->at < job->count) {
        struct list *list = &job->lists[job->at];
        if (list->held == NULL || !take(list, &list->outcome)) {
            return;
        }
    }
    ens_job_over(&job->base);
}

static void on_outcome(struct ens_request *request, const struct ens_outcome *outcome)
{
    struct list *list = ENS_CONTAINER_OF(request, struct list, request);

    if (!has_turn(list)) {
        hold(list, outcome);
    } else if (take(list, outcome)) {
        go_on(list->job);
    }
}

/* ---- cancellation and deadline --------------------------------------------------------------- */

/* Takes the request of the list back. */
static void withdraw(struct list *list, struct ens_arena *arena, enum ens_reason reason,
                     struct ens_pending *ret)
{
    if (list->request.call != NULL) {
        ens_call_pending(&list->request, arena, ret);
        ens_call_leave(&list->request, reason);
    } else if (list->route != NULL) {
        ens_queue_remove(queue_of(list), &list->request);
    }
}

/* Ends all lists that were not read to their end. */
static void stop(struct find_job *job, enum ens_reason reason)
{
    const struct ens_outcome outcome = {.reason = reason};

    while (job->at < job->count) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct list *list = &job->lists[job->at];
        struct ens_pending pending = {0};
        withdraw(list, arena, reason, &pending);
        report_failure(list, ENS_MESSAGE_LIST_END, &outcome, &pending);
        leave(list);
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
        call_next(job);
    }
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void begin(struct ens_job *base)
{
    struct find_job *job = self(base);

    for (size_t i = 0; i < job->count; i++) {
        struct list *list = &job->lists[i];
        list->request.run = base->run;
        enter(list);
        if (list->route != NULL && i == 0) {
            call_next(job);
        } else if (list->route != NULL) {
            call(list);
        }
    }
    go_on(job);
}

static void tally(struct ens_job *base, struct ens_job_tally *ret)
{
    const struct find_job *job = self(base);

    *ret = (struct ens_job_tally){"find", job->findings.total, job->failed};
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

    ens_target_set_done(&job->findings.shown);
    ens_free(job);
}

static const struct ens_job_kind find_jobs = {
    .begin = begin,
    .cancel = cancel,
    .expire = expire,
    .resume = resume,
    .tally = tally,
    .report = report,
    .dispose = dispose,
};

/* Number of the first list of the same cloud and region. */
static unsigned place_of(const struct find_job *job, const struct ens_selector *selector)
{
    unsigned first = 0;

    while (!ens_str_eq(job->lists[first].selector->cloud, selector->cloud) ||
           !ens_str_eq(job->lists[first].selector->region, selector->region)) {
        first++;
    }
    return first;
}

struct ens_job *ens_find_job_new(struct ens_jobs *jobs, const struct ens_find_request *request)
{
    struct find_job *job = ens_alloc(sizeof(*job));

    ENS_ASSERT(request->count <= ENS_SELECTORS_MAX);
    ens_job_init(&job->base, jobs, &find_jobs, request->timeout_ms, ENS_PLAN_TIMEOUT_MS);
    job->base.cancelled_before = request->cancelled;
    struct ens_arena *arena = job->base.arena;
    struct ens_selector *selectors = ens_arena_array(arena, request->count, sizeof(*selectors));
    job->events = request->events;
    job->count = request->count;
    job->lists = ens_arena_array(arena, request->count, sizeof(*job->lists));
    for (size_t i = 0; i < request->count; i++) {
        struct list *list = &job->lists[i];
        selectors[i] = ens_selector_copy(arena, &request->selectors[i]);
        list->job = job;
        list->selector = &selectors[i];
        list->listing.place = place_of(job, list->selector);
        list->request.deadline_ms = job->base.deadline_ms;
        list->request.done = on_outcome;
    }
    return &job->base;
}
