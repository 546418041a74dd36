/* SPDX-License-Identifier: Apache-2.0 */
#include "chance.h"

/* SplitMix64. */
uint64_t sim_next(struct sim_chance *chance)
{
    uint64_t z = (chance->state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct sim_chance sim_chance_new(uint64_t seed, uint64_t stream)
{
    struct sim_chance chance = {seed};

    chance.state = sim_next(&chance) ^ (stream * UINT64_C(0xd1342543de82ef95));
    (void)sim_next(&chance);
    return chance;
}

uint64_t sim_below(struct sim_chance *chance, uint64_t limit)
{
    return limit == 0 ? 0 : sim_next(chance) % limit;
}

int64_t sim_between(struct sim_chance *chance, int64_t min, int64_t max)
{
    return min + (int64_t)sim_below(chance, (uint64_t)(max - min) + 1);
}

/* Each doubling of the range has the same probability as the previous one. */
int64_t sim_scaled(struct sim_chance *chance, int64_t min, int64_t max)
{
    int64_t top = min;
    unsigned doublings = 0;

    while (top < max) {
        top = top * 2 + 1;
        doublings++;
    }
    top = min;
    for (uint64_t i = sim_below(chance, doublings + 1u); i > 0; i--) {
        top = top * 2 + 1;
    }
    return sim_between(chance, min, top < max ? top : max);
}

bool sim_one_in(struct sim_chance *chance, uint64_t n)
{
    return sim_below(chance, n) == 0;
}

bool sim_per_mille(struct sim_chance *chance, unsigned rate)
{
    return sim_below(chance, 1000) < rate;
}

void sim_bytes(struct sim_chance *chance, void *bytes, size_t size)
{
    uint8_t *at = bytes;

    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(sim_next(chance) >> 24);
    }
}
