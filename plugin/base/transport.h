/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the engine reaches a cloud: the one interface between its decisions and the network, and the
 * data that goes through it. plugin/http implements it on libcurl; a test or a simulation in
 * memory, on a clock of its own.
 *
 * One thread owns a transport and calls everything but wake. done functions may send and cancel.
 */
#ifndef ENSURE_BASE_TRANSPORT_H
#define ENSURE_BASE_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ENS_TIME_NEVER INT64_MAX

/* How a transfer ended. */
enum ens_transport_end {
    ENS_TRANSPORT_REPLY,     /* a whole reply came, whatever its status */
    ENS_TRANSPORT_NOT_SENT,  /* resolving, connecting or TLS failed: the cloud saw nothing */
    ENS_TRANSPORT_LOST,      /* the request may have been seen, no whole reply came */
    ENS_TRANSPORT_TOO_LARGE, /* the reply passed a limit of the transport */
};

/* How far a transfer is, or was when it ended. */
enum ens_transport_phase {
    ENS_PHASE_NONE = 0, /* not begun, or not known */
    ENS_PHASE_LOOK_UP,  /* of the host's name */
    ENS_PHASE_CONNECT,
    ENS_PHASE_PROXY, /* the proxy is not reached, or has not connected to the host */
    ENS_PHASE_TLS,
    ENS_PHASE_REPLY, /* the request is on its way, or its reply */
};

/* What was at fault when no whole reply came. */
enum ens_transport_fault {
    ENS_FAULT_NONE = 0,
    ENS_FAULT_NETWORK,          /* name look-up, connection, or a host that does not answer */
    ENS_FAULT_PROXY,            /* not reachable, or it could not connect to the host */
    ENS_FAULT_PROXY_LOGIN,      /* it wants a user name and password: 407 */
    ENS_FAULT_PROXY_FORBIDS,    /* it does not allow the host: 403 */
    ENS_FAULT_AUTHORITY,        /* the certificate's issuer is not trusted */
    ENS_FAULT_INTERCEPTED,      /* the same, and the issuer is a product that inspects TLS */
    ENS_FAULT_CERTIFICATE_TIME, /* expired, or not valid yet */
    ENS_FAULT_CERTIFICATE_HOST, /* it is for another host */
    ENS_FAULT_CERTIFICATE,      /* something else is wrong with it */
    ENS_FAULT_TRUST_FILE,       /* the list of trusted authorities can't be read */
};

struct ens_transport_result {
    enum ens_transport_end end;
    enum ens_transport_fault fault;
    bool untrusted; /* NOT_SENT because the certificate can't be trusted: final */
    bool timed_out; /* NOT_SENT or LOST because time ran out */
    const struct ens_http_reply *reply; /* with REPLY only */
    const char *error; /* one clause, such as "could not resolve host x"; "" with a reply */
};

struct ens_transport_message {
    ens_str base; /* scheme://host[:port] */
    ens_str host; /* for the Host header: exactly what was signed */
    const struct ens_http_request *request;
    const struct ens_signature *signature; /* its target and headers are what is sent */
    /* For everything, connecting included, from the moment that it may use a connection; by the
     * clock of the transport. */
    int64_t timeout_ms;
    bool fresh; /* over a connection of its own: one that was kept may be why the last try failed */
};

struct ens_transport_progress {
    enum ens_transport_phase phase;
    ens_str
        proxy; /* host:port of the proxy in between; empty: none. Lives as long as the transfer */
};

/* A message on its way; each transport has its own. */
struct ens_transfer;

/* Called once, from wait, unless the transfer was cancelled before. What result points to lives
 * until it returns. The transfer is gone after it. */
typedef void ens_transport_done_fn(void *ud, const struct ens_transport_result *result);

struct ens_transport {
    /* Copies what it needs of the message; never calls done by itself. */
    struct ens_transfer *(*send)(void *ud, const struct ens_transport_message *message,
                                 ens_transport_done_fn *done, void *done_ud);
    /* Gives a transfer up; its done is not called. */
    void (*cancel)(void *ud, struct ens_transfer *transfer);
    /* Sleeps until something moves, until_ms (monotonic; ENS_TIME_NEVER: no limit) has come, or
     * wake is called; then calls done for what ended. */
    void (*wait)(void *ud, int64_t until_ms);
    /* Ends a wait, or the next one. Any thread. */
    void (*wake)(void *ud);
    void *ud;
    /* How far a transfer is. May be NULL: not known. */
    struct ens_transport_progress (*progress)(void *ud, const struct ens_transfer *transfer);
};

#endif
