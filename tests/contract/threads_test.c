/* SPDX-License-Identifier: Apache-2.0 */
/* Eight threads submit, cancel and configure concurrently; every job ends once, and every target
 * has one result. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define THREADS 8
#define JOBS    12 /* per thread */
#define TARGETS 20

struct tally {
    atomic_uint left; /* jobs that are not done */
    atomic_uint wrong;
    atomic_uint results;
};

struct one {
    struct tally *tally;
    struct fixture *fixture;
    unsigned seen[TARGETS];
    unsigned done;
};

struct worker {
    struct tally *tally;
    struct fixture *fixture;
    unsigned number;
    struct one jobs[JOBS];
};

static void on_result(void *ud, size_t index, const struct ens_result *result)
{
    struct one *one = ud;

    one->seen[index]++;
    (void)atomic_fetch_add(&one->tally->results, 1);
    if (one->done != 0 || one->seen[index] != 1 || result->message.len == 0) {
        (void)atomic_fetch_add(&one->tally->wrong, 1);
    }
}

static void on_done(void *ud, const struct ens_job_end *end)
{
    struct one *one = ud;
    unsigned seen = 0;

    for (size_t i = 0; i < TARGETS; i++) {
        seen += one->seen[i];
    }
    one->done++;
    if (one->done != 1 || seen != TARGETS || end->summary.total != TARGETS) {
        (void)atomic_fetch_add(&one->tally->wrong, 1);
    }
    (void)atomic_fetch_sub(&one->tally->left, 1);
}

static void *work(void *arg)
{
    static const char *const places[][2] = {
        {"volcengine", "cn-beijing"}, {"alibaba", "cn-hangzhou"}, {"baidu", "bj"}};
    struct worker *worker = arg;
    char ids[TARGETS][16];

    for (unsigned i = 0; i < JOBS; i++) {
        struct ens_target_request targets[TARGETS];
        struct one *one = &worker->jobs[i];
        *one = (struct one){.tally = worker->tally, .fixture = worker->fixture};
        for (unsigned j = 0; j < TARGETS; j++) {
            const char *const *place = places[(worker->number + i + j) % 3];
            (void)snprintf(ids[j], sizeof(ids[j]), "i-%u", j + (worker->number * 7 + i) % 30 + 1);
            targets[j] = (struct ens_target_request){.target = {.cloud = ens_str_of(place[0]),
                                                                .region = ens_str_of(place[1]),
                                                                .id = ens_str_of(ids[j])}};
        }
        const struct ens_job_request job = {
            .mode = i % 2 == 0 ? ENS_MODE_PLAN : ENS_MODE_APPLY,
            .targets = targets,
            .count = TARGETS,
            .timeout_ms = 20000,
            .events = {.result = on_result, .done = on_done, .ud = one},
        };
        ens_job_id id = ens_engine_submit(worker->fixture->engine, &job);
        if (i % 3 == 0) {
            ens_engine_cancel(worker->fixture->engine, id);
        }
        if (worker->number == 0 && i % 4 == 0) {
            fixture_configure(worker->fixture, "volcengine-secret-0001", "alibaba-secret-0001",
                              "baidu-secret-0001");
        }
        if (worker->number == 1 && i == JOBS / 2) {
            ens_engine_cancel_all(worker->fixture->engine);
        }
    }
    return NULL;
}

static void test_eight_threads(void **state)
{
    static struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct tally tally;

    (void)state;
    struct fixture *fixture = fixture_new("threads", NULL);
    atomic_init(&tally.left, THREADS * JOBS);
    atomic_init(&tally.wrong, 0);
    atomic_init(&tally.results, 0);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.tally = &tally, .fixture = fixture, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    /* Submitted last and waited for; half of the other jobs may still run, until the engine is
     * freed. */
    static const char *const one[] = {"baidu/bj/i-1", NULL};
    struct ens_collected plan = fixture_plan(fixture, one);
    assert_int_equal(plan.end.summary.total, 1);
    ens_engine_free(fixture->engine);
    fixture->engine = NULL;
    fixture_check_clean(fixture);
    assert_int_equal(atomic_load(&tally.left), 0);
    assert_int_equal(atomic_load(&tally.wrong), 0);
    assert_int_equal(atomic_load(&tally.results), THREADS * JOBS * TARGETS);
    json_t *ledger = fixture_control(fixture, "GET", "/ledger?requests=no", NULL);
    const char *target;
    json_t *starts;
    json_object_foreach(json_object_get(ledger, "starts"), target, starts)
    {
        assert_int_equal(json_integer_value(starts), 1);
    }
    json_decref(ledger);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eight_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
