/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending: the only place that moves bytes to and from a cloud (libcurl multi). Keep-alive, limits
 * on connect and total time, a cap on replies, no redirects, verified TLS, http and https only.
 *
 * Standard proxy variables of the environment are honoured, never for loopback (http_proxy.h).
 *
 * The thread that owns it should block SIGPIPE and whatever else is not its own: some TLS libraries
 * write to sockets that the other side has closed.
 */
#ifndef ENSURE_HTTP_HTTP_H
#define ENSURE_HTTP_HTTP_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/log.h"
#include "base/transport.h"

#define ENS_HTTP_REPLY_MAX        ((size_t)16 * 1024 * 1024) /* body bytes; more is given up */
#define ENS_HTTP_HEADERS_MAX      200                        /* of a reply */
#define ENS_HTTP_HEADER_BYTES_MAX ((size_t)64 * 1024)        /* all of a reply's together */

struct ens_http;

struct ens_http_options {
    const struct ens_clock *clock; /* of wait and of the limits; borrowed */
    int64_t connect_timeout_ms;    /* 0: 10 s */
    long host_connections;         /* at once to one host; 0: 8 */
    /* Trusted authorities, these alone: a file, and directories with colons between them
     * (SSL_CERT_FILE and SSL_CERT_DIR, which are the caller's to pass). Both NULL: what libcurl
     * has, else the usual paths of distributions. */
    const char *ca_file;
    const char *ca_path;
    const struct ens_environment *environment; /* of proxy variables; borrowed; NULL: no proxy */
    const char *user_agent;
    const struct ens_log *log; /* may be NULL */
};

ens_rc ens_http_new(const struct ens_http_options *options, struct ens_http **ret,
                    struct ens_diags *diags) ENS_MUST_USE;
void ens_http_free(struct ens_http *http); /* ends what is under way without calling back */

/* Lives as long as the ens_http. TOO_LARGE is a reply that passed one of the limits above. */
const struct ens_transport *ens_http_transport(const struct ens_http *http);

#endif
