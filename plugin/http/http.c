/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "http/http_private.h"

#define CONNECT_TIMEOUT_MS INT64_C(10000)
#define HOST_CONNECTIONS   8
#define CACHE_CONNECTIONS  256L /* idle connections kept open, over all hosts */

struct queue {
    struct ens_transfer *first;
    struct ens_transfer *last;
};

/* The transfers to one scheme://host[:port]: at most host_connections are active, the others wait
 * in a FIFO queue. libcurl could queue them too, but would count the waiting towards their time
 * limit.
 */
struct origin {
    char *base;
    size_t transfers; /* reference count; the origin is freed with its last transfer */
    long active;
    struct queue waiting;
    struct origin *next;
};

struct ens_transfer {
    struct ens_http *http;
    struct origin *origin;
    struct queue *queue; /* that contains it */
    struct ens_transfer *previous;
    struct ens_transfer *next;
    struct ens_exchange exchange;
    int64_t begun_ms; /* when it became active */
    ens_transport_done_fn *done;
    void *ud;
};

struct ens_http {
    struct ens_transport transport;
    const struct ens_clock *clock;
    CURLM *multi;
    struct ens_http_settings settings;
    struct ens_arena_stock arenas; /* of the exchanges */
    struct ens_easy_stock easies;
    char *ca_file;
    char *ca_path;
    char *user_agent;
    long host_connections;
    struct origin *origins;
    struct queue active;     /* added to the multi handle */
    struct queue unsendable; /* invalid requests, reported by the next wait */
    int64_t earliest_ms;     /* no active transfer has a limit before this time */
    struct ens_poller poller;
};

/* ---- queues and origins --------------------------------------------------------------------- */

static void enqueue(struct queue *queue, struct ens_transfer *transfer)
{
    transfer->queue = queue;
    transfer->previous = queue->last;
    transfer->next = NULL;
    if (queue->last == NULL) {
        queue->first = transfer;
    } else {
        queue->last->next = transfer;
    }
    queue->last = transfer;
}

static void dequeue(struct ens_transfer *transfer)
{
    struct queue *queue = transfer->queue;

    if (transfer->previous == NULL) {
        queue->first = transfer->next;
    } else {
        transfer->previous->next = transfer->next;
    }
    if (transfer->next == NULL) {
        queue->last = transfer->previous;
    } else {
        transfer->next->previous = transfer->previous;
    }
    transfer->queue = NULL;
}

static int64_t limit_of(const struct ens_transfer *transfer)
{
    return transfer->begun_ms + ens_exchange_limit_ms(&transfer->exchange);
}

static void note_limit(struct ens_http *http, const struct ens_transfer *transfer)
{
    const int64_t limit_ms = limit_of(transfer);

    http->earliest_ms = limit_ms < http->earliest_ms ? limit_ms : http->earliest_ms;
}

static struct origin *origin_of(struct ens_http *http, ens_str base)
{
    struct origin *origin = http->origins;

    while (origin != NULL && !ens_str_is(base, origin->base)) {
        origin = origin->next;
    }
    if (origin == NULL) {
        origin = ens_alloc(sizeof(*origin));
        origin->base = ens_alloc(base.len + 1);
        memcpy(origin->base, base.ptr, base.len);
        origin->next = http->origins;
        http->origins = origin;
    }
    return origin;
}

static void origin_release(struct ens_http *http, struct origin *origin)
{
    struct origin **at = &http->origins;

    if (--origin->transfers > 0) {
        return;
    }
    while (*at != origin) {
        at = &(*at)->next;
    }
    *at = origin->next;
    ens_free(origin->base);
    ens_free(origin);
}

/* Activates waiting transfers while there are free connections. */
static void activate(struct ens_http *http, struct origin *origin)
{
    while (origin->waiting.first != NULL && origin->active < http->host_connections) {
        struct ens_transfer *transfer = origin->waiting.first;
        dequeue(transfer);
        enqueue(&http->active, transfer);
        transfer->begun_ms = http->clock->mono_ms(http->clock->ud);
        note_limit(http, transfer);
        origin->active++;
        ENS_ASSERT(curl_multi_add_handle(http->multi, transfer->exchange.easy) == CURLM_OK);
    }
}

static void transfer_free(struct ens_transfer *transfer)
{
    ens_exchange_done(&transfer->exchange);
    origin_release(transfer->http, transfer->origin);
    ens_free(transfer);
}

/* Removes the transfer from its queue, and from the multi handle if it was active. */
static void detach(struct ens_transfer *transfer)
{
    struct ens_http *http = transfer->http;
    bool active = transfer->queue == &http->active;

    dequeue(transfer);
    if (active) {
        ENS_ASSERT(curl_multi_remove_handle(http->multi, transfer->exchange.easy) == CURLM_OK);
        transfer->origin->active--;
    }
}

static void discard(struct ens_transfer *transfer)
{
    detach(transfer);
    transfer_free(transfer);
}

/* ---- transfers ------------------------------------------------------------------------------ */

static struct ens_transfer *transport_send(void *ud, const struct ens_transport_message *message,
                                           ens_transport_done_fn *done, void *done_ud)
{
    struct ens_http *http = ud;
    struct ens_transfer *transfer = ens_alloc(sizeof(*transfer));

    transfer->http = http;
    transfer->origin = origin_of(http, message->base);
    transfer->origin->transfers++;
    transfer->done = done;
    transfer->ud = done_ud;
    if (ens_exchange_init(&transfer->exchange, &http->settings, transfer->origin->base, message)) {
        ENS_ASSERT(curl_easy_setopt(transfer->exchange.easy, CURLOPT_PRIVATE, transfer) ==
                   CURLE_OK);
        enqueue(&transfer->origin->waiting, transfer);
        activate(http, transfer->origin);
    } else {
        enqueue(&http->unsendable, transfer);
    }
    return transfer;
}

static void transport_cancel(void *ud, struct ens_transfer *transfer)
{
    struct ens_http *http = ud;
    struct origin *origin = transfer->origin;

    detach(transfer);
    activate(http, origin);
    transfer_free(transfer);
}

static void finish(struct ens_transfer *transfer, CURLcode code)
{
    struct ens_http *http = transfer->http;

    detach(transfer);
    activate(http, transfer->origin);
    ens_exchange_report(&transfer->exchange, code, transfer->done, transfer->ud);
    transfer_free(transfer);
}

/* ---- waiting -------------------------------------------------------------------------------- */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ud, void *socket_ud)
{
    (void)easy;
    (void)socket_ud;
    ens_poller_want(ud, fd, what == CURL_POLL_IN || what == CURL_POLL_INOUT,
                    what == CURL_POLL_OUT || what == CURL_POLL_INOUT);
    return 0;
}

static void act(struct ens_http *http, curl_socket_t fd, int events)
{
    int running = 0;

    ENS_ASSERT(curl_multi_socket_action(http->multi, fd, events, &running) == CURLM_OK);
}

/* Calls done for the transfers that ended. False: none did. */
static bool report(struct ens_http *http)
{
    bool ended = http->unsendable.first != NULL;
    int left = 0;

    while (http->unsendable.first != NULL) {
        finish(http->unsendable.first, CURLE_URL_MALFORMAT);
    }
    for (CURLMsg *message = curl_multi_info_read(http->multi, &left); message != NULL;
         message = curl_multi_info_read(http->multi, &left)) {
        char *transfer = NULL;
        CURLcode code = message->data.result; /* finish removes the handle and frees the message */
        ENS_ASSERT(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) ==
                   CURLE_OK);
        finish((struct ens_transfer *)(void *)transfer, code);
        ended = true;
    }
    return ended;
}

/* Ends the transfers whose time limit has passed. A limit only ever moves away, when the transfer
 * gets its connection, so the transfers are looked through as seldom as one connects. */
static void expire(struct ens_http *http)
{
    const int64_t now = http->clock->mono_ms(http->clock->ud);
    struct ens_transfer *transfer = http->active.first;

    if (now < http->earliest_ms) {
        return;
    }
    http->earliest_ms = ENS_TIME_NEVER;
    while (transfer != NULL) {
        if (limit_of(transfer) <= now) {
            finish(transfer, CURLE_OPERATION_TIMEDOUT);
            transfer = http->active.first; /* its done may have cancelled other transfers */
        } else {
            note_limit(http, transfer);
            transfer = transfer->next;
        }
    }
}

/* How long to wait: until until_ms, a time limit, or libcurl has something to do. */
static int poll_ms(const struct ens_http *http, int64_t until_ms)
{
    const int64_t now = http->clock->mono_ms(http->clock->ud);
    const int64_t first_ms = http->earliest_ms < until_ms ? http->earliest_ms : until_ms;
    int64_t ms = first_ms <= now ? 0 : first_ms - now;
    long timer_ms = 0;

    ENS_ASSERT(curl_multi_timeout(http->multi, &timer_ms) == CURLM_OK);
    if (timer_ms >= 0 && timer_ms < ms) { /* negative: nothing */
        ms = timer_ms;
    }
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

static void transport_wait(void *ud, int64_t until_ms)
{
    struct ens_http *http = ud;
    struct ens_poller_event events[ENS_POLLER_EVENTS_MAX];

    act(http, CURL_SOCKET_TIMEOUT, 0); /* begins what was sent, and does what is due */
    const bool ended = report(http);
    const size_t count =
        ens_poller_wait(&http->poller, ended ? 0 : poll_ms(http, until_ms), events);
    for (size_t i = 0; i < count; i++) {
        act(http, events[i].fd,
            (events[i].readable ? CURL_CSELECT_IN : 0) |
                (events[i].writable ? CURL_CSELECT_OUT : 0));
    }
    (void)report(http);
    expire(http);
}

static struct ens_transport_progress transport_progress(void *ud,
                                                        const struct ens_transfer *transfer)
{
    const struct ens_http *http = ud;

    return (struct ens_transport_progress){
        .phase = transfer->queue == &http->active ? ens_exchange_phase(&transfer->exchange)
                                                  : ENS_PHASE_NONE,
        .proxy = transfer->exchange.proxy.address,
    };
}

static void transport_wake(void *ud)
{
    const struct ens_http *http = ud;

    ens_poller_wake(&http->poller);
}

static bool transport_watch(void *ud, int fd)
{
    struct ens_http *http = ud;

    return ens_poller_watch(&http->poller, fd);
}

static void transport_unwatch(void *ud, int fd)
{
    struct ens_http *http = ud;

    ens_poller_unwatch(&http->poller, fd);
}

/* ---- client --------------------------------------------------------------------------------- */

static void init_once(void)
{
    /* Reference-counted by libcurl, so a host program may call it too. There is no matching
     * curl_global_cleanup, because other code in the process may still use libcurl. */
    ENS_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

static ens_rc check_trust(const struct ens_http_options *options, struct ens_diags *diags)
{
    if (options->ca_file != NULL && access(options->ca_file, R_OK) != 0) {
        return ens_fail(diags, ENS_INVALID, options->ca_file,
                        "the file of trusted authorities (SSL_CERT_FILE) can't be read");
    }
    if (options->ca_path == NULL) {
        return ENS_OK;
    }
    for (ens_str rest = ens_str_of(options->ca_path); rest.len > 0;) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const ens_str directory = ens_arena_dup(arena, ens_str_cut(rest, ':', &rest));
        if (directory.len > 0 && access(directory.ptr, R_OK | X_OK) == 0) {
            return ENS_OK; /* one readable directory of the list is enough */
        }
    }
    return ens_fail(diags, ENS_INVALID, options->ca_path,
                    "the directory of trusted authorities (SSL_CERT_DIR) can't be read");
}

ens_rc ens_http_new(const struct ens_http_options *options, struct ens_http **ret,
                    struct ens_diags *diags)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    ens_rc rc = check_trust(options, diags);
    if (rc != ENS_OK) {
        return rc;
    }
    (void)pthread_once(&once, init_once);
    const char *ca_file = options->ca_file == NULL && options->ca_path == NULL ? ens_trust_default()
                                                                               : options->ca_file;
    struct ens_http *http = ens_alloc(sizeof(*http));
    rc = ens_poller_init(&http->poller, diags);
    if (rc != ENS_OK) {
        ens_free(http);
        return rc;
    }
    http->transport = (struct ens_transport){
        .send = transport_send,
        .cancel = transport_cancel,
        .wait = transport_wait,
        .wake = transport_wake,
        .progress = transport_progress,
        .watch = transport_watch,
        .unwatch = transport_unwatch,
        .ud = http,
    };
    http->clock = options->clock;
    http->multi = curl_multi_init();
    ENS_ASSERT(http->multi != NULL);
    ENS_ASSERT(curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, CACHE_CONNECTIONS) == CURLM_OK);
    ENS_ASSERT(curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK);
    ENS_ASSERT(curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, &http->poller) == CURLM_OK);
    http->earliest_ms = ENS_TIME_NEVER;
    http->ca_file = ca_file == NULL ? NULL : ens_strdup(ca_file);
    http->ca_path = options->ca_path == NULL ? NULL : ens_strdup(options->ca_path);
    http->user_agent = ens_strdup(options->user_agent == NULL ? "" : options->user_agent);
    http->host_connections =
        options->host_connections == 0 ? HOST_CONNECTIONS : options->host_connections;
    http->settings = (struct ens_http_settings){
        .arenas = &http->arenas,
        .easies = &http->easies,
        .poller = &http->poller,
        .connect_timeout_ms =
            options->connect_timeout_ms == 0 ? CONNECT_TIMEOUT_MS : options->connect_timeout_ms,
        .ca_file = http->ca_file,
        .ca_path = http->ca_path,
        .sees_issuers = ens_trust_sees_issuers(),
        .environment = options->environment,
        .user_agent = http->user_agent,
        .log = options->log,
    };
    *ret = http;
    return ENS_OK;
}

void ens_http_free(struct ens_http *http)
{
    if (http == NULL) {
        return;
    }
    while (http->active.first != NULL) {
        discard(http->active.first);
    }
    while (http->unsendable.first != NULL) {
        discard(http->unsendable.first);
    }
    while (http->origins != NULL) { /* an origin is freed with its last transfer */
        discard(http->origins->waiting.first);
    }
    ens_easy_stock_done(&http->easies);
    ENS_ASSERT(curl_multi_cleanup(http->multi) == CURLM_OK); /* closes the idle connections */
    ens_poller_done(&http->poller);
    ens_arena_stock_done(&http->arenas);
    ens_free(http->ca_file);
    ens_free(http->ca_path);
    ens_free(http->user_agent);
    ens_free(http);
}

const struct ens_transport *ens_http_transport(const struct ens_http *http)
{
    return &http->transport;
}
