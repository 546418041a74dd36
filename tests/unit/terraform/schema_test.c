/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>
#include <tfplugin6.pb-c.h>

#include "terraform/schema.h"
#include "terraform/schema_wire.h"

/* Rules of Terraform for schemas; violating some of them crashes Terraform. */
static void check_attribute(const Tfplugin6__Schema__Attribute *attribute)
{
    assert_true(attribute->name[0] >= 'a' && attribute->name[0] <= 'z');
    assert_int_equal(strspn(attribute->name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
                     strlen(attribute->name));
    assert_true(strlen(attribute->description) > 0);
    assert_true(attribute->required || attribute->optional || attribute->computed);
    assert_false(attribute->required && (attribute->optional || attribute->computed));
    if (attribute->nested_type != NULL) {
        assert_int_equal(attribute->type.len, 0);
        for (size_t i = 0; i < attribute->nested_type->n_attributes; i++) {
            check_attribute(attribute->nested_type->attributes[i]);
        }
    } else {
        json_t *type = json_loadb((const char *)attribute->type.data, attribute->type.len,
                                  JSON_DECODE_ANY, NULL);
        assert_non_null(type);
        json_decref(type);
    }
}

static void check_block(const Tfplugin6__Schema__Block *block)
{
    assert_non_null(block);
    for (size_t i = 0; i < block->n_attributes; i++) {
        check_attribute(block->attributes[i]);
    }
    for (size_t i = 0; i < block->n_block_types; i++) {
        const Tfplugin6__Schema__NestedBlock *nested = block->block_types[i];
        assert_int_equal(nested->nesting, TFPLUGIN6__SCHEMA__NESTED_BLOCK__NESTING_MODE__SINGLE);
        assert_int_equal(nested->min_items, 0);
        assert_int_equal(nested->max_items, 0);
        check_block(nested->block);
    }
}

static void test_wire_schemas_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const Tfplugin6__Schema *wire = ens_tf_schema_to_wire(arena, &ens_tf_schemas[i]);
        assert_int_equal(wire->version, 0);
        check_block(wire->block);
        assert_true(wire->block->n_attributes > 0);
    }
}

/* Properties of rows that the code for plans and states relies on. */
static void test_rows_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        const struct ens_tf_schema *schema = &ens_tf_schemas[i];
        for (const struct ens_tf_attribute *row = schema->attributes; row->name != NULL; row++) {
            bool computed = (row->flags & (ENS_TF_COMPUTED | ENS_TF_OPTIONAL)) == ENS_TF_COMPUTED;
            bool nested = row->type == ENS_TF_OBJECT || row->type == ENS_TF_OBJECT_LIST ||
                          row->type == ENS_TF_BLOCK;
            assert_int_equal(nested, row->nested != NULL);
            if (computed && schema->kind == ENS_TF_DATA_SOURCE && !schema->finds) {
                assert_true(row->fill != NULL || row->type == ENS_TF_OBJECT_LIST);
            }
            if (computed && schema->kind == ENS_TF_RESOURCE) {
                assert_true(row->fill != NULL || (row->flags & ENS_TF_STABLE) != 0);
            }
        }
    }
}

/* What shows an instance that was found shows all of it. */
static void test_found_rows_are_complete(void **state)
{
    const struct ens_tf_schema *schema =
        ens_tf_schema_find(ENS_TF_DATA_SOURCE, ENS_STR("ensure_instances"));
    const struct ens_tf_attribute *row =
        ens_tf_attribute_find(schema->attributes, ENS_STR("instances"))->nested;

    (void)state;
    for (; row->name != NULL; row++) {
        assert_non_null(row->show);
    }
}

/* Terraform takes a list only for a resource of the same name, with an identity. */
static void test_lists_are_of_resources(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        if (ens_tf_schemas[i].kind == ENS_TF_LIST) {
            const struct ens_tf_schema *resource =
                ens_tf_schema_find(ENS_TF_RESOURCE, ens_str_of(ens_tf_schemas[i].name));
            assert_non_null(resource);
            assert_non_null(resource->identity);
            assert_null(ens_tf_schemas[i].identity);
            for (const struct ens_tf_attribute *row = resource->identity; row->name != NULL;
                 row++) {
                assert_non_null(
                    ens_tf_attribute_find(resource->attributes, ens_str_of(row->name))->show);
            }
        }
    }
}

static void test_finding(void **state)
{
    (void)state;
    assert_non_null(ens_tf_schema_find(ENS_TF_RESOURCE, ENS_STR("ensure_instance_running")));
    assert_non_null(ens_tf_schema_find(ENS_TF_ACTION, ENS_STR("ensure_start")));
    assert_null(ens_tf_schema_find(ENS_TF_DATA_SOURCE, ENS_STR("ensure_start")));
    assert_null(ens_tf_schema_find(ENS_TF_RESOURCE, ENS_STR("")));
    assert_int_equal(ens_tf_provider_schema->kind, ENS_TF_PROVIDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_schemas_are_sound),
        cmocka_unit_test(test_rows_are_complete),
        cmocka_unit_test(test_found_rows_are_complete),
        cmocka_unit_test(test_lists_are_of_resources),
        cmocka_unit_test(test_finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
