/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advice that is more specific than that of the reason: for faults of network, proxies,
 * certificates, endpoints and keys. One sentence each, in one table.
 */
#ifndef ENSURE_CORE_HINT_H
#define ENSURE_CORE_HINT_H

#include "base/transport.h"

enum ens_hint {
    ENS_HINT_NONE = 0, /* use the advice of the reason */
    ENS_HINT_NETWORK,
    ENS_HINT_PROXY,
    ENS_HINT_PROXY_LOGIN,
    ENS_HINT_PROXY_FORBIDS,
    ENS_HINT_AUTHORITY,
    ENS_HINT_INTERCEPTED,
    ENS_HINT_CERTIFICATE_TIME,
    ENS_HINT_CERTIFICATE_HOST,
    ENS_HINT_CERTIFICATE,
    ENS_HINT_TRUST_FILE,
    ENS_HINT_ENDPOINT,
    ENS_HINT_KEYS_MISSING,
    ENS_HINT_KEYS_UNUSABLE,
    ENS_HINT_KEYS_REFUSED, /* a service that hands out keys refused to */
    ENS_HINT_CLIENT_TOKEN,
    ENS_HINT_NOT_THE_CLOUD, /* the reply is from a proxy or a similar device */
    ENS_HINT_STILL_BUSY,    /* in_progress until retries ended */
    ENS_HINT_NOT_STOPPED,   /* plan: the start has to wait until the instance is stopped */
    ENS_HINT_SELECTOR,      /* a list is refused for what it was asked with */
    ENS_HINT_TOO_MANY,      /* more instances match than a run shows */
    ENS_HINT_NO_LISTS,      /* the provider can't list */
    ENS_HINT_NO_REGION,
    ENS_HINT_COUNT,
};

/* "" for NONE. */
const char *ens_hint_advice(enum ens_hint hint);

enum ens_hint ens_hint_of_fault(enum ens_transport_fault fault);
enum ens_hint ens_hint_of_phase(enum ens_transport_phase phase);

#endif
