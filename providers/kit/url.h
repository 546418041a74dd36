/* SPDX-License-Identifier: Apache-2.0 */
/* Splits a URL that a user or a CI system gave. */
#ifndef ENSURE_KIT_URL_H
#define ENSURE_KIT_URL_H

#include <stdbool.h>

#include "ensure/provider.h"

struct kit_url {
    ens_str endpoint; /* scheme://host[:port], as it is; the engine checks it */
    ens_str target;   /* path and query as they are, at least "/"; without a fragment */
    bool has_query;
};

struct kit_url kit_url_split(const struct ens_memory *memory, ens_str url);

#endif
