/* SPDX-License-Identifier: Apache-2.0 */
/* A request at its cloud: the faults of the cloud, its answer, and what that means. */
#ifndef ENSURE_TESTS_SIMULATION_SERVE_H
#define ENSURE_TESTS_SIMULATION_SERVE_H

#include "network.h"

/* Answers it, and sets when and how its transfer ends and what that means for each target. */
void sim_serve(struct ens_transfer *transfer);

#endif
