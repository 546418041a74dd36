/* SPDX-License-Identifier: Apache-2.0 */
/* Calls with many ids: pages, and splitting of calls that fail because of one id. */
#include <string.h>

#include "answers.h"
#include "engine/call.h"
#include "engine/target_job.h"

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
        ens_buf_addf(&ret->text, "next %zu\n", (size_t)from + page_size);
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
    assert_int_equal(net.calls[ENS_CALL_READ], 3);
    end(&net, &job);
}

/* Shows the first two ids, then the same page again and again. */
static void answer_same_page(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    see(ret, request->ids[0], "UP");
    see(ret, request->ids[1], "UP");
    ens_buf_add(&ret->text, ENS_STR("next again\n"));
}

static void answer_endless(void *ud, const struct net_request *request, struct net_reply *ret)
{
    unsigned *page = ud;

    see(ret, request->ids[0], "UP");
    ens_buf_addf(&ret->text, "next p%u\n", ++*page);
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
    assert_string_equal(net_brief(&job, 2), "refuse unverified malformed_response unknown");
    assert_non_null(strstr(job.results[2].message.ptr, "pages"));
    assert_int_equal(net.calls[ENS_CALL_READ], 2);
    end(&net, &job);

    net_init(&net);
    net.answer = answer_endless;
    net.ud = &page;
    run(&net, &job, ENS_MODE_PLAN, 2);
    assert_string_equal(net_brief(&job, 1), "refuse unverified malformed_response unknown");
    assert_int_equal(net.calls[ENS_CALL_READ], ENS_PAGES_MAX);
    end(&net, &job);
}

/* Shows ids that were not requested, an id twice, and an id in another case. */
static void answer_nonsense(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    (void)request;
    see(ret, ENS_STR("i-999"), "UP");
    see(ret, ENS_STR("i-1"), "UP");
    see(ret, ENS_STR("i-1"), "BROKEN");
    see(ret, ENS_STR(""), "UP");
    see(ret, ENS_STR("I-2"), "UP");
}

static void test_unexpected_ids(void **state)
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

static void answer_bad_id(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const char *code = ud;

    if (request->kind == ENS_CALL_DRY_RUN) {
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
    assert_int_equal(net.calls[ENS_CALL_DRY_RUN], 7); /* 8, 4 4, 2 2, 1 1 */
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
        assert_string_equal(net_brief(&job, i), i == 2
                                                    ? "refuse unverified invalid_argument unknown"
                                                    : "none observed already_running running");
    }
    assert_int_equal(net.calls[ENS_CALL_READ], 7);
    end(&net, &job);
}

static void answer_all_denied(void *ud, const struct net_request *request, struct net_reply *ret)
{
    (void)ud;
    (void)request;
    refuse(ret, 403, "Denied");
}

/* The whole call, then three times the first id alone and the rest: seven calls, not two hundred.
 */
static void test_all_denied(void **state)
{
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.answer = answer_all_denied;
    run(&net, &job, ENS_MODE_PLAN, 100);
    expect_all(&job, "refuse unverified permission_denied unknown");
    assert_int_equal(net.calls[ENS_CALL_READ], 7);
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
                                bad ? "refuse unverified permission_denied unknown"
                                    : "none observed already_running running");
        }
        assert_int_equal(net.calls[ENS_CALL_READ], rows[i].calls);
        end(&net, &job);
    }
}

/* A cloud that fails with HTTP 500 because of one id, in calls of one kind. */
struct failing {
    const char *id; /* NULL: every call fails */
    enum ens_call_kind kind;
};

static void answer_failing(void *ud, const struct net_request *request, struct net_reply *ret)
{
    const struct failing *failing = ud;

    if (request->kind == failing->kind && (failing->id == NULL || asks_for(request, failing->id))) {
        ret->status = 500;
    } else if (request->kind == ENS_CALL_DRY_RUN) {
        refuse(ret, 412, "Passed");
    } else if (request->kind == ENS_CALL_READ) {
        see_all(request, ret, "DOWN");
    }
}

static void test_id_that_fails_calls(void **state)
{
    static const struct {
        struct failing failing;
        const char *good;
        const char *bad;
        unsigned most; /* maximum of calls of the kind */
    } rows[] = {
        {{"i-3", ENS_CALL_READ},
         "start validated ok stopped",
         "refuse unverified internal unknown",
         4 + 1 + 4 * 4 + 3},
        {{"i-1", ENS_CALL_READ},
         "start validated ok stopped",
         "refuse unverified internal unknown",
         4 + 4 + 1},
        {{"i-3", ENS_CALL_DRY_RUN},
         "start validated ok stopped",
         "start unverified internal stopped",
         4 + 1 + 4 * 4 + 3},
        {{NULL, ENS_CALL_READ}, NULL, "refuse unverified internal unknown", 4 + 4 + 4},
        {{NULL, ENS_CALL_DRY_RUN}, NULL, "start unverified internal stopped", 4 + 4 + 4},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct failing failing = rows[i].failing;
        struct net net;
        struct net_job job;
        net_init(&net);
        net.provider.dry_run_limit = 100;
        net.answer = answer_failing;
        net.ud = &failing;
        run(&net, &job, ENS_MODE_PLAN, 9);
        for (size_t j = 0; j < 9; j++) {
            const bool bad = failing.id == NULL || ens_str_is(job.results[j].target.id, failing.id);
            assert_string_equal(net_brief(&job, j), bad ? rows[i].bad : rows[i].good);
        }
        assert_true(net.calls[failing.kind] <= rows[i].most);
        end(&net, &job);
    }
}

struct failing_starts {
    unsigned up; /* a bit for each id that was started */
};

static void answer_failing_start(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct failing_starts *starts = ud;

    if (request->kind == ENS_CALL_START && asks_for(request, "i-3")) {
        ret->status = 500;
        return;
    }
    for (size_t i = 0; i < request->id_count; i++) {
        const unsigned bit = 1u << (request->ids[i].ptr[2] - '0');
        if (request->kind == ENS_CALL_START) {
            assert_int_equal(starts->up & bit, 0);
            starts->up |= bit;
        } else {
            see(ret, request->ids[i], starts->up & bit ? "UP" : "DOWN");
        }
    }
}

static void test_id_that_fails_starts(void **state)
{
    struct failing_starts starts = {0};
    struct net net;
    struct net_job job;

    (void)state;
    net_init(&net);
    net.provider.capabilities = 0;
    net.provider.dry_run_limit = 0;
    net.provider.start_limit = 100;
    net.answer = answer_failing_start;
    net.ud = &starts;
    run(&net, &job, ENS_MODE_APPLY, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_string_equal(net_brief(&job, i), i == 2 ? "start observed internal stopped"
                                                       : "start validated ok running started");
    }
    assert_int_equal(net.calls[ENS_CALL_START], 1 + 8 + 3);
    end(&net, &job);
}

/* ---- tasks that wait for the start of the first -------------------------------------------- */

struct first_alone {
    bool hangs; /* the start of the first gets no reply; else its first reply is lost */
    unsigned lost;
};

/* A start of several instances is denied, so that the start of the first is sent alone. */
static void answer_first_alone(void *ud, const struct net_request *request, struct net_reply *ret)
{
    struct first_alone *first = ud;

    if (request->kind != ENS_CALL_START) {
        see_all(request, ret, "DOWN");
    } else if (asks_for(request, "i-1") && request->id_count == 1 && first->lost == 0) {
        first->lost++;
        ret->end = ENS_TRANSPORT_LOST;
    } else {
        refuse(ret, 403, "Denied");
    }
}

static int64_t first_alone_latency(void *ud, const struct net_request *request)
{
    const struct first_alone *first = ud;

    return first->hangs && request->kind == ENS_CALL_START && request->id_count == 1 ? 60000 : 10;
}

static void run_first_alone(struct net *net, struct net_job *job, struct first_alone *first)
{
    net_init(net);
    net->provider.capabilities = 0;
    net->provider.dry_run_limit = 0;
    net->provider.start_limit = 100;
    net->answer = answer_first_alone;
    net->latency = first_alone_latency;
    net->ud = first;
    net_begin(net);
    net_job_init(job, ENS_MODE_APPLY, "moon", "i-", 3);
    job->job.timeout_ms = 20000;
    net_run(net, (struct net_job *[]){job}, 1);
    assert_true(job->results[0].start_sent);
    for (size_t i = 1; i < 3; i++) {
        assert_false(job->results[i].start_sent);
        assert_int_equal(job->results[i].action, ENS_ACTION_REFUSE);
    }
}

/* A lost reply to the start of the first does not change the results of the others. */
static void test_lost_reply_to_the_first(void **state)
{
    struct first_alone first = {0};
    struct net net;
    struct net_job job;

    (void)state;
    run_first_alone(&net, &job, &first);
    assert_string_equal(net_brief(&job, 1), "refuse validated permission_denied stopped");
    end(&net, &job);
}

/* At the deadline only the start of the first is in flight. */
static void test_first_in_flight_at_the_deadline(void **state)
{
    struct first_alone first = {.hangs = true};
    struct net net;
    struct net_job job;

    (void)state;
    run_first_alone(&net, &job, &first);
    assert_int_equal(job.results[0].reason, ENS_REASON_TIMED_OUT);
    assert_int_equal(job.results[1].reason, ENS_REASON_TIMED_OUT);
    end(&net, &job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_pages_that_do_not_end),
        cmocka_unit_test(test_unexpected_ids),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_a_bad_id_in_a_read),
        cmocka_unit_test(test_all_denied),
        cmocka_unit_test(test_one_denied),
        cmocka_unit_test(test_id_that_fails_calls),
        cmocka_unit_test(test_id_that_fails_starts),
        cmocka_unit_test(test_lost_reply_to_the_first),
        cmocka_unit_test(test_first_in_flight_at_the_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
