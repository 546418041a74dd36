/* SPDX-License-Identifier: Apache-2.0 */
/* Limits and pages, which the golden files of tests/golden/parse do not cover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/reply.h"
#include "kit/text.h"
#include "support/exact_memory.h"

static const struct kit_instance_shape shape = {
    .path = "list", .id = "id", .status = "status", .expiry = "expiry"};

/* Reads a reply with a list of count instances. */
static void read_many(const struct ens_memory *memory, size_t count,
                      struct ens_describe_result *ret)
{
    struct kit_text text = kit_text_new(memory);

    kit_text_add(&text, KIT_STR("{\"list\":["));
    for (size_t i = 0; i < count; i++) {
        kit_text_add(&text, kit_format(memory, "%s{\"id\":\"i-%zu\",\"status\":\"S\"}",
                                       i == 0 ? "" : ",", i));
    }
    kit_text_add(&text, KIT_STR("]}"));
    ens_str error = {0};
    KIT_AUTO_JSON *root = kit_json_object(memory, kit_text_done(&text), 0, &error);
    assert_non_null(root);
    kit_read_instances(memory, root, &shape, ret);
}

static void test_list_limit(void **state)
{
    struct exact_memory exact;
    struct ens_describe_result at_limit = {.struct_size = sizeof(at_limit)};
    struct ens_describe_result beyond = {.struct_size = sizeof(beyond)};

    (void)state;
    exact_memory_init(&exact);
    read_many(&exact.memory, KIT_LIST_MAX, &at_limit);
    assert_int_equal(at_limit.answer.malformed, 0);
    assert_int_equal(at_limit.observation_count, KIT_LIST_MAX);
    assert_true(kit_is(at_limit.observations[KIT_LIST_MAX - 1]->id, "i-999"));
    read_many(&exact.memory, KIT_LIST_MAX + 1, &beyond);
    assert_int_equal(beyond.answer.malformed, 1);
    assert_true(kit_is(beyond.answer.detail, "list has more than 1000 elements"));
    assert_int_equal(beyond.observation_count, 0);
    exact_memory_done(&exact);
}

static void test_next_page(void **state)
{
    const struct ens_call_spec call = {.struct_size = sizeof(call), .page = KIT_STR("p1")};
    struct ens_describe_result next = {.struct_size = sizeof(next)};
    struct ens_describe_result last = {.struct_size = sizeof(last)};
    struct ens_describe_result same = {.struct_size = sizeof(same)};

    (void)state;
    kit_read_next_page(&call, KIT_STR("p2"), &next.answer, &next.next_page);
    assert_true(kit_is(next.next_page, "p2"));
    assert_int_equal(next.answer.malformed, 0);
    kit_read_next_page(&call, (ens_str){NULL, 0}, &last.answer, &last.next_page);
    assert_int_equal(last.next_page.len, 0);
    assert_int_equal(last.answer.malformed, 0);
    kit_read_next_page(&call, KIT_STR("p1"), &same.answer, &same.next_page);
    assert_int_equal(same.next_page.len, 0);
    assert_int_equal(same.answer.malformed, 1);
    assert_true(kit_is(same.answer.detail, "the next page is the page just read"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_limit),
        cmocka_unit_test(test_next_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
