/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signing vector: the input of a vendor's SDK, and its result with every intermediate value. The
 * files are vectors/CLOUD.json; query is a list of [name, value], not encoded, and headers_to_sign
 * are the headers that are part of the signature.
 */
#ifndef ENSURE_TESTS_VECTOR_H
#define ENSURE_TESTS_VECTOR_H

#include "kit/request.h"
#include "support/exact_memory.h"

struct vector {
    const struct ens_memory *memory;
    const void *json; /* json_t of the vector */
    struct ens_http_request request;
    struct kit_pairs headers; /* headers_to_sign, in the file's order */
};

/* Calls check for each vector of the file, and returns their number. The test fails if the file
 * can't be read. */
typedef void vector_check_fn(const struct vector *vector);
size_t vectors_each(const char *file, vector_check_fn *check);

/* A string member of the vector's "input". */
ens_str vector_input(const struct vector *vector, const char *name);

/* Asserts that the vector's "expect" has the member with this text. */
void vector_expect(const struct vector *vector, const char *name, ens_str actual);

#endif
