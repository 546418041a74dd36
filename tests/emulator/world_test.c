/* SPDX-License-Identifier: Apache-2.0 */
/* Reading worlds: accepted ones, and the message of every error. */

#include "assert_diag.h"
#include "world_read.h"

#include <stdio.h>
#include <stdlib.h>

extern const char emu_demo_world[];

/* {"key": an access key, "bad": [{"world", "instance" or "more", "sentence"}], "good": [{"world",
 * "instance" or "more"}], "put": {NAME: instance}}; an instance is short for a world with that key
 * and it, "more" for one with that key and these members. */
static json_t *rows;

static int load_rows(void **state)
{
    (void)state;
    rows = json_load_file(ENS_TESTS_DIR "/emulator/world_test.json", 0, NULL);
    return rows == NULL ? -1 : 0;
}

static int drop_rows(void **state)
{
    (void)state;
    json_decref(rows);
    return 0;
}

static bool load(struct emu_world *world, json_t *row, struct ens_diags *diags)
{
    json_t *instance = json_object_get(row, "instance");
    json_t *more = json_object_get(row, "more");
    json_t *document = json_incref(json_object_get(row, "world"));
    if (document == NULL) {
        document = json_pack("{s:[O]}", "accounts", json_object_get(rows, "key"));
        json_object_update(document, more);
    }
    if (instance != NULL) {
        json_object_set_new(document, "instances", json_pack("[O]", instance));
    }
    char *text = json_dumps(document, 0);
    bool ok = emu_world_load(world, "w", ens_str_of(text), diags);
    free(text);
    json_decref(document);
    return ok;
}

static void the_demonstration_world_is_accepted(void **state)
{
    (void)state;
    struct emu_world world;
    assert_true(emu_world_load(&world, "demo", ens_str_of(emu_demo_world), NULL));
    assert_int_equal(world.key_count, 3);
    assert_int_equal(world.instance_count[EMU_VOLCENGINE] + world.instance_count[EMU_ALIBABA] +
                         world.instance_count[EMU_BAIDU],
                     17);
    emu_world_done(&world);
}

static void a_text_that_is_no_json_is_refused(void **state)
{
    (void)state;
    struct emu_world world;
    ENS_AUTO_DIAGS diags = {0};
    assert_false(emu_world_load(&world, "w", (ens_str){0}, &diags));
    assert_diag(&diags, "w: line 1, column 0: ");
}

static void bad_worlds_are_refused_with_a_sentence(void **state)
{
    size_t index = 0;
    json_t *row = NULL;
    (void)state;
    json_array_foreach(json_object_get(rows, "bad"), index, row)
    {
        const char *sentence = json_string_value(json_object_get(row, "sentence"));
        struct emu_world world;
        ENS_AUTO_DIAGS diags = {0};
        if (load(&world, row, &diags)) {
            fail_msg("accepted, but expected: %s", sentence);
        }
        assert_diag(&diags, sentence);
        assert_int_equal(world.key_count, 0);
    }
    assert_true(index > 0);
}

static void good_worlds_are_accepted(void **state)
{
    size_t index = 0;
    json_t *row = NULL;
    (void)state;
    json_array_foreach(json_object_get(rows, "good"), index, row)
    {
        struct emu_world world;
        ENS_AUTO_DIAGS diags = {0};
        if (!load(&world, row, &diags)) {
            fail_msg("row %zu: %s", index, diags.items[0].summary);
        }
        emu_world_done(&world);
    }
    assert_true(index > 0);
}

static void there_is_a_limit_of_roles(void **state)
{
    (void)state;
    for (int count = 256; count <= 257; count++) {
        json_t *roles = json_array();
        for (int i = 0; i < count; i++) {
            char name[32];
            snprintf(name, sizeof(name), "1/r%d", i);
            json_array_append_new(roles, json_pack("{s:s, s:s}", "cloud", "baidu", "role", name));
        }
        json_t *row = json_pack("{s:{s:o}}", "more", "roles", roles);
        struct emu_world world;
        ENS_AUTO_DIAGS diags = {0};
        bool loaded = load(&world, row, &diags);
        json_decref(row);
        assert_int_equal(loaded, count == 256);
        if (loaded) {
            emu_world_done(&world);
        } else {
            assert_diag(&diags, "w: \"roles\" must be a list of at most 256 roles");
        }
    }
}

static json_t *named(const char *name)
{
    return json_object_get(json_object_get(rows, "put"), name);
}

static void load_flagged(struct emu_world *world)
{
    json_t *row = json_pack("{s:O}", "instance", named("flagged"));
    assert_true(load(world, row, NULL));
    json_decref(row);
}

static struct emu_instance *find(const struct emu_world *world, const char *account,
                                 const char *region)
{
    return emu_world_find(world, EMU_VOLCENGINE, ens_str_of(account), ens_str_of(region),
                          ENS_STR("i-1"));
}

static void a_put_changes_only_what_it_names(void **state)
{
    (void)state;
    struct emu_world world;
    load_flagged(&world);
    assert_true(emu_world_put(&world, "put", named("running"), NULL));
    struct emu_instance *instance = find(&world, "main", "r");
    assert_non_null(instance);
    assert_string_equal(instance->status, "RUNNING");
    assert_true(instance->prepaid);
    assert_true(emu_instance_has_flag(instance, "stock"));

    assert_true(emu_world_put(&world, "put", named("deleted"), NULL));
    assert_null(find(&world, "main", "r"));
    assert_true(emu_world_put(&world, "put", named("moved"), NULL));
    assert_null(find(&world, "main", "r"));
    assert_non_null(find(&world, "other", "r"));
    assert_null(find(&world, "other", "elsewhere"));

    emu_world_restore(&world);
    assert_non_null(find(&world, "main", "r"));
    assert_int_equal(world.instance_count[EMU_VOLCENGINE], 1);
    emu_world_done(&world);
}

static void a_failed_put_changes_nothing(void **state)
{
    (void)state;
    struct emu_world world;
    ENS_AUTO_DIAGS diags = {0};
    load_flagged(&world);
    assert_false(emu_world_put(&world, "put", named("wrong"), &diags));
    assert_diag(&diags, "put: \"boot_ms\" must be a whole number from 0 to 86400000");
    assert_string_equal(find(&world, "main", NULL)->status, "STOPPED");
    emu_world_done(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demonstration_world_is_accepted),
        cmocka_unit_test(a_text_that_is_no_json_is_refused),
        cmocka_unit_test(bad_worlds_are_refused_with_a_sentence),
        cmocka_unit_test(good_worlds_are_accepted),
        cmocka_unit_test(there_is_a_limit_of_roles),
        cmocka_unit_test(a_put_changes_only_what_it_names),
        cmocka_unit_test(a_failed_put_changes_nothing),
    };
    return cmocka_run_group_tests(tests, load_rows, drop_rows);
}
