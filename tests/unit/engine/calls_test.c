/* How calls are made of what targets ask for: pages, halves, retries, clocks, limits. */
#include <stdio.h>
#include <string.h>

#include "fake_net.h"
#include "run/engine_private.h"

static void see(struct net_reply *ret, ens_str id, const char *word)
{
    (void)ens_buf_addf(&ret->text, "seen %.*s %s\n", ENS_STR_ARG(id), word);
}

static void see_all(const struct net_request *request, struct net_reply *ret, const char *word)
{
    for (size_t i = 0; i < request->id_count; i++) {
        see(ret, request->ids[i], word);
    }
}

static void refuse(struct net_reply *ret, uint32_t status, const char *code)
{
    ret->status = status;
    ens_buf_reset(&ret->text);
    (void)ens_buf_addf(&ret->text, "code %s\n", code);
}

/* Runs one job over count targets. */
static void run(struct net *net, struct net_job *job, enum ens_mode mode, size_t count)
{
    struct net_job *jobs[] = {job};

    net_begin(net);
    net_job_init(job, mode, "moon", "i-", count);
    net_run(net, jobs, 1);
}

static void end(struct net *net, struct net_job *job)
{
    net_job_done(job);
    net_done(net);
}

static void expect_all(struct net_job *job, const char *brief)
{
    for (size_t i = 0; i < job->job.count; i++) {
        assert_string_equal(net_brief(job, i), brief);
    }
}

/* ---- pages ---------------------------------------------------------------------------------- */

static void answer_pages(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const size_t page_size = 2;
    int64_t from = 0;

    (void)ud;
    (void)ens_str_to_i64(request->page, &from);
    for (size_t i = (size_t)from; i < request->id_count && i < (size_t)from + page_size; i++) {
        see(ret, request->ids[i], "UP");
    }
    if ((size_t)from + page_size < request->id_count) {
        (void)ens_buf_addf(&ret->text, "next %zu\n", (size_t)from + page_size);
    }
}

static void test_pages(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_pages;
    run(&net, &job, ENS_MODE_PLAN, 5);
    expect_all(&job, "none observed already_running running");
    assert_int_equal(net.calls[ENS_ASK_READ], 3);
    end(&net, &job);
}

/* The first two are seen, then the list goes round. */
static void answer_same_page(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    see(ret, request->ids[0], "UP");
    see(ret, request->ids[1], "UP");
    (void)ens_buf_add(&ret->text, ENS_STR("next again\n"));
}

static void answer_endless(void *ud, const struct net_request *request, struct net_reply *ret)
{
    unsigned *page = ud;

    see(ret, request->ids[0], "UP");
    (void)ens_buf_addf(&ret->text, "next p%u\n", ++*page);
}

static void test_pages_that_do_not_end(void **state)
{
    struct net net;
    struct net_job job;
    unsigned page = 0;

    (void)state;
    net_init(&net);
    net.answer = answer_same_page;
    run(&net, &job, ENS_MODE_PLAN, 3);
    assert_string_equal(net_brief(&job, 0), "none observed already_running running");
    assert_string_equal(net_brief(&job, 1), "none observed already_running running");
    assert_string_equal(net_brief(&job, 2), "refuse observed malformed_response unknown");
    assert_non_null(strstr(job.results[2].message.ptr, "pages"));
    assert_int_equal(net.calls[ENS_ASK_READ], 2);
    end(&net, &job);

    net_init(&net);
    net.answer = answer_endless;
    net.ud = &page;
    run(&net, &job, ENS_MODE_PLAN, 2);
    assert_string_equal(net_brief(&job, 1), "refuse observed malformed_response unknown");
    assert_int_equal(net.calls[ENS_ASK_READ], ENS_PAGES_MAX);
    end(&net, &job);
}

/* Others' ids, an id twice, an id in another case. */
static void answer_nonsense(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    see(ret, ENS_STR("i-999"), "UP");
    see(ret, request->ids[0], "UP");
    see(ret, request->ids[0], "BROKEN");
    see(ret, ENS_STR(""), "UP");
    see(ret, ENS_STR("I-2"), "UP");
}

static void test_ids_that_nobody_asked_for(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_nonsense;
    run(&net, &job, ENS_MODE_PLAN, 2);
    assert_string_equal(net_brief(&job, 0), "none observed already_running running");
    assert_string_equal(net_brief(&job, 1), "refuse observed not_found absent");
    end(&net, &job);
}

/* ---- one bad id ----------------------------------------------------------------------------- */

static bool asks_for(const struct net_request *request, const char *id)
{
    for (size_t i = 0; i < request->id_count; i++) {
        if (ens_str_is(request->ids[i], id)) {
            return true;
        }
    }
    return false;
}

static void answer_bad_id(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const char *code = ud;

    if (request->ask == ENS_ASK_DRY_RUN) {
        refuse(ret, 412, asks_for(request, "i-3") ? code : "Passed");
    } else {
        see_all(request, ret, "DOWN");
    }
}

static void test_halves(void **state)
{
    char stock[] = "Stock";
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.provider.dry_run_limit = 100;
    net.answer = answer_bad_id;
    net.ud = stock;
    run(&net, &job, ENS_MODE_PLAN, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(net_brief(&job, i), i == 2 ? "refuse validated no_capacity stopped"
                                                       : "start validated ok stopped");
    }
    assert_int_equal(net.calls[ENS_ASK_DRY_RUN], 7); /* 8, 4 4, 2 2, 1 1 */
    end(&net, &job);
}

static void answer_bad_read(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    if (asks_for(request, "i-3")) {
        refuse(ret, 400, "Malformed");
    } else {
        see_all(request, ret, "UP");
    }
}

static void test_a_bad_id_in_a_read(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_bad_read;
    run(&net, &job, ENS_MODE_PLAN, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(net_brief(&job, i), i == 2 ? "refuse observed invalid_argument unknown"
                                                       : "none observed already_running running");
    }
    assert_int_equal(net.calls[ENS_ASK_READ], 7);
    end(&net, &job);
}

static void answer_all_denied(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    (void)request;
    refuse(ret, 403, "Denied");
}

/* All, then the first alone and the rest, three times: seven calls, not two hundred. */
static void test_all_denied(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_all_denied;
    run(&net, &job, ENS_MODE_PLAN, 100);
    expect_all(&job, "refuse observed permission_denied unknown");
    assert_int_equal(net.calls[ENS_ASK_READ], 7);
    end(&net, &job);
}

static void answer_one_denied(void *ud, const struct net_request *request, struct net_reply *ret)
{
    if (asks_for(request, ud)) {
        refuse(ret, 403, "Denied");
    } else {
        see_all(request, ret, "UP");
    }
}

static void test_one_denied(void **state)
{
    static const struct {
        char id[4];
        unsigned calls;
    } rows[] = {
        {"i-3", 1 + 1 + 2 + 2 + 2}, /* all, the first, halves of the other eight */
        {"i-1", 1 + 1 + 1},         /* all, the first, the rest */
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        char id[4];
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_one_denied;
        net.ud = memcpy(id, rows[i].id, sizeof(id));
        run(&net, &job, ENS_MODE_PLAN, 9);
        for (size_t j = 0; j < 9; j++) {
            const bool bad = ens_str_is(job.results[j].target.id, rows[i].id);
            assert_string_equal(net_brief(&job, j),
                                bad ? "refuse observed permission_denied unknown"
                                    : "none observed already_running running");
        }
        assert_int_equal(net.calls[ENS_ASK_READ], rows[i].calls);
        end(&net, &job);
    }
}

/* A cloud that stumbles over one id: in a read, a dry run and a start of many. */
struct stumble {
    const char *id; /* NULL: over everything */
    enum ens_ask ask;
};

static void answer_stumbling(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const struct stumble *stumble = ud;

    if (request->ask == stumble->ask && (stumble->id == NULL || asks_for(request, stumble->id))) {
        ret->status = 500;
    } else if (request->ask == ENS_ASK_DRY_RUN) {
        refuse(ret, 412, "Passed");
    } else if (request->ask == ENS_ASK_READ) {
        see_all(request, ret, "DOWN");
    }
}

static void test_stumbling(void **state)
{
    static const struct {
        struct stumble stumble;
        const char *good;
        const char *bad;
        unsigned most; /* calls of the kind */
    } rows[] = {
        {{"i-3", ENS_ASK_READ},
         "start validated ok stopped",
         "refuse observed internal unknown",
         4 + 1 + 4 * 4 + 3},
        {{"i-1", ENS_ASK_READ},
         "start validated ok stopped",
         "refuse observed internal unknown",
         4 + 4 + 1},
        {{"i-3", ENS_ASK_DRY_RUN},
         "start validated ok stopped",
         "start unverified internal stopped",
         4 + 1 + 4 * 4 + 3},
        {{NULL, ENS_ASK_READ}, NULL, "refuse observed internal unknown", 4 + 4 + 4},
        {{NULL, ENS_ASK_DRY_RUN}, NULL, "start unverified internal stopped", 4 + 4 + 4},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct stumble stumble = rows[i].stumble;
        struct net net;
        struct net_job job;
        net_init(&net);
        net.provider.dry_run_limit = 100;
        net.answer = answer_stumbling;
        net.ud = &stumble;
        run(&net, &job, ENS_MODE_PLAN, 9);
        for (size_t j = 0; j < 9; j++) {
            const bool bad = stumble.id == NULL || ens_str_is(job.results[j].target.id, stumble.id);
            assert_string_equal(net_brief(&job, j), bad ? rows[i].bad : rows[i].good);
        }
        assert_true(net.calls[stumble.ask] <= rows[i].most);
        end(&net, &job);
    }
}

struct stumbling_starts {
    unsigned up; /* a bit for each id that was started */
};

static void answer_stumbling_start(void *ud, const struct net_request *request,
                                   struct net_reply *ret)
{
    struct stumbling_starts *starts = ud;

    if (request->ask == ENS_ASK_START && asks_for(request, "i-3")) {
        ret->status = 500;
        return;
    }
    for (size_t i = 0; i < request->id_count; i++) {
        const unsigned bit = 1u << (request->ids[i].ptr[2] - '0');
        if (request->ask == ENS_ASK_START) {
            assert_int_equal(starts->up & bit, 0);
            starts->up |= bit;
        } else {
            see(ret, request->ids[i], starts->up & bit ? "UP" : "DOWN");
        }
    }
}

static void test_stumbling_start(void **state)
{
    struct stumbling_starts starts = {0};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.provider.capabilities = 0;
    net.provider.dry_run_limit = 0;
    net.provider.start_limit = 100;
    net.answer = answer_stumbling_start;
    net.ud = &starts;
    run(&net, &job, ENS_MODE_APPLY, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_string_equal(net_brief(&job, i), i == 2 ? "refuse observed internal stopped"
                                                       : "start validated ok running started");
    }
    assert_int_equal(net.calls[ENS_ASK_START], 1 + 8 + 3);
    end(&net, &job);
}

/* ---- trying again --------------------------------------------------------------------------- */

struct flaky {
    unsigned bad;     /* replies that are bad, first */
    const char *code; /* "": a lost connection */
    int64_t retry_after_ms;
    int64_t skew_s; /* of the cloud's clock */
    bool tells_time;
    unsigned calls;
    int64_t times[40];
    char nonces[40][33];
};

static void answer_flaky(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct flaky *flaky = ud;
    const unsigned n = flaky->calls++;

    flaky->times[n] = request->sent_ms;
    (void)snprintf(flaky->nonces[n], 33, "%.*s", ENS_STR_ARG(request->nonce));
    if (n < flaky->bad && flaky->code[0] == '\0') {
        ret->end = ENS_HTTP_LOST;
    } else if (n < flaky->bad) {
        refuse(ret, 400, flaky->code);
        ret->retry_after_ms = flaky->retry_after_ms;
    } else {
        see_all(request, ret, "UP");
    }
}

static void test_retry_after(void **state)
{
    struct flaky flaky = {.bad = 2, .code = "Throttled", .retry_after_ms = 7000};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_flaky;
    net.ud = &flaky;
    run(&net, &job, ENS_MODE_PLAN, 3);
    expect_all(&job, "none observed already_running running");
    assert_int_equal(flaky.calls, 3);
    assert_in_range(flaky.times[1] - flaky.times[0], 7000, 7600);
    assert_in_range(flaky.times[2] - flaky.times[1], 7000, 7600);
    end(&net, &job);
}

static void test_retries_end(void **state)
{
    static const struct {
        const char *code;
        unsigned calls;
        const char *brief;
    } rows[] = {
        {"", 5, "refuse observed unavailable unknown"},
        {"Throttled", 12, "refuse observed throttled unknown"},
        {"Nonce", 5, "refuse observed invalid_argument unknown"},
        {"Malformed", 1, "refuse observed invalid_argument unknown"},
        {"Busy", 4, "refuse observed in_progress unknown"},
        {"Skew", 2, "refuse observed clock_skew unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct flaky flaky = {.bad = 40, .code = rows[i].code};
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_flaky;
        net.ud = &flaky;
        run(&net, &job, ENS_MODE_PLAN, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(flaky.calls, rows[i].calls);
        for (unsigned j = 1; j < flaky.calls; j++) {
            assert_string_not_equal(flaky.nonces[j], flaky.nonces[j - 1]);
        }
        end(&net, &job);
    }
}

struct broken {
    enum ens_http_end end;
    bool untrusted;
};

static void answer_broken(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const struct broken *broken = ud;

    (void)request;
    ret->end = broken->end;
    ret->untrusted = broken->untrusted;
}

static void test_transport(void **state)
{
    static const struct {
        struct broken broken;
        unsigned calls;
        const char *brief;
    } rows[] = {
        {{ENS_HTTP_NOT_SENT, false}, 5, "refuse observed unavailable unknown"},
        {{ENS_HTTP_NOT_SENT, true}, 1, "refuse observed unavailable unknown"},
        {{ENS_HTTP_LOST, false}, 5, "refuse observed unavailable unknown"},
        {{ENS_HTTP_TOO_LARGE, false}, 1, "refuse observed malformed_response unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct broken broken = rows[i].broken;
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_broken;
        net.ud = &broken;
        run(&net, &job, ENS_MODE_PLAN, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(net.calls[ENS_ASK_READ], rows[i].calls);
        assert_non_null(strstr(job.results[0].message.ptr, "the fake network failed"));
        end(&net, &job);
    }
}

/* A wait that time does not allow ends the call at once, with the cloud's reason; others who share
 * the call wait on. */
static void test_deadlines_differ(void **state)
{
    struct flaky flaky = {.bad = 1, .code = "Throttled", .retry_after_ms = 5000};
    struct net net;
    struct net_job hasty;
    struct net_job patient;
    struct net_job *jobs[] = {&hasty, &patient};

    (void)state;
    net_init(&net);
    net.answer = answer_flaky;
    net.ud = &flaky;
    net_begin(&net);
    net_job_init(&hasty, ENS_MODE_PLAN, "moon", "i-a", 2);
    net_job_init(&patient, ENS_MODE_PLAN, "moon", "i-b", 2);
    hasty.job.timeout_ms = 1000;
    net_run(&net, jobs, 2);
    assert_string_equal(net_brief(&hasty, 0), "refuse observed throttled unknown");
    assert_in_range(hasty.done_ms - hasty.begun_ms, 0, 100);
    assert_string_equal(net_brief(&patient, 1), "none observed already_running running");
    assert_int_equal(flaky.calls, 2);
    net_job_done(&hasty);
    end(&net, &patient);
}

/* ---- clocks --------------------------------------------------------------------------------- */

static void answer_skewed(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct flaky *flaky = ud;
    const int64_t server_s = net_now() / 1000 + flaky->skew_s;
    const int64_t off = request->date_s - server_s;

    flaky->calls++;
    ret->server_unix_s = flaky->tells_time ? server_s : 0;
    if (off > 900 || off < -900) {
        refuse(ret, 400, "Skew");
    } else if (request->ask == ENS_ASK_DRY_RUN) {
        refuse(ret, 412, "Passed");
    } else {
        see_all(request, ret, "DOWN");
    }
}

static void test_clock(void **state)
{
    static const struct {
        int64_t skew_s;
        bool tells_time;
        unsigned calls;
        const char *brief;
    } rows[] = {
        {3600, true, 3, "start validated ok stopped"}, /* the second call knows */
        {-86400 * 365, true, 3, "start validated ok stopped"},
        {800, true, 2, "start validated ok stopped"},
        {3600, false, 2, "refuse observed clock_skew unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct flaky flaky = {.skew_s = rows[i].skew_s, .tells_time = rows[i].tells_time};
        struct net net;
        struct net_job job;
        net_init(&net);
        net.answer = answer_skewed;
        net.ud = &flaky;
        run(&net, &job, ENS_MODE_PLAN, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(flaky.calls, rows[i].calls);
        end(&net, &job);
    }
}

/* ---- limits --------------------------------------------------------------------------------- */

static void answer_up(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    see_all(request, ret, "UP");
}

static void test_a_hundred_thousand(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_up;
    run(&net, &job, ENS_MODE_PLAN, ENS_TARGETS_MAX);
    assert_int_equal(job.summary.none, ENS_TARGETS_MAX);
    assert_int_equal(net.calls[ENS_ASK_READ], ENS_TARGETS_MAX / 100);
    assert_int_equal(net.most[ENS_ASK_READ], ENS_BATCH_CALLS);
    end(&net, &job);
}

/* Thousands of regions with one target each. */
static void test_many_regions(void **state)
{
    const size_t count = 3000;
    struct net net;
    struct net_job job;
    struct net_job *jobs[] = {&job};

    (void)state;
    net_init(&net);
    net.answer = answer_up;
    net_begin(&net);
    net_job_init(&job, ENS_MODE_PLAN, "moon", "i-", count);
    struct ens_job_target *targets = ens_arena_array(job.arena, count, sizeof(*targets));
    for (size_t i = 0; i < count; i++) {
        targets[i] = job.job.targets[i];
        targets[i].target.region = ens_arena_printf(job.arena, "region-%zu", i);
    }
    job.job.targets = targets;
    net_run(&net, jobs, 1);
    assert_int_equal(job.summary.none, count);
    assert_int_equal(net.calls[ENS_ASK_READ], count);
    assert_int_equal(net.most_in_all, ENS_CALLS_MAX);
    end(&net, &job);
}

/* ---- cancelling ----------------------------------------------------------------------------- */

struct canceller {
    struct net_job *job; /* is cancelled as soon as a start is sent */
    int64_t start_ms;    /* a start takes so long */
    unsigned starts;
    size_t ids_of_last_start;
};

static int64_t cancel_at_start(void *ud, const struct net_request *request)
{
    struct canceller *canceller = ud;

    if (request->ask != ENS_ASK_START) {
        return 10;
    }
    canceller->job->cancelled_ms = net_now();
    ens_engine_cancel(canceller->job->net->engine, canceller->job->id);
    return canceller->start_ms;
}

static void answer_down(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    if (request->ask == ENS_ASK_READ) {
        see_all(request, ret, "DOWN");
    }
}

/* A start in flight has a short grace; what is known then is told. */
static void test_cancel_with_a_start_in_flight(void **state)
{
    static const struct {
        int64_t start_ms;
        const char *brief;
        unsigned aborted;
    } rows[] = {
        {ENS_GRACE_MS - 1, "start validated cancelled stopped started", 0},
        {ENS_GRACE_MS + 1, "start observed cancelled stopped", 1},
        {20000, "start observed cancelled stopped", 1},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct net net;
        struct net_job job;
        struct canceller canceller = {.job = &job, .start_ms = rows[i].start_ms};
        net_init(&net);
        net.latency = cancel_at_start;
        net.answer = answer_down;
        net.ud = &canceller;
        run(&net, &job, ENS_MODE_APPLY, 1);
        expect_all(&job, rows[i].brief);
        assert_int_equal(net.aborted, rows[i].aborted);
        assert_in_range(job.done_ms - job.cancelled_ms, 0, 1000);
        end(&net, &job);
    }
}

/* The first start is turned away for its nonce; while it waits for another, one of the two jobs
 * that share it is cancelled. */
static void answer_nonce(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct canceller *canceller = ud;

    if (request->ask == ENS_ASK_READ) {
        see_all(request, ret, canceller->starts < 2 ? "DOWN" : "UP");
        return;
    }
    canceller->starts++;
    canceller->ids_of_last_start = request->id_count;
    if (canceller->starts == 1) {
        refuse(ret, 400, "Nonce");
        ens_engine_cancel(canceller->job->net->engine, canceller->job->id);
    } else {
        assert_true(asks_for(request, "i-b1"));
    }
}

static void test_what_was_cancelled_is_not_started(void **state)
{
    struct net net;
    struct net_job one;
    struct net_job two;
    struct net_job *jobs[] = {&one, &two};
    struct canceller canceller = {.job = &one};

    (void)state;
    net_init(&net);
    net.provider.capabilities = 0;
    net.provider.dry_run_limit = 0;
    net.provider.start_limit = 10;
    net.answer = answer_nonce;
    net.ud = &canceller;
    net_begin(&net);
    net_job_init(&one, ENS_MODE_APPLY, "moon", "i-a", 1);
    net_job_init(&two, ENS_MODE_APPLY, "moon", "i-b", 1);
    net_run(&net, jobs, 2);
    assert_string_equal(net_brief(&one, 0), "refuse observed cancelled stopped");
    assert_string_equal(net_brief(&two, 0), "start validated ok running started");
    assert_int_equal(canceller.starts, 2);
    assert_int_equal(canceller.ids_of_last_start, 1);
    net_job_done(&one);
    end(&net, &two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_pages_that_do_not_end),
        cmocka_unit_test(test_ids_that_nobody_asked_for),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_a_bad_id_in_a_read),
        cmocka_unit_test(test_all_denied),
        cmocka_unit_test(test_one_denied),
        cmocka_unit_test(test_stumbling),
        cmocka_unit_test(test_stumbling_start),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_retries_end),
        cmocka_unit_test(test_transport),
        cmocka_unit_test(test_deadlines_differ),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_a_hundred_thousand),
        cmocka_unit_test(test_many_regions),
        cmocka_unit_test(test_cancel_with_a_start_in_flight),
        cmocka_unit_test(test_what_was_cancelled_is_not_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
