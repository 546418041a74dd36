/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receiver of traces, as the standard variables of OpenTelemetry set it up. A setting that
 * can't be used is a warning, never an error: a run does not fail for its traces.
 */
#ifndef ENSURE_ENGINE_RECEIVER_H
#define ENSURE_ENGINE_RECEIVER_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/str.h"

#define ENS_RECEIVER_LIST_MAX 64 /* entries of a list of headers or attributes */

/* All of it lives in the arena. */
struct ens_receiver {
    ens_str base;                    /* scheme://host[:port]; empty: there is none */
    ens_str host;                    /* the Host header */
    ens_str target;                  /* path and query */
    const char *variable;            /* that names it */
    const struct ens_pair **headers; /* may hold secrets */
    size_t header_count;
    ens_str opening; /* of a request: what precedes its spans (core/span.h) */
};

/* user_agent: such as "ensure/0.1.0", for the attributes of the service. */
void ens_receiver_read(struct ens_arena *arena, const struct ens_environment *environment,
                       ens_str user_agent, struct ens_receiver *ret, struct ens_diags *warnings);

#endif
