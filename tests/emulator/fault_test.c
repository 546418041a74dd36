/* The grammar of faults, which requests they befall, and the command line. */

#include "fault.h"
#include "options.h"

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
        "cut,cloud=baidu,action=ListInstances,dry_run=no,nth=1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_faults faults = {0};
        char *error = NULL;
        if (!emu_faults_add(&faults, rows[i], &error)) {
            fail_msg("%s", error);
        }
        assert_string_equal(faults.items[0].spec, rows[i]);
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
        {"cut,p=", "fault \"cut,p=\": \"\" is no value for p here"},
        {"truncate,effect=no", "fault \"truncate,effect=no\": \"no\" is no value for effect here"},
        {"cut, nth=1", "fault \"cut, nth=1\": only printable ASCII without spaces is expected"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_faults faults = {0};
        char *error = NULL;
        assert_false(emu_faults_add(&faults, rows[i].spec, &error));
        if (!emu_starts_with(error, rows[i].sentence)) {
            fail_msg("expected \"%s...\", got \"%s\"", rows[i].sentence, error);
        }
        assert_int_equal(faults.count, 0);
        free(error);
    }
}

static void there_is_a_limit_of_faults(void **state)
{
    (void)state;
    struct emu_faults faults = {0};
    char *error = NULL;
    for (int i = 0; i < EMU_MAX_FAULTS; i++) {
        assert_true(emu_faults_add(&faults, "cut", &error));
    }
    assert_false(emu_faults_add(&faults, "cut", &error));
    assert_string_equal(error, "fault \"cut\": there are 64 faults already");
    free(error);
    emu_faults_clear(&faults);
}

/* Asks `count` times; ret_pattern gets 'x' where the reply is spoiled and '.' where not. */
static void fire(struct emu_faults *faults, enum emu_cloud cloud, const struct emu_call *call,
                 size_t count, char *ret_pattern)
{
    for (size_t i = 0; i < count; i++) {
        struct emu_mishap mishap;
        emu_faults_pick(faults, cloud, call, &mishap);
        ret_pattern[i] = mishap.fault == NULL ? '.' : 'x';
        emu_text_done(&mishap.specs);
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
        {"cut,dry_run=yes", "....."},
        {"cut,dry_run=no", "xxxxx"},
        {"cut,id=i-b", "xxxxx"},
        {"cut,id=i-z", "....."},
        {"cut,p=0", "....."},
        {"cut,p=1", "xxxxx"},
        {"delay:5", "....."},
    };
    char a[] = "i-a", b[] = "i-b";
    char *ids[] = {a, b};
    const struct emu_call call = {.name = "StartInstance", .ids = ids, .id_count = 2};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_faults faults = {.random = 1};
        char *error = NULL;
        char pattern[8];
        assert_true(emu_faults_add(&faults, rows[i].spec, &error));
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
        char *error = NULL;
        const struct emu_call call = {.name = "StartInstance"};
        assert_true(emu_faults_add(&faults, "cut,p=0.5", &error));
        fire(&faults, EMU_BAIDU, &call, 64, patterns[i]);
        emu_faults_clear(&faults);
    }
    assert_string_equal(patterns[0], patterns[1]);
    assert_string_not_equal(patterns[0], patterns[2]);
    assert_non_null(strchr(patterns[0], 'x'));
    assert_non_null(strchr(patterns[0], '.'));
}

static void faults_add_up(void **state)
{
    (void)state;
    struct emu_faults faults = {.random = 1};
    char *error = NULL;
    static const char *const specs[] = {"delay:5", "delay:7", "stale-reads:2", "cut,nth=2", "html"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(emu_faults_add(&faults, specs[i], &error));
    }
    const struct emu_call call = {.name = "StartInstance"};
    struct emu_mishap mishap;
    emu_faults_pick(&faults, EMU_BAIDU, &call, &mishap);
    assert_int_equal(mishap.delay_ms, 12);
    assert_int_equal(mishap.hold_back_reads, 2);
    assert_int_equal(mishap.fault->kind, EMU_FAULT_HTML);
    assert_string_equal(emu_text_str(&mishap.specs), "delay:5 delay:7 stale-reads:2 html");
    emu_text_done(&mishap.specs);
    emu_faults_pick(&faults, EMU_BAIDU, &call, &mishap);
    assert_int_equal(mishap.fault->kind, EMU_FAULT_CUT);
    emu_text_done(&mishap.specs);
    emu_faults_clear(&faults);
}

static enum emu_options_outcome read_options(const char *const *arguments,
                                             struct emu_options *ret_options, char **ret_error)
{
    char *argv[16] = {0};
    int argc = 0;
    argv[argc++] = emu_copy("ensure-emulator");
    for (; *arguments != NULL; arguments++) {
        argv[argc++] = emu_copy(*arguments);
    }
    char *kept[16];
    memcpy(kept, argv, sizeof(kept));
    enum emu_options_outcome outcome = emu_options_read(argc, argv, ret_options, ret_error);
    emu_options_done(ret_options);
    for (int i = 0; i < argc; i++) {
        free(kept[i]);
    }
    return outcome;
}

static void options_are_strict(void **state)
{
    static const struct {
        const char *arguments[6];
        enum emu_options_outcome outcome;
        const char *sentence;
    } rows[] = {
        {{NULL}, EMU_OPTIONS_RUN, NULL},
        {{"--listen", "localhost:0", "--boot-ms=0", "--fault", "cut", "--env"}, 0, NULL},
        {{"--listen=0.0.0.0:65532", "--tls", "a,b", "--seed", "0"}, EMU_OPTIONS_RUN, NULL},
        {{"--clock-offset-ms", "-3600000"}, EMU_OPTIONS_RUN, NULL},
        {{"--help"}, EMU_OPTIONS_HELP, NULL},
        {{"--version"}, EMU_OPTIONS_VERSION, NULL},
        {{"--listen", "127.0.0.1"}, EMU_OPTIONS_BAD, "--listen expects HOST:PORT"},
        {{"--listen", "127.0.0.1:65533"}, EMU_OPTIONS_BAD, "--listen expects HOST:PORT"},
        {{"--listen", "example.com:0"}, EMU_OPTIONS_BAD, "--listen expects an IPv4 address"},
        {{"--tls", "a"}, EMU_OPTIONS_BAD, "--tls expects CERT,KEY, found \"a\""},
        {{"--boot-ms", "x"}, EMU_OPTIONS_BAD, "--boot-ms expects a whole number from 0 to"},
        {{"--boot-ms", "86400001"}, EMU_OPTIONS_BAD, "--boot-ms expects a whole number from 0 to"},
        {{"--latency-ms"}, EMU_OPTIONS_BAD, "option \"--latency-ms\" is unknown, ambiguous or"},
        {{"--colour"}, EMU_OPTIONS_BAD, "option \"--colour\" is unknown"},
        {{"world.json"}, EMU_OPTIONS_BAD, "unexpected argument \"world.json\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_options options;
        char *error = NULL;
        const char *arguments[7] = {0};
        memcpy(arguments, rows[i].arguments, sizeof(rows[i].arguments));
        assert_int_equal(read_options(arguments, &options, &error), rows[i].outcome);
        if (rows[i].sentence != NULL && !emu_starts_with(error, rows[i].sentence)) {
            fail_msg("expected \"%s...\", got \"%s\"", rows[i].sentence, error);
        }
        free(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_specifications),          cmocka_unit_test(bad_specifications),
        cmocka_unit_test(there_is_a_limit_of_faults),   cmocka_unit_test(selectors_choose_requests),
        cmocka_unit_test(chance_repeats_with_its_seed), cmocka_unit_test(faults_add_up),
        cmocka_unit_test(options_are_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
