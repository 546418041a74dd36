/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of faults, and which requests they apply to. */

#include "assert_diag.h"
#include "fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void good_specifications(void **state)
{
    static const char *const rows[] = {
        "throttle",
        "throttle:0",
        "throttle:1500,cloud=alibaba,first=3",
        "error:409:Some.Code",
        "error:200:A:B",
        "http:500",
        "http:599",
        "cut,effect=yes",
        "hang,effect=no",
        "html",
        "html:404",
        "garbage:502",
        "xml",
        "empty:204",
        "huge",
        "huge:4096",
        "redirect",
        "redirect:https://example.com/a?b=c",
        "truncate,nth=2",
        "content-type:text/plain",
        "trickle:1",
        "delay:0",
        "stale-ms:1",
        "stale-reads:5,id=i-a",
        "start-anyway,dry_run=yes",
        "number-codes",
        "cut,p=0",
        "cut,p=1",
        "cut,p=0.25",
        "throttle,cloud=baidu,rate=1000000",
        "cut,cloud=baidu,action=ListInstances,dry_run=no,nth=1",
        "json:%7B%22a%22%3A1%7D,service=sts",
        "other-cloud,service=sts,cloud=alibaba",
        "other-cloud,service=metadata",
        "expires:-3600000,service=metadata",
        "expires:86400000,service=sts,action=AssumeRoleWithOIDC",
        "hang,service=github,action=GetToken",
        "hang,service=credentials_uri",
        "cut,service=api",
    };
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct emu_faults faults = {0};
        ENS_AUTO_DIAGS diags = {0};
        if (!emu_faults_add(&faults, rows[i], &diags)) {
            fail_msg("%s", diags.items[0].summary);
        }
        assert_string_equal(faults.items[0].spec.ptr, rows[i]);
        emu_faults_clear(&faults);
    }
}

static void bad_specifications(void **state)
{
    static const struct {
        const char *spec, *sentence;
    } rows[] = {
        {"", "fault \"\": unknown kind \"\", expected one of: throttle, error, "},
        {"explode", "fault \"explode\": unknown kind \"explode\""},
        {"cut:1", "fault \"cut:1\": cut takes no value"},
        {"cut:", "fault \"cut:\": cut needs a value after ':'"},
        {"throttle:", "fault \"throttle:\": throttle needs a value"},
        {"delay", "fault \"delay\": delay needs a value"},
        {"delay:-1", "fault \"delay:-1\": delay takes a whole number from 0 to 86400000"},
        {"delay:86400001", "fault \"delay:86400001\": delay takes a whole number"},
        {"http:499", "fault \"http:499\": http takes a whole number from 500 to 599"},
        {"http:600", "fault \"http:600\": http takes"},
        {"huge:4097", "fault \"huge:4097\": huge takes"},
        {"error:409", "fault \"error:409\": error takes HTTP:CODE"},
        {"error:99:X", "fault \"error:99:X\": error takes a whole number"},
        {"cut,", "fault \"cut,\": \"\" is not of the form SELECTOR=VALUE"},
        {"cut,nth", "fault \"cut,nth\": \"nth\" is not of the form"},
        {"cut,colour=red", "fault \"cut,colour=red\": unknown selector \"colour\""},
        {"cut,cloud=aws", "fault \"cut,cloud=aws\": \"aws\" is no value for cloud here"},
        {"cut,action=Stop", "fault \"cut,action=Stop\": \"Stop\" is no value for action here"},
        {"cut,id=x", "fault \"cut,id=x\": \"x\" is no value for id here"},
        {"cut,dry_run=1", "fault \"cut,dry_run=1\": \"1\" is no value for dry_run here"},
        {"cut,nth=0", "fault \"cut,nth=0\": \"0\" is no value for nth here"},
        {"cut,p=1.5", "fault \"cut,p=1.5\": \"1.5\" is no value for p here"},
        {"cut,rate=0", "fault \"cut,rate=0\": \"0\" is no value for rate here"},
        {"cut,rate=1000001", "fault \"cut,rate=1000001\": \"1000001\" is no value for rate here"},
        {"cut,p=", "fault \"cut,p=\": \"\" is no value for p here"},
        {"truncate,effect=no", "fault \"truncate,effect=no\": \"no\" is no value for effect here"},
        {"cut,service=ecs", "fault \"cut,service=ecs\": \"ecs\" is no value for service here"},
        {"json", "fault \"json\": json needs a value after ':'"},
        {"expires:86400001", "fault \"expires:86400001\": expires takes a whole number from "
                             "-86400000 to 86400000"},
        {"other-cloud", "fault \"other-cloud\": other-cloud needs service=sts or service=metadata"},
        {"other-cloud,service=github", "fault \"other-cloud,service=github\": other-cloud needs "},
        {"cut, nth=1", "fault \"cut, nth=1\": only printable ASCII without spaces is expected"},
    };
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct emu_faults faults = {0};
        ENS_AUTO_DIAGS diags = {0};
        assert_false(emu_faults_add(&faults, rows[i].spec, &diags));
        assert_diag(&diags, rows[i].sentence);
        assert_int_equal(faults.count, 0);
        emu_faults_clear(&faults);
    }
}

static void there_is_a_limit_of_faults(void **state)
{
    (void)state;
    struct emu_faults faults = {0};
    ENS_AUTO_DIAGS diags = {0};
    for (int i = 0; i < EMU_MAX_FAULTS; i++) {
        assert_true(emu_faults_add(&faults, "cut", &diags));
    }
    assert_false(emu_faults_add(&faults, "cut", &diags));
    assert_diag(&diags, "fault \"cut\": there are 64 faults already");
    emu_faults_clear(&faults);
}

/* Calls emu_faults_pick() `count` times; ret_pattern gets 'x' where a fault changes the reply, else
 * '.'. */
static void fire(struct emu_faults *faults, enum emu_cloud cloud, const struct emu_call *call,
                 size_t count, char *ret_pattern)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct emu_request request = {.arena = arena, .service = EMU_API, .cloud = cloud};
    for (size_t i = 0; i < count; i++) {
        struct emu_fault_effects effects;
        emu_faults_pick(faults, &request, call, &effects);
        ret_pattern[i] = effects.fault == NULL ? '.' : 'x';
    }
    ret_pattern[count] = '\0';
}

static void selectors_choose_requests(void **state)
{
    static const struct {
        const char *spec, *pattern;
    } rows[] = {
        {"cut", "xxxxx"},
        {"cut,nth=3", "..x.."},
        {"cut,first=2", "xx..."},
        {"cut,cloud=volcengine", "xxxxx"},
        {"cut,cloud=baidu", "....."},
        {"cut,action=StartInstance", "xxxxx"},
        {"cut,action=StartInstances", "....."},
        {"cut,service=api", "xxxxx"},
        {"cut,service=sts", "....."},
        {"cut,dry_run=yes", "....."},
        {"cut,dry_run=no", "xxxxx"},
        {"cut,id=i-b", "xxxxx"},
        {"cut,id=i-z", "....."},
        {"cut,p=0", "....."},
        {"cut,p=1", "xxxxx"},
        {"delay:5", "....."},
    };
    ens_str ids[] = {ENS_STR("i-a"), ENS_STR("i-b")};
    const struct emu_call call = {.name = "StartInstance", .ids = ids, .id_count = 2};
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct emu_faults faults = {.random = 1};
        char pattern[8];
        assert_true(emu_faults_add(&faults, rows[i].spec, NULL));
        fire(&faults, EMU_VOLCENGINE, &call, 5, pattern);
        assert_string_equal(pattern, rows[i].pattern);
        emu_faults_clear(&faults);
    }
}

static void chance_repeats_with_its_seed(void **state)
{
    (void)state;
    char patterns[3][65];
    const uint64_t seeds[3] = {7, 7, 8};
    for (int i = 0; i < 3; i++) {
        struct emu_faults faults = {.random = seeds[i]};
        const struct emu_call call = {.name = "StartInstance"};
        assert_true(emu_faults_add(&faults, "cut,p=0.5", NULL));
        fire(&faults, EMU_BAIDU, &call, 64, patterns[i]);
        emu_faults_clear(&faults);
    }
    assert_string_equal(patterns[0], patterns[1]);
    assert_string_not_equal(patterns[0], patterns[2]);
    assert_non_null(strchr(patterns[0], 'x'));
    assert_non_null(strchr(patterns[0], '.'));
}

/* A bucket of 3 that is refilled by 3 a second, for all callers together. */
static void a_rate_is_a_quota(void **state)
{
    static const struct {
        int64_t at_ms;
        bool fires;
    } rows[] = {
        {5000, false}, {5000, false}, {5000, false}, {5000, true},  {5332, true},
        {5334, false}, {5334, true},  {9000, false}, {9000, false}, {9000, false},
        {9000, true},  {9001, true},  {9667, false}, {9667, false}, {9667, true},
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct emu_faults faults = {.random = 1};
    const struct emu_call call = {.name = "StartInstance"};

    (void)state;
    assert_true(emu_faults_add(&faults, "throttle,cloud=baidu,rate=3", NULL));
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const struct emu_request request = {
            .arena = arena, .service = EMU_API, .cloud = EMU_BAIDU, .now_ms = rows[i].at_ms};
        struct emu_fault_effects effects;
        emu_faults_pick(&faults, &request, &call, &effects);
        if ((effects.fault != NULL) != rows[i].fires) {
            fail_msg("row %zu", i);
        }
    }
    emu_faults_clear(&faults);
}

static void faults_add_up(void **state)
{
    (void)state;
    struct emu_faults faults = {.random = 1};
    static const char *const specs[] = {"delay:5", "delay:7", "stale-reads:2", "cut,nth=2", "html"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(emu_faults_add(&faults, specs[i], NULL));
    }
    const struct emu_call call = {.name = "StartInstance"};
    struct emu_fault_effects effects;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct emu_request request = {.arena = arena, .service = EMU_API, .cloud = EMU_BAIDU};
    emu_faults_pick(&faults, &request, &call, &effects);
    assert_int_equal(effects.delay_ms, 12);
    assert_int_equal(effects.hold_back_reads, 2);
    assert_int_equal(effects.fault->kind, EMU_FAULT_HTML);
    assert_string_equal(effects.specs.ptr, "delay:5 delay:7 stale-reads:2 html");
    emu_faults_pick(&faults, &request, &call, &effects);
    assert_int_equal(effects.fault->kind, EMU_FAULT_CUT);
    emu_faults_clear(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_specifications),
        cmocka_unit_test(bad_specifications),
        cmocka_unit_test(there_is_a_limit_of_faults),
        cmocka_unit_test(selectors_choose_requests),
        cmocka_unit_test(chance_repeats_with_its_seed),
        cmocka_unit_test(faults_add_up),
        cmocka_unit_test(a_rate_is_a_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
