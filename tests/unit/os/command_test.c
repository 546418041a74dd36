/* SPDX-License-Identifier: Apache-2.0 */
/* Commands: what reaches them, what is taken from them, and that nothing is left of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/command.h"
#include "os/os.h"
#include "support/fake_environment.h"
#include "support/scratch.h"

#define WORDS_MAX  8
#define TIMEOUT_MS 60000 /* of a test that hangs */

struct run {
    struct ens_command command;
    struct ens_diags diags;
    ens_rc rc;
    ens_str output;
};

/* Waits until a descriptor of the command can be read. */
static void wait_for(const struct ens_command *command)
{
    struct pollfd fds[ENS_COMMAND_FDS];

    for (size_t i = 0; i < ENS_COMMAND_FDS; i++) {
        fds[i] = (struct pollfd){.fd = command->fds[i], .events = POLLIN};
    }
    assert_true(poll(fds, ENS_COMMAND_FDS, TIMEOUT_MS) > 0);
}

static ens_rc start(struct run *run, const char *const *words)
{
    ens_str list[WORDS_MAX];
    size_t count = 0;

    *run = (struct run){0};
    while (words[count] != NULL) {
        list[count] = ens_str_of(words[count]);
        count++;
    }
    return ens_command_start(list, count, &ens_os_environment, &run->command, &run->diags);
}

static void run_to_end(struct run *run, const char *const *words)
{
    run->rc = start(run, words);
    if (run->rc != ENS_OK) {
        return;
    }
    while (!ens_command_poll(&run->command)) {
        wait_for(&run->command);
    }
    run->rc = ens_command_result(&run->command, &run->output, &run->diags);
}

static void release(struct run *run)
{
    ens_command_done(&run->command);
    ens_diags_done(&run->diags);
}

#define SH(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})

/* ---- results -------------------------------------------------------------------------------- */

static void test_results(void **state)
{
    static const struct {
        const char *script;
        const char *output; /* NULL: it fails */
        const char *summary;
    } rows[] = {
        {"echo keys; echo note >&2", "keys\n", NULL},
        {"printf 'a\\n\\nb'", "a\n\nb", NULL},
        {"", "", NULL},
        {"echo secret; exit 3", NULL, "the command failed with exit status 3"},
        {"echo secret; echo ' no login ' >&2; echo more >&2; exit 3", NULL,
         "the command failed with exit status 3: no login"},
        {"kill -TERM $$", NULL, "the command was ended by signal 15"},
        {"test ! -t 0 && cat", "", NULL}, /* standard input is empty */
        {"exec >&- 2>&-; exit 0", "", NULL},
        {"trap", "", NULL}, /* no signal is ignored or trapped */
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct run run;
        run_to_end(&run, SH(rows[i].script));
        if (rows[i].output != NULL) {
            assert_int_equal(run.rc, ENS_OK);
            assert_true(ens_str_is(run.output, rows[i].output));
        } else {
            assert_int_not_equal(run.rc, ENS_OK);
            assert_int_equal(run.diags.count, 1);
            assert_string_equal(run.diags.items[0].summary, rows[i].summary);
        }
        release(&run);
    }
}

/* Words reach the program as they are; there is no shell. */
static void test_words(void **state)
{
    static const char *const words[] = {"/bin/echo", "$HOME", "a  b", "", "*;|", NULL};
    struct run run;

    (void)state;
    run_to_end(&run, words);
    assert_int_equal(run.rc, ENS_OK);
    assert_true(ens_str_is(run.output, "$HOME a  b  *;|\n"));
    release(&run);
}

static void test_programs(void **state)
{
    struct scratch scratch = scratch_new();
    const char *path = scratch_path(&scratch, "not-a-program");
    const char *const no_format[] = {path, NULL};
    static const char *const by_path[] = {"echo", "found", NULL};
    static const char *const nowhere[] = {"no-such-program-anywhere", NULL};
    static const char *const absent[] = {"/no/such/program", NULL};
    static const struct {
        const char *const *words;
        const char *summary;
    } rows[] = {
        {nowhere, "there is no such program in PATH"},
        {absent, "the command failed with exit status 127: it can't be executed"},
    };
    struct run run;

    (void)state;
    run_to_end(&run, by_path);
    assert_true(ens_str_is(run.output, "found\n"));
    release(&run);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        run_to_end(&run, rows[i].words);
        assert_int_not_equal(run.rc, ENS_OK);
        assert_string_equal(run.diags.items[0].summary, rows[i].summary);
        release(&run);
    }
    scratch_write(&scratch, "not-a-program", ENS_STR("no program"));
    assert_int_equal(chmod(path, 0700), 0);
    run_to_end(&run, no_format);
    assert_string_equal(run.diags.items[0].summary, rows[1].summary);
    release(&run);
    scratch_done(&scratch);
}

/* PATH is searched for absolute directories only, never the working directory. */
static void test_path(void **state)
{
    struct scratch scratch = scratch_new();
    char before[4096];
    const ens_str words[] = {ENS_STR("tool")};
    const struct variable variables[] = {{"PATH", ".::bin"}, {NULL, NULL}};
    const struct ens_environment environment = fake_environment(variables);
    struct ens_command command;
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    scratch_write(&scratch, "tool", ENS_STR("#!/bin/sh\n"));
    assert_int_equal(chmod(scratch_path(&scratch, "tool"), 0700), 0);
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(scratch.path), 0);
    const ens_rc rc = ens_command_start(words, 1, &environment, &command, &diags);
    assert_int_equal(chdir(before), 0);
    ens_command_done(&command);
    scratch_done(&scratch);
    assert_int_equal(rc, ENS_NOT_FOUND);
}

/* ---- limits --------------------------------------------------------------------------------- */

static void test_output_limit(void **state)
{
    char script[64];

    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct run run;
        (void)snprintf(script, sizeof(script), "head -c %zu /dev/zero",
                       ENS_COMMAND_OUTPUT_MAX + extra);
        run_to_end(&run, SH(script));
        assert_int_equal(run.rc, extra == 0 ? ENS_OK : ENS_LIMIT);
        if (extra == 0) {
            assert_int_equal(run.output.len, ENS_COMMAND_OUTPUT_MAX);
        } else {
            assert_string_equal(run.diags.items[0].summary,
                                "the command wrote more than 65536 bytes");
        }
        release(&run);
    }
}

/* A long standard error neither blocks the command nor fills memory. */
static void test_long_errors(void **state)
{
    struct run run;

    (void)state;
    run_to_end(&run, SH("echo why >&2; head -c 3000000 /dev/zero >&2; exit 1"));
    assert_string_equal(run.diags.items[0].summary, "the command failed with exit status 1: why");
    assert_int_equal(run.command.error_len, ENS_COMMAND_ERROR_MAX);
    release(&run);
}

static void test_word_limit(void **state)
{
    ens_str words[ENS_COMMAND_WORDS_MAX + 1];

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(words); i++) {
        words[i] = ENS_STR("/bin/true");
    }
    for (size_t extra = 0; extra < 2; extra++) {
        struct ens_command command;
        ENS_AUTO_DIAGS diags = {0};
        const ens_rc rc = ens_command_start(words, ENS_COMMAND_WORDS_MAX + extra,
                                            &ens_os_environment, &command, &diags);
        ens_command_done(&command);
        assert_int_equal(rc, extra == 0 ? ENS_OK : ENS_INVALID);
    }
}

/* ---- nothing is left ------------------------------------------------------------------------ */

/* Whether the process has ended, or ends within a while. */
static bool ends(long pid)
{
    for (int i = 0; i < TIMEOUT_MS / 10; i++) {
        if (kill((pid_t)pid, 0) != 0 && errno == ESRCH) {
            return true;
        }
        (void)poll(NULL, 0, 10);
    }
    return false;
}

static long number_in(struct scratch *scratch, const char *name)
{
    char *text = scratch_read(scratch, name);
    const long number = strtol(text, NULL, 10);

    ens_free(text);
    return number;
}

/* Starts a script that writes process ids into "pid", and waits until it has. */
static void start_writer(struct run *run, struct scratch *scratch, const char *script)
{
    char line[512];

    (void)snprintf(line, sizeof(line), "cd %s; %s", scratch->path, script);
    assert_int_equal(start(run, SH(line)), ENS_OK);
    while (!ens_command_poll(&run->command) && run->command.output_len == 0) {
        wait_for(&run->command);
    }
}

/* A command that is given up is killed, with what it started. */
static void test_given_up(void **state)
{
    struct scratch scratch = scratch_new();
    struct run run;

    (void)state;
    start_writer(&run, &scratch, "sleep 1000 & echo $! >child; echo $$ >pid; echo on; sleep 1000");
    const bool done = ens_command_poll(&run.command);
    release(&run);
    const long pid = number_in(&scratch, "pid");
    const long child = number_in(&scratch, "child");
    scratch_done(&scratch);
    assert_false(done);
    assert_true(ends(pid));
    assert_true(ends(child));
}

/* A child that holds the pipes open is not waited for. */
static void test_child_that_hangs(void **state)
{
    struct scratch scratch = scratch_new();
    struct run run;
    char line[512];

    (void)state;
    (void)snprintf(line, sizeof(line), "cd %s; sleep 1000 & echo $! >child; echo keys",
                   scratch.path);
    run_to_end(&run, SH(line));
    const bool good = run.rc == ENS_OK && ens_str_is(run.output, "keys\n");
    release(&run);
    const long child = number_in(&scratch, "child");
    scratch_done(&scratch);
    assert_true(good);
    assert_true(ends(child));
}

/* The host ignores SIGCHLD, so that the kernel reaps its children itself. */
static void test_host_reaps(void **state)
{
    struct run run;

    (void)state;
    (void)signal(SIGCHLD, SIG_IGN);
    run_to_end(&run, SH("echo keys"));
    const bool good = run.rc == ENS_OK && ens_str_is(run.output, "keys\n");
    release(&run);
    (void)signal(SIGCHLD, SIG_DFL);
    assert_true(good);
}

/* The engine's thread blocks all signals; the command does not. */
static void test_signals_are_not_blocked(void **state)
{
    struct run run;
    sigset_t all;
    sigset_t before;

    (void)state;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    run_to_end(&run, SH("grep SigBlk /proc/self/status"));
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    const bool good = run.rc == ENS_OK && ens_str_is(run.output, "SigBlk:\t0000000000000000\n");
    release(&run);
    assert_true(good);
}

/* No descriptor of this process is open in the command. */
static void test_descriptors(void **state)
{
    struct run run;
    int ends_of_pipe[2];

    (void)state;
    assert_int_equal(pipe(ends_of_pipe), 0);                 /* inherited by ordinary children */
    run_to_end(&run, SH("ls /proc/self/fd | tr '\\n' ' '")); /* 3 is the directory itself */
    (void)close(ends_of_pipe[0]);
    (void)close(ends_of_pipe[1]);
    const bool good = run.rc == ENS_OK && ens_str_is(run.output, "0 1 2 3 ");
    release(&run);
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_output_limit),
        cmocka_unit_test(test_long_errors),
        cmocka_unit_test(test_word_limit),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_child_that_hangs),
        cmocka_unit_test(test_host_reaps),
        cmocka_unit_test(test_signals_are_not_blocked),
        cmocka_unit_test(test_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
