/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans a fleet, prints the plan, and applies it. Ctrl-C ends it within a second; the document is
 * still printed.
 *
 *     cc -o bring_up bring_up.c $(pkg-config --cflags --libs ensure) -pthread
 *     ./bring_up alibaba/cn-hangzhou/i-bp67acfmxazb4p0001 baidu/bj/i-3mtkTk01
 */
#include <ensure/ensure.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_SIZE 65536

/* Writes {"targets":["...","..."]}; returns 0 if the targets don't fit or would need escaping. The
 * library checks all else. */
static int make_request(char *request, char **targets, int count)
{
    size_t used = (size_t)snprintf(request, REQUEST_SIZE, "{\"targets\":[");

    for (int i = 0; i < count; i++) {
        if (strpbrk(targets[i], "\"\\") != NULL || used + strlen(targets[i]) + 8 > REQUEST_SIZE) {
            return 0;
        }
        used += (size_t)snprintf(request + used, REQUEST_SIZE - used, "%s\"%s\"", i > 0 ? "," : "",
                                 targets[i]);
    }
    (void)snprintf(request + used, REQUEST_SIZE - used, "]}");
    return 1;
}

/* Thread that waits for Ctrl-C, because ensure_cancel_fire is not async-signal-safe. */
static void *wait_for_interrupt(void *cancel)
{
    sigset_t interrupt;
    int number = 0;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    if (sigwait(&interrupt, &number) == 0) {
        ensure_cancel_fire(cancel);
    }
    return NULL;
}

static void show_event(void *ud, int32_t kind, const char *instance)
{
    (void)ud;
    (void)fprintf(stderr, "%s %s\n", kind == ENSURE_EVENT_RESULT ? "done" : "...", instance);
}

static int fail(const struct ensure_error *error)
{
    (void)fprintf(stderr, "bring_up: %s\n", error->message);
    return 1;
}

static int bring_up(ensure_session *session, const char *request, ensure_cancel *cancel)
{
    const struct ensure_call call = {
        .struct_size = sizeof(call), .cancel = cancel, .event = show_event};
    struct ensure_error error;

    char *plan = ensure_plan(session, request, &call, &error);
    if (plan == NULL) {
        return fail(&error);
    }
    (void)fputs(plan, stdout);

    /* The plan is the request: only targets with the action "start" or "wait" are started. */
    char *applied = ensure_apply(session, plan, &call, &error);
    ensure_document_free(plan);
    if (applied == NULL) {
        return fail(&error);
    }
    (void)fputs(applied, stdout);
    ensure_document_free(applied);
    return 0;
}

int main(int argc, char **argv)
{
    static char request[REQUEST_SIZE];
    struct ensure_error error;
    pthread_t watcher;
    sigset_t interrupt;

    if (argc < 2 || !make_request(request, argv + 1, argc - 1)) {
        (void)fprintf(stderr, "usage: bring_up CLOUD/REGION/INSTANCE-ID...\n");
        return 1;
    }
    if (!ensure_abi_check(ENSURE_ABI_MAJOR, ENSURE_ABI_MINOR)) {
        (void)fprintf(stderr, "bring_up: libensure %s is too old\n", ensure_version());
        return 1;
    }
    ensure_session *session = ensure_session_open(NULL, NULL, NULL, &error);
    if (session == NULL) {
        return fail(&error);
    }
    ensure_cancel *cancel = ensure_cancel_new();

    /* Blocked here and in all threads created later, so that only the watcher receives it. */
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, NULL);
    int watching = pthread_create(&watcher, NULL, wait_for_interrupt, cancel) == 0;

    int status = bring_up(session, request, cancel);
    if (watching) {
        pthread_cancel(watcher);
        pthread_join(watcher, NULL);
    }
    ensure_session_close(session);
    ensure_cancel_free(cancel);
    return status;
}
