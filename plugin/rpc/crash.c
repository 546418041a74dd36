/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/crash.h"

#include <execinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/rc.h"

#define FRAMES_MAX 64

static const struct {
    int number;
    const char *words;
} crashes[] = {
    {SIGSEGV, "panic: SIGSEGV (invalid memory access)\n"},
    {SIGBUS, "panic: SIGBUS (invalid memory access)\n"},
    {SIGFPE, "panic: SIGFPE (invalid arithmetic)\n"},
    {SIGILL, "panic: SIGILL (invalid instruction)\n"},
    {SIGABRT, "panic: SIGABRT (aborted)\n"},
};

static _Atomic(const char *) leftover_file;
static _Atomic(const char *) leftover_directory;

static struct sigaction before[ENS_COUNT(crashes)];

void ens_crash_removes(const char *file, const char *directory)
{
    atomic_store(&leftover_file, file);
    atomic_store(&leftover_directory, directory);
}

void ens_crash_remove(void)
{
    const char *file = atomic_load(&leftover_file);
    const char *directory = atomic_load(&leftover_directory);

    if (file != NULL && directory != NULL) {
        (void)unlink(file);
        (void)rmdir(directory);
    }
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    void *frames[FRAMES_MAX];

    (void)context;
    for (size_t i = 0; i < ENS_COUNT(crashes); i++) {
        if (crashes[i].number == number) {
            (void)!write(STDERR_FILENO, crashes[i].words, strlen(crashes[i].words));
            (void)sigaction(number, &before[i], NULL);
        }
    }
    ens_crash_remove();
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES_MAX), STDERR_FILENO);
    /* A fault is raised again when the handler returns, now with the previous action. A signal that
     * was sent has to be raised here. */
    if (info->si_code <= 0) {
        (void)raise(number);
    }
}

void ens_crash_install(void)
{
    void *frame = NULL;
    struct sigaction action;

    /* The first call loads a library, which is not safe in a signal handler. */
    (void)backtrace(&frame, 1);
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO;
    for (size_t i = 0; i < ENS_COUNT(crashes); i++) {
        (void)sigaction(crashes[i].number, &action, &before[i]);
    }
}
