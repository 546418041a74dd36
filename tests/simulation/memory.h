/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the blocks of memory that the engine, the providers, the emulator and jansson hold. */
#ifndef ENSURE_TESTS_SIMULATION_MEMORY_H
#define ENSURE_TESTS_SIMULATION_MEMORY_H

void sim_memory_begin(void);
long sim_memory_blocks(void);

#endif
