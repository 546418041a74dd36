/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets as libcurl uses them, and the traps of epoll: descriptors that are closed and reused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/poller.h"

#define LONG_MS  20000 /* fails instead of hanging */
#define SHORT_MS 20

struct setting {
    struct ens_poller poller;
    struct ens_poller_event events[ENS_POLLER_EVENTS_MAX];
    int ends[2]; /* of a connection: ours, and the cloud's */
};

static int set_up(void **state)
{
    static struct setting setting;

    *state = &setting;
    return ens_poller_init(&setting.poller, NULL) == ENS_OK &&
                   socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, setting.ends) == 0
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    struct setting *setting = *state;

    (void)close(setting->ends[0]); /* a test may have closed them */
    (void)close(setting->ends[1]);
    ens_poller_done(&setting->poller);
    return 0;
}

static size_t ready(struct setting *setting, int timeout_ms)
{
    return ens_poller_wait(&setting->poller, timeout_ms, setting->events);
}

static bool send_byte(int fd)
{
    return write(fd, "x", 1) == 1;
}

static void test_readable_and_writable(void **state)
{
    struct setting *setting = *state;
    struct ens_poller *poller = &setting->poller;
    const int fd = setting->ends[0];

    ens_poller_opened(poller, fd);
    ens_poller_want(poller, fd, false, true);
    assert_int_equal(ready(setting, LONG_MS), 1);
    assert_int_equal(setting->events[0].fd, fd);
    assert_true(setting->events[0].writable);
    assert_false(setting->events[0].readable);
    ens_poller_want(poller, fd, true, false);
    assert_int_equal(ready(setting, 0), 0);
    assert_true(send_byte(setting->ends[1]));
    assert_int_equal(ready(setting, LONG_MS), 1);
    assert_true(setting->events[0].readable);
    assert_false(setting->events[0].writable);
    ens_poller_want(poller, fd, true, true);
    assert_int_equal(ready(setting, LONG_MS), 1);
    assert_true(setting->events[0].readable && setting->events[0].writable);
}

/* Between two transfers a connection stays in epoll, where its events are not reported. */
static void test_idle_connection(void **state)
{
    struct setting *setting = *state;
    struct ens_poller *poller = &setting->poller;
    const int fd = setting->ends[0];

    ens_poller_opened(poller, fd);
    ens_poller_want(poller, fd, true, false);
    ens_poller_want(poller, fd, false, false);
    assert_int_not_equal(poller->sockets[fd].registered, 0);
    ens_poller_want(poller, fd, true, false);
    assert_true(send_byte(setting->ends[1]));
    assert_int_equal(ready(setting, LONG_MS), 1);
    ens_poller_want(poller, fd, false, false);
    assert_int_equal(ready(setting, LONG_MS), 0); /* returns for it, once */
    assert_int_equal(poller->sockets[fd].registered, 0);
    ens_poller_want(poller, fd, true, false);
    assert_int_equal(ready(setting, LONG_MS), 1);
}

/* libcurl's resolver closes its socket by itself, after it said that it does not want it. */
static void test_socket_that_was_not_announced(void **state)
{
    struct setting *setting = *state;
    struct ens_poller *poller = &setting->poller;
    const int fd = setting->ends[0];
    int other[2];

    ens_poller_want(poller, fd, true, false);
    ens_poller_want(poller, fd, false, false);
    assert_int_equal(poller->sockets[fd].registered, 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    assert_int_equal(dup2(other[0], fd), fd); /* the next one has its number */
    ens_poller_want(poller, fd, true, false);
    const bool sent = send_byte(other[1]);
    const size_t count = ready(setting, LONG_MS);
    (void)close(other[0]);
    (void)close(other[1]);
    assert_true(sent);
    assert_int_equal(count, 1);
}

/* A failed attempt to connect is closed without a word, and libcurl believes that what it wants of
 * the next socket with that number is known. */
static void test_number_is_reused(void **state)
{
    struct setting *setting = *state;
    struct ens_poller *poller = &setting->poller;
    const int fd = setting->ends[0];
    int other[2];

    ens_poller_opened(poller, fd);
    ens_poller_want(poller, fd, true, false);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    assert_int_equal(dup2(other[0], fd), fd);
    ens_poller_opened(poller, fd);
    const bool sent = send_byte(other[1]);
    const size_t count = ready(setting, LONG_MS);
    (void)close(other[0]);
    (void)close(other[1]);
    assert_true(sent);
    assert_int_equal(count, 1);
    assert_int_equal(setting->events[0].fd, fd);
}

/* A copy in a child process keeps the connection open, which must not be reported any more. */
static void test_closed_with_a_copy(void **state)
{
    struct setting *setting = *state;
    struct ens_poller *poller = &setting->poller;
    const int fd = setting->ends[0];
    const int copy = dup(fd);

    ens_poller_opened(poller, fd);
    ens_poller_want(poller, fd, true, false);
    const int closed = ens_poller_close(poller, fd);
    const bool sent = send_byte(setting->ends[1]);
    struct epoll_event event;
    const int count = epoll_wait(poller->epoll, &event, 1, 0);
    (void)close(copy);
    assert_true(copy >= 0 && closed == 0 && sent);
    assert_int_equal(count, 0);
    assert_int_equal(ens_poller_close(poller, fd), -1);
}

static void test_large_numbers(void **state)
{
    struct setting *setting = *state;
    const int fd = fcntl(setting->ends[0], F_DUPFD_CLOEXEC, 1000);

    ens_poller_opened(&setting->poller, fd);
    ens_poller_want(&setting->poller, fd, false, true);
    const size_t count = ready(setting, LONG_MS);
    (void)ens_poller_close(&setting->poller, fd);
    assert_int_equal(count, 1);
    assert_int_equal(setting->events[0].fd, fd);
}

/* What one wait has no room for, the next reports. */
static void test_more_events_than_room(void **state)
{
    struct setting *setting = *state;
    int fds[ENS_POLLER_EVENTS_MAX + 6];
    size_t counts[2];

    for (size_t i = 0; i < ENS_COUNT(fds); i++) {
        fds[i] = dup(setting->ends[0]);
        ens_poller_opened(&setting->poller, fds[i]);
        ens_poller_want(&setting->poller, fds[i], false, true);
    }
    for (size_t i = 0; i < 2; i++) {
        counts[i] = ready(setting, LONG_MS);
        for (size_t j = 0; j < counts[i]; j++) {
            ens_poller_want(&setting->poller, setting->events[j].fd, true, false);
        }
    }
    for (size_t i = 0; i < ENS_COUNT(fds); i++) {
        (void)ens_poller_close(&setting->poller, fds[i]);
    }
    assert_int_equal(counts[0], ENS_POLLER_EVENTS_MAX);
    assert_int_equal(counts[1], 6);
}

static void test_watched_descriptor(void **state)
{
    struct setting *setting = *state;
    struct ens_poller *poller = &setting->poller;
    const int fd = setting->ends[0];
    FILE *file = tmpfile();

    assert_non_null(file);
    const bool regular = ens_poller_watch(poller, fileno(file));
    (void)fclose(file);
    assert_false(regular);
    /* One that was a socket of libcurl before. */
    ens_poller_opened(poller, fd);
    ens_poller_want(poller, fd, true, false);
    const int spare = dup(fd);
    (void)ens_poller_close(poller, fd);
    const int again = dup2(spare, fd);
    (void)close(spare);
    assert_int_equal(again, fd);
    assert_true(ens_poller_watch(poller, fd));
    assert_true(ens_poller_watch(poller, fd));
    assert_true(send_byte(setting->ends[1]));
    for (int i = 0; i < 3; i++) { /* as long as it can be read */
        struct epoll_event event;
        assert_int_equal(epoll_wait(poller->epoll, &event, 1, LONG_MS), 1);
        assert_int_equal(ready(setting, 0), 0);
    }
    ens_poller_unwatch(poller, fd); /* the other watch stays */
    struct epoll_event event;
    assert_int_equal(epoll_wait(poller->epoll, &event, 1, LONG_MS), 1);
    (void)close(fd);
    ens_poller_unwatch(poller, fd);
    assert_int_equal(epoll_wait(poller->epoll, &event, 1, 0), 0);
}

static void *wake(void *ud)
{
    ens_poller_wake(ud);
    return NULL;
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A wake ends one wait, not the ones after it. */
static void test_wake(void **state)
{
    struct setting *setting = *state;
    pthread_t thread;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&thread, NULL, wake, &setting->poller), 0);
        assert_int_equal(ready(setting, -1), 0); /* would wait for ever */
        assert_int_equal(pthread_join(thread, NULL), 0);
        const int64_t begun_ms = now_ms();
        assert_int_equal(ready(setting, SHORT_MS), 0);
        assert_true(now_ms() - begun_ms >= SHORT_MS - 1);
    }
    ens_poller_wake(&setting->poller); /* before the wait */
    ens_poller_wake(&setting->poller);
    assert_int_equal(ready(setting, -1), 0);
}

/* Without descriptors left, it says so. */
static void test_no_descriptors(void **state)
{
    struct ens_poller poller;
    struct ens_diags diags = {0};
    struct rlimit before;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit none = {0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    const ens_rc rc = ens_poller_init(&poller, &diags);
    (void)setrlimit(RLIMIT_NOFILE, &before);
    const bool said = diags.count == 1;
    ens_diags_done(&diags);
    assert_int_equal(rc, ENS_IO);
    assert_true(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_readable_and_writable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_idle_connection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_socket_that_was_not_announced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_number_is_reused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_closed_with_a_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_large_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_more_events_than_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_watched_descriptor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wake, set_up, tear_down),
        cmocka_unit_test(test_no_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
