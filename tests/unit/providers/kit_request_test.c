/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/request.h"
#include "kit/text.h"
#include "support/exact_memory.h"

static struct exact_memory exact;

static int setup(void **state)
{
    (void)state;
    exact_memory_init(&exact);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    exact_memory_done(&exact);
    return 0;
}

static struct ens_http_request with_query(const struct kit_pairs *query)
{
    struct ens_http_request request = {
        .struct_size = sizeof(request), .method = KIT_STR("GET"), .path = KIT_STR("/a b")};

    kit_request_set_query(&request, query);
    return request;
}

static void test_query(void **state)
{
    ens_str ids[11];
    struct kit_pairs query = kit_pairs_new(&exact.memory);

    (void)state;
    for (size_t i = 0; i < 11; i++) {
        ids[i] = KIT_STR("i");
    }
    struct ens_http_request request = with_query(&query);
    assert_int_equal(kit_query(&exact.memory, &request).len, 0);
    kit_pairs_add(&query, "b", KIT_STR("x y"));
    kit_pairs_add(&query, "a", KIT_STR(""));
    kit_pairs_add(&query, "b", KIT_STR("&"));
    kit_pairs_add_numbered(&query, "Id.", ids, 11);
    request = with_query(&query);
    assert_int_equal(request.query_count, 14);
    assert_true(kit_is(request.query[3]->name, "Id.1"));
    assert_true(kit_is(request.query[4]->name, "Id.10"));
    assert_true(kit_is(request.query[13]->name, "Id.9"));
    ens_str text = kit_query(&exact.memory, &request);
    assert_true(kit_is(text, "Id.1=i&Id.10=i&Id.11=i&Id.2=i&Id.3=i&Id.4=i&Id.5=i&Id.6=i&Id.7=i&"
                             "Id.8=i&Id.9=i&a=&b=%26&b=x%20y"));
    /* the request itself is not sorted */
    assert_true(kit_is(request.query[0]->name, "b"));
}

static void test_target(void **state)
{
    (void)state;
    assert_true(kit_is(kit_target(&exact.memory, KIT_STR("/a b/c"), KIT_STR("")), "/a%20b/c"));
    assert_true(kit_is(kit_target(&exact.memory, KIT_STR("/"), KIT_STR("a=")), "/?a="));
}

static void test_canonical_request(void **state)
{
    struct kit_pairs query = kit_pairs_new(&exact.memory);
    struct kit_pairs headers = kit_pairs_new(&exact.memory);

    (void)state;
    kit_pairs_add(&headers, "x-b", KIT_STR(" 2 "));
    kit_pairs_add(&headers, "host", KIT_STR("h"));
    kit_pairs_sort(&headers);
    struct ens_http_request request = with_query(&query);
    ens_str text =
        kit_canonical_request(&exact.memory, &request, KIT_STR("q="), &headers, KIT_STR("hash"));
    assert_true(kit_is(text, "GET\n/a%20b\nq=\nhost:h\nx-b:2\n\nhost;x-b\nhash"));
}

static void test_json_array(void **state)
{
    const ens_str items[] = {KIT_STR("i-1"), KIT_STR("a\"b\\c")};

    (void)state;
    assert_true(kit_is(kit_json_array(&exact.memory, items, 0), "[]"));
    assert_true(kit_is(kit_json_array(&exact.memory, items, 1), "[\"i-1\"]"));
    assert_true(kit_is(kit_json_array(&exact.memory, items, 2), "[\"i-1\",\"a\\\"b\\\\c\"]"));
}

static void test_reply_header(void **state)
{
    const struct ens_pair one = {KIT_STR("x-a"), KIT_STR(" 1 ")};
    const struct ens_pair two = {KIT_STR("x-ab"), KIT_STR("2")};
    const struct ens_pair *const headers[] = {&one, &two};
    const struct ens_http_reply reply = {
        .struct_size = sizeof(reply), .headers = headers, .header_count = 2};

    (void)state;
    assert_true(kit_is(kit_reply_header(&reply, "x-a"), "1"));
    assert_true(kit_is(kit_reply_header(&reply, "x-ab"), "2"));
    assert_int_equal(kit_reply_header(&reply, "x").len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_canonical_request),
        cmocka_unit_test(test_json_array),
        cmocka_unit_test(test_reply_header),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
