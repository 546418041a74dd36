/*
 * Sending: the only place that moves bytes to and from a cloud (libcurl multi). Keep-alive, limits
 * on connect and total time, a cap on replies, no redirects, verified TLS, http and https only.
 *
 * Standard proxy variables of the environment are honoured (by libcurl), never for loopback.
 *
 * One thread owns an ens_http and calls everything but ens_http_wake. It should block SIGPIPE and
 * whatever else is not its own: some TLS libraries write to sockets that the other side has closed.
 * Done functions may send and abort other transfers.
 */
#ifndef ENSURE_RUN_HTTP_H
#define ENSURE_RUN_HTTP_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/log.h"

#define ENS_HTTP_REPLY_MAX        ((size_t)16 * 1024 * 1024) /* body bytes; more is given up */
#define ENS_HTTP_HEADERS_MAX      200                        /* of a reply */
#define ENS_HTTP_HEADER_BYTES_MAX ((size_t)64 * 1024)        /* all of a reply's together */

struct ens_http;
struct ens_transfer;

struct ens_http_options {
    int64_t connect_timeout_ms; /* 0: 10 s */
    long host_connections;      /* at once to one host; 0: 8 */
    const char *ca_file; /* trusted authorities, these alone (SSL_CERT_FILE is the caller's to
                            pass); NULL: what libcurl has, else the usual paths of distributions */
    const char *user_agent;
    const struct ens_log *log; /* may be NULL */
};

ens_rc ens_http_new(const struct ens_http_options *options, struct ens_http **ret,
                    struct ens_diags *diags) ENS_MUST_USE;
void ens_http_free(struct ens_http *http); /* ends what is under way without calling back */

/* How a transfer ended. */
enum ens_http_end {
    ENS_HTTP_REPLY,     /* a whole reply came, whatever its status */
    ENS_HTTP_NOT_SENT,  /* resolving, connecting or TLS failed: the cloud saw nothing */
    ENS_HTTP_LOST,      /* the request may have been seen, no whole reply came */
    ENS_HTTP_TOO_LARGE, /* the reply passed ENS_HTTP_REPLY_MAX or a header limit */
};

struct ens_http_outcome {
    enum ens_http_end end;
    bool untrusted; /* NOT_SENT because the certificate can't be trusted: final */
    bool timed_out; /* NOT_SENT or LOST because time ran out */
    const struct ens_http_reply *reply; /* only with ENS_HTTP_REPLY */
    int64_t retry_after_ms;             /* Retry-After in seconds or as a date; 0: none */
    int64_t server_unix_s;              /* Date; 0: none */
    const char
        *error; /* one clause for people, such as "could not resolve host x"; "" with a reply */
};

/* Called once, from ens_http_run, unless the transfer was aborted before. What outcome points to
 * lives until it returns. The transfer is gone after it. */
typedef void ens_http_done_fn(void *ud, const struct ens_http_outcome *outcome);

struct ens_http_message {
    ens_str base; /* scheme://host[:port] */
    ens_str host; /* for the Host header: exactly what was signed */
    const struct ens_http_request *request;
    const struct ens_signature *signature; /* its target and headers are what is sent */
    int64_t timeout_ms;                    /* for everything, connecting included */
};

/* Copies what it needs. */
struct ens_transfer *ens_http_send(struct ens_http *http, const struct ens_http_message *message,
                                   ens_http_done_fn *done, void *ud);
void ens_http_abort(struct ens_transfer *transfer);

/* Sleeps until bytes move, wait_ms passed (negative: no limit) or somebody wakes it; then moves
 * what can be moved and calls back for what ended. */
void ens_http_run(struct ens_http *http, int64_t wait_ms);

void ens_http_wake(struct ens_http *http); /* any thread */

#endif
