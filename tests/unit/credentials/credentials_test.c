/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "credentials/credentials.h"
#include "support/fake_environment.h"
#include "support/fake_provider.h"
#include "support/scratch.h"

#define VARIABLES_MAX 8

/* A configuration of the user, and the expected result. */
struct scene {
    struct ens_cloud_settings settings;
    struct variable variables[VARIABLES_MAX];
    const char *first_file;  /* content of ~/.fake/config; NULL: there is none */
    const char *second_file; /* of ~/.fake-old */
    ens_rc rc;
    const char *keys;    /* "access secret token", "-" for none */
    const char *summary; /* HOME stands for the home directory */
    const char *where;   /* NULL: not checked */
};

#define SETTING(member, text) .settings.member = ENS_STR_INIT(text)

static const struct scene scenes[] = {
    /* explicit settings take precedence */
    {SETTING(access_key, "ak"), SETTING(secret_key, "sk"),
     .variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_TOKEN", "et"}},
     .first_file = "default fk fs\n", .keys = "ak sk -"},
    {SETTING(access_key, "ak"), SETTING(secret_key, "sk"), SETTING(security_token, "st"),
     .keys = "ak sk st"},
    {SETTING(access_key, "ak"), .rc = ENS_INVALID,
     .summary = "access_key and secret_key must be set together, and security_token only beside "
                "them: secret_key is not set"},
    {SETTING(secret_key, "sk"), .variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}},
     .rc = ENS_INVALID,
     .summary = "access_key and secret_key must be set together, and security_token only beside "
                "them: access_key is not set"},
    {SETTING(security_token, "st"), .rc = ENS_INVALID,
     .summary = "access_key and secret_key must be set together, and security_token only beside "
                "them: access_key is not set"},

    /* the environment: rows in order, each complete or not at all */
    {.variables =
         {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}},
     .first_file = "default fk fs\n",
     .keys = "ek es -"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_TOKEN", "et"}},
     .keys = "ek es et"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_STS_TOKEN", "older"}},
     .keys = "ek es older"},
    {.variables = {{"FAKE_KEY", "ek"},
                   {"FAKE_SECRET", "es"},
                   {"FAKE_TOKEN", "et"},
                   {"FAKE_STS_TOKEN", "older"}},
     .keys = "ek es et"},
    {.variables = {{"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}, {"FAKE_TOKEN", "stray"}},
     .keys = "ok os -"},
    {.variables = {{"FAKE_KEY", ""}, {"FAKE_SECRET", ""}, {"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}},
     .keys = "ok os -"},
    {.variables = {{"FAKE_KEY", "ek"}, {"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}},
     .rc = ENS_INVALID,
     .summary = "FAKE_KEY is set without FAKE_SECRET: set both, or neither"},
    {.variables = {{"OLD_SECRET", "os"}},
     .first_file = "default fk fs\n",
     .rc = ENS_INVALID,
     .summary = "OLD_SECRET is set without OLD_KEY: set both, or neither"},

    /* the profile files, in order */
    {.first_file = "default fk fs ft\nprod pk ps\n",
     .second_file = "default 2k 2s\n",
     .keys = "fk fs ft"},
    {.first_file = "other fk fs\n", .second_file = "default 2k 2s\n", .keys = "2k 2s -"},
    {.second_file = "default 2k 2s\n", .keys = "2k 2s -"},
    {.first_file = "error the file is not JSON\n",
     .second_file = "default 2k 2s\n",
     .rc = ENS_INVALID,
     .summary = "the file is not JSON"},
    {.first_file = "default fk\n", .rc = ENS_INVALID, .summary = "the profile has no secret key"},
    {.first_file = "default  fs\n", .rc = ENS_INVALID, .summary = "the profile has no access key"},

    /* which profile */
    {SETTING(profile, "prod"), .first_file = "default fk fs\nprod pk ps\n", .keys = "pk ps -"},
    {SETTING(profile, "prod"),
     .variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_PROFILE", "default"}},
     .first_file = "default fk fs\nprod pk ps\n", .keys = "pk ps -"},
    {.variables = {{"FAKE_PROFILE", "prod"}, {"OLD_PROFILE", "default"}},
     .first_file = "default fk fs\nprod pk ps\n",
     .keys = "pk ps -"},
    {.variables = {{"OLD_PROFILE", "prod"}},
     .first_file = "default fk fs\nprod pk ps\n",
     .keys = "pk ps -"},
    {SETTING(profile, "prod"), .first_file = "default fk fs\n", .rc = ENS_INVALID,
     .summary = "no file holds the profile \"prod\" of FakeCloud; looked at: "
                "HOME/.fake/config (no keys in it), HOME/.fake-old (no such file)"},

    /* no credentials */
    {.rc = ENS_NOT_FOUND,
     .summary = "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: the "
                "environment, HOME/.fake/config (no such file), HOME/.fake-old (no such file)"},

    /* invalid keys */
    {.variables = {{"FAKE_KEY", "a b"}, {"FAKE_SECRET", "es"}},
     .rc = ENS_INVALID,
     .summary = "the access key contains a character that is not visible ASCII (byte 2 of 3)"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es\n"}},
     .rc = ENS_INVALID,
     .summary = "the secret key ends with a line end: remove it",
     .where = "FAKE_SECRET"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "e s"}},
     .rc = ENS_INVALID,
     .summary = "the secret key contains a character that is not visible ASCII (byte 2 of 3)",
     .where = "FAKE_SECRET"},
    {.variables = {{"FAKE_KEY", "ek\r\n"}, {"FAKE_SECRET", "es"}},
     .rc = ENS_INVALID,
     .summary = "the access key ends with a line end: remove it",
     .where = "FAKE_KEY"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_STS_TOKEN", "t\n"}},
     .rc = ENS_INVALID,
     .summary = "the security token ends with a line end: remove it",
     .where = "FAKE_STS_TOKEN"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_TOKEN", "\xC3\xA4"}},
     .rc = ENS_INVALID,
     .summary = "the security token contains a character that is not visible ASCII (byte 1 of 2)"},
    {SETTING(access_key, "ak\r\nX-Header: x"), SETTING(secret_key, "sk"), .rc = ENS_INVALID,
     .summary = "the access key contains a character that is not visible ASCII (byte 3 of 15)"},
};

/* The text with each "HOME/" replaced by the path of the home directory. */
static ens_str with_home(struct ens_arena *arena, const char *text, const char *home)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);

    for (const char *at = text; *at != '\0'; at++) {
        if (strncmp(at, "HOME/", 5) == 0) {
            ens_buf_add(&out, ens_str_of(home));
            at += 3;
        } else {
            ens_buf_add_char(&out, *at);
        }
    }
    return ens_arena_dup(arena, ens_buf_str(&out));
}

static const char *or_dash(ens_str text)
{
    return text.len == 0 ? "-" : text.ptr;
}

static ens_str keys_text(struct ens_arena *arena, const struct ens_keys *keys)
{
    return ens_arena_printf(arena, "%s %s %s", or_dash(ens_secret_reveal(&keys->access_key)),
                            or_dash(ens_secret_reveal(&keys->secret_key)),
                            or_dash(ens_secret_reveal(&keys->security_token)));
}

static void run_scene(const struct scene *scene)
{
    struct scratch home = scratch_new();
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct variable variables[VARIABLES_MAX + 2] = {{"HOME", home.path}};
    struct ens_provider provider = fake_provider();
    struct ens_keys keys = {0};

    memcpy(variables + 1, scene->variables, sizeof(scene->variables));
    struct ens_environment environment = fake_environment(variables);
    if (scene->first_file != NULL) {
        scratch_write(&home, ".fake/config", ens_str_of(scene->first_file));
    }
    if (scene->second_file != NULL) {
        scratch_write(&home, ".fake-old", ens_str_of(scene->second_file));
    }
    ens_rc rc = ens_keys_resolve(&provider, &scene->settings, &environment, &keys, &diags);
    if (rc == ENS_OK) {
        assert_string_equal(keys_text(arena, &keys).ptr, scene->keys);
        assert_int_equal(diags.count, 0);
        ens_keys_done(&keys);
    } else {
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.items[0].summary,
                            with_home(arena, scene->summary, home.path).ptr);
        assert_true(strlen(diags.items[0].where) > 0);
        assert_true(scene->where == NULL || strcmp(diags.items[0].where, scene->where) == 0);
        assert_int_equal(ens_secret_reveal(&keys.access_key).len, 0);
    }
    assert_int_equal(rc, scene->rc);
    scratch_done(&home);
}

static void test_scenes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(scenes); i++) {
        run_scene(&scenes[i]);
    }
}

/* ---- other cases ---- */

static ens_rc resolve(const struct variable *variables, struct ens_diags *diags)
{
    struct ens_provider provider = fake_provider();
    struct ens_environment environment = fake_environment(variables);
    struct ens_keys keys = {0};

    ens_rc rc = ens_keys_resolve(&provider, NULL, &environment, &keys, diags);
    if (rc == ENS_OK) {
        ens_keys_done(&keys);
    }
    return rc;
}

static void test_a_named_file_must_be_there(void **state)
{
    struct scratch home = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    const char *path = scratch_path(&home, "mine");
    const struct variable variables[] = {{"HOME", home.path}, {"FAKE_FILE", path}, {NULL, NULL}};

    (void)state;
    assert_int_equal(resolve(variables, &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].where, path);
    assert_string_equal(diags.items[0].summary,
                        "FAKE_FILE: can't open the file: No such file or directory");
    scratch_write(&home, "mine", ENS_STR("default fk fs\n"));
    assert_int_equal(resolve(variables, NULL), ENS_OK);
    scratch_done(&home);
}

/* A world-writable file is used, with a warning. */
static void test_world_writable_file(void **state)
{
    struct scratch home = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    const char *path = scratch_path(&home, "mine");
    const struct variable variables[] = {{"FAKE_FILE", path}, {NULL, NULL}};

    (void)state;
    scratch_write(&home, "mine", ENS_STR("default fk fs\n"));
    assert_int_equal(chmod(path, 0646), 0);
    assert_int_equal(resolve(variables, &diags), ENS_OK);
    assert_int_equal(diags.count, 1);
    assert_int_equal(diags.items[0].severity, ENS_WARNING);
    assert_string_equal(diags.items[0].where, path);
    assert_non_null(strstr(diags.items[0].summary, "0646"));
    scratch_done(&home);
}

static void test_without_a_home(void **state)
{
    static const struct variable none[] = {{NULL, NULL}};
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(resolve(none, &diags), ENS_NOT_FOUND);
    assert_string_equal(diags.items[0].summary,
                        "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: "
                        "the environment");
}

/* A file of exactly size bytes, whose first line is the default profile. */
static void write_file(struct scratch *home, size_t size)
{
    static const char line[] = "default fk fs\n";
    char *text = ens_alloc(size);

    memset(text, '\n', size);
    memcpy(text, line, sizeof(line) - 1);
    scratch_write(home, ".fake/config", (ens_str){text, size});
    ens_free(text);
}

static void test_file_limit(void **state)
{
    struct scratch home = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    const struct variable variables[] = {{"HOME", home.path}, {NULL, NULL}};

    (void)state;
    write_file(&home, ENS_PROFILE_FILE_MAX);
    assert_int_equal(resolve(variables, &diags), ENS_OK);
    write_file(&home, ENS_PROFILE_FILE_MAX + 1);
    assert_int_equal(resolve(variables, &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].summary, "the file is larger than 1048576 bytes");
    scratch_done(&home);
}

static void test_key_limit(void **state)
{
    ENS_AUTO_DIAGS diags = {0};
    char key[ENS_KEY_MAX + 2] = {0};
    const struct variable variables[] = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", key}, {NULL, NULL}};

    (void)state;
    memset(key, 'k', ENS_KEY_MAX);
    assert_int_equal(resolve(variables, &diags), ENS_OK);
    key[ENS_KEY_MAX] = 'k';
    assert_int_equal(resolve(variables, &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].summary, "the secret key is longer than 8192 bytes");
    assert_null(strstr(diags.items[0].summary, "kkk"));
}

static void test_unreadable_file(void **state)
{
    struct scratch home = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    const struct variable variables[] = {{"HOME", home.path}, {NULL, NULL}};

    (void)state;
    assert_int_equal(mkdir(scratch_path(&home, ".fake"), 0700), 0);
    assert_int_equal(mkdir(scratch_path(&home, ".fake/config"), 0700), 0);
    assert_int_equal(resolve(variables, &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].summary, "not a regular file");
    scratch_done(&home);
}

static void test_keys_are_equal(void **state)
{
    struct ens_provider one = fake_provider();
    static const struct ens_cloud_settings settings[] = {
        {.access_key = ENS_STR_INIT("a"), .secret_key = ENS_STR_INIT("s")},
        {.access_key = ENS_STR_INIT("b"), .secret_key = ENS_STR_INIT("s")},
        {.access_key = ENS_STR_INIT("a"), .secret_key = ENS_STR_INIT("t")},
        {.access_key = ENS_STR_INIT("a"),
         .secret_key = ENS_STR_INIT("s"),
         .security_token = ENS_STR_INIT("x")},
    };
    static const struct variable none[] = {{NULL, NULL}};
    struct ens_environment environment = fake_environment(none);
    struct ens_keys same = {0};

    (void)state;
    assert_int_equal(ens_keys_resolve(&one, &settings[0], &environment, &same, NULL), ENS_OK);
    for (size_t i = 0; i < ENS_COUNT(settings); i++) {
        struct ens_keys keys = {0};
        assert_int_equal(ens_keys_resolve(&one, &settings[i], &environment, &keys, NULL), ENS_OK);
        assert_int_equal(ens_keys_eq(&same, &keys), i == 0);
        ens_keys_done(&keys);
    }
    ens_keys_done(&same);
    ens_keys_done(&same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenes),
        cmocka_unit_test(test_a_named_file_must_be_there),
        cmocka_unit_test(test_world_writable_file),
        cmocka_unit_test(test_without_a_home),
        cmocka_unit_test(test_file_limit),
        cmocka_unit_test(test_key_limit),
        cmocka_unit_test(test_unreadable_file),
        cmocka_unit_test(test_keys_are_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
