/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of http share. Inside http/ only. */
#ifndef ENSURE_HTTP_HTTP_PRIVATE_H
#define ENSURE_HTTP_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "base/buf.h"
#include "http/endpoint.h"
#include "http/http.h"

/* ---- http_reply.c: a reply as it arrives ---- */

struct ens_incoming {
    struct ens_arena *arena;   /* of the headers */
    struct ens_pair **headers; /* room for ENS_HTTP_HEADERS_MAX */
    size_t header_count;
    size_t header_bytes; /* of every header line that came, those of interim replies too */
    bool headers_ended;  /* the empty line behind them came */
    struct ens_buf body;
    const char *too_large; /* the limit that was passed, in words; NULL: none */
};

/* The words for the limits that libcurl also has. */
extern const char ens_incoming_too_large[];
extern const char ens_incoming_headers_too_large[];

void ens_incoming_init(struct ens_incoming *reply);
void ens_incoming_done(struct ens_incoming *reply);

/* False: a limit is passed and the transfer must end. */
bool ens_incoming_header(struct ens_incoming *reply, ens_str line);
bool ens_incoming_body(struct ens_incoming *reply, ens_str bytes);

/* ---- http_failure.c: an error for people ---- */

struct ens_failure {
    CURLcode code;
    long os_error;      /* errno of connecting; 0: none */
    long verify_result; /* OpenSSL's X509_V_* */
    bool sent;          /* bytes of the request left */
    bool answered;      /* bytes of the reply came */
    int64_t timeout_ms; /* what ran out, if the code says so */
    ens_str host;
    ens_str authority;  /* host[:port] */
    const char *detail; /* libcurl's own words; "" for none */
};

/* Adds one clause. Returns whether the reason is that the certificate can't be trusted. */
bool ens_failure_clause(const struct ens_failure *failure, struct ens_buf *out);

/* ---- http_trust.c: whom to trust ---- */

/* The file of trusted authorities; NULL: libcurl's own default. */
const char *ens_trust_default(void);

/* ---- http_exchange.c: one request and its reply, as libcurl's easy handle ---- */

/* What all exchanges have in common; borrowed. */
struct ens_http_settings {
    int64_t connect_timeout_ms;
    const char *ca_file; /* NULL: libcurl's own default */
    const char *user_agent;
    const struct ens_log *log;
};

struct ens_exchange {
    const struct ens_http_settings *settings;
    CURL *easy;
    struct curl_slist *headers;
    struct ens_incoming reply;
    struct ens_endpoint endpoint;
    ens_str authority;
    int64_t timeout_ms;
    bool requested; /* a connection is there, and the request is being written to it */
    bool repeated;  /* libcurl wanted to write a request again that may have been seen */
    char detail[CURL_ERROR_SIZE];
};

/* base outlives the exchange. False: the message can't be sent as it is; only _done may follow. */
bool ens_exchange_init(struct ens_exchange *exchange, const struct ens_http_settings *settings,
                       const char *base, const struct ens_transport_message *message);
void ens_exchange_done(struct ens_exchange *exchange);

/* Tells done how the exchange ended. */
void ens_exchange_report(struct ens_exchange *exchange, CURLcode code, ens_transport_done_fn *done,
                         void *ud);

#endif
