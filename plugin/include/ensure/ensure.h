/*
 * libensure: make sure that cloud instances are running, from any program that can load a shared
 * object. A session holds the configuration and the connections; a plan asks the clouds what a
 * start would come to; an apply starts what is stopped and waits until it runs. What goes in and
 * what comes out is JSON, the same documents as those of the ensure command.
 *
 *     struct ensure_error error;
 *     ensure_session *session = ensure_session_open(NULL, NULL, NULL, &error);
 *     char *plan = ensure_plan(
 *         session, "{\"targets\":[\"alibaba/cn-hangzhou/i-bp67acfmxazb4p0001\"]}", NULL, &error);
 *     ...
 *     ensure_document_free(plan);
 *     ensure_session_close(session);
 *
 * Rules
 * - Threads: every function may be called from any thread at any time, several calls on one session
 *   included; they share connections and travel to the clouds together. Only closing is the last
 *   use of a session, and freeing the last use of a cancel handle.
 * - A session has one thread of its own, with all signals blocked. The library has no global state,
 *   installs no signal handler, does not change the process's environment, locale or working
 *   directory, and writes neither to stdout nor, unless ENSURE_LOG asks for it, to stderr. It reads
 *   environment variables (credentials, endpoints, ENSURE_*) when a session opens and when a call
 *   begins. After fork() the child must not use a session of its parent.
 * - Errors: a function that can fail says how in *error, which may be NULL. On success *error is
 *   left with code ENSURE_OK and an empty message. What happens to a target (refused, timed out,
 *   cancelled) is never an error: it is that target's "reason" in the document.
 * - NULL for a handle or a text that is required is an error like any other; functions that close
 *   or free take NULL and do nothing.
 * - Text is UTF-8 and ends with NUL. Nothing but what a function returns needs to be freed.
 *
 * C11 and C++17; needs stdint.h only.
 */
#ifndef ENSURE_ENSURE_H
#define ENSURE_ENSURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface that this header describes. A library of the same major and of the same or a newer
 * minor version serves a program that was compiled against it. */
#define ENSURE_ABI_MAJOR 0
#define ENSURE_ABI_MINOR 1

#define ENSURE_API       __attribute__((visibility("default")))

typedef struct ensure_session ensure_session;
typedef struct ensure_cancel ensure_cancel;

/* Values of ensure_error.code. */
#define ENSURE_OK 0
#define ENSURE_INVALID                                                                             \
    1 /* a configuration, request or argument can't be used: nothing was sent                      \
       */
#define ENSURE_SYSTEM       2 /* this machine said no: no provider found, no thread, no audit log */
#define ENSURE_INTERNAL     3 /* a fault of the library */

#define ENSURE_MESSAGE_SIZE 1020

struct ensure_error {
    int32_t code;
    char message[ENSURE_MESSAGE_SIZE]; /* one sentence, without a dot; never a secret */
};

/* ---- the library ------------------------------------------------------------------------------
 */

/* Version of the library, such as "0.1.0"; static. */
ENSURE_API const char *ensure_version(void);

/* 1 if this library serves a program that was compiled against the given interface version, else 0:
 *     if (!ensure_abi_check(ENSURE_ABI_MAJOR, ENSURE_ABI_MINOR)) { ... } */
ENSURE_API int ensure_abi_check(uint32_t major, uint32_t minor);

/* ---- sessions ---------------------------------------------------------------------------------
 */

/* One log line as a JSON object: {"level":"warn","module":"http","message":"...","fields":{...}}.
 * line lives until the function returns. Called on any thread; must not block and must not call
 * functions on the session. */
typedef void ensure_log_fn(void *ud, const char *line);

/*
 * Opens a session. config is a JSON object; NULL or "{}" takes everything from the environment and
 * from the profile files of the vendors' command lines. Every key is optional, an unknown one is an
 * error:
 *
 *     {"clouds": {"alibaba": {"access_key": "...", "secret_key": "...", "security_token": "...",
 *                             "profile": "...", "endpoint": "scheme://host[:port]"}},
 *      "defaults": {"plan_timeout_ms": 120000, "apply_timeout_ms": 600000, "no_dry_run": false},
 *      "log_level": "warn"}
 *
 * log may be NULL; log_level (error, warn, info, debug, trace; default warn) is for it. Returns
 * NULL on failure.
 */
ENSURE_API ensure_session *ensure_session_open(const char *config, ensure_log_fn *log, void *log_ud,
                                               struct ensure_error *error);

/* Cancels every call that is under way, waits until they have returned, and frees the session. Not
 * from inside a callback. */
ENSURE_API void ensure_session_close(ensure_session *session);

/* What the session can do: {"version": "0.1.0", "providers": [{"name", "title", "version",
 * "abi_major", "abi_minor", "origin", "dry_run_checks", "dry_run", "client_token",
 * "describe_limit", "dry_run_limit", "start_limit"}], "warnings": [...]}. warnings tell which
 * provider files were left out, and why. Returns a document, or NULL on failure. */
ENSURE_API char *ensure_session_providers(ensure_session *session, struct ensure_error *error);

/* ---- calls ------------------------------------------------------------------------------------
 */

/* Kinds of events. */
#define ENSURE_EVENT_PROGRESS 1 /* apply: what is known so far of a target */
#define ENSURE_EVENT_RESULT   2 /* a target's final result, in the order of decision */

/* instance is a JSON object, one of "instances" as in the document that the call will return; it
 * lives until the function returns. Called on the session's thread, which serves all calls: must
 * not block. It may call ensure_cancel_fire, and no other function on the session. */
typedef void ensure_event_fn(void *ud, int32_t kind, const char *instance);

#define ENSURE_NO_DRY_RUN 1u /* plan: ask no dry run; every start is then "unverified" */

/* How one call is done; a zeroed one with struct_size set means the session's defaults. */
struct ensure_call {
    uint32_t struct_size;   /* sizeof(struct ensure_call) */
    uint32_t flags;         /* ENSURE_NO_DRY_RUN */
    int64_t timeout_ms;     /* for everything, at most 24 hours; 0: the session's */
    ensure_cancel *cancel;  /* ends the call early; may be NULL */
    ensure_event_fn *event; /* may be NULL */
    void *event_ud;
};

/*
 * Says what an apply would do, and changes nothing. request is a fleet:
 *     {"targets": ["cloud/region/instance-id", ...]}
 * call may be NULL. Sleeps until everything is decided. Returns an ensure.plan/v1 document, to be
 * freed with ensure_document_free, or NULL on failure.
 */
ENSURE_API char *ensure_plan(ensure_session *session, const char *request,
                             const struct ensure_call *call, struct ensure_error *error);

/*
 * Starts what is stopped and waits until it runs. request is a fleet, or a document that
 * ensure_plan returned: then only what it said "start" or "wait" is started, with its client
 * tokens. Sleeps until every target is finished. Returns an ensure.apply/v1 document, or NULL on
 * failure.
 */
ENSURE_API char *ensure_apply(ensure_session *session, const char *request,
                              const struct ensure_call *call, struct ensure_error *error);

/* NULL is fine. */
ENSURE_API void ensure_document_free(char *document);

/* ---- cancelling -------------------------------------------------------------------------------
 */

/* A handle with which one thread ends calls of others. It may serve any number of calls, of several
 * sessions; once fired it stays so, and ends calls that begin later at once. Never NULL. */
ENSURE_API ensure_cancel *ensure_cancel_new(void);

/* Every call that was given the handle returns within a second with what is known (reason
 * "cancelled"). Does not wait for them; not to be called in a signal handler. */
ENSURE_API void ensure_cancel_fire(ensure_cancel *cancel);

/* The calls that were given the handle must have returned. */
ENSURE_API void ensure_cancel_free(ensure_cancel *cancel);

#ifdef __cplusplus
}
#endif

#endif
