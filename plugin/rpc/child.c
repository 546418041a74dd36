/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <grpc/support/time.h>

#include "base/alloc.h"

#define READ_SIZE 4096

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

static bool names(char *const *variables, const char *variable)
{
    size_t length = name_length(variable);

    for (size_t i = 0; variables[i] != NULL; i++) {
        if (name_length(variables[i]) == length && strncmp(variables[i], variable, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Merges environ with the variables. The strings are borrowed; the caller frees the array. */
static char **environment_with(char *const *variables)
{
    size_t capacity = 1;
    size_t count = 0;

    for (size_t i = 0; environ[i] != NULL; i++) {
        capacity++;
    }
    for (size_t i = 0; variables[i] != NULL; i++) {
        capacity++;
    }
    char **merged = ens_alloc_array(capacity, sizeof(*merged));
    for (size_t i = 0; environ[i] != NULL; i++) {
        if (!names(variables, environ[i])) {
            merged[count++] = environ[i];
        }
    }
    for (size_t i = 0; variables[i] != NULL; i++) {
        if (strchr(variables[i], '=') != NULL) {
            merged[count++] = variables[i];
        }
    }
    return merged;
}

static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t defaults;

    (void)sigemptyset(&none);
    (void)sigfillset(&defaults);
    (void)posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                   POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setpgroup(attributes, 0);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &defaults);
}

static int spawn(const char *program, char **environment, const int *descriptors, size_t count,
                 pid_t *ret)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ENS_CLEANUP(ens_free_char) char *name = ens_strdup(program);
    char *arguments[] = {name, NULL};

    (void)posix_spawn_file_actions_init(&actions);
    for (size_t i = 0; i < count; i++) {
        (void)posix_spawn_file_actions_adddup2(&actions, descriptors[i], (int)i);
    }
    (void)posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    int error = posix_spawn(ret, program, &actions, &attributes, arguments, environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void close_if_open(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

/* The end of a pipe from which nothing comes: /dev/null may not be there. */
static int open_empty(void)
{
    int ends[2] = {-1, -1};

    if (pipe2(ends, O_CLOEXEC) == 0) {
        (void)close(ends[1]);
    }
    return ends[0];
}

ens_rc ens_child_start(const char *program, char *const *variables, int inherited,
                       struct ens_child *ret, struct ens_diags *diags)
{
    struct ens_child child = {.output = -1};
    int input = open_empty();
    int ends[2] = {-1, -1};

    if (input < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        int error = errno;
        close_if_open(input);
        return ens_fail(diags, ENS_IO, NULL, "%s can't be started: %s", program, strerror(error));
    }
    char **environment = environment_with(variables);
    /* The numbers of these are above those that they replace, or the same. */
    const int descriptors[] = {input, ends[1], STDERR_FILENO, inherited};
    int error = spawn(program, environment, descriptors,
                      ENS_COUNT(descriptors) - (inherited < 0 ? 1 : 0), &child.pid);
    ens_free(environment);
    (void)close(input);
    (void)close(ends[1]);
    if (error != 0) {
        (void)close(ends[0]);
        return ens_fail(diags, ENS_IO, NULL, "%s can't be started: %s", program, strerror(error));
    }
    child.output = ends[0];
    *ret = child;
    return ENS_OK;
}

/* Waits until the fd is readable; false: the deadline passed. */
static bool wait_readable(int fd, gpr_timespec deadline)
{
    struct pollfd state = {.fd = fd, .events = POLLIN};
    int ready = 0;

    do {
        int left = gpr_time_to_millis(gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC)));
        ready = poll(&state, 1, left < 0 ? 0 : left);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static gpr_timespec in_ms(int64_t ms)
{
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(ms, GPR_TIMESPAN));
}

ens_rc ens_child_read_line(struct ens_child *child, int64_t timeout_ms, struct ens_buf *out,
                           struct ens_diags *diags)
{
    gpr_timespec deadline = in_ms(timeout_ms);
    char bytes[READ_SIZE];

    for (;;) {
        if (!wait_readable(child->output, deadline)) {
            return ens_fail(diags, ENS_DEADLINE, NULL, "printed no handshake within %lld ms",
                            (long long)timeout_ms);
        }
        ssize_t size = read(child->output, bytes, sizeof(bytes));
        if (size <= 0) {
            return out->len > 0 ? ENS_OK
                                : ens_fail(diags, ENS_IO, NULL, "ended before its handshake");
        }
        ens_str rest = {bytes, (size_t)size};
        ens_str line = ens_str_cut(rest, '\n', &rest);
        ens_buf_add(out, line);
        if (ens_buf_failed(out)) {
            return ens_fail(diags, ENS_LIMIT, NULL, "printed a line longer than %zu bytes",
                            out->max);
        }
        if (rest.ptr != NULL) {
            return ENS_OK;
        }
    }
}

void ens_child_end(struct ens_child *child, int64_t patience_ms)
{
    if (child->pid > 0) {
        int watch = pidfd_open(child->pid, 0);
        if (watch < 0 || !wait_readable(watch, in_ms(patience_ms))) {
            (void)kill(-child->pid, SIGKILL);
        }
        if (watch >= 0) {
            (void)close(watch);
        }
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    close_if_open(child->output);
    *child = (struct ens_child){.output = -1};
}
