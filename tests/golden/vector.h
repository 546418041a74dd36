/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signing vector: what a vendor's SDK was given, and every intermediate that it made of it. The
 * files are vectors/CLOUD.json; query is a list of [name, value], not encoded, and headers_to_sign
 * are the headers that take part in the signature.
 */
#ifndef ENSURE_TESTS_VECTOR_H
#define ENSURE_TESTS_VECTOR_H

#include "kit/request.h"
#include "support/exact_memory.h"

struct vector {
    const struct ens_memory *memory;
    const void *json; /* the vector as jansson has it */
    struct ens_http_request request;
    struct kit_pairs headers; /* headers_to_sign, in the file's order */
};

/* Calls check with each vector of the file and returns how many there were. The test fails when
 * the file can't be read. */
typedef void vector_check_fn(const struct vector *vector);
size_t vectors_each(const char *file, vector_check_fn *check);

/* A text of the vector's "input". */
ens_str vector_input(const struct vector *vector, const char *name);

/* The vector's "expect" must have the name, and as this text. */
void vector_expect(const struct vector *vector, const char *name, ens_str actual);

#endif
