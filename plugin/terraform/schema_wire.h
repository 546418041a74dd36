/* SPDX-License-Identifier: Apache-2.0 */
/* Converts the schema tables to messages of the protocol. */
#ifndef ENSURE_TERRAFORM_SCHEMA_WIRE_H
#define ENSURE_TERRAFORM_SCHEMA_WIRE_H

#include "terraform/schema.h"

struct Tfplugin6__Schema;
struct Tfplugin6__ResourceIdentitySchema;

/* Allocated in the arena. */
struct Tfplugin6__Schema *ens_tf_schema_to_wire(struct ens_arena *arena,
                                                const struct ens_tf_schema *schema);

/* The same for the identity of a resource that has one. */
struct Tfplugin6__ResourceIdentitySchema *ens_tf_identity_schema_to_wire(
    struct ens_arena *arena, const struct ens_tf_schema *schema);

#endif
