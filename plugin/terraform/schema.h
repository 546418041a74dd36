/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of the provider: one table per block, one row per attribute. The tables are the only
 * source of the schema message (schema_wire.h), the validation of values (conform.h), the content
 * of plans and states (change.h, attributes.h), and the documentation pages. A new attribute is a
 * new row.
 *
 * All data is static and const.
 */
#ifndef ENSURE_TERRAFORM_SCHEMA_H
#define ENSURE_TERRAFORM_SCHEMA_H

#include "terraform/attributes.h"

enum ens_tf_kind {
    ENS_TF_PROVIDER,
    ENS_TF_RESOURCE,
    ENS_TF_DATA_SOURCE,
    ENS_TF_LIST,
    ENS_TF_ACTION,
};

struct ens_tf_schema {
    enum ens_tf_kind kind;
    bool dry_run; /* data source: a plan with the clouds' dry runs; else it only reads */
    bool finds;   /* its attributes are a selector */
    /* Such as "ensure_instance_running"; "ensure" for the provider. A list has the name of the
     * resource that it lists. */
    const char *name;
    const char *description;
    const struct ens_tf_attribute *attributes;
    /* Resource: the attributes that name what it manages, each required for an import; NULL: it
     * has no identity. */
    const struct ens_tf_attribute *identity;
};

/* Of each kind in byte order of the names, the order of maps in canonical messages. */
#define ENS_TF_SCHEMA_COUNT 8
extern const struct ens_tf_schema ens_tf_schemas[ENS_TF_SCHEMA_COUNT];

extern const struct ens_tf_schema *const ens_tf_provider_schema;

/* NULL: no block of that kind has the name. */
const struct ens_tf_schema *ens_tf_schema_find(enum ens_tf_kind kind, ens_str name);

#endif
