/* SPDX-License-Identifier: Apache-2.0 */
/* States over time, with a clock that the test sets. */

#include "instance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BOOT_MS = 100 };

static struct emu_instance stopped(enum emu_on_start on_start)
{
    return (struct emu_instance){
        .cloud = EMU_VOLCENGINE,
        .status = emu_cloud_word(EMU_VOLCENGINE, EMU_STOPPED),
        .on_start = on_start,
        .boot_ms = -1,
        .boot_reads = -1,
        .since_ms = -1,
    };
}

static void a_start_takes_its_course(void **state)
{
    static const struct {
        enum emu_on_start on_start;
        const char *at_once, *after_one_boot, *after_two;
    } rows[] = {
        {EMU_RUNS, "STARTING", "RUNNING", "RUNNING"},
        {EMU_FALLS_BACK, "STARTING", "STOPPED", "STOPPED"},
        {EMU_FALLS_BACK_LATER, "STARTING", "RUNNING", "STOPPED"},
        {EMU_STAYS_STARTING, "STARTING", "STARTING", "STARTING"},
        {EMU_FAILS, "STARTING", "ERROR", "ERROR"},
        {EMU_IGNORES, "STOPPED", "STOPPED", "STOPPED"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct emu_instance instance = stopped(rows[i].on_start);
        emu_instance_start(&instance, BOOT_MS, 1000);
        assert_int_equal(instance.starts, 1);
        assert_string_equal(emu_instance_read(&instance, 1000), rows[i].at_once);
        assert_string_equal(emu_instance_read(&instance, 1099), rows[i].at_once);
        assert_string_equal(emu_instance_read(&instance, 1100), rows[i].after_one_boot);
        assert_string_equal(emu_instance_read(&instance, 1199), rows[i].after_one_boot);
        assert_string_equal(emu_instance_read(&instance, 1200), rows[i].after_two);
    }
}

static void steps_begin_with_the_first_look(void **state)
{
    (void)state;
    struct emu_instance instance = stopped(EMU_RUNS);
    instance.status = "STOPPING";
    instance.steps[0] = (struct emu_step){"STOPPED", false, 50};
    instance.steps[1] = (struct emu_step){"DELETING", true, 2};
    instance.step_count = 2;
    assert_string_equal(emu_instance_read(&instance, 9000), "STOPPING");
    assert_string_equal(emu_instance_read(&instance, 9049), "STOPPING");
    assert_string_equal(emu_instance_read(&instance, 9050), "STOPPED");
    assert_string_equal(emu_instance_read(&instance, 9051), "STOPPED");
    assert_string_equal(emu_instance_status(&instance, 9052), "DELETING");
}

static void a_boot_may_count_reads(void **state)
{
    (void)state;
    struct emu_instance instance = stopped(EMU_RUNS);
    instance.boot_reads = 2;
    emu_instance_start(&instance, BOOT_MS, 0);
    assert_string_equal(emu_instance_read(&instance, 5000), "STARTING");
    assert_string_equal(emu_instance_status(&instance, 6000), "STARTING");
    assert_string_equal(emu_instance_read(&instance, 7000), "STARTING");
    assert_string_equal(emu_instance_read(&instance, 7000), "RUNNING");
}

static void reads_may_lag_behind(void **state)
{
    (void)state;
    struct emu_instance instance = stopped(EMU_RUNS);
    emu_instance_hold_back(&instance, 1000, 0, 2);
    emu_instance_start(&instance, BOOT_MS, 1000);
    assert_string_equal(emu_instance_read(&instance, 1200), "STOPPED");
    assert_string_equal(emu_instance_read(&instance, 1200), "STOPPED");
    assert_string_equal(emu_instance_read(&instance, 1200), "RUNNING");

    instance = stopped(EMU_RUNS);
    emu_instance_hold_back(&instance, 1000, 500, 0);
    emu_instance_start(&instance, BOOT_MS, 1000);
    assert_string_equal(emu_instance_read(&instance, 1499), "STOPPED");
    assert_string_equal(emu_instance_status(&instance, 1499), "RUNNING");
    assert_string_equal(emu_instance_read(&instance, 1500), "RUNNING");
}

static void add_flag(struct emu_instance *instance, const char *text)
{
    assert_true(
        emu_flag_read(instance->cloud, ens_str_of(text), &instance->flags[instance->flag_count++]));
}

static void flags_hold_for_their_phase_and_count(void **state)
{
    (void)state;
    struct emu_instance instance = stopped(EMU_RUNS);
    struct emu_refusal refusal = {0};
    add_flag(&instance, "stock@real*2");
    add_flag(&instance, "balance@dry_run");
    assert_true(emu_instance_refuses(&instance, true, 0, &refusal));
    assert_string_equal(refusal.code, "Insufficient.Balance");
    for (int i = 0; i < 2; i++) {
        assert_true(emu_instance_refuses(&instance, false, 0, &refusal));
        assert_string_equal(refusal.code, "Insufficient.InstanceCapacity");
        assert_int_equal(refusal.status, 500);
    }
    assert_false(emu_instance_refuses(&instance, false, 0, &refusal));

    emu_instance_start(&instance, BOOT_MS, 0);
    assert_true(emu_instance_refuses(&instance, false, 0, &refusal));
    assert_string_equal(refusal.code, "InvalidInstanceStatus");
}

static void a_free_code_is_passed_on(void **state)
{
    (void)state;
    struct emu_instance instance = stopped(EMU_RUNS);
    struct emu_refusal refusal = {0};
    add_flag(&instance, "code:418:Tea.Pot*1");
    assert_true(emu_instance_refuses(&instance, false, 0, &refusal));
    assert_string_equal(refusal.code, "Tea.Pot");
    assert_int_equal(refusal.status, 418);
    assert_false(emu_instance_refuses(&instance, false, 0, &refusal));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_takes_its_course),
        cmocka_unit_test(steps_begin_with_the_first_look),
        cmocka_unit_test(a_boot_may_count_reads),
        cmocka_unit_test(reads_may_lag_behind),
        cmocka_unit_test(flags_hold_for_their_phase_and_count),
        cmocka_unit_test(a_free_code_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
