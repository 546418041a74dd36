/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/bounded.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "rpc/crash.h"

/* Read by the signal handler; changed only while no alarm is set. */
static struct {
    int code;
    int fd;
    const char *sentence;
} bound;

static void on_alarm(int number)
{
    (void)number;
    if (bound.sentence != NULL) {
        (void)!write(bound.fd, bound.sentence, strlen(bound.sentence));
    }
    ens_crash_remove();
    _exit(bound.code);
}

static void set_alarm(unsigned ms)
{
    const struct itimerval timer = {
        .it_value = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000}};

    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

void ens_bounded_begin(unsigned ms, int code, int fd, const char *sentence)
{
    struct sigaction action;
    sigset_t alarm_only;

    set_alarm(0);
    bound.code = code;
    bound.fd = fd;
    bound.sentence = sentence;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_alarm;
    (void)sigaction(SIGALRM, &action, NULL);
    (void)sigemptyset(&alarm_only);
    (void)sigaddset(&alarm_only, SIGALRM);
    (void)pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL); /* it may have been inherited blocked */
    set_alarm(ms);
}

void ens_bounded_end(void)
{
    set_alarm(0);
}
