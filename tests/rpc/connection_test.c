/* SPDX-License-Identifier: Apache-2.0 */
/* connection.h: the pair, and which descriptors are taken for an end of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc/connection.h"
#include "rpc/handshake.h"

static const char *variable; /* the value of ENSURE_PLUGIN_CONNECTION */

static const char *get(void *ud, const char *name)
{
    (void)ud;
    return strcmp(name, ENS_ENV_CONNECTION) == 0 ? variable : NULL;
}

static const struct ens_environment environment = {.get = get};

/* As a plugin gets it: under the number, and open in the programs that it would start. */
static int inherit(int fd)
{
    const int number = ENS_CONNECTION[0] - '0';

    assert_int_equal(dup2(fd, number), number);
    return number;
}

static void test_pair(void **state)
{
    int ends[2] = {-1, -1};
    char byte = 0;

    (void)state;
    assert_int_equal(ens_connection_pair(ends, NULL), ENS_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fcntl(ends[i], F_GETFD), FD_CLOEXEC);
        assert_int_equal(fcntl(ends[i], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    }
    variable = ENS_CONNECTION;
    const int end = inherit(ends[1]);
    assert_int_equal(ens_connection_inherited(&environment), end);
    assert_int_equal(fcntl(end, F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(ends[0], "x", 1), 1);
    assert_int_equal(read(end, &byte, 1), 1);
    assert_int_equal(byte, 'x');
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(ens_connection_inherited(&environment), end); /* its host has ended */
    (void)close(end);
    assert_int_equal(ens_connection_inherited(&environment), -1);
}

static void test_variable(void **state)
{
    static const char *const values[] = {NULL, "", "03", "3 ", "4", "-1", "3000000000000000000000"};
    int ends[2] = {-1, -1};

    (void)state;
    assert_int_equal(ens_connection_pair(ends, NULL), ENS_OK);
    const int end = inherit(ends[1]);
    for (size_t i = 0; i < ENS_COUNT(values); i++) {
        variable = values[i];
        assert_int_equal(ens_connection_inherited(&environment), -1);
    }
    (void)close(end);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* The variable is left over from another process, and the number is of something else. */
static void test_other_descriptors(void **state)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX}; /* is given a name by the system */
    int others[5];
    int datagrams[2];
    int pipes[2];

    (void)state;
    variable = ENS_CONNECTION;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams), 0);
    others[0] = open("/dev/null", O_RDONLY);
    others[1] = socket(AF_UNIX, SOCK_STREAM, 0);
    others[2] = socket(AF_INET, SOCK_STREAM, 0);
    others[3] = socket(AF_UNIX, SOCK_STREAM, 0);
    others[4] = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(others[3], (struct sockaddr *)&name, sizeof(sa_family_t)), 0);
    assert_int_equal(listen(others[3], 1), 0);
    socklen_t size = sizeof(name);
    assert_int_equal(getsockname(others[3], (struct sockaddr *)&name, &size), 0);
    assert_int_equal(connect(others[4], (struct sockaddr *)&name, size), 0);
    const int tried[] = {pipes[0],  datagrams[0], others[0], others[1],
                         others[2], others[3],    others[4]};
    for (size_t i = 0; i < ENS_COUNT(tried); i++) {
        const int number = inherit(tried[i]);
        assert_int_equal(ens_connection_inherited(&environment), -1);
        (void)close(number);
    }
    for (size_t i = 0; i < ENS_COUNT(tried); i++) {
        (void)close(tried[i]);
    }
    (void)close(pipes[1]);
    (void)close(datagrams[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_variable),
        cmocka_unit_test(test_other_descriptors),
    };

    /* The number must not be one of the descriptors that a test opens itself. */
    const int kept = dup2(STDERR_FILENO, ENS_CONNECTION[0] - '0');
    return kept < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
