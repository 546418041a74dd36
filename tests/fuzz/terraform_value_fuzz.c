/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoder of values in MessagePack: the first byte selects the schema block, the rest is the
 * value. A decoded value is encoded and decoded again, and must be equal; one that matches the
 * block is validated and planned.
 */
#include "fuzz.h"

#include "support/providers.h"
#include "terraform/change.h"
#include "terraform/conform.h"
#include "terraform/msgpack.h"
#include "terraform/schema.h"

static const struct ens_registry *clouds(void)
{
    static struct ens_registry *registry;

    if (registry == NULL) {
        registry = ens_registry_empty();
        for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
            FUZZ_REQUIRE(ens_registry_add(registry, test_provider(i), "built in", NULL) == ENS_OK);
        }
    }
    return registry;
}

static void plan(struct ens_arena *arena, const struct ens_tf_schema *schema,
                 const struct ens_value *value)
{
    struct ens_tf_targets targets;
    struct ens_tf_change change;

    if (ens_tf_targets_read(arena, value, clouds(), &targets, NULL) != ENS_OK) {
        return;
    }
    FUZZ_REQUIRE(targets.known == (targets.count > 0));
    FUZZ_REQUIRE(targets.count <= ENS_TF_INSTANCES_MAX);
    ens_tf_plan_change(arena, schema->attributes, value, value, &targets, &change);
    FUZZ_REQUIRE(ens_tf_conform(schema->attributes, &change.planned, NULL) == ENS_OK);
    FUZZ_REQUIRE(change.replace_count == 0);
    FUZZ_REQUIRE(change.start.count <= targets.count);
    struct ens_tf_report nothing = {NULL, 0};
    if (targets.known) {
        struct ens_tf_report report = ens_tf_applied_report(arena, &targets, value, &nothing);
        ens_tf_fill_computed(arena, schema->attributes, &report, &change.planned);
        FUZZ_REQUIRE(ens_tf_conform(schema->attributes, &change.planned, NULL) == ENS_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_value value = ENS_NULL;
    struct ens_value again = ENS_NULL;

    if (size == 0) {
        return 0;
    }
    const struct ens_tf_schema *schema = &ens_tf_schemas[data[0] % ENS_TF_SCHEMA_COUNT];
    ens_str bytes = {(const char *)data + 1, size - 1};
    if (ens_msgpack_read(arena, bytes, &value, &diags) != ENS_OK) {
        FUZZ_REQUIRE(diags.count == 1);
        return 0;
    }
    ens_str written = ens_msgpack_write(arena, &value);
    FUZZ_REQUIRE(ens_msgpack_read(arena, written, &again, NULL) == ENS_OK);
    ens_str rewritten = ens_msgpack_write(arena, &again);
    FUZZ_REQUIRE(ens_str_eq(written, rewritten));
    if (ens_tf_conform(schema->attributes, &value, NULL) != ENS_OK) {
        return 0;
    }
    ens_tf_validate(schema->attributes, &value, clouds(), &diags);
    if (schema->kind == ENS_TF_RESOURCE && value.kind == ENS_VALUE_MAP) {
        plan(arena, schema, &value);
    }
    return 0;
}
