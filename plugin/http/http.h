/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP client: implements struct ens_transport with libcurl's multi interface and epoll, and is the
 * only code that does network I/O with a cloud. HTTP/1.1 over http and https only, keep-alive,
 * limits on connect and total time and on the size of replies, no redirects, TLS always verified.
 *
 * The standard proxy variables of the environment are used, except for loopback (http_proxy.h).
 *
 * The thread that owns it should block SIGPIPE, because some TLS libraries write to sockets that
 * the peer has closed.
 */
#ifndef ENSURE_HTTP_HTTP_H
#define ENSURE_HTTP_HTTP_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/log.h"
#include "base/transport.h"

/* Limits of a reply; a transfer that exceeds one ends with ENS_TRANSPORT_TOO_LARGE. */
#define ENS_HTTP_REPLY_MAX        ((size_t)16 * 1024 * 1024) /* bytes of the body */
#define ENS_HTTP_HEADERS_MAX      200                        /* number of headers */
#define ENS_HTTP_HEADER_BYTES_MAX ((size_t)64 * 1024)        /* bytes of all headers */

struct ens_http;

struct ens_http_options {
    const struct ens_clock *clock; /* for wait and the time limits; borrowed */
    int64_t connect_timeout_ms;    /* 0: 10 s */
    long host_connections;         /* maximum of concurrent connections to a host; 0: 8 */
    /* The only trusted authorities: a file, and a colon-separated list of directories (the caller
     * passes the values of SSL_CERT_FILE and SSL_CERT_DIR). Both NULL: the default of libcurl, else
     * the usual paths of distributions. */
    const char *ca_file;
    const char *ca_path;
    const struct ens_environment *environment; /* for proxy variables; borrowed; NULL: no proxy */
    const char *user_agent;
    const struct ens_log *log; /* may be NULL */
};

ens_rc ens_http_new(const struct ens_http_options *options, struct ens_http **ret,
                    struct ens_diags *diags) ENS_MUST_USE;
void ens_http_free(struct ens_http *http); /* aborts all transfers without calling their done */

/* Valid as long as http. */
const struct ens_transport *ens_http_transport(const struct ens_http *http);

#endif
