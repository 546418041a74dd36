/* SPDX-License-Identifier: Apache-2.0 */
#include "os/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "os/os_error.h"

#define LOWEST_FD  10    /* of a pipe, so that it is none of the standard streams */
#define CLOSED_MAX 65536 /* descriptors that are closed one by one, without close_range */
#define NOT_RUN    127   /* exit status, as of a shell */
#define OUTPUT     0     /* indexes of ens_command.fds */
#define ERRORS     1
#define END        2

/* ---- the program that is meant -------------------------------------------------------------- */

/* The path of the program; empty: there is none. The working directory is not searched. */
static ens_str find_program(struct ens_arena *arena, ens_str name,
                            const struct ens_environment *environment)
{
    const char *places = environment->get(environment->ud, "PATH");

    if (memchr(name.ptr, '/', name.len) != NULL) {
        return ens_arena_dup(arena, name);
    }
    for (ens_str rest = ens_str_of(places); rest.len > 0;) {
        const ens_str place = ens_str_cut(rest, ':', &rest);
        const ens_str path =
            ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(place), ENS_STR_ARG(name));
        if (path.ptr[0] == '/' && place.len > 0 && access(path.ptr, X_OK) == 0) {
            return path;
        }
    }
    return (ens_str){NULL, 0};
}

/* ---- pipes ---------------------------------------------------------------------------------- */

struct ends {
    int read;
    int write;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

static void close_ends(struct ends *ends)
{
    close_fd(&ends->read);
    close_fd(&ends->write);
}

/* Moves a descriptor up; the host may have closed its standard streams, so that a new pipe would
 * take their place. */
static int lift(int fd)
{
    const int lifted = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_FD);

    (void)close(fd);
    return lifted;
}

static bool open_pipe(struct ends *ret)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) != 0) {
        return false;
    }
    *ret = (struct ends){lift(fds[0]), lift(fds[1])};
    return ret->read >= 0 && ret->write >= 0;
}

/* ---- the child processes: only async-signal-safe functions ----------------------------------- */

struct plan {
    const char *path;
    char *const *argv;
    char *const *environment;
    int input;
    int output;
    int errors;
    int end;
    pid_t parent;
};

static void close_from(int first)
{
    struct rlimit limit = {0};
    int last = CLOSED_MAX;

    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0) {
        return;
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < CLOSED_MAX) {
        last = (int)limit.rlim_cur;
    }
    for (int fd = first; fd < last; fd++) {
        (void)close(fd);
    }
}

/* The engine's thread blocks all signals, and the programs ignore some. */
static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++) {
        (void)signal(number, SIG_DFL);
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Ends this process when its parent ends, which may have happened already. */
static void end_with(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) {
        _exit(NOT_RUN);
    }
}

__attribute__((noreturn)) static void run_program(const struct plan *plan, pid_t supervisor)
{
    static const char failed[] = "it can't be executed\n";

    end_with(supervisor);
    if (dup2(plan->input, STDIN_FILENO) >= 0 && dup2(plan->output, STDOUT_FILENO) >= 0 &&
        dup2(plan->errors, STDERR_FILENO) >= 0) {
        close_from(STDERR_FILENO + 1);
        (void)execve(plan->path, plan->argv, plan->environment);
        (void)!write(STDERR_FILENO, failed, sizeof(failed) - 1);
    }
    _exit(NOT_RUN);
}

/* Runs the program in a child, and reports its end. Holds no descriptor but the one to report to.
 */
__attribute__((noreturn)) static void supervise(const struct plan *plan)
{
    const pid_t self = getpid();
    int status = 0;

    (void)setpgid(0, 0);
    reset_signals();
    end_with(plan->parent);
    const pid_t program = fork();
    if (program == 0) {
        run_program(plan, self);
    }
    if (dup2(plan->end, STDIN_FILENO) < 0 || program < 0) {
        _exit(NOT_RUN);
    }
    close_from(STDIN_FILENO + 1);
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) {
    }
    (void)!write(STDIN_FILENO, &status, sizeof(status));
    _exit(0);
}

/* ---- start ---------------------------------------------------------------------------------- */

static ens_rc fail_errno(struct ens_diags *diags, const char *path, const char *what)
{
    char text[ENS_OS_ERROR_SIZE];
    const int code = errno;

    return ens_fail(diags, ENS_IO, path, "%s: %s", what, ens_os_error(code, text));
}

static void fork_supervisor(struct plan *plan, struct ens_command *command)
{
    plan->parent = getpid();
    command->pid = fork();
    if (command->pid == 0) {
        supervise(plan);
    }
    if (command->pid > 0) {
        (void)setpgid(command->pid, command->pid); /* whichever process comes first */
    }
}

static ens_rc start(struct plan *plan, struct ens_command *ret, struct ens_diags *diags)
{
    struct ends pipes[ENS_COMMAND_FDS + 1] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    bool good = true;
    ens_rc rc = ENS_OK;

    for (size_t i = 0; good && i < ENS_COUNT(pipes); i++) {
        good = open_pipe(&pipes[i]);
    }
    if (good) {
        plan->output = pipes[OUTPUT].write;
        plan->errors = pipes[ERRORS].write;
        plan->end = pipes[END].write;
        plan->input = pipes[ENS_COMMAND_FDS].read;
        close_fd(&pipes[ENS_COMMAND_FDS].write); /* nothing comes */
        fork_supervisor(plan, ret);
    }
    if (!good || ret->pid < 0) {
        ret->pid = -1;
        rc = fail_errno(diags, plan->path, "the command can't be started");
    }
    for (size_t i = 0; i < ENS_COMMAND_FDS && rc == ENS_OK; i++) {
        ret->fds[i] = pipes[i].read;
        pipes[i].read = -1;
        (void)fcntl(ret->fds[i], F_SETFL, O_NONBLOCK);
    }
    for (size_t i = 0; i < ENS_COUNT(pipes); i++) {
        close_ends(&pipes[i]);
    }
    return rc;
}

ens_rc ens_command_start(const ens_str *words, size_t count,
                         const struct ens_environment *environment, struct ens_command *ret,
                         struct ens_diags *diags)
{
    extern char **environ;
    ENS_AUTO_ARENA *arena = ens_arena_new();

    *ret = (struct ens_command){.pid = -1, .fds = {-1, -1, -1}, .status = -1};
    if (count == 0 || count > ENS_COMMAND_WORDS_MAX) {
        return ens_fail(diags, ENS_INVALID, "command", "expected 1 to %u words, found %zu",
                        ENS_COMMAND_WORDS_MAX, count);
    }
    const ens_str path = find_program(arena, words[0], environment);
    const ens_str name = ens_arena_dup(arena, words[0]);
    if (path.len == 0) {
        return ens_fail(diags, ENS_NOT_FOUND, name.ptr, "there is no such program in PATH");
    }
    char **argv = ens_arena_array(arena, count + 1, sizeof(*argv));
    for (size_t i = 0; i < count; i++) {
        argv[i] = ens_arena_alloc(arena, words[i].len + 1);
        memcpy(argv[i], words[i].ptr, words[i].len);
    }
    ret->output = ens_alloc(ENS_COMMAND_OUTPUT_MAX + 1);
    ret->error = ens_alloc(ENS_COMMAND_ERROR_MAX);
    struct plan plan = {.path = path.ptr, .argv = argv, .environment = environ};
    return start(&plan, ret, diags);
}

/* ---- output --------------------------------------------------------------------------------- */

/* Reads until there is nothing more, or the room is used up. */
static void read_some(int *fd, char *bytes, size_t room, size_t *len)
{
    while (*fd >= 0 && *len < room) {
        const ssize_t got = read(*fd, bytes + *len, room - *len);
        if (got > 0) {
            *len += (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close_fd(fd);
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* Standard error may be longer than what is kept of it. */
static void skip_errors(struct ens_command *command)
{
    char rest[256];
    size_t len = sizeof(rest);

    while (command->fds[ERRORS] >= 0 && len == sizeof(rest)) {
        len = 0;
        read_some(&command->fds[ERRORS], rest, sizeof(rest), &len);
    }
}

bool ens_command_poll(struct ens_command *command)
{
    int status = 0;
    size_t len = 0;

    read_some(&command->fds[END], (char *)&status, sizeof(status), &len);
    if (len == sizeof(status)) {
        command->status = status;
        close_fd(&command->fds[END]);
    }
    read_some(&command->fds[OUTPUT], command->output, ENS_COMMAND_OUTPUT_MAX + 1,
              &command->output_len);
    read_some(&command->fds[ERRORS], command->error, ENS_COMMAND_ERROR_MAX, &command->error_len);
    if (command->error_len == ENS_COMMAND_ERROR_MAX) {
        skip_errors(command);
    }
    return command->fds[END] < 0 || command->output_len > ENS_COMMAND_OUTPUT_MAX;
}

/* ": the first line of standard error", or nothing. */
static const char *error_clause(struct ens_arena *arena, const struct ens_command *command)
{
    ens_str rest = {NULL, 0};
    const ens_str text = ens_str_trim((ens_str){command->error, command->error_len});
    const ens_str line = ens_str_trim(ens_str_cut(text, '\n', &rest));

    return line.len > 0 ? ens_arena_printf(arena, ": %.*s", ENS_STR_ARG(line)).ptr : "";
}

ens_rc ens_command_result(struct ens_command *command, ens_str *ret_output, struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (command->output_len > ENS_COMMAND_OUTPUT_MAX) {
        return ens_fail(diags, ENS_LIMIT, NULL, "the command wrote more than %zu bytes",
                        ENS_COMMAND_OUTPUT_MAX);
    }
    if (command->status == -1) {
        return ens_fail(diags, ENS_IO, NULL, "the command could not be supervised");
    }
    if (WIFSIGNALED(command->status)) {
        return ens_fail(diags, ENS_IO, NULL, "the command was ended by signal %d%s",
                        WTERMSIG(command->status), error_clause(arena, command));
    }
    if (WEXITSTATUS(command->status) != 0) {
        return ens_fail(diags, ENS_IO, NULL, "the command failed with exit status %d%s",
                        WEXITSTATUS(command->status), error_clause(arena, command));
    }
    *ret_output = (ens_str){command->output, command->output_len};
    return ENS_OK;
}

void ens_command_done(struct ens_command *command)
{
    for (size_t i = 0; i < ENS_COMMAND_FDS; i++) {
        close_fd(&command->fds[i]);
    }
    if (command->pid > 0) {
        (void)kill(-command->pid, SIGKILL); /* before the supervisor's number can be given away */
        while (waitpid(command->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (command->output != NULL) {
        explicit_bzero(command->output, ENS_COMMAND_OUTPUT_MAX + 1);
    }
    ens_free(command->output);
    ens_free(command->error);
    *command = (struct ens_command){.pid = -1, .fds = {-1, -1, -1}, .status = -1};
}
