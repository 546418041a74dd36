/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks for tests, written as JSON; the string "?" stands for an unknown value. */
#ifndef ENSURE_TESTS_BLOCKS_H
#define ENSURE_TESTS_BLOCKS_H

#include "terraform/schema.h"

/* Fails the test if the text does not fit the schema. */
struct ens_value test_block(struct ens_arena *arena, const char *schema_name, const char *json);

const struct ens_tf_schema *test_schema(const char *name);

/* A registry with the providers of the three clouds. */
struct ens_registry *test_registry(void);

/* A result for the target "volcengine/cn-beijing/ID". */
struct ens_result test_result(const char *id, enum ens_status status, const char *word,
                              enum ens_action action, enum ens_reason reason);

#endif
