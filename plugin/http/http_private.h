/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations shared by the source files of http/. Used inside http/ only. */
#ifndef ENSURE_HTTP_HTTP_PRIVATE_H
#define ENSURE_HTTP_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "base/buf.h"
#include "http/endpoint.h"
#include "http/http.h"
#include "http/http_proxy.h"
#include "http/poller.h"

/* ---- http_reply.c: collects a reply while it is received ---- */

struct ens_incoming {
    struct ens_arena *arena;   /* of the headers and their list */
    struct ens_pair **headers; /* capacity: ENS_HTTP_HEADERS_MAX */
    size_t header_count;
    size_t header_bytes; /* of all header lines received, those of interim replies included */
    bool headers_ended;  /* the empty line after the headers was received */
    struct ens_buf body;
    const char *too_large; /* the limit that was exceeded, as a clause; NULL: none */
};

/* Clauses for the limits that libcurl may enforce first. */
extern const char ens_incoming_too_large[];
extern const char ens_incoming_headers_too_large[];

void ens_incoming_init(struct ens_incoming *reply, struct ens_arena_stock *arenas);
void ens_incoming_done(struct ens_incoming *reply, struct ens_arena_stock *arenas);

/* False: a limit is exceeded and the transfer must be aborted. */
bool ens_incoming_header(struct ens_incoming *reply, ens_str line);
bool ens_incoming_body(struct ens_incoming *reply, ens_str bytes);

/* ---- http_trust.c: trusted authorities, and the issuer of a certificate ---- */

#define ENS_ISSUER_SIZE 256

/* The file of trusted authorities; NULL: libcurl's default. */
const char *ens_trust_default(void);

/* Whether ens_trust_watch works: it needs OpenSSL; with another TLS library the issuer stays
 * unknown. */
bool ens_trust_sees_issuers(void);

/* Installs a hook that writes the issuer of a certificate that fails verification to issuer, which
 * has ENS_ISSUER_SIZE bytes and outlives the transfer. */
void ens_trust_watch(CURL *easy, char *issuer);

/* Whether the issuer is a known product for TLS inspection. */
bool ens_trust_intercepts(ens_str issuer);

/* ---- http_failure.c: describes a failed transfer to the user ---- */

struct ens_failure {
    CURLcode code;
    enum ens_transport_phase phase;
    long os_error;      /* errno of connect(); 0: none */
    long verify_result; /* OpenSSL's X509_V_* */
    long proxy_status;  /* HTTP status of the proxy's reply to CONNECT; 0: none */
    bool sent;          /* bytes of the request were sent */
    bool answered;      /* bytes of the reply were received */
    int64_t timeout_ms; /* the limit that applied, for CURLE_OPERATION_TIMEDOUT */
    ens_str host;
    ens_str authority;             /* host[:port] */
    const struct ens_proxy *proxy; /* url NULL: none */
    const char *issuer;            /* of a certificate that is not trusted; "" for none */
    const char *detail;            /* libcurl's error message; "" for none */
};

/* Appends one clause to out and returns the kind of fault. */
enum ens_transport_fault ens_failure_clause(const struct ens_failure *failure, struct ens_buf *out);

/* ---- http_exchange.c: one request and its reply, on an easy handle of libcurl ---- */

/* Easy handles that are kept for other exchanges, without any option set. */
#define ENS_EASY_STOCK_MAX 64
struct ens_easy_stock {
    CURL *handles[ENS_EASY_STOCK_MAX];
    size_t count;
};
void ens_easy_stock_done(struct ens_easy_stock *stock);

/* Settings shared by all exchanges; borrowed. */
struct ens_http_settings {
    struct ens_arena_stock *arenas;
    struct ens_easy_stock *easies;
    struct ens_poller *poller; /* is told of the sockets */
    int64_t connect_timeout_ms;
    const char *ca_file; /* this and ca_path NULL: libcurl's default */
    const char *ca_path;
    bool sees_issuers;                         /* ens_trust_sees_issuers */
    const struct ens_environment *environment; /* for proxy variables; may be NULL */
    const char *user_agent;
    const struct ens_log *log;
};

struct ens_exchange {
    const struct ens_http_settings *settings;
    CURL *easy;
    struct curl_slist *headers; /* with their text in the arena of the reply */
    struct curl_slist *last_header;
    struct ens_incoming reply;
    struct ens_endpoint endpoint;
    ens_str authority;
    struct ens_proxy proxy;
    int64_t timeout_ms;
    char issuer[ENS_ISSUER_SIZE];
    bool requested; /* connected; libcurl has begun to write the request */
    bool repeated;  /* libcurl tried to resend a request that the cloud may have received */
    char detail[CURL_ERROR_SIZE];
};

/* base outlives the exchange. False: the message is not a valid request; only _done may follow. */
bool ens_exchange_init(struct ens_exchange *exchange, const struct ens_http_settings *settings,
                       const char *base, const struct ens_transport_message *message);
void ens_exchange_done(struct ens_exchange *exchange);

enum ens_transport_phase ens_exchange_phase(const struct ens_exchange *exchange);

/* The time limit of the current phase, in ms since the transfer began. */
int64_t ens_exchange_limit_ms(const struct ens_exchange *exchange);

/* Calls done with the result of the exchange. */
void ens_exchange_report(struct ens_exchange *exchange, CURLcode code, ens_transport_done_fn *done,
                         void *ud);

#endif
