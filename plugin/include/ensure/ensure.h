/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * libensure: make sure that cloud instances are running, from any program that can load a shared
 * object. A session holds the configuration and the connections. A plan says what a start of each
 * target would come to, by reads and by the clouds' own dry runs; an apply starts what is stopped
 * and waits until it runs. Requests and results are JSON, the same documents as those of the ensure
 * command.
 *
 * @code
 *     struct ensure_error error;
 *     ensure_session *session = ensure_session_open(NULL, NULL, NULL, &error);
 *     char *plan = ensure_plan(
 *         session, "{\"targets\":[\"alibaba/cn-hangzhou/i-bp67acfmxazb4p0001\"]}", NULL, &error);
 *     ...
 *     ensure_document_free(plan);
 *     ensure_session_close(session);
 * @endcode
 *
 * Rules
 * - Threads: every function may be called from any thread at any time, several calls on one session
 *   included; the calls of a session share connections, and their requests to one account and
 *   region are batched. Two exceptions: no function may be called on a session during or after its
 *   ensure_session_close(), nor on a cancel handle during or after its ensure_cancel_free().
 * - Process: a session has one thread of its own, with all signals blocked. The library has no
 *   global state, installs no signal handler, does not change the process's environment, locale or
 *   working directory, and writes neither to stdout nor, unless ENSURE_LOG asks for it, to stderr.
 *   It reads environment variables (credentials, endpoints, ENSURE_*) when a session opens and when
 *   a call begins. After fork() the child must not use a session of its parent.
 * - Errors: a function that can fail describes the failure in *error, which may be NULL. On success
 *   *error is set to code ENSURE_OK and an empty message. The fate of a target (refused, timed out,
 *   cancelled) is never an error: it is that target's "reason" in the document.
 * - NULL for a required handle or text is an ENSURE_INVALID error; functions that close or free
 * take NULL and do nothing.
 * - Memory: the caller frees what a function returns, each with the function that is named there;
 *   arguments are copied, and stay the caller's. The library aborts when memory is exhausted.
 * - Text is UTF-8 and ends with NUL. A document has at most 256 MiB, a request at most 100000
 *   targets.
 * - Units: durations are milliseconds.
 *
 * Documents: every key of an object is always present.
 *
 * ensure.plan/v1:
 * @code{.json}
 *     {"format": "ensure.plan/v1", "created_at": "2026-09-01T08:09:10Z", "warnings": [],
 *      "summary": {"total": 1, "none": 0, "start": 1, "wait": 0, "refuse": 0},
 *      "instances": [{
 *        "target": "volcengine/cn-beijing/i-3tiefmkskq3vj0000001",
 *        "status": "stopped", "provider_status": "STOPPED",
 *        "action": "start", "confidence": "validated", "reason": "ok",
 *        "message": "...", "advice": "...", "provider_code": "DryRunOperation",
 *        "http_status": 412, "request_id": "...", "client_token": "..."}]}
 * @endcode
 * ensure.apply/v1 is the same with "started", "start_request_id", "start_sent" and "elapsed_ms" in
 * each instance, and with the summary {"total", "running", "started", "refused", "failed",
 * "unfinished"}. "instances" has the order of the request. The values of "status",
 * "action", "confidence" and "reason" are stable; ensure/v1/ensure.proto (InstancePlan) describes
 * each member.
 *
 * ensure.find/v1:
 * @code{.json}
 *     {"format": "ensure.find/v1", "created_at": "2026-09-01T08:09:10Z",
 *      "instances": [{
 *        "target": "alibaba/cn-hangzhou/i-bp67acfmxazb4p0001", "name": "web-1",
 *        "status": "stopped", "provider_status": "Stopped", "zone": "cn-hangzhou-b",
 *        "instance_type": "ecs.g7.large", "charge_type": "PostPaid", "tags": {"env": "ci"}}],
 *      "warnings": [], "summary": {"total": 1}}
 * @endcode
 *
 * C11 and C++17; needs stdint.h only.
 */
#ifndef ENSURE_ENSURE_H
#define ENSURE_ENSURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Major version of the interface that this header describes. A library of the same major and of
 * the same or a newer minor version serves a program that was compiled against it. */
#define ENSURE_ABI_MAJOR 0
/** Minor version of the interface that this header describes. */
#define ENSURE_ABI_MINOR 1

/** Marks the functions that the library exports. */
#define ENSURE_API __attribute__((visibility("default")))

/** Configuration, connections and one thread; opened by ensure_session_open(), closed by
 * ensure_session_close(). */
typedef struct ensure_session ensure_session;
/** A cancel handle; made by ensure_cancel_new(), freed by ensure_cancel_free(). */
typedef struct ensure_cancel ensure_cancel;

/** ensure_error.code: success. */
#define ENSURE_OK 0
/** ensure_error.code: the configuration, the request or an argument can't be used; nothing was sent
 * to a cloud. */
#define ENSURE_INVALID 1
/** ensure_error.code: this machine lacks what is needed: no provider was found, no thread could be
 * made. */
#define ENSURE_SYSTEM 2
/** ensure_error.code: a defect of the library. */
#define ENSURE_INTERNAL 3

/** ensure_error.code: a cloud refused a list, or could not be asked, or the call was cancelled
 * before the list was read; the message says which, and begins with the reason, such as
 * "alibaba/cn-hangzhou: permission_denied: ...". ensure_find(), and fleets with selectors. */
#define ENSURE_UNANSWERED 4

/** Bytes of ensure_error.message, the NUL included. */
#define ENSURE_MESSAGE_SIZE 1020

/** Why a function failed. Memory of the caller; needs no initialisation and no cleanup. */
struct ensure_error {
    int32_t code;                      /**< ENSURE_OK or one of the other codes above */
    char message[ENSURE_MESSAGE_SIZE]; /**< one sentence without a full stop; never a secret */
};

/* ---- the library ---------------------------------------------------------------------------- */

/** Version of the library.
 * @return such as "0.1.0"; static, not to be freed */
ENSURE_API const char *ensure_version(void);

/** Says whether this library serves a program that was compiled against an interface version:
 * @code
 *     if (!ensure_abi_check(ENSURE_ABI_MAJOR, ENSURE_ABI_MINOR)) { ... }
 * @endcode
 * @param major ENSURE_ABI_MAJOR of the header that the program was compiled with
 * @param minor ENSURE_ABI_MINOR of that header
 * @return 1 if it does, else 0 */
ENSURE_API int ensure_abi_check(uint32_t major, uint32_t minor);

/* ---- sessions ------------------------------------------------------------------------------- */

/** Receives one log line. Called on any thread, possibly on several at a time; must not block and
 * must not call functions on the session.
 * @param ud the log_ud of ensure_session_open()
 * @param line a JSON object, {"level": "warn", "module": "http", "message": "...", "fields":
 *     {"name": "text"}}; valid until the function returns */
typedef void ensure_log_fn(void *ud, const char *line);

/**
 * Opens a session: reads the configuration, loads the providers and starts the session's thread.
 * Asks no cloud, and does not check credentials.
 *
 * Every key of the configuration is optional, an unknown one is an error:
 * @code{.json}
 *     {"clouds": {"alibaba": {"access_key": "...", "secret_key": "...", "security_token": "...",
 *                             "profile": "...", "region": "...",
 *                             "endpoint": "scheme://host[:port]",
 *                             "assume_role": {"role": "...", "session_name": "...",
 *                                             "duration_seconds": 3600, "policy": "...",
 *                                             "external_id": "..."},
 *                             "assume_role_with_oidc": {"role": "...", "provider": "...",
 *                                                       "token": "...", "token_file": "...",
 *                                                       "session_name": "...",
 *                                                       "duration_seconds": 3600, "policy": "..."},
 *                             "metadata_role": "..."}},
 *      "defaults": {"plan_timeout_ms": 120000, "apply_timeout_ms": 600000, "no_dry_run": false},
 *      "policy": {"max_starts": 20, "allow": ["alibaba/cn-hangzhou/i-web1"], "deny": [],
 *                 "min_confidence": "validated", "audit_required": true},
 *      "log_level": "warn"}
 * @endcode
 * Timeouts are 1 to 86400000 (24 hours). log_level is error, warn, info, debug or trace, and
 * limits what is logged. A cloud's access_key, secret_key and security_token are used together,
 * and then neither the environment nor a profile file adds to them. At most one of access_key,
 * assume_role_with_oidc, profile and metadata_role is set; it is where the keys come from. The role
 * of assume_role is assumed with whatever keys were found. duration_seconds is 900 to 43200.
 * ensure_plan() and ensure_apply() do not use region, because their targets name one.
 *
 * policy has the guards of the session: what may be started. They hold together with those of the
 * file /etc/ensure/policy.json, of the file that ENSURE_POLICY names, and of a fleet; none can
 * loosen another. A start that one refuses has the action "refuse" and the reason "policy". In a
 * pattern of allow and deny an asterisk stands for any run of characters within one of the three
 * segments of a target. A policy file that can't be used is an error here.
 *
 * @param config a JSON object; NULL or "{}" takes everything from the environment and from the
 *     profile files of the vendors' command lines
 * @param log receives log lines; NULL: they go to stderr if ENSURE_LOG is set, else nowhere
 * @param log_ud passed on to log
 * @param error set to the outcome; may be NULL
 * @return the session, to be closed with ensure_session_close(); NULL on failure (ENSURE_INVALID:
 *     the configuration; ENSURE_SYSTEM: no provider was found, no thread) */
ENSURE_API ensure_session *ensure_session_open(const char *config, ensure_log_fn *log, void *log_ud,
                                               struct ensure_error *error);

/** Cancels every call that is under way, waits until they have returned, and frees the session.
 * Must not be called from a callback.
 * @param session the session; NULL: does nothing */
ENSURE_API void ensure_session_close(ensure_session *session);

/** Lists the clouds that the session knows. Asks no cloud.
 * @param session the session
 * @param error set to the outcome; may be NULL
 * @return a document, to be freed with ensure_document_free(): {"version": "0.1.0", "providers":
 *     [{"name", "title", "version", "origin", "dry_run_checks", "abi_major", "abi_minor",
 *     "describe_limit", "dry_run_limit", "start_limit", "dry_run", "client_token"}], "warnings":
 *     [...]}, where warnings are sentences about provider files that were not loaded; NULL on
 *     failure */
ENSURE_API char *ensure_session_providers(ensure_session *session, struct ensure_error *error);

/* ---- calls ---------------------------------------------------------------------------------- */

/** Kind of an event, apply only: what is known so far of a target that is not finished. */
#define ENSURE_EVENT_PROGRESS 1
/** Kind of an event: a target's final result, once per target, in the order of decision. */
#define ENSURE_EVENT_RESULT 2

/** Receives what becomes known while a call runs. Called on the session's thread, which serves all
 * calls of the session: must not block. Of the functions on the session and its handles only
 * ensure_cancel_fire() may be called.
 * @param ud the event_ud of the call
 * @param kind ENSURE_EVENT_PROGRESS or ENSURE_EVENT_RESULT
 * @param instance a JSON object, shaped as one of "instances" in the document that the call will
 *     return; valid until the function returns */
typedef void ensure_event_fn(void *ud, int32_t kind, const char *instance);

/** ensure_call.flags: send no dry runs; every start of a plan then has the confidence "unverified",
 * and an apply refuses one for which the guard min_confidence asks more. */
#define ENSURE_NO_DRY_RUN 1u

/** Options of one call. A zeroed one with struct_size set means the session's defaults. */
struct ensure_call {
    uint32_t struct_size;   /**< sizeof(struct ensure_call) */
    uint32_t flags;         /**< 0 or ENSURE_NO_DRY_RUN; another bit is an error */
    int64_t timeout_ms;     /**< deadline of the whole call, at most 86400000; 0: the default */
    ensure_cancel *cancel;  /**< ends the call early; borrowed, may be NULL */
    ensure_event_fn *event; /**< receives events; may be NULL */
    void *event_ud;         /**< passed on to event */
};

/**
 * Says what an apply would do. Sends reads and dry runs, never a start. Blocks until every target
 * is decided.
 * @param session the session
 * @param request a fleet, {"targets": ["cloud/region/instance-id", ...]}; a target that is listed
 *     twice counts once. It may have selectors as for ensure_find(), {"select": [SELECTOR, ...]},
 *     at most 100: what they find follows, each instance once. If one of them has no complete
 *     answer, nothing is planned (ENSURE_UNANSWERED). {"policy": {...}} has guards of this call
 * @param call options; NULL: the defaults
 * @param error set to the outcome; may be NULL
 * @return an ensure.plan/v1 document, to be freed with ensure_document_free(); NULL on failure */
ENSURE_API char *ensure_plan(ensure_session *session, const char *request,
                             const struct ensure_call *call, struct ensure_error *error);

/**
 * Starts what is stopped and waits until it runs; sends reads and starts, and dry runs where the
 * guard min_confidence asks for what no plan has answered. Blocks until every target is finished.
 * @param session the session
 * @param request a fleet as for ensure_plan(), or a document that ensure_plan() returned. Of a plan
 *     only targets with the action "start" or "wait" may be started, with the plan's client tokens;
 *     another one that turns out stopped ends with "refuse" and "wrong_state"
 * @param call options; NULL: the defaults
 * @param error set to the outcome; may be NULL
 * @return an ensure.apply/v1 document, to be freed with ensure_document_free(); NULL on failure */
ENSURE_API char *ensure_apply(ensure_session *session, const char *request,
                              const struct ensure_call *call, struct ensure_error *error);

/**
 * Lists the instances that a selector asks for; sends nothing but reads. Blocks until the list is
 * read to its end.
 * @param session the session
 * @param selector a JSON object, {"cloud": "alibaba", "region": "cn-hangzhou", "status":
 *     ["stopped"], "tags": {"env": "ci"}, "name": "web-*", "zone": "cn-hangzhou-b", "group":
 *     "rg-1", "limit": 100}. cloud and region are required; all conditions that are set must hold.
 *     '*' stands for any run of characters, in name only. group is a project (Volcengine) or a
 *     resource group. limit is 1 to 100000
 * @param call options; NULL: the defaults. Events are ENSURE_EVENT_RESULT, one for each instance
 * @param error set to the outcome; may be NULL. ENSURE_UNANSWERED: there is no complete list; what
 *     was found until then was in the events
 * @return an ensure.find/v1 document, to be freed with ensure_document_free(); NULL on failure */
ENSURE_API char *ensure_find(ensure_session *session, const char *selector,
                             const struct ensure_call *call, struct ensure_error *error);

/** Frees a document that ensure_plan(), ensure_apply(), ensure_find() or ensure_session_providers()
 * returned.
 * @param document the document; NULL: does nothing */
ENSURE_API void ensure_document_free(char *document);

/* ---- cancelling ----------------------------------------------------------------------------- */

/** Makes a handle with which one thread ends calls of others. It may serve any number of calls, of
 * several sessions. Once fired it stays fired, and calls that begin later with it end at once
 * and send nothing.
 * @return the handle, to be freed with ensure_cancel_free(); never NULL */
ENSURE_API ensure_cancel *ensure_cancel_new(void);

/** Ends every call that was given the handle: it returns its document within a second, in which
 * targets that were not decided have the reason "cancelled". Does not wait for that. Not
 * async-signal-safe.
 * @param cancel the handle; NULL: does nothing */
ENSURE_API void ensure_cancel_fire(ensure_cancel *cancel);

/** Frees a handle. The calls that were given it must have returned.
 * @param cancel the handle; NULL: does nothing */
ENSURE_API void ensure_cancel_free(ensure_cancel *cancel);

#ifdef __cplusplus
}
#endif

#endif
