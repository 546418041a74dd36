/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome of one request, drawn when it is sent. */
#ifndef ENSURE_TESTS_SIMULATION_FATE_H
#define ENSURE_TESTS_SIMULATION_FATE_H

#include "core/outcome.h"
#include "simulation.h"

struct sim_fate {
    enum sim_fault fault;
    enum emu_cloud cloud;
    bool effect; /* the cloud carries it out before its reply is spoiled */
    int64_t there_ms;
    int64_t back_ms;
    int64_t lag_ms;   /* of reads behind this start; LATE: of the request behind its loss */
    uint64_t variant; /* for what the fault leaves open */
};

struct sim_fate sim_fate_draw(struct sim *sim, enum ens_call_kind kind, enum emu_cloud cloud);
/* Of a request to STS. */
struct sim_fate sim_fate_draw_login(struct sim *sim, enum emu_cloud cloud);

/* The fault as the emulator spells it; empty: the network makes it. */
const char *sim_fate_spec(const struct sim_fate *fate, char ret[64]);

/* The reply, if there is one, does not tell the outcome of a start. */
bool sim_fate_is_ambiguous(const struct sim_fate *fate);

const char *sim_fault_name(enum sim_fault fault);

#endif
