/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codec for values in MessagePack, in Terraform's encoding: unknown is an extension (of any type;
 * the refinements of type 12 are ignored), objects are maps with every attribute.
 *
 * Untrusted input: any bytes give a value or one diagnostic. Numbers beyond 64 bits and bin strings
 * are read as strings.
 */
#ifndef ENSURE_TERRAFORM_MSGPACK_H
#define ENSURE_TERRAFORM_MSGPACK_H

#include "base/diag.h"
#include "terraform/value.h"

/* Texts point into bytes. Empty input is null. ENS_LIMIT: too large or nested too deep;
 * ENS_MALFORMED. */
ens_rc ens_msgpack_read(struct ens_arena *arena, ens_str bytes, struct ens_value *ret,
                        struct ens_diags *diags) ENS_MUST_USE;

/* Bytes that a value takes. */
size_t ens_msgpack_size(const struct ens_value *value);

/* Asserts that the encoding is at most ENS_VALUE_BYTES_MAX long. */
ens_str ens_msgpack_write(struct ens_arena *arena, const struct ens_value *value);

#endif
