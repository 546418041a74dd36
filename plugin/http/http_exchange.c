/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <string.h>

#include "http/http_private.h"

#define CLAUSE_MAX     ((size_t)2048)
#define LINE_MAX_SIZE  ((size_t)64 * 1024) /* of a request header; holds the longest token */
#define METHOD_MAX     ((size_t)32)
#define IDLE_MAX_S     50L /* many front ends drop an idle connection after 60 s */

#define TOO_LARGE_CODE 100 /* CURLE_TOO_LARGE, since libcurl 8.6 */

/* Fails only for an unknown option or a wrong type, which is a programming error. */
#define SET(exchange, option, value)                                                               \
    ENS_ASSERT(curl_easy_setopt((exchange)->easy, (option), (value)) == CURLE_OK)

/* ---- callbacks of libcurl ---- */

static size_t on_header(char *bytes, size_t size, size_t count, void *ud)
{
    struct ens_exchange *exchange = ud;

    return ens_incoming_header(&exchange->reply, (ens_str){bytes, size * count}) ? size * count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ud)
{
    struct ens_exchange *exchange = ud;

    /* Any other value than the count aborts the transfer; 0 would be the count of an empty chunk.
     */
    return ens_incoming_body(&exchange->reply, (ens_str){bytes, size * count}) ? size * count
                                                                               : SIZE_MAX;
}

/* Whether any byte of the request was sent, so that the cloud may have received it. */
static bool request_sent(const struct ens_exchange *exchange)
{
    long bytes = 0; /* includes a CONNECT to the proxy: the request then counts as sent */

    (void)curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &bytes);
    return exchange->requested && bytes > 0;
}

/* Called when there is a connection, before the request is written to it. When a reused connection
 * is lost during a request, libcurl calls this again by itself with a new one. That would start an
 * instance twice without the engine's knowledge, so it may do so only if nothing was sent yet. */
static int on_request(void *ud, char *remote, char *local, int remote_port, int local_port)
{
    struct ens_exchange *exchange = ud;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (request_sent(exchange)) {
        exchange->repeated = true;
        return CURL_PREREQFUNC_ABORT;
    }
    exchange->requested = true;
    return CURL_PREREQFUNC_OK;
}

static int on_open(void *ud, curl_socket_t fd, curlsocktype purpose)
{
    (void)purpose;
    ens_poller_opened(ud, fd);
    return CURL_SOCKOPT_OK;
}

static int on_close(void *ud, curl_socket_t fd)
{
    return ens_poller_close(ud, fd);
}

/* ---- easy handles ---- */

static CURL *easy_take(struct ens_easy_stock *stock)
{
    CURL *easy = stock->count > 0 ? stock->handles[--stock->count] : curl_easy_init();

    ENS_ASSERT(easy != NULL);
    return easy;
}

/* All options and results are reset; memory that libcurl would allocate again is kept. */
static void easy_give(struct ens_easy_stock *stock, CURL *easy)
{
    if (stock->count == ENS_EASY_STOCK_MAX) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    stock->handles[stock->count++] = easy;
}

void ens_easy_stock_done(struct ens_easy_stock *stock)
{
    while (stock->count > 0) {
        curl_easy_cleanup(stock->handles[--stock->count]);
    }
}

/* ---- building ---- */

static bool is_visible(ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return text.len > 0;
}

/* Whether text contains no character that could end the header line (RFC 9110, 5.5). */
static bool is_value(ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0') {
            return false;
        }
    }
    return true;
}

/* Appends a line, which stays valid as long as the exchange. */
static void add_line(struct ens_exchange *exchange, char *line)
{
    struct curl_slist *item = ens_arena_alloc(exchange->reply.arena, sizeof(*item));

    item->data = line;
    if (exchange->last_header == NULL) {
        exchange->headers = item;
    } else {
        exchange->last_header->next = item;
    }
    exchange->last_header = item;
}

static bool add_header(struct ens_exchange *exchange, ens_str name, ens_str value)
{
    if (!is_visible(name) || memchr(name.ptr, ':', name.len) != NULL || !is_value(value) ||
        name.len > LINE_MAX_SIZE || value.len > LINE_MAX_SIZE - name.len) {
        return false;
    }
    char *line = ens_arena_alloc(exchange->reply.arena, name.len + 2 + value.len + 1);
    memcpy(line, name.ptr, name.len);
    if (value.len == 0) {
        line[name.len] = ';'; /* libcurl's form */
    } else {
        memcpy(line + name.len, ": ", 2);
        memcpy(line + name.len + 2, value.ptr, value.len);
    }
    add_line(exchange, line);
    return true;
}

static bool has_header(const struct ens_transport_message *message, ens_str name)
{
    const struct ens_http_request *request = message->request;
    const struct ens_signature *signature = message->signature;

    for (size_t i = 0; i < request->header_count; i++) {
        if (ens_str_eq_nocase(request->headers[i]->name, name)) {
            return true;
        }
    }
    for (size_t i = 0; i < signature->header_count; i++) {
        if (ens_str_eq_nocase(signature->headers[i]->name, name)) {
            return true;
        }
    }
    return false;
}

static bool set_headers(struct ens_exchange *exchange, const struct ens_transport_message *message)
{
    /* Not constant for libcurl's type alone, which does not write to them. */
    static char accept[] = "Accept: application/json";
    static char no_expect[] = "Expect:";
    static char no_content_type[] = "Content-Type:";
    static char no_accept_encoding[] = "Accept-Encoding:";
    const struct ens_http_request *request = message->request;
    const struct ens_signature *signature = message->signature;
    bool good = add_header(exchange, ENS_STR("Host"), message->host);

    for (size_t i = 0; good && i < request->header_count; i++) {
        good = add_header(exchange, request->headers[i]->name, request->headers[i]->value);
    }
    for (size_t i = 0; good && i < signature->header_count; i++) {
        good = add_header(exchange, signature->headers[i]->name, signature->headers[i]->value);
    }
    if (!has_header(message, ENS_STR("accept"))) {
        add_line(exchange, accept);
    }
    /* Suppress headers that libcurl adds by itself: "Expect: 100-continue" and a guessed type. */
    add_line(exchange, no_expect);
    if (!has_header(message, ENS_STR("content-type"))) {
        add_line(exchange, no_content_type);
    }
    /* Some gateways compress without Accept-Encoding: let libcurl decode what it can, but send no
     * such header. The limit on the body counts decoded bytes. */
    add_line(exchange, no_accept_encoding);
    SET(exchange, CURLOPT_ACCEPT_ENCODING, "");
    SET(exchange, CURLOPT_HTTPHEADER, exchange->headers);
    return good;
}

/* False: the target is not an absolute path, or libcurl would send another one than was signed. */
static bool set_target(struct ens_exchange *exchange, const char *base, ens_str target)
{
    struct ens_arena *arena = exchange->reply.arena;

    if (!is_visible(target) || target.ptr[0] != '/' ||
        memchr(target.ptr, '#', target.len) != NULL) {
        return false;
    }
    if (exchange->endpoint.tls || exchange->proxy.url == NULL) {
        /* Not as a part of the URL, which libcurl parses, copies and joins several times. */
        SET(exchange, CURLOPT_URL, base);
        SET(exchange, CURLOPT_REQUEST_TARGET, ens_arena_dup(arena, target).ptr);
    } else { /* the proxy gets it whole */
        SET(exchange, CURLOPT_URL,
            ens_arena_printf(arena, "%s%.*s", base, ENS_STR_ARG(target)).ptr);
    }
    SET(exchange, CURLOPT_PATH_AS_IS, 1L);
    return true;
}

static bool set_method(struct ens_exchange *exchange, const struct ens_http_request *request)
{
    const bool get = ens_str_is(request->method, "GET");
    const bool body = !get || request->body.len > 0;

    if (request->method.len == 0 || request->method.len > METHOD_MAX ||
        !ens_str_all_in(request->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        return false;
    }
    if (body) {
        SET(exchange, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(exchange, CURLOPT_COPYPOSTFIELDS, request->body.len == 0 ? "" : request->body.ptr);
    }
    if (body == get || !(get || ens_str_is(request->method, "POST"))) { /* not what libcurl takes */
        SET(exchange, CURLOPT_CUSTOMREQUEST,
            ens_arena_dup(exchange->reply.arena, request->method).ptr);
    }
    return true;
}

static long to_ms(int64_t ms)
{
    return ms < 1 ? 1 : ms > INT_MAX ? INT_MAX : (long)ms; /* 0 would mean no limit */
}

static void set_transport(struct ens_exchange *exchange)
{
    const struct ens_http_settings *settings = exchange->settings;

    SET(exchange, CURLOPT_PROTOCOLS_STR, exchange->endpoint.tls ? "https" : "http");
    SET(exchange, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(exchange, CURLOPT_FOLLOWLOCATION, 0L);
    SET(exchange, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(exchange, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(exchange, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca_file != NULL || settings->ca_path != NULL) { /* NULL unsets the default */
        SET(exchange, CURLOPT_CAINFO, settings->ca_file);
        SET(exchange, CURLOPT_CAPATH, settings->ca_path);
    }
    if (settings->sees_issuers) {
        ens_trust_watch(exchange->easy, exchange->issuer);
    }
    SET(exchange, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* each connection verifies by itself */
    SET(exchange, CURLOPT_PROXY, exchange->proxy.url == NULL ? "" : exchange->proxy.url);
    SET(exchange, CURLOPT_NOPROXY, ""); /* NO_PROXY was applied by ens_proxy_find */
    SET(exchange, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(exchange, CURLOPT_NOSIGNAL, 1L);
    SET(exchange, CURLOPT_QUICK_EXIT, 1L); /* cancelling does not wait for the resolver thread */
    SET(exchange, CURLOPT_TCP_KEEPALIVE, 1L);
    SET(exchange, CURLOPT_MAXAGE_CONN, IDLE_MAX_S);
    /* http.c enforces the limits by its clock; libcurl needs this one to divide it among the
     * addresses of a host. */
    SET(exchange, CURLOPT_CONNECTTIMEOUT_MS, to_ms(ens_exchange_limit_ms(exchange)));
    SET(exchange, CURLOPT_USERAGENT, settings->user_agent);
}

static void set_callbacks(struct ens_exchange *exchange)
{
    SET(exchange, CURLOPT_HEADERFUNCTION, on_header);
    SET(exchange, CURLOPT_HEADERDATA, exchange);
    SET(exchange, CURLOPT_WRITEFUNCTION, on_body);
    SET(exchange, CURLOPT_WRITEDATA, exchange);
    SET(exchange, CURLOPT_PREREQFUNCTION, on_request);
    SET(exchange, CURLOPT_PREREQDATA, exchange);
    SET(exchange, CURLOPT_SOCKOPTFUNCTION, on_open);
    SET(exchange, CURLOPT_SOCKOPTDATA, exchange->settings->poller);
    SET(exchange, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    SET(exchange, CURLOPT_CLOSESOCKETDATA, exchange->settings->poller);
    SET(exchange, CURLOPT_ERRORBUFFER, exchange->detail);
    SET(exchange, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ENS_HTTP_REPLY_MAX);
}

bool ens_exchange_init(struct ens_exchange *exchange, const struct ens_http_settings *settings,
                       const char *base, const struct ens_transport_message *message)
{
    *exchange = (struct ens_exchange){
        .settings = settings,
        .easy = easy_take(settings->easies),
        .timeout_ms = message->timeout_ms < 1 ? 1 : message->timeout_ms,
    };
    ens_incoming_init(&exchange->reply, settings->arenas);
    if (ens_endpoint_parse(ens_str_of(base), &exchange->endpoint) != NULL) {
        return false;
    }
    exchange->authority = ens_str_of(exchange->endpoint.host.ptr);
    SET(exchange, CURLOPT_FRESH_CONNECT, message->fresh ? 1L : 0L);
    if (!message->direct) {
        exchange->proxy =
            ens_proxy_find(settings->environment, &exchange->endpoint, exchange->reply.arena);
    }
    set_transport(exchange);
    set_callbacks(exchange);
    return set_target(exchange, base, message->signature->target) &&
           set_method(exchange, message->request) && set_headers(exchange, message);
}

void ens_exchange_done(struct ens_exchange *exchange)
{
    easy_give(exchange->settings->easies, exchange->easy);
    ens_incoming_done(&exchange->reply, exchange->settings->arenas);
}

/* ---- progress ---- */

static long info(const struct ens_exchange *exchange, CURLINFO what)
{
    long value = 0;

    (void)curl_easy_getinfo(exchange->easy, what, &value);
    return value;
}

enum ens_transport_phase ens_exchange_phase(const struct ens_exchange *exchange)
{
    curl_off_t looked_up_us = 0;
    const bool tunnel = info(exchange, CURLINFO_HTTP_CONNECTCODE) / 100 == 2;

    if (exchange->requested) {
        return ENS_PHASE_REPLY;
    }
    if (exchange->proxy.url != NULL && !tunnel) {
        return ENS_PHASE_PROXY;
    }
    (void)curl_easy_getinfo(exchange->easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up_us);
    if (looked_up_us == 0) {
        return ENS_PHASE_LOOK_UP;
    }
    if (info(exchange, CURLINFO_LOCAL_PORT) == 0) { /* CONNECT_TIME is only set after TLS */
        return ENS_PHASE_CONNECT;
    }
    return ENS_PHASE_TLS;
}

int64_t ens_exchange_limit_ms(const struct ens_exchange *exchange)
{
    const int64_t connect_ms = exchange->settings->connect_timeout_ms;

    return !exchange->requested && connect_ms < exchange->timeout_ms ? connect_ms
                                                                     : exchange->timeout_ms;
}

/* ---- reporting ---- */

static enum ens_transport_end end_of(const struct ens_exchange *exchange, CURLcode code)
{
    if (exchange->reply.too_large != NULL) {
        return ENS_TRANSPORT_TOO_LARGE;
    }
    if (code == CURLE_OK) {
        return ENS_TRANSPORT_REPLY;
    }
    return request_sent(exchange) ? ENS_TRANSPORT_LOST : ENS_TRANSPORT_NOT_SENT;
}

static void fill_failure(struct ens_exchange *exchange, CURLcode code,
                         struct ens_transport_result *result, struct ens_buf *clause)
{
    struct ens_failure failure = {
        .code = exchange->repeated ? CURLE_GOT_NOTHING : code,
        .phase = ens_exchange_phase(exchange),
        .os_error = info(exchange, CURLINFO_OS_ERRNO),
        .verify_result = info(exchange, CURLINFO_SSL_VERIFYRESULT),
        .proxy_status = info(exchange, CURLINFO_HTTP_CONNECTCODE),
        .sent = result->end != ENS_TRANSPORT_NOT_SENT,
        .answered = exchange->reply.header_bytes > 0,
        .timeout_ms = ens_exchange_limit_ms(exchange),
        .host = exchange->endpoint.host,
        .authority = exchange->authority,
        .proxy = &exchange->proxy,
        .issuer = exchange->issuer,
        .detail = exchange->detail,
    };

    if (result->end == ENS_TRANSPORT_TOO_LARGE) {
        ens_buf_add(clause, ens_str_of(exchange->reply.too_large));
    } else {
        result->fault = ens_failure_clause(&failure, clause);
        result->untrusted = result->fault >= ENS_FAULT_AUTHORITY;
        result->timed_out = code == CURLE_OPERATION_TIMEDOUT;
    }
    result->error = ens_buf_text(clause);
}

static void log_end(const struct ens_exchange *exchange, const struct ens_transport_result *result)
{
    curl_off_t us = 0;

    (void)curl_easy_getinfo(exchange->easy, CURLINFO_TOTAL_TIME_T, &us);
    if (result->end == ENS_TRANSPORT_REPLY) {
        ens_log(exchange->settings->log, ENS_LOG_DEBUG, "http",
                "%.*s answered with %u and %zu bytes in %lld ms", ENS_STR_ARG(exchange->authority),
                result->reply->status, result->reply->body.len, (long long)(us / 1000));
    } else {
        ens_log(exchange->settings->log, ENS_LOG_DEBUG, "http", "%s (after %lld ms)", result->error,
                (long long)(us / 1000));
    }
}

void ens_exchange_report(struct ens_exchange *exchange, CURLcode code, ens_transport_done_fn *done,
                         void *ud)
{
    struct ens_incoming *reply = &exchange->reply;
    ENS_AUTO_BUF clause = ens_buf_new(CLAUSE_MAX);
    struct ens_http_reply whole = {.struct_size = sizeof(whole)};
    struct ens_transport_result result = {.error = ""};

    /* Limits that libcurl enforces itself: Content-Length, and 100 KiB for one header line. */
    if (code == CURLE_FILESIZE_EXCEEDED) {
        reply->too_large = ens_incoming_too_large;
    } else if (exchange->requested &&
               (code == CURLE_OUT_OF_MEMORY || (int)code == TOO_LARGE_CODE)) {
        reply->too_large = ens_incoming_headers_too_large;
    }
    /* libcurl reports success if the connection is closed within the headers. */
    if (code == CURLE_OK && !reply->headers_ended) {
        code = CURLE_PARTIAL_FILE;
    }
    result.end = end_of(exchange, code);
    if (result.end == ENS_TRANSPORT_REPLY) {
        whole.status = (uint32_t)info(exchange, CURLINFO_RESPONSE_CODE);
        whole.headers = (const struct ens_pair *const *)reply->headers;
        whole.header_count = reply->header_count;
        whole.body = ens_buf_str(&reply->body);
        result.reply = &whole;
    } else {
        fill_failure(exchange, code, &result, &clause);
    }
    log_end(exchange, &result);
    done(ud, &result);
}
