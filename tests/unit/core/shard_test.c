/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "core/shard.h"
#include "support/fake_environment.h"

/* ---- which shard ----------------------------------------------------------------------------- */

static void test_named(void **state)
{
    static const struct {
        const char *text;
        size_t index;
        size_t count; /* 0: refused */
    } rows[] = {
        {"0/1", 0, 1},      {"7/8", 7, 8},  {"007/08", 7, 8}, {"99999/100000", 99999, 100000},
        {"", 0, 0},         {"1", 0, 0},    {"/", 0, 0},      {"1/", 0, 0},
        {"/1", 0, 0},       {"0/0", 0, 0},  {"8/8", 0, 0},    {"9/8", 0, 0},
        {"-1/8", 0, 0},     {"+1/8", 0, 0}, {" 1/8", 0, 0},   {"1/8 ", 0, 0},
        {"1/2/3", 0, 0},    {"a/b", 0, 0},  {"1.0/8", 0, 0},  {"0x1/8", 0, 0},
        {"0/100001", 0, 0}, {"Auto", 0, 0}, {"1\\8", 0, 0},   {"0/9999999999999999999", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        struct ens_shard shard = {0};
        ens_rc rc = ens_shard_parse(ens_str_of(rows[i].text), &shard, &diags);
        if ((rc == ENS_OK) != (rows[i].count > 0)) {
            fail_msg("\"%s\"", rows[i].text);
        }
        assert_int_equal(shard.index, rows[i].index);
        assert_int_equal(shard.count, rows[i].count);
        if (rc != ENS_OK) {
            assert_non_null(strstr(diags.items[0].summary, "is not a shard: expected I/N"));
        }
    }
}

static void test_of_an_array(void **state)
{
    static const struct {
        const struct variable variables[8];
        size_t index;
        size_t count;     /* 0: refused */
        const char *said; /* then */
    } rows[] = {
        {{{"JOB_COMPLETION_INDEX", "0"}, {"ENSURE_SHARDS", "8"}}, 0, 8, NULL},
        {{{"JOB_COMPLETION_INDEX", "7"}, {"ENSURE_SHARDS", "8"}}, 7, 8, NULL},
        {{{"SLURM_ARRAY_TASK_ID", "0"},
          {"SLURM_ARRAY_TASK_MIN", "0"},
          {"SLURM_ARRAY_TASK_COUNT", "4"}},
         0,
         4,
         NULL},
        {{{"SLURM_ARRAY_TASK_ID", "12"},
          {"SLURM_ARRAY_TASK_MIN", "10"},
          {"SLURM_ARRAY_TASK_MAX", "13"},
          {"SLURM_ARRAY_TASK_COUNT", "4"}},
         2,
         4,
         NULL},
        /* Kubernetes within Slurm: the innermost is asked. */
        {{{"JOB_COMPLETION_INDEX", "1"}, {"ENSURE_SHARDS", "2"}, {"SLURM_ARRAY_TASK_ID", "5"}},
         1,
         2,
         NULL},
        {{{NULL, NULL}}, 0, 0, "neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID is set"},
        {{{"ENSURE_SHARDS", "8"}}, 0, 0, "neither"},
        {{{"JOB_COMPLETION_INDEX", ""}}, 0, 0, "neither"},
        {{{"JOB_COMPLETION_INDEX", "1"}}, 0, 0, "ENSURE_SHARDS is not set"},
        {{{"JOB_COMPLETION_INDEX", "8"}, {"ENSURE_SHARDS", "8"}},
         0,
         0,
         "JOB_COMPLETION_INDEX is 8: expected 0 to 7, since ENSURE_SHARDS is 8"},
        {{{"JOB_COMPLETION_INDEX", "0"}, {"ENSURE_SHARDS", "0"}},
         0,
         0,
         "ENSURE_SHARDS is 0: expected 1"},
        {{{"JOB_COMPLETION_INDEX", "0"}, {"ENSURE_SHARDS", "100001"}},
         0,
         0,
         "expected 1 to 100000"},
        {{{"JOB_COMPLETION_INDEX", "x"}, {"ENSURE_SHARDS", "8"}},
         0,
         0,
         "JOB_COMPLETION_INDEX is \"x\": expected a number"},
        {{{"JOB_COMPLETION_INDEX", "-1"}, {"ENSURE_SHARDS", "8"}}, 0, 0, "expected a number"},
        {{{"JOB_COMPLETION_INDEX", "0"}, {"ENSURE_SHARDS", "8 "}}, 0, 0, "expected a number"},
        {{{"SLURM_ARRAY_TASK_ID", "3"}}, 0, 0, "SLURM_ARRAY_TASK_MIN is not set"},
        {{{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_MIN", "0"}},
         0,
         0,
         "SLURM_ARRAY_TASK_COUNT is not set"},
        {{{"SLURM_ARRAY_TASK_ID", "1"},
          {"SLURM_ARRAY_TASK_MIN", "2"},
          {"SLURM_ARRAY_TASK_COUNT", "4"}},
         0,
         0,
         "SLURM_ARRAY_TASK_ID is 1: expected 2 to 5"},
        /* --array=0-6:2 */
        {{{"SLURM_ARRAY_TASK_ID", "2"},
          {"SLURM_ARRAY_TASK_MIN", "0"},
          {"SLURM_ARRAY_TASK_MAX", "6"},
          {"SLURM_ARRAY_TASK_COUNT", "4"}},
         0,
         0,
         "SLURM_ARRAY_TASK_COUNT is 4, from 0 to 6: expected an array without gaps"},
        {{{"SLURM_ARRAY_TASK_ID", "2"},
          {"SLURM_ARRAY_TASK_MIN", "0"},
          {"SLURM_ARRAY_TASK_MAX", "?"},
          {"SLURM_ARRAY_TASK_COUNT", "4"}},
         0,
         0,
         "SLURM_ARRAY_TASK_MAX is \"?\": expected a number"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        const struct ens_environment environment = fake_environment(rows[i].variables);
        struct ens_shard shard = {0};
        ens_rc rc = ens_shard_auto(&environment, &shard, &diags);
        assert_int_equal(rc, rows[i].count > 0 ? ENS_OK : ENS_INVALID);
        assert_int_equal(shard.index, rows[i].index);
        assert_int_equal(shard.count, rows[i].count);
        if (rows[i].said != NULL && strstr(diags.items[0].summary, rows[i].said) == NULL) {
            fail_msg("\"%s\" is not in: %s", rows[i].said, diags.items[0].summary);
        }
    }
}

/* ---- the division ---------------------------------------------------------------------------- */

#define MOST 2000

struct fleet {
    struct ens_target targets[MOST];
    char ids[MOST][16];
    size_t count;
};

static uint32_t draw(uint32_t *seed, uint32_t most)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % most;
}

/* Distinct targets of some routes, in a random order. */
static void fill(struct fleet *fleet, uint32_t *seed)
{
    static const struct ens_target routes[] = {
        {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), {NULL, 0}},
        {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-beijing"), {NULL, 0}},
        {ENS_STR_INIT("volcengine"), ENS_STR_INIT("cn-beijing"), {NULL, 0}},
        {ENS_STR_INIT("baidu"), ENS_STR_INIT("bj"), {NULL, 0}},
    };
    const uint32_t used = 1 + draw(seed, ENS_COUNT(routes));

    fleet->count = draw(seed, MOST);
    for (size_t i = 0; i < fleet->count; i++) {
        (void)snprintf(fleet->ids[i], sizeof(fleet->ids[i]), "i-%zu", i);
        fleet->targets[i] = routes[draw(seed, used)];
        fleet->targets[i].id = ens_str_of(fleet->ids[i]);
    }
    for (size_t i = fleet->count; i > 1; i--) {
        const size_t other = draw(seed, (uint32_t)i);
        const struct ens_target one = fleet->targets[i - 1];
        fleet->targets[i - 1] = fleet->targets[other];
        fleet->targets[other] = one;
    }
}

/* The number in the id "i-17". */
static size_t number_of(const struct ens_target *target)
{
    int64_t number = 0;

    assert_true(ens_str_to_i64((ens_str){target->id.ptr + 2, target->id.len - 2}, &number));
    return (size_t)number;
}

/* The shard of each target, by the number in its id. */
static void divide(const struct fleet *fleet, size_t shards, size_t *ret_owner)
{
    struct ens_target *part = ens_alloc_array(fleet->count, sizeof(*part));
    size_t total = 0;

    for (size_t s = 0; s < shards; s++) {
        const struct ens_shard shard = {s, shards};
        size_t next = 0; /* in the fleet: the part keeps its order */
        const size_t count = ens_shard_take(&shard, fleet->targets, fleet->count, part);
        for (size_t i = 0; i < count; i++, next++) {
            while (next < fleet->count && !ens_target_eq(&fleet->targets[next], &part[i])) {
                next++;
            }
            assert_true(next < fleet->count);
            const size_t number = number_of(&part[i]);
            assert_int_equal(ret_owner[number], SIZE_MAX); /* in one shard only */
            ret_owner[number] = s;
        }
        total += count;
    }
    assert_int_equal(total, fleet->count); /* and each in one */
    ens_free(part);
}

/* Counts how many targets of the route are in the shard. */
static size_t count_of(const struct fleet *fleet, const size_t *owner,
                       const struct ens_target *route, size_t shard)
{
    size_t count = 0;

    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_target *target = &fleet->targets[i];
        const size_t number = number_of(target);
        count += ens_str_eq(target->cloud, route->cloud) &&
                         ens_str_eq(target->region, route->region) && owner[number] == shard
                     ? 1
                     : 0;
    }
    return count;
}

/* Of each route all shards but one have whole batches alone. */
static void check_batches(const struct fleet *fleet, const size_t *owner, size_t shards)
{
    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_target *route = &fleet->targets[i];
        size_t partial = 0;
        bool first = true;
        for (size_t j = 0; j < i && first; j++) {
            first = !ens_str_eq(fleet->targets[j].cloud, route->cloud) ||
                    !ens_str_eq(fleet->targets[j].region, route->region);
        }
        for (size_t s = 0; first && s < shards; s++) {
            partial += count_of(fleet, owner, route, s) % ENS_SHARD_BATCH > 0 ? 1 : 0;
        }
        assert_true(partial <= 1);
    }
}

static void test_division(void **state)
{
    static struct fleet fleet;
    static size_t owner[MOST];
    static size_t again[MOST];
    uint32_t seed = 7;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        const size_t shards = 1 + draw(&seed, round % 10 == 0 ? MOST : 12);
        fill(&fleet, &seed);
        memset(owner, 0xff, sizeof(owner));
        memset(again, 0xff, sizeof(again));
        divide(&fleet, shards, owner);
        check_batches(&fleet, owner, shards < 12 ? shards : 0);
        /* The order of the list plays no part. */
        for (size_t i = 0; i < fleet.count / 2; i++) {
            const struct ens_target one = fleet.targets[i];
            fleet.targets[i] = fleet.targets[fleet.count - 1 - i];
            fleet.targets[fleet.count - 1 - i] = one;
        }
        divide(&fleet, shards, again);
        assert_memory_equal(owner, again, sizeof(owner));
    }
}

/* 12 batches among 8 shards: one or two for each. */
static void test_even(void **state)
{
    static struct fleet fleet;
    static struct ens_target part[MOST];

    (void)state;
    fleet.count = 12 * ENS_SHARD_BATCH - 1;
    for (size_t i = 0; i < fleet.count; i++) {
        (void)snprintf(fleet.ids[i], sizeof(fleet.ids[i]), "i-%zu", i);
        fleet.targets[i] =
            (struct ens_target){ENS_STR("baidu"), ENS_STR("bj"), ens_str_of(fleet.ids[i])};
    }
    for (size_t s = 0; s < 8; s++) {
        const struct ens_shard shard = {s, 8};
        const size_t count = ens_shard_take(&shard, fleet.targets, fleet.count, part);
        assert_int_equal(count, s == 3  ? 2 * ENS_SHARD_BATCH - 1
                                : s < 3 ? 2 * ENS_SHARD_BATCH
                                        : ENS_SHARD_BATCH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_of_an_array),
        cmocka_unit_test(test_division),
        cmocka_unit_test(test_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
