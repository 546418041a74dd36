/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers drawn from a seed: the same seed and stream give the same numbers on every machine. */
#ifndef ENSURE_TESTS_SIMULATION_CHANCE_H
#define ENSURE_TESTS_SIMULATION_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_chance {
    uint64_t state;
};

/* Streams of one seed do not depend on each other. */
struct sim_chance sim_chance_new(uint64_t seed, uint64_t stream);

uint64_t sim_next(struct sim_chance *chance);
uint64_t sim_below(struct sim_chance *chance, uint64_t limit);            /* 0..limit-1 */
int64_t sim_between(struct sim_chance *chance, int64_t min, int64_t max); /* both included */
int64_t sim_scaled(struct sim_chance *chance, int64_t min, int64_t max); /* small ones more often */
bool sim_one_in(struct sim_chance *chance, uint64_t n);
bool sim_per_mille(struct sim_chance *chance, unsigned rate);
void sim_bytes(struct sim_chance *chance, void *bytes, size_t size);

#endif
