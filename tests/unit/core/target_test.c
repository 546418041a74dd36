/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/quote.h"
#include "core/target.h"

#define X10   "xxxxxxxxxx"
#define X30   X10 X10 X10
#define X60   X30 X30
#define MAX32 X30 "xx"
#define MAX62 X60 "xx"

static void test_good_targets(void **state)
{
    static const struct {
        const char *text;
        const char *cloud;
        const char *region;
        const char *id;
    } rows[] = {
        {"alibaba/cn-hangzhou/i-bp67acfmxazb4p0001", "alibaba", "cn-hangzhou",
         "i-bp67acfmxazb4p0001"},
        {"volcengine/cn-beijing/i-3tiefmkskq3vj0000001", "volcengine", "cn-beijing",
         "i-3tiefmkskq3vj0000001"},
        {"baidu/bj/i-AbC_-9", "baidu", "bj", "i-AbC_-9"},
        {"a/b/i-c", "a", "b", "i-c"},
        {"a_1/b-2/i--", "a_1", "b-2", "i--"},
        {MAX32 "/" MAX32 "/i-" MAX62, MAX32, MAX32, "i-" MAX62},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_target target = {0};
        assert_int_equal(ens_target_parse(ens_str_of(rows[i].text), NULL, &target, &diags), ENS_OK);
        assert_true(ens_str_is(target.cloud, rows[i].cloud));
        assert_true(ens_str_is(target.region, rows[i].region));
        assert_true(ens_str_is(target.id, rows[i].id));
        assert_true(ens_str_is(ens_target_text(arena, &target), rows[i].text));
        assert_int_equal(diags.count, 0);
    }
}

static void test_bad_targets(void **state)
{
    static const struct {
        const char *text;
        const char *said; /* part of the diagnostic */
    } rows[] = {
        {"", "expected cloud/region/instance-id"},
        {"alibaba", "expected cloud/region/instance-id"},
        {"alibaba/cn-hangzhou", "expected cloud/region/instance-id"},
        {"/bj/i-1", "cloud \"\" is malformed"},
        {"Alibaba/bj/i-1", "cloud \"Alibaba\" is malformed: expected 1 to 32"},
        {"ali-baba/bj/i-1", "cloud \"ali-baba\""},
        {MAX32 "x/bj/i-1", "cloud \"" MAX32 "x\""},
        {"baidu//i-1", "region \"\" is malformed"},
        {"baidu/BJ/i-1", "region \"BJ\" is malformed"},
        {"baidu/b_j/i-1", "region \"b_j\""},
        {"baidu/" MAX32 "x/i-1", "region \"" MAX32 "x\""},
        {"baidu/bj/", "instance id \"\" is malformed"},
        {"baidu/bj/i-", "instance id \"i-\" is malformed: expected i- and 1 to 62"},
        {"baidu/bj/x-1", "instance id \"x-1\""},
        {"baidu/bj/I-1", "instance id \"I-1\""},
        {"baidu/bj/i-1/2", "instance id \"i-1/2\""},
        {"baidu/bj/i-1 ", "instance id \"i-1 \""},
        {"baidu/bj/i-\xe5\x8c\x97", "instance id \"i-\xe5\x8c\x97\""},
        {"baidu/bj/i-\x1b[31m", "instance id \"i-?[31m\""},
        {"baidu/bj/i-" MAX62 "x", "instance id \"i-" MAX62 "x\""},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_target target = {.cloud = ENS_STR("kept")};
        assert_int_equal(ens_target_parse(ens_str_of(rows[i].text), "targets[1]", &target, &diags),
                         ENS_INVALID);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].where, "targets[1]");
        if (strstr(diags.items[0].summary, rows[i].said) == NULL) {
            fail_msg("\"%s\" is not in: %s", rows[i].said, diags.items[0].summary);
        }
        assert_true(ens_str_is(target.cloud, "kept"));
        assert_int_equal(ens_target_parse(ens_str_of(rows[i].text), NULL, &target, NULL),
                         ENS_INVALID);
    }
}

static void test_nul_inside_is_refused(void **state)
{
    struct ens_target target = {0};

    (void)state;
    assert_int_equal(ens_target_parse(ENS_STR("baidu/bj/i-1\0"), NULL, &target, NULL), ENS_INVALID);
}

static void test_quote_is_cut_and_printable(void **state)
{
    char long_text[ENS_QUOTE_MAX + 2];

    (void)state;
    memset(long_text, 'q', sizeof(long_text));
    assert_int_equal(strlen(ens_quoted((ens_str){long_text, ENS_QUOTE_MAX}).text), ENS_QUOTE_MAX);
    struct ens_quote cut = ens_quoted((ens_str){long_text, ENS_QUOTE_MAX + 1});
    assert_string_equal(cut.text + ENS_QUOTE_MAX, "...");
    assert_string_equal(ens_quoted(ENS_STR("a\nb\x7f\x9b")).text, "a?b??");
    assert_string_equal(ens_quoted((ens_str){NULL, 0}).text, "");
}

static void test_list_keeps_order_and_drops_duplicates(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_target_list list = {.arena = arena};
    char text[] = "baidu/bj/i-1";
    struct ens_target target = {0};
    size_t index = 99;

    (void)state;
    assert_int_equal(ens_target_parse(ens_str_of(text), NULL, &target, NULL), ENS_OK);
    assert_int_equal(ens_target_list_add(&list, &target, &index, NULL), ENS_OK);
    assert_int_equal(index, 0);
    text[11] = '2'; /* the list has copied the target */
    assert_int_equal(ens_target_list_add(&list, &target, &index, NULL), ENS_OK);
    assert_int_equal(index, 1);
    text[11] = '1';
    assert_int_equal(ens_target_list_add(&list, &target, &index, NULL), ENS_OK);
    assert_int_equal(index, 0);
    assert_int_equal(list.count, 2);
    const struct ens_target first = ens_target_list_at(&list, 0);
    const struct ens_target second = ens_target_list_at(&list, 1);
    assert_true(ens_str_is(first.id, "i-1"));
    assert_true(ens_str_is(second.id, "i-2"));
    assert_false(ens_target_eq(&first, &second));
    assert_true(ens_target_eq(&first, &target));
}

static void test_list_finds(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_target_list list = {.arena = arena};
    const struct ens_target known = {ENS_STR_INIT("a"), ENS_STR_INIT("b"), ENS_STR_INIT("i-1")};
    const struct ens_target other = {ENS_STR_INIT("a"), ENS_STR_INIT("b"), ENS_STR_INIT("i-2")};
    size_t index = 7;

    (void)state;
    assert_false(ens_target_list_find(&list, &known, &index));
    assert_int_equal(ens_target_list_add(&list, &other, NULL, NULL), ENS_OK);
    assert_false(ens_target_list_find(&list, &known, &index));
    assert_int_equal(index, 7);
    assert_int_equal(ens_target_list_add(&list, &known, NULL, NULL), ENS_OK);
    assert_true(ens_target_list_find(&list, &known, &index));
    assert_int_equal(index, 1);
}

/* Targets whose concatenated parts are equal are different. */
static void test_list_compares_parts(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_target_list list = {.arena = arena};
    const struct ens_target targets[] = {
        {ENS_STR_INIT("ab"), ENS_STR_INIT("c"), ENS_STR_INIT("i-1")},
        {ENS_STR_INIT("a"), ENS_STR_INIT("bc"), ENS_STR_INIT("i-1")},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(targets); i++) {
        assert_int_equal(ens_target_list_add(&list, &targets[i], NULL, NULL), ENS_OK);
    }
    assert_int_equal(list.count, 2);
}

static void test_list_limit(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_target_list list = {.arena = arena};
    char id[ENS_ID_MAX + 1];
    struct ens_target target = {.cloud = ENS_STR("baidu"), .region = ENS_STR("bj")};

    (void)state;
    for (int i = 0; i < ENS_TARGETS_MAX; i++) {
        (void)snprintf(id, sizeof(id), "i-%d", i);
        target.id = ens_str_of(id);
        assert_int_equal(ens_target_list_add(&list, &target, NULL, &diags), ENS_OK);
    }
    target.id = ENS_STR("i-7"); /* a duplicate does not count */
    assert_int_equal(ens_target_list_add(&list, &target, NULL, &diags), ENS_OK);
    target.id = ENS_STR("i-more");
    assert_int_equal(ens_target_list_add(&list, &target, NULL, &diags), ENS_LIMIT);
    assert_int_equal(list.count, ENS_TARGETS_MAX);
    assert_int_equal(diags.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_targets),
        cmocka_unit_test(test_bad_targets),
        cmocka_unit_test(test_nul_inside_is_refused),
        cmocka_unit_test(test_quote_is_cut_and_printable),
        cmocka_unit_test(test_list_keeps_order_and_drops_duplicates),
        cmocka_unit_test(test_list_finds),
        cmocka_unit_test(test_list_compares_parts),
        cmocka_unit_test(test_list_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
