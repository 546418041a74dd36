/* SPDX-License-Identifier: Apache-2.0 */
/* The model alone: requests and replies without a socket, with a clock that the test sets. */

#include "control.h"
#include "world_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

extern const char emu_demo_world[];

static int64_t read_clock(void *ud)
{
    return *(int64_t *)ud;
}

static void begin(struct emu_emulator *emulator, int64_t *now_ms)
{
    struct emu_world world;
    const struct ens_clock clock = {.unix_ms = read_clock, .mono_ms = read_clock, .ud = now_ms};
    assert_true(emu_world_load(&world, "world", ens_str_of(emu_demo_world), NULL));
    emu_emulator_init(emulator, &world, &clock, 7);
}

static void a_reply_depends_on_seed_and_clock_alone(void **state)
{
    (void)state;
    int64_t now_ms = INT64_C(1788250150000);
    struct emu_emulator emulator;
    struct emu_exchange exchange;
    begin(&emulator, &now_ms);
    emu_exchange_init(&exchange, "/?Action=StartInstance&Version=2020-04-01&InstanceId=i-1");
    emu_request_method(&exchange.request, "GET");
    emu_emulator_serve(&emulator, &exchange);
    assert_int_equal(exchange.reply.status, 401);
    assert_string_equal(exchange.reply.code.ptr, "MissingAuthenticationToken");
    assert_true(ens_str_is(emu_fields_get(&exchange.reply.headers, "Date"),
                           "Tue, 01 Sep 2026 08:09:10 GMT"));
    assert_true(ens_str_is(emu_fields_get(&exchange.reply.headers, "X-Tt-Logid"),
                           "00000007-E000-4000-8000-000000000001"));
    emu_exchange_done(&exchange);
    emu_emulator_done(&emulator);
}

/* Asserts the status of the instance in GET /instances. */
static void assert_status(struct emu_emulator *emulator, const char *id, const char *status)
{
    struct emu_exchange exchange;
    emu_exchange_init(&exchange, "/instances");
    emu_request_method(&exchange.request, "GET");
    emu_control_serve(emulator, &exchange.request, &exchange.reply);
    json_t *list = json_loads(ens_buf_text(&exchange.reply.body), 0, NULL);
    const char *found = NULL;
    size_t index = 0;
    json_t *one = NULL;
    json_array_foreach(list, index, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "id")), id) == 0) {
            found = json_string_value(json_object_get(one, "status"));
        }
    }
    assert_non_null(found);
    assert_string_equal(found, status);
    json_decref(list);
    emu_exchange_done(&exchange);
}

static void an_instance_boots_as_the_clock_is_moved(void **state)
{
    (void)state;
    int64_t now_ms = 1000;
    struct emu_emulator emulator;
    begin(&emulator, &now_ms);
    struct emu_instance *instance = emulator.world.instances[EMU_BAIDU][0];
    assert_string_equal(instance->status, "Stopped");
    emu_instance_start(instance, 300, now_ms);
    assert_status(&emulator, instance->id, "Starting");
    now_ms = 1299;
    assert_status(&emulator, instance->id, "Starting");
    now_ms = 1300;
    assert_status(&emulator, instance->id, "Running");
    emu_emulator_done(&emulator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_depends_on_seed_and_clock_alone),
        cmocka_unit_test(an_instance_boots_as_the_clock_is_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
