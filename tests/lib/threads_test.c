/* SPDX-License-Identifier: Apache-2.0 */
/* Many sessions: eight concurrent ones in eight threads, and a thousand in sequence. */
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ensure/ensure.h"

#define THREADS 8
#define CYCLES  1000

/* The number of entries in a directory of /proc/self: open files ("fd") or threads ("task"). */
static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *directory = opendir(path);

    assert_non_null(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    (void)closedir(directory);
    return count;
}

struct work {
    size_t number;
    size_t failures;
};

/* Plans and starts eight instances in a session of its own, then reads the instances of all
 * threads. */
static void *use_session(void *ud)
{
    struct work *work = ud;
    char own[1000] = "{\"targets\":[";
    char all[4000] = "{\"targets\":[";
    struct ensure_error error;

    for (size_t i = 1; i <= THREADS * THREADS; i++) {
        char target[60];

        (void)snprintf(target, sizeof(target), "%s\"alibaba/cn-hangzhou/i-many-%zu\"",
                       (i - 1) % THREADS == 0 ? "" : ",", i);
        if ((i - 1) / THREADS == work->number) {
            (void)strncat(own, target, sizeof(own) - strlen(own) - 1);
        }
        (void)snprintf(target, sizeof(target), "%s\"alibaba/cn-hangzhou/i-many-%zu\"",
                       i == 1 ? "" : ",", i);
        (void)strncat(all, target, sizeof(all) - strlen(all) - 1);
    }
    (void)strncat(own, "]}", sizeof(own) - strlen(own) - 1);
    (void)strncat(all, "]}", sizeof(all) - strlen(all) - 1);

    ensure_session *session = ensure_session_open(NULL, NULL, NULL, &error);
    char *plan = ensure_plan(session, own, NULL, &error);
    char *applied = ensure_apply(session, plan, NULL, &error);
    char *seen = ensure_plan(session, all, NULL, &error);
    work->failures += applied == NULL || strstr(applied, "\"failed\": 0") == NULL ||
                      strstr(applied, "\"status\": \"running\"") == NULL;
    work->failures += seen == NULL || strstr(seen, "\"total\": 64") == NULL;
    ensure_document_free(plan);
    ensure_document_free(applied);
    ensure_document_free(seen);
    ensure_session_close(session);
    return NULL;
}

static void test_eight_sessions_in_eight_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct work works[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        works[i] = (struct work){.number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, use_session, &works[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(works[i].failures, 0);
    }
}

struct shared {
    ensure_session *session;
    size_t failures;
};

static void *use_shared(void *ud)
{
    struct shared *shared = ud;
    char *plan =
        ensure_plan(shared->session,
                    "{\"targets\":[\"alibaba/cn-hangzhou/i-off\",\"baidu/bj/i-off\"]}", NULL, NULL);

    if (plan == NULL || strstr(plan, "\"refuse\": 0") == NULL) {
        __atomic_add_fetch(&shared->failures, 1, __ATOMIC_RELAXED);
    }
    ensure_document_free(plan);
    return NULL;
}

static void test_one_session_in_eight_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct shared shared = {.session = ensure_session_open(NULL, NULL, NULL, NULL)};

    assert_non_null(shared.session);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_shared, &shared), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(shared.failures, 0);
    ensure_session_close(shared.session);
}

/* After some cycles, in which libraries may allocate resources for the process, no more files or
 * threads are left. Memory is checked by LeakSanitizer. */
static void test_a_thousand_sessions_leak_nothing(void **state)
{
    (void)state;
    static const char fleet[] = "{\"targets\":[\"volcengine/cn-beijing/i-on\"]}";
    size_t files = 0;
    size_t threads = 0;

    for (size_t i = 0; i < CYCLES; i++) {
        ensure_session *session = ensure_session_open(NULL, NULL, NULL, NULL);

        assert_non_null(session);
        if (i % 100 == 0) {
            char *plan = ensure_plan(session, fleet, NULL, NULL);
            assert_non_null(plan);
            ensure_document_free(plan);
        }
        ensure_session_close(session);
        if (i == 10) {
            files = count_entries("/proc/self/fd");
            threads = count_entries("/proc/self/task");
        }
    }
    assert_int_equal(count_entries("/proc/self/fd"), files);
    assert_int_equal(count_entries("/proc/self/task"), threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eight_sessions_in_eight_threads),
        cmocka_unit_test(test_one_session_in_eight_threads),
        cmocka_unit_test(test_a_thousand_sessions_leak_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
