/* SPDX-License-Identifier: Apache-2.0 */
/* The selectors of a fleet, before the job of a verb: which instances they find now. */
#ifndef ENSURE_CLI_RESOLVE_H
#define ENSURE_CLI_RESOLVE_H

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/session.h"

/*
 * Adds the instances that the selectors find to the targets of the fleet, behind those that are
 * listed, in the order of the selectors and then of the cloud, each once; and what is to be told of
 * it to the fleet's warnings. Sends nothing if there are no selectors.
 *
 * Anything but ENS_EXIT_OK ends the verb, since not all of the fleet is known; the diagnostics say
 * why, and in JSON the warnings of a document without instances, which is written here. After
 * Ctrl-C it is ENS_EXIT_OK with what was found until then: an operation that begins now is
 * cancelled. *timeout_ms is what is left of the verb's time; unchanged without selectors.
 */
enum ens_exit_code ens_fleet_resolve(struct ens_session *session, struct ens_arena *arena,
                                     const struct ens_options *options, struct ens_document *fleet,
                                     int64_t *timeout_ms, struct ens_diags *diags);

#endif
