/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of http share. Inside http/ only. */
#ifndef ENSURE_HTTP_HTTP_PRIVATE_H
#define ENSURE_HTTP_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "base/buf.h"
#include "http/endpoint.h"
#include "http/http.h"
#include "http/http_proxy.h"

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

/* ---- http_trust.c: whom to trust, and who vouched for a certificate ---- */

#define ENS_ISSUER_SIZE 256

/* The file of trusted authorities; NULL: libcurl's own default. */
const char *ens_trust_default(void);

/* Keeps in issuer (ENS_ISSUER_SIZE bytes, which outlive the transfer) who issued the certificate
 * that could not be verified; "" as long as there is none. */
void ens_trust_watch(CURL *easy, char *issuer);

/* Whether the issuer is one of the products that companies inspect TLS with. */
bool ens_trust_intercepts(ens_str issuer);

/* ---- http_failure.c: an error for people ---- */

struct ens_failure {
    CURLcode code;
    enum ens_transport_phase phase;
    long os_error;      /* errno of connecting; 0: none */
    long verify_result; /* OpenSSL's X509_V_* */
    long proxy_status;  /* HTTP, of the proxy's answer to CONNECT; 0: none */
    bool sent;          /* bytes of the request left */
    bool answered;      /* bytes of the reply came */
    int64_t timeout_ms; /* what ran out, if the code says so */
    ens_str host;
    ens_str authority;             /* host[:port] */
    const struct ens_proxy *proxy; /* url NULL: none */
    const char *issuer;            /* of a certificate that is not trusted; "" for none */
    const char *detail;            /* libcurl's own words; "" for none */
};

/* Adds one clause, and says what was at fault. */
enum ens_transport_fault ens_failure_clause(const struct ens_failure *failure, struct ens_buf *out);

/* ---- http_exchange.c: one request and its reply, as libcurl's easy handle ---- */

/* What all exchanges have in common; borrowed. */
struct ens_http_settings {
    int64_t connect_timeout_ms;
    const char *ca_file; /* with ca_path NULL too: libcurl's own default */
    const char *ca_path;
    const struct ens_environment *environment; /* of the proxy; may be NULL */
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
    struct ens_proxy proxy;
    int64_t timeout_ms;
    char issuer[ENS_ISSUER_SIZE];
    bool requested; /* a connection is there, and the request is being written to it */
    bool repeated;  /* libcurl wanted to write a request again that may have been seen */
    char detail[CURL_ERROR_SIZE];
};

/* base outlives the exchange. False: the message can't be sent as it is; only _done may follow. */
bool ens_exchange_init(struct ens_exchange *exchange, const struct ens_http_settings *settings,
                       const char *base, const struct ens_transport_message *message);
void ens_exchange_done(struct ens_exchange *exchange);

enum ens_transport_phase ens_exchange_phase(const struct ens_exchange *exchange);

/* How long it may take until it is where it is now, in ms from its begin. */
int64_t ens_exchange_limit_ms(const struct ens_exchange *exchange);

/* Tells done how the exchange ended. */
void ens_exchange_report(struct ens_exchange *exchange, CURLcode code, ens_transport_done_fn *done,
                         void *ud);

#endif
