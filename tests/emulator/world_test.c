/* Reading worlds: what is accepted, and the sentence of every refusal. */

#include "world.h"

#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

extern const char emu_demo_world[];

#define KEY            "{\"cloud\":\"volcengine\",\"access_key\":\"a\",\"secret_key\":\"s\"}"
#define VOLC           "\"cloud\":\"volcengine\",\"region\":\"r\",\"id\":\"i-1\",\"status\":\"STOPPED\""
#define ALI            "\"cloud\":\"alibaba\",\"region\":\"r\",\"id\":\"i-1\",\"status\":\"Stopped\""
#define WORLD(members) "{\"accounts\":[" KEY "],\"instances\":[{" members "}]}"
#define ID62           "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define REGION32       "abcdefghijklmnopqrstuvwxyz012345"
#define FLAGS8         "\"stock\",\"stock\",\"stock\",\"stock\",\"stock\",\"stock\",\"stock\",\"stock\""

static void the_demonstration_world_is_accepted(void **state)
{
    (void)state;
    struct emu_world world = {0};
    char *error = NULL;
    assert_true(emu_world_load(&world, "demo", emu_demo_world, strlen(emu_demo_world), &error));
    assert_int_equal(world.key_count, 3);
    assert_int_equal(world.instance_count[EMU_VOLCENGINE] + world.instance_count[EMU_ALIBABA] +
                         world.instance_count[EMU_BAIDU],
                     17);
    emu_world_done(&world);
}

static void bad_worlds_are_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        {"", "w: line 1, column 0: "},
        {"[]", "w: expected an object"},
        {"{}", "w: \"accounts\" must be a list of at least one access key"},
        {"{\"accounts\":[]}", "w: \"accounts\" must be a list of at least one access key"},
        {"{\"accounts\":[" KEY "],\"x\":1}", "w: unknown member \"x\", expected one of: comment"},
        {"{\"accounts\":[" KEY "," KEY "]}", "w: accounts[1]: the access key is there already"},
        {"{\"accounts\":[{\"cloud\":\"aws\"}]}",
         "w: accounts[0]: \"cloud\" must be volcengine, alibaba or baidu, found \"aws\""},
        {"{\"accounts\":[{\"cloud\":\"baidu\",\"access_key\":\"\"}]}",
         "w: accounts[0]: \"access_key\" must be a text that is not empty"},
        {"{\"accounts\":[{\"cloud\":\"baidu\",\"access_key\":\"a\"}]}",
         "w: accounts[0]: member \"secret_key\" is missing"},
        {"{\"accounts\":[{\"cloud\":\"baidu\",\"access_key\":\"a\",\"secret_key\":\"s\","
         "\"denied\":[\"StopInstance\"]}]}",
         "w: accounts[0]: \"denied\" must list actions of baidu (StartInstance, "},
        {"{\"accounts\":[{\"cloud\":\"baidu\",\"access_key\":\"a\",\"secret_key\":\"s\","
         "\"denied\":[\"StartInstance@never\"]}]}",
         "w: accounts[0]: \"denied\" must list actions of baidu"},
        {"{\"accounts\":[{\"cloud\":\"baidu\",\"access_key\":\"a\",\"secret_key\":\"s\","
         "\"state\":\"gone\"}]}",
         "w: accounts[0]: \"state\" must be active, inactive or token_expired, found \"gone\""},
        {"{\"accounts\":[" KEY "],\"regions\":{\"baidu\":[\"BJ\"]}}",
         "w: regions: expected lists of region names"},
        {"{\"accounts\":[" KEY "],\"regions\":{\"baidu\":\"bj\"}}",
         "w: regions: expected lists of region names"},
        {"{\"accounts\":[" KEY "],\"instances\":{}}", "w: \"instances\" must be a list"},
        {"{\"accounts\":[" KEY "],\"instances\":[{" VOLC "},{" VOLC "}]}",
         "w: instances[1]: an instance of this cloud and id is there already"},
        {WORLD(VOLC ",\"Status\":1"), "w: instances[0]: unknown member \"Status\""},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"bj\",\"id\":\"i-1\""),
         "w: instances[0]: member \"status\" is missing"},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"bj\",\"id\":\"i-1\",\"status\":\"RUNNING\""),
         "w: instances[0]: \"status\" must be a status of baidu (Running, "},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"bj\",\"id\":\"x-1\",\"status\":\"Running\""),
         "w: instances[0]: \"id\" must be i- and 1 to 62 of"},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"bj\",\"id\":\"i-" ID62
               "x\",\"status\":\"Running\""),
         "w: instances[0]: \"id\" must be i- and 1 to 62 of"},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"" REGION32
               "x\",\"id\":\"i-1\",\"status\":\"Running\""),
         "w: instances[0]: \"region\" must be 1 to 32 of"},
        {WORLD(VOLC ",\"flags\":[\"spot_price\"]"),
         "w: instances[0]: \"spot_price\" is no flag of volcengine, expected one of: balance, "},
        {WORLD(VOLC ",\"flags\":[\"stock@sometimes\"]"),
         "w: instances[0]: \"stock@sometimes\" is no flag"},
        {WORLD(VOLC ",\"flags\":[\"stock*0\"]"), "w: instances[0]: \"stock*0\" is no flag"},
        {WORLD(VOLC ",\"flags\":[\"code:99:X\"]"), "w: instances[0]: \"code:99:X\" is no flag"},
        {WORLD(VOLC ",\"flags\":[\"code:404:\"]"), "w: instances[0]: \"code:404:\" is no flag"},
        {WORLD(VOLC ",\"flags\":[" FLAGS8 ",\"stock\"]"),
         "w: instances[0]: \"flags\" must be a list of at most 8 flags"},
        {WORLD(VOLC ",\"flags\":\"stock\""), "w: instances[0]: \"flags\" must be a list"},
        {WORLD(ALI ",\"on_start\":\"fails\""),
         "w: instances[0]: \"on_start\" must be runs, falls_back, "},
        {WORLD(VOLC ",\"boot_ms\":-1"),
         "w: instances[0]: \"boot_ms\" must be a whole number from 0 to 86400000"},
        {WORLD(VOLC ",\"boot_ms\":86400001"), "w: instances[0]: \"boot_ms\" must be a whole"},
        {WORLD(VOLC ",\"prepaid\":1"), "w: instances[0]: \"prepaid\" must be true or false"},
        {WORLD(VOLC ",\"becomes\":{\"status\":\"RUNNING\"}"),
         "w: instances[0]: a step of \"becomes\" needs either after_ms or after_reads"},
        {WORLD(VOLC ",\"becomes\":{\"status\":\"RUNNING\",\"after_ms\":1,\"after_reads\":1}"),
         "w: instances[0]: a step of \"becomes\" needs either after_ms or after_reads"},
        {WORLD(VOLC ",\"becomes\":[{\"status\":\"Running\",\"after_ms\":1}]"),
         "w: instances[0]: \"becomes.status\" must be a status of volcengine"},
        {WORLD(VOLC ",\"becomes\":[1]"), "w: instances[0]: expected an object"},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"bj\",\"id\":\"i-1\",\"count\":2,"
               "\"status\":\"Running\""),
         "w: instances[0]: with \"count\" the \"id\" must contain {n}"},
        {WORLD("\"cloud\":\"baidu\",\"region\":\"bj\",\"id\":\"i-{n}\",\"count\":1000001,"
               "\"status\":\"Running\""),
         "w: instances[0]: \"count\" must be a whole number from 0 to 1000000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_world world = {0};
        char *error = NULL;
        if (emu_world_load(&world, "w", rows[i].text, strlen(rows[i].text), &error)) {
            fail_msg("accepted: %s", rows[i].text);
        }
        assert_non_null(error);
        if (!emu_starts_with(error, rows[i].sentence)) {
            fail_msg("expected \"%s...\", got \"%s\"", rows[i].sentence, error);
        }
        assert_int_equal(world.key_count, 0);
        free(error);
    }
}

static void good_worlds_are_accepted(void **state)
{
    static const char *const rows[] = {
        WORLD(VOLC),
        "{\"accounts\":[" KEY "]}",
        WORLD(VOLC ",\"flags\":[" FLAGS8 "]"),
        WORLD(VOLC ",\"flags\":[\"stock@real*3\",\"code:418:Tea.Pot@dry_run\"]"),
        WORLD(VOLC ",\"on_start\":\"fails\",\"boot_ms\":86400000,\"shows\":\"HIBERNATED\""),
        WORLD(VOLC ",\"becomes\":[]"),
        WORLD("\"cloud\":\"baidu\",\"region\":\"" REGION32 "\",\"id\":\"i-" ID62
              "\",\"status\":\"Recycled\""),
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_world world = {0};
        char *error = NULL;
        if (!emu_world_load(&world, "w", rows[i], strlen(rows[i]), &error)) {
            fail_msg("row %zu: %s", i, error);
        }
        emu_world_done(&world);
    }
}

static void put(struct emu_world *world, const char *text)
{
    char *error = NULL;
    json_t *json = json_loads(text, 0, NULL);
    assert_true(emu_world_put(world, "put", json, &error));
    json_decref(json);
}

static void a_put_changes_only_what_it_names(void **state)
{
    (void)state;
    struct emu_world world = {0};
    char *error = NULL;
    const char *text = WORLD(VOLC ",\"flags\":[\"stock\"],\"prepaid\":true");
    assert_true(emu_world_load(&world, "w", text, strlen(text), &error));
    put(&world, "{\"cloud\":\"volcengine\",\"id\":\"i-1\",\"status\":\"RUNNING\"}");
    struct emu_instance *instance = emu_world_find(&world, EMU_VOLCENGINE, "main", "r", "i-1");
    assert_non_null(instance);
    assert_string_equal(instance->status, "RUNNING");
    assert_true(instance->prepaid);
    assert_true(emu_instance_has_flag(instance, "stock"));

    put(&world, "{\"cloud\":\"volcengine\",\"id\":\"i-1\",\"deleted\":true}");
    assert_null(emu_world_find(&world, EMU_VOLCENGINE, "main", "r", "i-1"));
    put(&world, "{" VOLC ",\"account\":\"other\"}");
    assert_null(emu_world_find(&world, EMU_VOLCENGINE, "main", "r", "i-1"));
    assert_non_null(emu_world_find(&world, EMU_VOLCENGINE, "other", "r", "i-1"));
    assert_null(emu_world_find(&world, EMU_VOLCENGINE, "other", "elsewhere", "i-1"));

    emu_world_restore(&world);
    assert_non_null(emu_world_find(&world, EMU_VOLCENGINE, "main", "r", "i-1"));
    assert_int_equal(world.instance_count[EMU_VOLCENGINE], 1);
    emu_world_done(&world);
}

static void a_failed_put_changes_nothing(void **state)
{
    (void)state;
    struct emu_world world = {0};
    char *error = NULL;
    const char *text = WORLD(VOLC);
    assert_true(emu_world_load(&world, "w", text, strlen(text), &error));
    json_t *json = json_loads("{\"cloud\":\"volcengine\",\"id\":\"i-1\",\"status\":\"RUNNING\","
                              "\"boot_ms\":\"soon\"}",
                              0, NULL);
    assert_false(emu_world_put(&world, "put", json, &error));
    assert_string_equal(error, "put: \"boot_ms\" must be a whole number from 0 to 86400000");
    assert_string_equal(emu_world_find(&world, EMU_VOLCENGINE, "main", NULL, "i-1")->status,
                        "STOPPED");
    free(error);
    json_decref(json);
    emu_world_done(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demonstration_world_is_accepted),
        cmocka_unit_test(bad_worlds_are_refused_with_a_sentence),
        cmocka_unit_test(good_worlds_are_accepted),
        cmocka_unit_test(a_put_changes_only_what_it_names),
        cmocka_unit_test(a_failed_put_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
