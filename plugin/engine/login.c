/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/login.h"

#include "base/alloc.h"
#include "base/container.h"
#include "core/classify.h"
#include "core/messages.h"
#include "core/reply_headers.h"
#include "core/retry.h"
#include "engine/reply.h"
#include "http/endpoint.h"
#include "os/command.h"

struct ens_login {
    struct ens_logins *logins;
    struct ens_login_owner owner;
    const struct ens_provider *provider;
    const struct ens_environment *environment;
    struct ens_search *search;
    struct ens_attempt attempt;
    unsigned number; /* of the attempt, from 1 */
    int64_t clock_offset_s;
    ens_str host;
    struct ens_timer timer; /* the next attempt, or the time limit of the command */
    struct ens_command command;
    int watched[ENS_COMMAND_FDS]; /* descriptors of the command; -1: not watched */
    struct ens_login *next;       /* in ens_logins.running */
    /* Why the last request has no usable reply, for the end; OK and NONE: it has one. */
    enum ens_reason reason;
    enum ens_hint hint;
};

static void go_on(struct ens_login *login, const struct ens_search_event *event);

/* ---- the end -------------------------------------------------------------------------------- */

/* Watches the descriptors of the command that are open, and no longer those that were closed.
 * False: too many are watched. */
static bool watch(struct ens_login *login)
{
    const struct ens_transport *transport = login->logins->sender->transport;

    for (size_t i = 0; i < ENS_COMMAND_FDS; i++) {
        const int fd = login->command.fds[i];
        if (login->watched[i] >= 0 && fd < 0) {
            transport->unwatch(transport->ud, login->watched[i]);
            login->watched[i] = -1;
        } else if (login->watched[i] < 0 && fd >= 0) {
            if (!transport->watch(transport->ud, fd)) {
                return false;
            }
            login->watched[i] = fd;
        }
    }
    return true;
}

static void stop_command(struct ens_login *login)
{
    struct ens_login **at = &login->logins->running;

    while (*at != NULL && *at != login) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        return;
    }
    *at = login->next;
    ens_command_done(&login->command);
    (void)watch(login);
}

static void release(struct ens_login *login)
{
    ens_timer_clear(login->logins->timers, &login->timer);
    stop_command(login);
    ens_attempt_done(&login->attempt, login->logins->sender);
    ens_search_free(login->search);
    ens_free(login);
}

static void end(struct ens_login *login, struct ens_login_end *result)
{
    result->search = login->search;
    login->owner.done(login->owner.ud, result);
    release(login);
}

static void end_found(struct ens_login *login, int64_t now_unix_s)
{
    struct ens_keys *keys = ens_search_keys(login->search);
    struct ens_login_end result = {
        .keys = keys,
        .life_ms = keys->expires_unix_s != 0 ? (keys->expires_unix_s - now_unix_s) * 1000 : 0,
        .source = ens_search_source(login->search),
    };

    end(login, &result);
}

static void end_failed(struct ens_login *login, enum ens_hint hint)
{
    struct ens_login_end result = {
        .reason = login->reason != ENS_REASON_OK ? login->reason : ENS_REASON_UNAUTHENTICATED,
        .hint = login->hint != ENS_HINT_NONE ? login->hint : hint,
        .error = ens_search_error(login->search),
        .failed_source =
            hint == ENS_HINT_KEYS_MISSING ? ENS_STR("") : ens_search_failed_source(login->search),
    };

    end(login, &result);
}

void ens_login_cancel(struct ens_login *login)
{
    ens_attempt_cancel(&login->attempt, login->logins->sender);
    release(login);
}

/* ---- events --------------------------------------------------------------------------------- */

static int64_t unix_s(const struct ens_login *login)
{
    return ens_timers_unix_ms(login->logins->timers) / 1000;
}

static void pass(struct ens_login *login, enum ens_credentials_got got, ens_str error)
{
    login->reason = ENS_REASON_OK;
    login->hint = ENS_HINT_NONE;
    go_on(login, &(struct ens_search_event){.got = got,
                                            .error = error,
                                            .now_unix_s = unix_s(login),
                                            .now_ms = ens_timers_now(login->logins->timers)});
}

/* ---- requests ------------------------------------------------------------------------------- */

static void on_result(void *ud, const struct ens_transport_result *result);

static int64_t remaining_ms(const struct ens_login *login)
{
    return login->owner.deadline_ms(login->owner.ud) - ens_timers_now(login->logins->timers);
}

static int64_t timeout_of(const struct ens_login *login,
                          const struct ens_credentials_request *request)
{
    const int64_t usual = ens_retry_attempt_ms(ENS_CALL_READ, remaining_ms(login));
    const int64_t most = request->timeout_ms > 0 ? request->timeout_ms : ENS_LOGIN_ATTEMPT_MS;

    return usual < most ? usual : most;
}

static void send(struct ens_login *login)
{
    const struct ens_credentials_request *request = ens_search_request(login->search);
    const char *allow_http = login->environment->get(login->environment->ud, "ENSURE_ALLOW_HTTP");
    const char *wrong =
        ens_endpoint_refuses_keys(request->endpoint, ens_str_is(ens_str_of(allow_http), "1"));

    login->number++;
    (void)ens_attempt_begin(&login->attempt, login->logins->sender);
    if (wrong != NULL) {
        pass(login, ENS_GOT_FAILURE,
             ens_arena_printf(login->attempt.arena, "keys can't be asked for at %.*s: %s",
                              ENS_STR_ARG(request->endpoint), wrong));
        return;
    }
    login->host = ens_endpoint_host_header(login->attempt.arena, request->endpoint);
    const struct ens_attempt_plan plan = {
        .provider = login->provider,
        .identity = request->identity,
        .base = request->endpoint,
        .host = login->host,
        .region = request->region,
        .service = request->service,
        .target = request->target,
        .clock_offset_s = login->clock_offset_s,
        .timeout_ms = timeout_of(login, request),
        .fresh = login->number > 1,
        .direct = (request->flags & ENS_SEND_DIRECT) != 0,
    };
    ens_attempt_send(&login->attempt, login->logins->sender, &plan, request->http, on_result,
                     login);
}

static void on_timer(struct ens_timer *timer);

/* Schedules another attempt; false: there is none. */
static bool retry(struct ens_login *login, const struct ens_outcome *outcome)
{
    struct ens_timers *timers = login->logins->timers;
    const int64_t wait = ens_retry_wait_ms(&(struct ens_retry){
        .kind = ENS_CALL_READ,
        .reason = outcome->reason,
        .flags = outcome->flags,
        .attempt = login->number,
        .retry_after_ms = outcome->retry_after_ms,
        .remaining_ms = remaining_ms(login),
        .random = ens_timers_random(timers),
    });

    if ((ens_search_request(login->search)->flags & ENS_SEND_ONCE) || wait == ENS_RETRY_NO) {
        return false;
    }
    ens_timer_set(timers, &login->timer, ens_timers_now(timers) + wait);
    return true;
}

/* No reply came. */
static void take_fault(struct ens_login *login, const struct ens_transport_result *result)
{
    const struct ens_outcome outcome = ens_reply_fault(result);

    if (retry(login, &outcome)) {
        return;
    }
    const struct ens_search_event event = {
        .got = result->timed_out ? ENS_GOT_SILENCE : ENS_GOT_FAILURE,
        .error = ens_str_of(result->error),
        .now_unix_s = unix_s(login),
        .now_ms = ens_timers_now(login->logins->timers),
    };
    login->reason = outcome.reason;
    login->hint = outcome.hint;
    go_on(login, &event);
}

/* What the cloud's refusal means. A reason that a repetition could help stays; all else is that
 * there are no keys. */
static void classify(struct ens_login *login, const struct ens_http_reply *reply)
{
    const struct ens_answer *answer = ens_search_answer(login->search);
    const struct ens_verdict verdict =
        ens_classify(login->provider, ENS_CALL_READ, reply->status, answer);
    const int64_t retry_after_ms = ens_reply_retry_after_ms(reply, unix_s(login));
    const struct ens_outcome outcome = {
        .reason = verdict.reason,
        .flags = verdict.flags,
        .retry_after_ms =
            answer->retry_after_ms > retry_after_ms ? answer->retry_after_ms : retry_after_ms,
    };
    const int64_t server_unix_s = ens_reply_unix_s(reply);

    if (verdict.reason == ENS_REASON_CLOCK_SKEW && server_unix_s != 0) {
        login->clock_offset_s = server_unix_s - unix_s(login);
    }
    /* An error that is not in the cloud's form is that of another service, and stays. */
    const bool foreign =
        verdict.reason == ENS_REASON_MALFORMED_RESPONSE && reply->status / 100 == 4;
    if (verdict.reason != ENS_REASON_OK && !foreign && retry(login, &outcome)) {
        return;
    }
    login->reason = ens_reason_is_answer(verdict.reason) || foreign ? ENS_REASON_UNAUTHENTICATED
                                                                    : verdict.reason;
    end_failed(login,
               login->reason == ENS_REASON_UNAUTHENTICATED ? ENS_HINT_KEYS_REFUSED : ENS_HINT_NONE);
}

static void on_result(void *ud, const struct ens_transport_result *result)
{
    struct ens_login *login = ud;

    login->attempt.transfer = NULL;
    login->reason = ENS_REASON_OK;
    login->hint = ENS_HINT_NONE;
    if (result->end != ENS_TRANSPORT_REPLY) {
        take_fault(login, result);
        return;
    }
    const int64_t server_unix_s = ens_reply_unix_s(result->reply);
    const struct ens_search_event event = {
        .got = ENS_GOT_REPLY,
        .reply = result->reply,
        .now_unix_s = server_unix_s != 0 ? server_unix_s : unix_s(login),
        .now_ms = ens_timers_now(login->logins->timers),
    };
    go_on(login, &event);
}

/* ---- commands ------------------------------------------------------------------------------- */

/* Why commands may not be run; NULL: they may. */
static const char *forbids_commands(const struct ens_login *login)
{
    const char *setting =
        login->environment->get(login->environment->ud, "ENSURE_EXTERNAL_CREDENTIALS");

    if (ens_str_is(ens_str_of(setting), "off")) {
        return "ENSURE_EXTERNAL_CREDENTIALS forbids the command";
    }
    return login->logins->sender->transport->watch == NULL ? "commands can't be run here" : NULL;
}

static void run(struct ens_login *login)
{
    struct ens_timers *timers = login->logins->timers;
    const char *forbidden = forbids_commands(login);
    const int64_t left = remaining_ms(login);
    ENS_AUTO_DIAGS why = {0};
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t count = 0;
    const ens_str *words = ens_search_command(login->search, &count);

    if (forbidden != NULL) {
        pass(login, ENS_GOT_FAILURE, ens_str_of(forbidden));
        return;
    }
    if (ens_command_start(words, count, login->environment, &login->command, &why) != ENS_OK) {
        ens_command_done(&login->command);
        pass(login, ENS_GOT_FAILURE, ens_diag_line(arena, &why.items[0]));
        return;
    }
    login->next = login->logins->running;
    login->logins->running = login;
    if (!watch(login)) {
        stop_command(login);
        pass(login, ENS_GOT_FAILURE, ENS_STR("too many commands run at a time"));
        return;
    }
    ens_timer_set(timers, &login->timer,
                  ens_timers_now(timers) +
                      (left < ENS_COMMAND_TIMEOUT_MS ? left : ENS_COMMAND_TIMEOUT_MS));
}

static void end_command(struct ens_login *login)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS why = {0};
    ens_str output = {NULL, 0};
    const ens_rc rc = ens_command_result(&login->command, &output, &why);
    const struct ens_search_event event = {
        .got = rc == ENS_OK ? ENS_GOT_OUTPUT : ENS_GOT_FAILURE,
        .text = ens_arena_dup(arena, output),
        .error = rc == ENS_OK ? ENS_STR("") : ens_diag_line(arena, &why.items[0]),
        .now_unix_s = unix_s(login),
        .now_ms = ens_timers_now(login->logins->timers),
    };

    ens_timer_clear(login->logins->timers, &login->timer);
    stop_command(login);
    login->reason = ENS_REASON_OK;
    login->hint = ENS_HINT_NONE;
    go_on(login, &event);
}

void ens_logins_poll(struct ens_logins *logins)
{
    struct ens_login *next = NULL;

    for (struct ens_login *login = logins->running; login != NULL; login = next) {
        next = login->next;
        if (ens_command_poll(&login->command)) {
            end_command(login);
        } else {
            (void)watch(login);
        }
    }
}

static void on_timer(struct ens_timer *timer)
{
    struct ens_login *login = ENS_CONTAINER_OF(timer, struct ens_login, timer);

    if (login->command.pid <= 0) {
        send(login);
        return;
    }
    stop_command(login);
    pass(login, ENS_GOT_FAILURE, ENS_STR("the command did not end in time"));
}

/* ---- the search ----------------------------------------------------------------------------- */

static void go_on(struct ens_login *login, const struct ens_search_event *event)
{
    switch (ens_search_step(login->search, event)) {
    case ENS_SEARCH_SEND:
        login->number = 0;
        send(login);
        return;
    case ENS_SEARCH_RUN:
        run(login);
        return;
    case ENS_SEARCH_FOUND:
        end_found(login, event->now_unix_s);
        return;
    case ENS_SEARCH_NONE:
        login->reason = ENS_REASON_OK; /* what was probed on the way is not why */
        login->hint = ENS_HINT_NONE;
        end_failed(login, ENS_HINT_KEYS_MISSING);
        return;
    case ENS_SEARCH_FAILED:
        if (event->got == ENS_GOT_REPLY && ens_search_answer(login->search) != NULL) {
            classify(login, event->reply);
        } else {
            end_failed(login, ENS_HINT_KEYS_UNUSABLE);
        }
        return;
    }
}

struct ens_login *ens_login_new(struct ens_logins *logins, const struct ens_search_options *options,
                                const struct ens_login_owner *owner)
{
    struct ens_login *login = ens_alloc(sizeof(*login));

    *login = (struct ens_login){
        .logins = logins,
        .owner = *owner,
        .provider = options->provider,
        .environment = options->environment,
        .search = ens_search_new(options),
        .timer = {.fire = on_timer},
        .command = {.pid = -1, .fds = {-1, -1, -1}},
        .watched = {-1, -1, -1},
    };
    return login;
}

void ens_login_begin(struct ens_login *login)
{
    pass(login, ENS_GOT_NOTHING, ENS_STR(""));
}

void ens_login_pending(const struct ens_login *login, struct ens_arena *arena,
                       struct ens_pending *ret)
{
    const struct ens_transport *transport = login->logins->sender->transport;

    if (login->attempt.transfer == NULL || transport->progress == NULL) {
        return;
    }
    const struct ens_transport_progress progress =
        transport->progress(transport->ud, login->attempt.transfer);
    ret->host = ens_arena_dup(arena, login->host);
    ret->phase = progress.phase;
    ret->proxy = ens_arena_dup(arena, progress.proxy);
}
