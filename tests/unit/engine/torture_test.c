/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomised test of the whole engine against a faulty cloud: replies that are lost before and
 * after the effect, throttled, garbled, paged and delayed; ids that are refused, denied or missing;
 * jobs that share calls, time out and are cancelled. Each run is determined by its number. The
 * checks below must hold in every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "engine/target_job.h"

#define RUNS    500
#define IDS_MAX 40
#define JOBS    3

struct instance {
    const char *word;
    const char *next; /* its next state */
    int64_t next_ms;
    const char *shown; /* in the last read whose reply was delivered */
    const char *code;  /* with which starts are refused; NULL: they are accepted */
    bool denied;       /* no permission, in any call */
    bool gone;
    bool accepted; /* a start was accepted, and the reply delivered */
    unsigned effects;
    char token[64];
};

struct world {
    uint32_t seed;
    struct net net;
    struct net_job jobs[JOBS];
    struct instance instances[IDS_MAX + 1];
    size_t count;
    unsigned faults; /* per thousand requests */
    size_t page_size;
    bool items;   /* starts have a result per id; else one for the call */
    bool overlap; /* jobs have the same instances */
    int64_t skew_s;
    int64_t latency_ms;
};

/* Counters over all runs. */
static struct {
    unsigned effects;
    unsigned lost;
    unsigned splits;
    unsigned reasons[ENS_REASON_COUNT];
} met;

static uint32_t chance(struct world *world, uint32_t below)
{
    world->seed = world->seed * 1664525u + 1013904223u;
    return (world->seed >> 8) % below;
}

static bool is(const char *word, const char *other)
{
    return strcmp(word, other) == 0;
}

/* Ids are "i-N". */
static struct instance *find(struct world *world, ens_str id)
{
    int64_t number = 0;

    assert_true(ens_str_to_i64((ens_str){id.ptr + 2, id.len - 2}, &number));
    assert_in_range(number, 1, world->count);
    struct instance *instance = &world->instances[number];
    if (instance->next != NULL && net_now() >= instance->next_ms) {
        instance->word = instance->next;
        instance->next = NULL;
    }
    return instance;
}

static int64_t latency(void *ud, const struct net_request *request)
{
    struct world *world = ud;

    (void)request;
    return chance(world, 100) == 0 ? 40000 : chance(world, (uint32_t)world->latency_ms + 1);
}

static void answer_read(struct world *world, const struct net_request *request,
                        struct net_reply *ret)
{
    int64_t from = 0;

    (void)ens_str_to_i64(request->page, &from);
    for (size_t i = (size_t)from; i < request->id_count && i < (size_t)from + world->page_size;
         i++) {
        struct instance *instance = find(world, request->ids[i]);
        if (!instance->gone) {
            instance->shown = instance->word;
            ens_buf_addf(&ret->text, "seen %.*s %s\n", ENS_STR_ARG(request->ids[i]),
                         instance->word);
        }
    }
    if ((size_t)from + world->page_size < request->id_count) {
        ens_buf_addf(&ret->text, "next %zu\n", (size_t)from + world->page_size);
    }
}

static const char *refusal(const struct instance *instance)
{
    return instance->gone ? "NotFound" : !is(instance->word, "DOWN") ? "State" : instance->code;
}

static void carry_out(struct world *world, struct instance *instance)
{
    instance->effects++;
    met.effects++;
    instance->word = "BOOTING";
    instance->next = chance(world, 8) == 0 ? "DOWN" : "UP";
    instance->next_ms = net_now() + chance(world, 20000);
}

/* Asserts what a client must never do. */
static void check_start(struct world *world, const struct net_request *request)
{
    for (size_t i = 0; i < request->id_count && !world->overlap; i++) {
        struct instance *instance = find(world, request->ids[i]);
        assert_non_null(instance->shown);
        assert_string_equal(instance->shown, "DOWN");
        assert_false(instance->accepted);
        if (request->token.len > 0 && instance->token[0] != '\0') {
            assert_true(ens_str_is(request->token, instance->token));
        }
        (void)snprintf(instance->token, sizeof(instance->token), "%.*s",
                       ENS_STR_ARG(request->token));
    }
}

static void answer_start(struct world *world, const struct net_request *request,
                         struct net_reply *ret, bool replied)
{
    for (size_t i = 0; i < request->id_count && !world->items; i++) {
        const char *code = refusal(find(world, request->ids[i]));
        if (code != NULL) {
            refuse(ret, is(code, "Stock") ? 500 : 409, code);
            return;
        }
    }
    for (size_t i = 0; i < request->id_count; i++) {
        struct instance *instance = find(world, request->ids[i]);
        const char *code = refusal(instance);
        if (code == NULL) {
            carry_out(world, instance);
            instance->accepted = replied;
        } else {
            ens_buf_addf(&ret->text, "item %.*s %s\n", ENS_STR_ARG(request->ids[i]), code);
        }
    }
}

static void answer_dry_run(struct world *world, const struct net_request *request,
                           struct net_reply *ret)
{
    for (size_t i = 0; i < request->id_count; i++) {
        const char *code = refusal(find(world, request->ids[i]));
        if (code != NULL) {
            refuse(ret, 400, code);
            return;
        }
    }
    refuse(ret, 412, "Passed");
}

/* Injects a fault; true: the request has no effect. */
static bool inject_fault(struct world *world, struct net_reply *ret)
{
    if (chance(world, 1000) >= world->faults) {
        return false;
    }
    switch (chance(world, 7)) {
    case 0:
        ret->end = ENS_TRANSPORT_LOST;
        break;
    case 1:
        ret->end = ENS_TRANSPORT_NOT_SENT;
        break;
    case 2:
        ret->status = 503;
        break;
    case 3:
        refuse(ret, 400, "Throttled");
        ret->retry_after_ms = chance(world, 3000);
        break;
    case 4:
        refuse(ret, 400, "Nonce");
        break;
    case 5:
        refuse(ret, 409, "Busy");
        break;
    default:
        ens_buf_add(&ret->text, ENS_STR("garbage\n"));
        ret->status = 500;
        break;
    }
    return true;
}

static void check_request(struct world *world, const struct net_request *request)
{
    const struct ens_provider *provider = &world->net.provider;
    const size_t limit = request->kind == ENS_CALL_START     ? provider->start_limit
                         : request->kind == ENS_CALL_DRY_RUN ? provider->dry_run_limit
                                                             : provider->describe_limit;

    assert_in_range(request->id_count, 1, limit);
    for (size_t i = 1; i < request->id_count; i++) {
        assert_true(ens_str_cmp(request->ids[i - 1], request->ids[i]) < 0); /* none twice */
    }
    if (request->kind == ENS_CALL_START) {
        check_start(world, request);
    }
}

static bool denied(struct world *world, const struct net_request *request)
{
    for (size_t i = 0; i < request->id_count; i++) {
        if (find(world, request->ids[i])->denied) {
            return true;
        }
    }
    return false;
}

static void answer(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct world *world = ud;
    const int64_t off = request->date_s - (net_now() / 1000 + world->skew_s);

    check_request(world, request);
    ret->server_unix_s = net_now() / 1000 + world->skew_s;
    if (off > 900 || off < -900) {
        refuse(ret, 403, "Skew");
        return;
    }
    if (inject_fault(world, ret)) {
        return;
    }
    if (denied(world, request)) {
        met.splits += request->id_count > 1 ? 1 : 0;
        refuse(ret, 403, "Denied");
        return;
    }
    switch (request->kind) {
    case ENS_CALL_READ:
        answer_read(world, request, ret);
        return;
    case ENS_CALL_PROBE:
        refuse(ret, 400, "Passed");
        return;
    case ENS_CALL_DRY_RUN:
        answer_dry_run(world, request, ret);
        return;
    case ENS_CALL_FIND:
    case ENS_CALL_FIND_PROBE:
        fail();
        return;
    case ENS_CALL_START:
        break;
    }
    const bool lost = chance(world, 1000) < world->faults;
    answer_start(world, request, ret, !lost);
    if (lost) {
        met.lost++;
        ret->end = ENS_TRANSPORT_LOST;
    }
}

/* ---- one run -------------------------------------------------------------------------------- */

static void make_instances(struct world *world)
{
    static const char *const words[] = {"DOWN",    "DOWN",    "DOWN",   "UP",
                                        "BOOTING", "HALTING", "BROKEN", "STRANGE"};

    for (size_t i = 1; i <= world->count; i++) {
        struct instance *instance = &world->instances[i];
        instance->word = words[chance(world, ENS_COUNT(words))];
        if (is(instance->word, "BOOTING")) {
            instance->next = "UP";
        } else if (is(instance->word, "HALTING")) {
            instance->next = "DOWN";
        }
        instance->next_ms = net_now() + chance(world, 30000);
        instance->code = chance(world, 10) == 0 ? "Stock" : NULL;
        instance->denied = chance(world, 25) == 0;
        instance->gone = chance(world, 12) == 0;
    }
}

static void make_provider(struct world *world)
{
    struct ens_provider *provider = &world->net.provider;

    provider->capabilities = chance(world, 8);
    provider->describe_limit = 1 + chance(world, 20);
    provider->start_limit =
        provider->capabilities & ENS_CAP_CLIENT_TOKEN ? 1 : 1 + chance(world, 12);
    provider->dry_run_limit = provider->capabilities & ENS_CAP_DRY_RUN ? 1 + chance(world, 12) : 0;
}

/* Makes jobs over consecutive ranges of the instances, or all over all instances. */
static size_t make_jobs(struct world *world, struct net_job **list)
{
    const size_t count = 1 + chance(world, JOBS);
    const size_t share = world->overlap ? world->count : world->count / count;

    for (size_t i = 0; i < count; i++) {
        struct net_job *job = &world->jobs[i];
        net_job_init(job, chance(world, 3) == 0 ? ENS_MODE_PLAN : ENS_MODE_APPLY, "moon", "i-",
                     share);
        struct ens_target_request *targets = ens_arena_array(job->arena, share, sizeof(*targets));
        for (size_t j = 0; j < share; j++) {
            targets[j] = job->job.targets[j];
            targets[j].target.id =
                ens_arena_printf(job->arena, "i-%zu", (world->overlap ? 0 : i * share) + j + 1);
            targets[j].read_only = chance(world, 6) == 0;
            targets[j].dry_run_known = chance(world, 6) == 0;
        }
        job->job.targets = targets;
        job->job.no_dry_run = chance(world, 5) == 0;
        job->job.timeout_ms = chance(world, 3) == 0 ? 1 + chance(world, 20000) : 0;
        job->cancel_at = chance(world, 3) == 0 ? 1 + chance(world, 20) : 0;
        list[i] = job;
    }
    return count;
}

static void check_result(const struct world *world, const struct net_job *job, size_t index)
{
    const struct ens_target_request *target = &job->job.targets[index];
    const struct ens_result *result = &job->results[index];
    int64_t number = 0;

    (void)ens_str_to_i64((ens_str){target->target.id.ptr + 2, target->target.id.len - 2}, &number);
    const struct instance *instance = &world->instances[number];
    met.reasons[result->reason]++;
    assert_true(ens_target_eq(&result->target, &target->target));
    assert_true(result->message.len > 0);
    if (job->job.mode == ENS_MODE_PLAN || target->read_only) {
        assert_false(result->started);
        assert_true(world->overlap || instance->effects == 0);
        return;
    }
    if (result->started) {
        assert_true(instance->effects > 0);
    }
    if (instance->accepted && !world->overlap) {
        assert_true(result->started);
    }
    if (result->reason == ENS_REASON_OK) {
        assert_int_equal(result->status, ENS_STATUS_RUNNING);
        assert_string_equal(instance->shown, "UP");
    }
    if (result->action == ENS_ACTION_REFUSE && !world->overlap &&
        result->reason != ENS_REASON_CANCELLED) {
        assert_int_equal(instance->effects, 0); /* an instance that was started is not "refused" */
    }
}

static void check_job(const struct world *world, const struct net_job *job)
{
    const int64_t timeout = job->job.timeout_ms > 0          ? job->job.timeout_ms
                            : job->job.mode == ENS_MODE_PLAN ? ENS_PLAN_TIMEOUT_MS
                                                             : ENS_APPLY_TIMEOUT_MS;

    assert_true(job->done_ms <= job->begun_ms + timeout);
    if (job->cancelled_ms > 0) {
        assert_true(job->done_ms <= job->cancelled_ms + 1000);
    }
    for (size_t i = 0; i < job->job.count; i++) {
        check_result(world, job, i);
    }
}

static void run_one(uint32_t number)
{
    static struct world world;
    struct net_job *jobs[JOBS];

    world = (struct world){.seed = number * 2654435761u + 12345u};
    world.count = JOBS + chance(&world, IDS_MAX - JOBS + 1);
    world.faults = chance(&world, 4) == 0 ? 0 : chance(&world, 400);
    world.page_size = 1 + chance(&world, 20);
    world.items = chance(&world, 2) == 0;
    world.overlap = chance(&world, 4) == 0;
    world.skew_s = chance(&world, 6) == 0 ? 7200 : 0;
    world.latency_ms = chance(&world, 500);
    net_init(&world.net);
    world.net.latency = latency;
    world.net.answer = answer;
    world.net.ud = &world;
    make_provider(&world);
    make_instances(&world);
    const size_t count = make_jobs(&world, jobs);
    net_begin(&world.net);
    net_run(&world.net, jobs, count);
    for (size_t i = 0; i < count; i++) {
        check_job(&world, jobs[i]);
    }
    for (size_t i = 0; i < ENS_CALL_KIND_COUNT; i++) {
        assert_true(world.net.most[i] <= ENS_BATCH_CALLS);
    }
    net_done(&world.net);
    for (size_t i = 0; i < count; i++) {
        net_job_done(jobs[i]);
    }
}

static void test_promises_hold(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        run_one(i);
    }
    print_message("effects %u, lost %u, splits %u", met.effects, met.lost, met.splits);
    for (int i = 0; i < ENS_REASON_COUNT; i++) {
        if (met.reasons[i] > 0) {
            print_message(", %s %u", ens_reason_name((enum ens_reason)i), met.reasons[i]);
        }
    }
    print_message("\n");
    assert_true(met.effects > RUNS && met.lost > RUNS / 10 && met.splits > RUNS / 10);
    assert_true(met.reasons[ENS_REASON_FELL_BACK] > 0 && met.reasons[ENS_REASON_TIMED_OUT] > 0);
    assert_true(met.reasons[ENS_REASON_CANCELLED] > 0 && met.reasons[ENS_REASON_THROTTLED] > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises_hold),
    };
    if (argc > 1) {
        run_one((uint32_t)strtoul(argv[1], NULL, 10)); /* a single run, for debugging */
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
