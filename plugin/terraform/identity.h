/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identity of a resource: the values that name what it manages, apart from its state. It
 * consists of attributes of the state (struct ens_tf_schema, identity).
 */
#ifndef ENSURE_TERRAFORM_IDENTITY_H
#define ENSURE_TERRAFORM_IDENTITY_H

#include "terraform/call_context.h"

struct Tfplugin6__ResourceIdentityData;

/* The identity of a state or plan. schema may be NULL. NULL: the block has none, or a part of it is
 * null or unknown. Terraform takes unknown parts in the plan of a create, but `terraform show
 * -json` then fails. */
struct Tfplugin6__ResourceIdentityData *ens_tf_identity_to_wire(struct ens_arena *arena,
                                                                const struct ens_tf_schema *schema,
                                                                const struct ens_value *object);

/* Reads an identity, which must be known and complete; false, with a diagnostic: it is not, or the
 * block has none. */
bool ens_tf_identity_read(struct ens_tf_call *call,
                          const struct Tfplugin6__ResourceIdentityData *wire,
                          struct ens_value *ret);

/* The same for the identity in a state file. */
bool ens_tf_identity_stored(struct ens_tf_call *call, int64_t version,
                            const struct Tfplugin6__RawState *raw, struct ens_value *ret);

#endif
