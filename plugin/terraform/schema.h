/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Terraform sees of the provider: one table per block, one row per attribute. The rows are the
 * only source of the schema on the wire (schema_wire.h), of the check of values (conform.h), of
 * what a plan and a state hold (change.h, attributes.h), and of the documentation pages. A new
 * attribute is a new row.
 *
 * Everything is static and const.
 */
#ifndef ENSURE_TERRAFORM_SCHEMA_H
#define ENSURE_TERRAFORM_SCHEMA_H

#include "terraform/attributes.h"

enum ens_tf_kind {
    ENS_TF_PROVIDER,
    ENS_TF_RESOURCE,
    ENS_TF_DATA_SOURCE,
    ENS_TF_ACTION,
};

struct ens_tf_schema {
    enum ens_tf_kind kind;
    bool dry_run;     /* data source: a plan with the clouds' dry runs; else it only reads */
    const char *name; /* such as "ensure_instance_running"; "ensure" for the provider */
    const char *description;
    const struct ens_tf_attribute *attributes;
};

#define ENS_TF_SCHEMA_COUNT 6
extern const struct ens_tf_schema ens_tf_schemas[ENS_TF_SCHEMA_COUNT];

extern const struct ens_tf_schema *const ens_tf_provider_schema;

/* NULL: there is none. */
const struct ens_tf_schema *ens_tf_schema_find(enum ens_tf_kind kind, ens_str name);

#endif
