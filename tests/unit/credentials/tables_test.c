/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from settings, environment and profile files, of a provider that has no other sources. */
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
#include "credentials/search.h"
#include "credentials/tables.h"
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
    enum ens_search_state end;
    const char *keys;    /* "access secret token", "-" for none */
    const char *summary; /* HOME stands for the home directory */
    const char *where;   /* NULL: not checked */
};

#define SETTING(member, text) .settings.member = ENS_STR_INIT(text)

static const struct scene scenes[] = {
    /* explicit settings take precedence */
    {SETTING(access_key, "ak"), SETTING(secret_key, "sk"),
     .variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_TOKEN", "et"}},
     .first_file = "default fk fs\n", .end = ENS_SEARCH_FOUND, .keys = "ak sk -"},
    {SETTING(access_key, "ak"), SETTING(secret_key, "sk"), SETTING(security_token, "st"),
     .end = ENS_SEARCH_FOUND, .keys = "ak sk st"},

    /* the environment: rows in order, each complete or not at all */
    {.variables =
         {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}},
     .first_file = "default fk fs\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "ek es -"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_TOKEN", "et"}},
     .end = ENS_SEARCH_FOUND,
     .keys = "ek es et"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_STS_TOKEN", "older"}},
     .end = ENS_SEARCH_FOUND,
     .keys = "ek es older"},
    {.variables = {{"FAKE_KEY", "ek"},
                   {"FAKE_SECRET", "es"},
                   {"FAKE_TOKEN", "et"},
                   {"FAKE_STS_TOKEN", "older"}},
     .end = ENS_SEARCH_FOUND,
     .keys = "ek es et"},
    {.variables = {{"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}, {"FAKE_TOKEN", "stray"}},
     .end = ENS_SEARCH_FOUND,
     .keys = "ok os -"},
    {.variables = {{"FAKE_KEY", ""}, {"FAKE_SECRET", ""}, {"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}},
     .end = ENS_SEARCH_FOUND,
     .keys = "ok os -"},
    {.variables = {{"FAKE_KEY", "ek"}, {"OLD_KEY", "ok"}, {"OLD_SECRET", "os"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "FAKE_KEY is set without FAKE_SECRET: set both, or neither"},
    {.variables = {{"OLD_SECRET", "os"}},
     .first_file = "default fk fs\n",
     .end = ENS_SEARCH_FAILED,
     .summary = "OLD_SECRET is set without OLD_KEY: set both, or neither"},

    /* the profile files, in order */
    {.first_file = "default fk fs ft\nprod pk ps\n",
     .second_file = "default 2k 2s\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "fk fs ft"},
    {.first_file = "other fk fs\n",
     .second_file = "default 2k 2s\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "2k 2s -"},
    {.second_file = "default 2k 2s\n", .end = ENS_SEARCH_FOUND, .keys = "2k 2s -"},
    {.first_file = "error the file is not JSON\n",
     .second_file = "default 2k 2s\n",
     .end = ENS_SEARCH_FAILED,
     .summary = "the file is not JSON"},
    {.first_file = "default fk\n",
     .end = ENS_SEARCH_FAILED,
     .summary = "the profile has no secret key"},
    {.first_file = "default  fs\n",
     .end = ENS_SEARCH_FAILED,
     .summary = "the profile has no access key"},

    /* which profile */
    {SETTING(profile, "prod"), .first_file = "default fk fs\nprod pk ps\n", .end = ENS_SEARCH_FOUND,
     .keys = "pk ps -"},
    {SETTING(profile, "prod"),
     .variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_PROFILE", "default"}},
     .first_file = "default fk fs\nprod pk ps\n", .end = ENS_SEARCH_FOUND, .keys = "pk ps -"},
    {.variables = {{"FAKE_PROFILE", "prod"}, {"OLD_PROFILE", "default"}},
     .first_file = "default fk fs\nprod pk ps\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "pk ps -"},
    {.variables = {{"OLD_PROFILE", "prod"}},
     .first_file = "default fk fs\nprod pk ps\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "pk ps -"},
    {SETTING(profile, "prod"), .first_file = "default fk fs\n", .end = ENS_SEARCH_FAILED,
     .summary = "no file holds the profile \"prod\" of FakeCloud; looked at: "
                "HOME/.fake/config (no keys in it), HOME/.fake-old (no such file)"},

    {.variables = {{"FAKE_PROFILE", "prod"}},
     .first_file = "error it is not JSON\n",
     .end = ENS_SEARCH_FAILED,
     .summary = "FAKE_PROFILE: it is not JSON"},
    {.variables = {{"FAKE_PROFILE", "prod"}},
     .first_file = "default fk fs\n",
     .end = ENS_SEARCH_FAILED,
     .summary =
         "no file holds the profile \"prod\", which FAKE_PROFILE names, of FakeCloud; looked "
         "at: the environment, HOME/.fake/config (no keys in it), HOME/.fake-old (no such "
         "file)"},
    {.variables = {{"FAKE_PROFILE", "prod"}},
     .end = ENS_SEARCH_NONE,
     .summary = "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: the "
                "environment, HOME/.fake/config (no such file), HOME/.fake-old (no such file)"},

    /* no credentials */
    {.end = ENS_SEARCH_NONE,
     .summary = "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: the "
                "environment, HOME/.fake/config (no such file), HOME/.fake-old (no such file)"},

    /* a file that a variable switches off */
    {.variables = {{"FAKE_FILE_OFF", "True"}},
     .first_file = "default a b\n",
     .second_file = "default c d\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "c d -"},
    {.variables = {{"FAKE_FILE_OFF", "true"}},
     .first_file = "default a b\n",
     .end = ENS_SEARCH_NONE,
     .summary = "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: the "
                "environment, HOME/.fake/config (switched off by FAKE_FILE_OFF), HOME/.fake-old "
                "(no such file)"},
    {.variables = {{"FAKE_FILE_OFF", "false"}},
     .first_file = "default a b\n",
     .end = ENS_SEARCH_FOUND,
     .keys = "a b -"},
    {SETTING(profile, "default"), .variables = {{"FAKE_FILE_OFF", "true"}},
     .first_file = "default a b\n", .end = ENS_SEARCH_FAILED,
     .summary = "no file holds the profile \"default\" of FakeCloud; looked at: HOME/.fake/config "
                "(switched off by FAKE_FILE_OFF), HOME/.fake-old (no such file)"},

    /* invalid keys */
    {.variables = {{"FAKE_KEY", "a b"}, {"FAKE_SECRET", "es"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "the access key contains a character that is not visible ASCII (byte 2 of 3)"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es\n"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "the secret key ends with a line end: remove it",
     .where = "FAKE_SECRET"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "e s"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "the secret key contains a character that is not visible ASCII (byte 2 of 3)",
     .where = "FAKE_SECRET"},
    {.variables = {{"FAKE_KEY", "ek\r\n"}, {"FAKE_SECRET", "es"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "the access key ends with a line end: remove it",
     .where = "FAKE_KEY"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_STS_TOKEN", "t\n"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "the security token ends with a line end: remove it",
     .where = "FAKE_STS_TOKEN"},
    {.variables = {{"FAKE_KEY", "ek"}, {"FAKE_SECRET", "es"}, {"FAKE_TOKEN", "\xC3\xA4"}},
     .end = ENS_SEARCH_FAILED,
     .summary = "the security token contains a character that is not visible ASCII (byte 1 of 2)"},
    {SETTING(access_key, "ak\r\nX-Header: x"), SETTING(secret_key, "sk"), .end = ENS_SEARCH_FAILED,
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

static struct ens_search *search_of(const struct ens_provider *provider,
                                    const struct ens_cloud_settings *settings,
                                    const struct ens_environment *environment,
                                    enum ens_search_state *ret)
{
    const struct ens_search_options options = {
        .provider = provider, .settings = settings, .environment = environment};
    const struct ens_search_event first = {.got = ENS_GOT_NOTHING};
    struct ens_search *search = ens_search_new(&options);

    *ret = ens_search_step(search, &first);
    return search;
}

static void run_scene(const struct scene *scene)
{
    struct scratch home = scratch_new();
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct variable variables[VARIABLES_MAX + 2] = {{"HOME", home.path}};
    struct ens_provider provider = fake_provider();
    enum ens_search_state end = ENS_SEARCH_RUN;

    memcpy(variables + 1, scene->variables, sizeof(scene->variables));
    struct ens_environment environment = fake_environment(variables);
    if (scene->first_file != NULL) {
        scratch_write(&home, ".fake/config", ens_str_of(scene->first_file));
    }
    if (scene->second_file != NULL) {
        scratch_write(&home, ".fake-old", ens_str_of(scene->second_file));
    }
    struct ens_search *search = search_of(&provider, &scene->settings, &environment, &end);
    const struct ens_diags *diags = ens_search_diags(search);
    if (end == ENS_SEARCH_FOUND) {
        struct ens_keys *keys = ens_search_keys(search);
        assert_string_equal(keys_text(arena, keys).ptr, scene->keys);
        assert_int_equal(diags->count, 0);
        ens_keys_unref(keys);
    } else {
        assert_int_equal(diags->count, 1);
        assert_string_equal(diags->items[0].summary,
                            with_home(arena, scene->summary, home.path).ptr);
        assert_true(strlen(diags->items[0].where) > 0);
        assert_true(scene->where == NULL || strcmp(diags->items[0].where, scene->where) == 0);
    }
    assert_int_equal(end, scene->end);
    ens_search_free(search);
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

/* The end of a search; diags may be NULL. */
static enum ens_search_state resolve(const struct variable *variables, struct ens_diags *diags)
{
    struct ens_provider provider = fake_provider();
    struct ens_environment environment = fake_environment(variables);
    enum ens_search_state end = ENS_SEARCH_RUN;
    struct ens_search *search = search_of(&provider, NULL, &environment, &end);

    if (diags != NULL) {
        ens_diags_append(diags, ens_search_diags(search));
    }
    ens_search_free(search);
    return end;
}

static void test_a_named_file_must_be_there(void **state)
{
    struct scratch home = scratch_new();
    ENS_AUTO_DIAGS diags = {0};
    const char *path = scratch_path(&home, "mine");
    const struct variable variables[] = {{"HOME", home.path}, {"FAKE_FILE", path}, {NULL, NULL}};

    (void)state;
    assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FAILED);
    assert_string_equal(diags.items[0].where, path);
    assert_string_equal(diags.items[0].summary,
                        "FAKE_FILE: can't open the file: No such file or directory");
    scratch_write(&home, "mine", ENS_STR("default fk fs\n"));
    assert_int_equal(resolve(variables, NULL), ENS_SEARCH_FOUND);
    scratch_done(&home);
}

/* A file that others may read or write is used, with a warning. */
static void test_mode_of_the_file(void **state)
{
    static const struct {
        mode_t mode;
        const char *summary; /* NULL: no warning */
    } rows[] = {
        {0600, NULL},
        {0660, NULL},
        {0644, "other users may read the profile file (mode 0644): chmod o-r corrects that"},
        {0646, "other users may write the profile file (mode 0646): chmod o-rw corrects that"},
        {0602, "other users may write the profile file (mode 0602): chmod o-rw corrects that"},
    };
    struct scratch home = scratch_new();
    const char *path = scratch_path(&home, "mine");
    const struct variable variables[] = {{"FAKE_FILE", path}, {NULL, NULL}};

    (void)state;
    scratch_write(&home, "mine", ENS_STR("default fk fs\n"));
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        assert_int_equal(chmod(path, rows[i].mode), 0);
        assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FOUND);
        assert_int_equal(diags.count, rows[i].summary != NULL);
        if (rows[i].summary != NULL) {
            assert_int_equal(diags.items[0].severity, ENS_WARNING);
            assert_string_equal(diags.items[0].where, path);
            assert_string_equal(diags.items[0].summary, rows[i].summary);
        }
    }
    scratch_done(&home);
}

/* A provider of ABI 1.0, whose files have no member for the switch. */
static void test_file_of_abi_1_0(void **state)
{
    struct scratch home = scratch_new();
    struct ens_provider provider = fake_provider();
    struct ens_profile_file file = *provider.profile_files[0];
    const struct ens_profile_file *const files[] = {&file, NULL};
    const struct variable variables[] = {
        {"HOME", home.path}, {"FAKE_FILE_OFF", "true"}, {NULL, NULL}};
    struct ens_environment environment = fake_environment(variables);
    enum ens_search_state end = ENS_SEARCH_RUN;

    (void)state;
    file.struct_size = ENS_PROFILE_FILE_SIZE_1_0;
    provider.profile_files = files;
    scratch_write(&home, ".fake/config", ENS_STR("default a b\n"));
    ens_search_free(search_of(&provider, NULL, &environment, &end));
    assert_int_equal(end, ENS_SEARCH_FOUND);
    scratch_done(&home);
}

/* A profile that needs steps, of a provider that has none. */
static void test_no_steps(void **state)
{
    struct scratch home = scratch_new();
    struct ens_provider provider = fake_provider();
    const struct variable variables[] = {{"HOME", home.path}, {NULL, NULL}};
    struct ens_environment environment = fake_environment(variables);
    enum ens_search_state end = ENS_SEARCH_RUN;

    (void)state;
    provider.credentials_step = NULL;
    scratch_write(&home, ".fake/config", ENS_STR("default: keys a b 0\n"));
    struct ens_search *search = search_of(&provider, NULL, &environment, &end);
    assert_int_equal(end, ENS_SEARCH_FAILED);
    assert_string_equal(ens_search_diags(search)->items[0].summary,
                        "the provider can't take steps");
    ens_search_free(search);
    scratch_done(&home);
}

static void test_without_a_home(void **state)
{
    static const struct variable none[] = {{NULL, NULL}};
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    assert_int_equal(resolve(none, &diags), ENS_SEARCH_NONE);
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
    assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FOUND);
    write_file(&home, ENS_PROFILE_FILE_MAX + 1);
    assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FAILED);
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
    assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FOUND);
    key[ENS_KEY_MAX] = 'k';
    assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FAILED);
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
    assert_int_equal(resolve(variables, &diags), ENS_SEARCH_FAILED);
    assert_string_equal(diags.items[0].summary, "not a regular file");
    scratch_done(&home);
}

static void test_keys_are_equal(void **state)
{
    static const struct ens_identity identities[] = {
        {.access_key = ENS_STR_INIT("a"), .secret_key = ENS_STR_INIT("s")},
        {.access_key = ENS_STR_INIT("b"), .secret_key = ENS_STR_INIT("s")},
        {.access_key = ENS_STR_INIT("a"), .secret_key = ENS_STR_INIT("t")},
        {.access_key = ENS_STR_INIT("a"),
         .secret_key = ENS_STR_INIT("s"),
         .security_token = ENS_STR_INIT("x")},
    };
    struct ens_keys *same = ens_keys_new(&identities[0], 0, "test");

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(identities); i++) {
        struct ens_keys *keys = ens_keys_new(&identities[i], 60, "another");
        assert_int_equal(ens_keys_eq(same, keys), i == 0);
        ens_keys_unref(keys);
    }
    ens_keys_unref(ens_keys_ref(same));
    assert_true(ens_str_is(ens_keys_reveal(same).access_key, "a"));
    ens_keys_unref(same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenes),           cmocka_unit_test(test_a_named_file_must_be_there),
        cmocka_unit_test(test_mode_of_the_file), cmocka_unit_test(test_without_a_home),
        cmocka_unit_test(test_file_of_abi_1_0),  cmocka_unit_test(test_no_steps),
        cmocka_unit_test(test_file_limit),       cmocka_unit_test(test_key_limit),
        cmocka_unit_test(test_unreadable_file),  cmocka_unit_test(test_keys_are_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
