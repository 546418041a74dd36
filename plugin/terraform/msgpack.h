/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as MessagePack, the way Terraform packs them: unknown is an extension (of any type: type
 * 12 adds what is known about it, which nobody here needs), objects are maps with every attribute.
 *
 * Any bytes read to a value or end in one diagnostic. Numbers beyond 64 bits and bin strings are
 * read as strings.
 */
#ifndef ENSURE_TERRAFORM_MSGPACK_H
#define ENSURE_TERRAFORM_MSGPACK_H

#include "base/diag.h"
#include "terraform/value.h"

/* Texts point into bytes. No bytes are null. ENS_LIMIT: too large or too deep; ENS_MALFORMED. */
ens_rc ens_msgpack_read(struct ens_arena *arena, ens_str bytes, struct ens_value *ret,
                        struct ens_diags *diags) ENS_MUST_USE;

/* A value of ours: larger than ENS_VALUE_BYTES_MAX is a programmer's mistake. */
ens_str ens_msgpack_write(struct ens_arena *arena, const struct ens_value *value);

#endif
