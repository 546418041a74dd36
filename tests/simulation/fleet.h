/* SPDX-License-Identifier: Apache-2.0 */
/* What a run begins with: instances, faults, operators and errands, drawn from the seed.
 */
#ifndef ENSURE_TESTS_SIMULATION_FLEET_H
#define ENSURE_TESTS_SIMULATION_FLEET_H

#include "simulation.h"

void sim_draw(struct sim *sim);

/* Another user starts, stops or deletes an instance. */
void sim_others_act(struct sim *sim);

#endif
