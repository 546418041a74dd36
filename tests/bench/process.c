/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"

#define ERRORS      "stderr"
#define SHOWN_BYTES 2000
#define SEEN_US     5000 /* between two looks at the memory of a process */
#define OVER_TURNS  200  /* of that: how often it is asked whether a program is to be interrupted */
#define INTERRUPTED 130  /* exit code */

static void error_path(char *path, size_t size)
{
    (void)snprintf(path, size, "%s/" ERRORS, bench_directory());
}

static void exec(const char *const *arguments, const char *const *variables, int output,
                 const char *errors)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int in = open("/dev/null", O_RDONLY);
    int err = open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(output, STDOUT_FILENO);
    (void)dup2(err, STDERR_FILENO);
    for (size_t i = 0; variables != NULL && variables[i] != NULL; i++) {
        (void)putenv((char *)(uintptr_t)variables[i]);
    }
    (void)execv(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static pid_t spawn(const char *const *arguments, const char *const *variables, int output)
{
    char errors[256];

    error_path(errors, sizeof(errors));
    pid_t pid = fork();
    if (pid < 0) {
        bench_fail("%s can't be started: %s", arguments[0], strerror(errno));
    }
    if (pid == 0) {
        exec(arguments, variables, output, errors);
    }
    return pid;
}

struct process process_start(const char *const *arguments, const char *const *variables)
{
    struct process process = {0};
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        bench_fail("no pipe can be made: %s", strerror(errno));
    }
    process.pid = spawn(arguments, variables, ends[1]);
    process.output = ends[0];
    (void)close(ends[1]);
    return process;
}

void process_read_line(const struct process *process, char *line, size_t size)
{
    size_t length = 0;
    ssize_t got = 1;

    while (got > 0 && length + 1 < size && memchr(line, '\n', length) == NULL) {
        got = read(process->output, line + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    line[length] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

struct process_end process_finish(struct process *process, int signal_number)
{
    struct rusage usage;
    int status = 0;

    if (signal_number != 0) {
        (void)kill(process->pid, signal_number);
    }
    while (wait4(process->pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    if (process->output > 0) {
        (void)close(process->output);
    }
    *process = (struct process){0};
    return (struct process_end){
        .cpu.cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        .rss_max = (size_t)usage.ru_maxrss * 1024,
        .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
    };
}

static void show_errors(void)
{
    char path[256];
    char text[SHOWN_BYTES + 1];

    error_path(path, sizeof(path));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, SHOWN_BYTES);
    text[length < 0 ? 0 : length] = '\0';
    (void)fputs(text, stderr);
    (void)close(file);
}

static struct process spawn_silent(const char *const *arguments, const char *const *variables)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct process process = {.pid = spawn(arguments, variables, nowhere)};

    (void)close(nowhere);
    return process;
}

/* Waits for a process of spawn_silent. */
static struct bench_take finish(struct process *process, const struct bench_watch *watch,
                                const char *const *arguments, int expected_code,
                                size_t *ret_rss_max)
{
    struct process_end end = process_finish(process, 0);
    struct bench_take take = bench_end(watch);

    if (end.code != expected_code) {
        show_errors();
        bench_fail("%s %s ended with %d, not with %d", arguments[0],
                   arguments[1] != NULL ? arguments[1] : "", end.code, expected_code);
    }
    if (ret_rss_max != NULL) {
        *ret_rss_max = end.rss_max;
    }
    take.cpu_s = end.cpu.cpu_s;
    return take;
}

struct bench_take process_run(const char *const *arguments, const char *const *variables,
                              int expected_code, size_t *ret_rss_max)
{
    struct bench_watch watch = bench_begin();
    struct process process = spawn_silent(arguments, variables);

    return finish(&process, &watch, arguments, expected_code, ret_rss_max);
}

/* ---- memory --------------------------------------------------------------------------------- */

/* Reads a line "Name:   123 kB" of /proc/PID/file; returns bytes. 0: there is none. */
static size_t find_field(pid_t pid, const char *file, const char *name)
{
    char path[64];
    char line[256];
    size_t bytes = 0;
    size_t length = strlen(name);

    if (pid == 0) {
        pid = getpid();
    }
    (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    FILE *stream = fopen(path, "re");
    if (stream == NULL) {
        return 0;
    }
    while (bytes == 0 && fgets(line, sizeof(line), stream) != NULL) {
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            bytes = strtoul(line + length + 1, NULL, 10) * 1024;
        }
    }
    (void)fclose(stream);
    return bytes;
}

static size_t read_field(pid_t pid, const char *file, const char *name)
{
    const size_t bytes = find_field(pid, file, name);

    if (bytes == 0) {
        bench_fail("%s of process %d can't be read", name, (int)pid);
    }
    return bytes;
}

static pid_t child_of(pid_t pid)
{
    char path[64];
    int child = 0;

    (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *stream = fopen(path, "re");
    if (stream != NULL) {
        child = fscanf(stream, "%d", &child) == 1 ? child : 0;
        (void)fclose(stream);
    }
    return child;
}

/* The peak as last seen: of a child before its exec it is that of its parent. */
static void see(size_t *peak, pid_t pid)
{
    const size_t now = pid > 0 ? find_field(pid, "status", "VmHWM") : 0;

    *peak = now > 0 ? now : *peak;
}

/* Until it ends; *over, if not NULL, is asked sometimes whether it is to be interrupted. */
static void watch_peaks(const struct process *process, struct process_peaks *ret,
                        bool (*over)(void *ud), void *ud)
{
    siginfo_t info = {0};

    *ret = (struct process_peaks){0};
    for (size_t turn = 1;
         waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == 0;
         turn++) {
        see(&ret->own, process->pid);
        see(&ret->child, child_of(process->pid));
        (void)usleep(SEEN_US);
        if (over != NULL && turn % OVER_TURNS == 0 && over(ud)) {
            (void)kill(process->pid, SIGINT);
            over = NULL;
        }
    }
}

struct bench_take process_run_seen(const char *const *arguments, const char *const *variables,
                                   int expected_code, struct process_peaks *ret)
{
    struct bench_watch watch = bench_begin();
    struct process process = spawn_silent(arguments, variables);

    watch_peaks(&process, ret, NULL, NULL);
    return finish(&process, &watch, arguments, expected_code, NULL);
}

void process_run_until(const char *const *arguments, const char *const *variables,
                       bool (*over)(void *ud), void *ud, struct process_peaks *ret)
{
    struct bench_watch watch = bench_begin();
    struct process process = spawn_silent(arguments, variables);

    watch_peaks(&process, ret, over, ud);
    (void)finish(&process, &watch, arguments, INTERRUPTED, NULL);
}

size_t process_status(pid_t pid, const char *name)
{
    return read_field(pid, "status", name);
}

size_t process_smaps(pid_t pid, const char *name)
{
    return read_field(pid, "smaps_rollup", name);
}
