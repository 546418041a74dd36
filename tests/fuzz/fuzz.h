/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target: takes any bytes, and aborts when a checked property does not hold. */
#ifndef ENSURE_TESTS_FUZZ_H
#define ENSURE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Like assert(), but active in every build. */
#define FUZZ_REQUIRE(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
