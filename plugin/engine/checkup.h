/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkups: jobs without targets, which find out the diagnosis of each cloud. The clouds are asked
 * at the same time, and none waits for another.
 */
#ifndef ENSURE_ENGINE_CHECKUP_H
#define ENSURE_ENGINE_CHECKUP_H

#include "engine/engine.h"
#include "engine/inquiry.h"

struct ens_checkup;

/* The checkups of an engine, and their dependencies, which are borrowed. */
struct ens_checkups {
    struct ens_checkup *running;
    struct ens_checkup *ended; /* done is called at the end of the turn */
    const struct ens_registry *registry;
    struct ens_calls *calls;
    struct ens_configs *configs;
    struct ens_accounts *accounts;
    struct ens_routes *routes;
    const struct ens_diags *notices; /* about the engine's setup; the first job reports them */
    struct ens_diags *reported;      /* warnings that were reported */
};

/* Copies the request; any thread. From ens_checkup_begin on only the engine thread uses it. */
struct ens_checkup *ens_checkup_new(struct ens_checkups *checkups,
                                    const struct ens_checkup_request *request);
void ens_checkup_set_id(struct ens_checkup *checkup, ens_job_id id);

void ens_checkup_begin(struct ens_checkup *checkup);
void ens_checkup_cancel(struct ens_checkup *checkup);

/* Cancels the checkup with that id; 0: all. */
void ens_checkups_cancel(struct ens_checkups *checkups, ens_job_id id);

/* Calls done of the ended checkups, and frees them. */
void ens_checkups_end(struct ens_checkups *checkups);

#endif
