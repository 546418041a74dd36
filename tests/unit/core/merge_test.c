/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/merge.h"

#define PARTS_MAX 4

/* A document with the given instances of baidu/bj: letters, "ab" for i-a and i-b. */
static struct ens_document document_of(struct ens_arena *arena, enum ens_document_kind kind,
                                       const char *ids, struct ens_shard shard)
{
    struct ens_document document = {
        .kind = kind,
        .created_at = ENS_STR("2026-09-01T08:09:10Z"),
        .shard = shard,
        .results = ens_arena_array(arena, strlen(ids), sizeof(struct ens_result))};

    for (; ids[document.count] != '\0'; document.count++) {
        struct ens_result *result = &document.results[document.count];
        *result = (struct ens_result){
            .target = {ENS_STR("baidu"), ENS_STR("bj"),
                       ens_arena_printf(arena, "i-%c", ids[document.count])},
            .status = ENS_STATUS_RUNNING,
        };
        ens_document_count_result(&document, result);
    }
    return document;
}

static void test_merged(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document a = document_of(arena, ENS_DOCUMENT_APPLY, "ba", (struct ens_shard){1, 3});
    struct ens_document b = document_of(arena, ENS_DOCUMENT_APPLY, "c", (struct ens_shard){0, 3});
    struct ens_document c = document_of(arena, ENS_DOCUMENT_APPLY, "", (struct ens_shard){2, 3});
    const ens_str first[] = {ENS_STR("One."), ENS_STR("Two.")};
    const ens_str second[] = {ENS_STR("Two."), ENS_STR("Three.")};
    const struct ens_merge_part parts[] = {{"a", &a}, {"b", &b}, {"c", &c}};
    struct ens_document merged = {0};

    (void)state;
    a.warnings = first;
    a.warning_count = 2;
    c.warnings = second;
    c.warning_count = 2;
    b.created_at = ENS_STR("2026-09-01T08:09:09Z");
    b.results[0].status = ENS_STATUS_STOPPED;
    b.results[0].action = ENS_ACTION_REFUSE;
    assert_int_equal(ens_document_merge(arena, parts, 3, &merged, NULL), ENS_OK);
    assert_int_equal(merged.kind, ENS_DOCUMENT_APPLY);
    assert_int_equal(merged.shard.count, 0);
    assert_true(ens_str_eq(merged.created_at, b.created_at));
    assert_int_equal(merged.applied_at.len, 0);
    assert_int_equal(merged.count, 3);
    assert_true(ens_str_is(merged.results[0].target.id, "i-b"));
    assert_true(ens_str_is(merged.results[1].target.id, "i-a"));
    assert_true(ens_str_is(merged.results[2].target.id, "i-c"));
    assert_int_equal(merged.summary.total, 3);
    assert_int_equal(merged.summary.running, 2);
    assert_int_equal(merged.summary.refused, 1);
    assert_int_equal(merged.warning_count, 3);
    assert_true(ens_str_is(merged.warnings[0], "One."));
    assert_true(ens_str_is(merged.warnings[1], "Two."));
    assert_true(ens_str_is(merged.warnings[2], "Three."));
}

/* A plan of which a part was applied must not be applied again. */
static void test_applied_plan(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document a = document_of(arena, ENS_DOCUMENT_PLAN, "a", (struct ens_shard){0, 0});
    struct ens_document b = document_of(arena, ENS_DOCUMENT_PLAN, "b", (struct ens_shard){0, 0});
    const struct ens_merge_part parts[] = {{"a", &a}, {"b", &b}};
    struct ens_document merged = {0};

    (void)state;
    b.applied_at = ENS_STR("2026-09-02T00:00:00Z");
    assert_int_equal(ens_document_merge(arena, parts, 2, &merged, NULL), ENS_OK);
    assert_true(ens_str_eq(merged.applied_at, b.applied_at));
    assert_int_equal(merged.warning_count, 0);
}

static void test_missing_shards(void **state)
{
    static const struct {
        struct ens_shard shards[PARTS_MAX]; /* count 0: no further part */
        const char *said;                   /* NULL: no warning */
    } rows[] = {
        {{{0, 1}}, NULL},
        {{{1, 3}, {0, 3}, {2, 3}}, NULL},
        {{{1, 3}, {0, 3}}, "1 of 3 shards is missing: 2"},
        {{{1, 4}}, "3 of 4 shards are missing: 0, 2, 3"},
        {{{10, 11}}, "10 of 11 shards are missing: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"},
        {{{99999, 100000}},
         "99999 of 100000 shards are missing: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 99989 more"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_document documents[PARTS_MAX];
        struct ens_merge_part parts[PARTS_MAX];
        struct ens_document merged = {0};
        size_t count = 0;
        for (; rows[i].shards[count].count > 0; count++) {
            documents[count] = document_of(arena, ENS_DOCUMENT_STATUS, "", rows[i].shards[count]);
            parts[count] = (struct ens_merge_part){"x", &documents[count]};
        }
        assert_int_equal(ens_document_merge(arena, parts, count, &merged, NULL), ENS_OK);
        assert_int_equal(merged.warning_count, rows[i].said == NULL ? 0 : 1);
        if (rows[i].said != NULL) {
            assert_string_equal(merged.warnings[0].ptr, rows[i].said);
        }
    }
}

#define P ENS_DOCUMENT_PLAN
#define S ENS_DOCUMENT_STATUS
#define F ENS_DOCUMENT_FLEET

static void test_refused(void **state)
{
    static const struct {
        struct {
            enum ens_document_kind kind;
            const char *ids; /* NULL: no further part */
            struct ens_shard shard;
        } parts[PARTS_MAX];
        const char *said;
    } rows[] = {
        {{{P, "a", {0, 0}}, {S, "b", {0, 0}}},
         "0.json is of format ensure.plan/v1, and 1.json of ensure.status/v1"},
        {{{F, "a", {0, 0}}}, "0.json is a fleet: expected a plan, a result or a status"},
        {{{P, "a", {0, 0}}, {F, "b", {0, 0}}}, "1.json is a fleet"},
        {{{P, "a", {0, 0}}, {P, "bc", {0, 0}}, {P, "db", {0, 0}}},
         "baidu/bj/i-b is in 1.json and in 2.json"},
        {{{P, "a", {0, 0}}, {P, "a", {0, 0}}}, "baidu/bj/i-a is in 0.json and in 1.json"},
        {{{P, "a", {0, 8}}, {P, "b", {1, 4}}},
         "0.json is one of 8 shards, and 1.json one of 4: expected shards of one division"},
        {{{P, "a", {0, 0}}, {P, "b", {1, 4}}, {P, "c", {2, 4}}},
         "1.json is one of 4 shards, and 0.json is no shard: expected all or none"},
        {{{P, "a", {0, 1}}, {P, "b", {0, 0}}},
         "0.json is one of 1 shard, and 1.json is no shard: expected all or none"},
        {{{P, "a", {3, 8}}, {P, "b", {2, 8}}, {P, "c", {3, 8}}},
         "0.json and 2.json are both shard 3/8: expected each once"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        static const char *const names[] = {"0.json", "1.json", "2.json", "3.json"};
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_document documents[PARTS_MAX];
        struct ens_merge_part parts[PARTS_MAX];
        struct ens_document merged = {.count = 77};
        size_t count = 0;
        for (; count < PARTS_MAX && rows[i].parts[count].ids != NULL; count++) {
            /* A fleet has no counts, so it is made as a plan. */
            documents[count] =
                document_of(arena, P, rows[i].parts[count].ids, rows[i].parts[count].shard);
            documents[count].kind = rows[i].parts[count].kind;
            parts[count] = (struct ens_merge_part){names[count], &documents[count]};
        }
        assert_int_equal(ens_document_merge(arena, parts, count, &merged, &diags), ENS_INVALID);
        assert_int_equal(diags.count, 1);
        if (strstr(diags.items[0].summary, rows[i].said) == NULL) {
            fail_msg("\"%s\" is not in: %s", rows[i].said, diags.items[0].summary);
        }
        assert_int_equal(merged.count, 77);
    }
}

/* As many instances as there may be, and one more. */
static void test_most(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document halves[2] = {{.kind = S}, {.kind = S}};
    const struct ens_merge_part parts[] = {{"a", &halves[0]}, {"b", &halves[1]}};

    (void)state;
    for (size_t h = 0; h < 2; h++) {
        halves[h].results =
            ens_arena_array(arena, ENS_RESULTS_MAX / 2 + 1, sizeof(struct ens_result));
        halves[h].count = ENS_RESULTS_MAX / 2;
        for (size_t i = 0; i < ENS_RESULTS_MAX / 2 + 1; i++) {
            halves[h].results[i].target = (struct ens_target){
                ENS_STR("baidu"), ENS_STR("bj"), ens_arena_printf(arena, "i-%zu-%zu", h, i)};
        }
    }
    for (size_t more = 0; more < 2; more++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_document merged = {0};
        halves[1].count += more;
        ens_rc rc = ens_document_merge(arena, parts, 2, &merged, &diags);
        assert_int_equal(rc, more == 0 ? ENS_OK : ENS_LIMIT);
        assert_int_equal(merged.count, more == 0 ? ENS_RESULTS_MAX : 0);
        if (more > 0) {
            assert_string_equal(diags.items[0].summary,
                                "100001 instances in all: expected at most 100000");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merged),         cmocka_unit_test(test_applied_plan),
        cmocka_unit_test(test_missing_shards), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
