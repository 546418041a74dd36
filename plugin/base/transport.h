/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface through which the engine sends requests to a cloud, and its data types.
 * plugin/http implements it with libcurl; tests and simulations implement it in memory, with a
 * clock of their own.
 *
 * One thread owns a transport and calls all functions but wake. done functions may call send and
 * cancel.
 */
#ifndef ENSURE_BASE_TRANSPORT_H
#define ENSURE_BASE_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ENS_TIME_NEVER INT64_MAX

/* How a transfer ended. */
enum ens_transport_end {
    ENS_TRANSPORT_REPLY,     /* a complete reply was received, whatever its status */
    ENS_TRANSPORT_NOT_SENT,  /* resolving, connecting or TLS failed: no request was written */
    ENS_TRANSPORT_LOST,      /* the cloud may have received the request; no complete reply */
    ENS_TRANSPORT_TOO_LARGE, /* the reply exceeded a limit of the transport */
};

/* The phase that a transfer is in, or was in when it ended. */
enum ens_transport_phase {
    ENS_PHASE_NONE = 0, /* not begun, or not known */
    ENS_PHASE_LOOK_UP,  /* of the host's name */
    ENS_PHASE_CONNECT,
    ENS_PHASE_PROXY, /* connecting to the proxy, or waiting for its reply to CONNECT */
    ENS_PHASE_TLS,
    ENS_PHASE_REPLY, /* the request is being written, or its reply awaited or read */
};

/* Why no complete reply was received. */
enum ens_transport_fault {
    ENS_FAULT_NONE = 0,
    ENS_FAULT_NETWORK,          /* name look-up, connection, or a host that does not answer */
    ENS_FAULT_PROXY,            /* not reachable, or it could not connect to the host */
    ENS_FAULT_PROXY_LOGIN,      /* the proxy requires a user name and password: 407 */
    ENS_FAULT_PROXY_FORBIDS,    /* the proxy does not allow the host: 403 */
    ENS_FAULT_AUTHORITY,        /* the certificate's issuer is not trusted */
    ENS_FAULT_INTERCEPTED,      /* ... and the issuer is a product that inspects TLS */
    ENS_FAULT_CERTIFICATE_TIME, /* expired, or not valid yet */
    ENS_FAULT_CERTIFICATE_HOST, /* issued for another host name */
    ENS_FAULT_CERTIFICATE,      /* another verification error */
    ENS_FAULT_TRUST_FILE,       /* the list of trusted authorities can't be read */
};

struct ens_transport_result {
    enum ens_transport_end end;
    enum ens_transport_fault fault;
    bool untrusted; /* NOT_SENT because the certificate can't be trusted: final */
    bool timed_out; /* NOT_SENT or LOST because timeout_ms elapsed */
    const struct ens_http_reply *reply; /* with REPLY only */
    const char *error; /* one clause, such as "could not resolve host x"; "" with a reply */
};

struct ens_transport_message {
    ens_str base; /* scheme://host[:port] */
    ens_str host; /* for the Host header: exactly what was signed */
    const struct ens_http_request *request;
    const struct ens_signature *signature; /* its target and headers are sent unchanged */
    /* Limit for the whole transfer, connecting included, from when it gets a connection slot;
     * measured by the transport's clock. */
    int64_t timeout_ms;
    bool fresh;  /* use a new connection: a reused one may be why the last attempt failed */
    bool direct; /* never through a proxy */
};

struct ens_transport_progress {
    enum ens_transport_phase phase;
    ens_str proxy; /* host:port of the proxy, valid as long as the transfer; empty: none */
};

/* A message that was sent and has not ended; defined by each transport. */
struct ens_transfer;

/* Called once, from wait, unless the transfer was cancelled before. What result points to is valid
 * until it returns. The transfer is freed after it. */
typedef void ens_transport_done_fn(void *ud, const struct ens_transport_result *result);

struct ens_transport {
    /* Starts a transfer. The message is copied; done is only called from wait. */
    struct ens_transfer *(*send)(void *ud, const struct ens_transport_message *message,
                                 ens_transport_done_fn *done, void *done_ud);
    /* Aborts and frees a transfer; its done is not called. */
    void (*cancel)(void *ud, struct ens_transfer *transfer);
    /* Blocks until there is I/O, until_ms (monotonic; ENS_TIME_NEVER: no limit) is reached, or wake
     * is called; then calls done for the transfers that ended. */
    void (*wait)(void *ud, int64_t until_ms);
    /* Makes the current wait return, or the next one if there is none. May be called by any thread.
     */
    void (*wake)(void *ud);
    void *ud;
    /* The progress of a transfer. May be NULL: not known. */
    struct ens_transport_progress (*progress)(void *ud, const struct ens_transfer *transfer);
    /* From now on wait also returns when the descriptor can be read, or its other end was closed;
     * until unwatch. False: too many are watched, or it is a regular file. May be NULL: none can
     * be. */
    bool (*watch)(void *ud, int fd);
    void (*unwatch)(void *ud, int fd);
};

#endif
