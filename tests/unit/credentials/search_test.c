/* SPDX-License-Identifier: Apache-2.0 */
/* The search through the sources of a provider that has all of them; see fake_provider.h for the
 * scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "credentials/search.h"
#include "support/fake_environment.h"
#include "support/fake_provider.h"
#include "support/scratch.h"

#define VARIABLES_MAX 6
#define NOW           INT64_C(1788249600)

/* What the user set, the outcome of what the search asks for, and how it ends. */
struct scene {
    struct ens_cloud_settings settings;
    struct variable variables[VARIABLES_MAX];
    const char *profile;    /* content of ~/.fake/config */
    const char *replies[4]; /* to requests and commands, in order; "" for silence */
    const char *asked;      /* "send TARGET, run WORD ...", in order */
    enum ens_search_state end;
    const char *text; /* FOUND: "access secret life source"; else the error; HOME/ as a path */
    uint32_t only;
};

#define SETTING(member, text) .settings.member = ENS_STR_INIT(text)
#define FAKE_KEYS                                                                                  \
    {"FAKE_KEY", "ek"},                                                                            \
    {                                                                                              \
        "FAKE_SECRET", "es"                                                                        \
    }

static const struct scene scenes[] = {
    /* in order */
    {.variables = {FAKE_KEYS, {"FAKE_OIDC", "keys ok os 0"}},
     .end = ENS_SEARCH_FOUND,
     .text = "ek es 0 environment (FAKE_KEY)"},
    {.variables = {{"FAKE_OIDC", "keys ok os 60"}},
     .profile = "default pk ps\n",
     .end = ENS_SEARCH_FOUND,
     .text = "ok os 60 OIDC"},
    {.variables = {{"FAKE_METADATA", "keys mk ms 60"}},
     .profile = "default pk ps\n",
     .end = ENS_SEARCH_FOUND,
     .text = "pk ps 0 profile (HOME/.fake/config)"},
    {.variables = {{"FAKE_METADATA", "keys mk ms 60"}, {"FAKE_URI", "keys uk us 60"}},
     .end = ENS_SEARCH_FOUND,
     .text = "mk ms 60 metadata service"},
    {.variables = {{"FAKE_URI", "keys uk us 60"}},
     .end = ENS_SEARCH_FOUND,
     .text = "uk us 60 credentials URI"},
    {.end = ENS_SEARCH_NONE,
     .text = "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: the "
             "environment, OIDC (nothing is set), HOME/.fake/config (no such file), HOME/.fake-old "
             "(no such file), metadata service http://m (nothing is set), credentials URI (nothing "
             "is set)"},

    /* chosen by settings */
    {SETTING(assume_role_with_oidc.role, "r"),
     .variables = {FAKE_KEYS, {"FAKE_OIDC", "keys ok os 0"}}, .end = ENS_SEARCH_FOUND,
     .text = "ok os 0 OIDC"},
    {SETTING(assume_role_with_oidc.role, "r"), .variables = {FAKE_KEYS}, .end = ENS_SEARCH_FAILED,
     .text = "OIDC: nothing is set"},
    {SETTING(metadata_role, "r"), .variables = {FAKE_KEYS, {"FAKE_METADATA", "keys mk ms 0"}},
     .end = ENS_SEARCH_FOUND, .text = "mk ms 0 metadata service"},
    {SETTING(metadata_role, "r"), .variables = {FAKE_KEYS}, .end = ENS_SEARCH_FAILED,
     .text = "metadata service http://m: nothing is set"},
    {SETTING(access_key, "ak"), SETTING(secret_key, "sk"), SETTING(metadata_role, "r"),
     .end = ENS_SEARCH_FOUND, .text = "ak sk 0 settings (fake)"},
    {SETTING(profile, "p"), .variables = {FAKE_KEYS}, .profile = "p: keys pk ps 30\n",
     .end = ENS_SEARCH_FOUND, .text = "pk ps 30 profile (HOME/.fake/config), profile"},
    {SETTING(profile, "p"), .profile = "p: none of them\n", .end = ENS_SEARCH_FAILED,
     .text =
         "no file holds the profile \"p\" of FakeCloud; looked at: HOME/.fake/config (of them), "
         "HOME/.fake-old (no such file)"},

    /* a renewal asks the same source alone */
    {.variables = {FAKE_KEYS, {"FAKE_OIDC", "keys ok os 60"}},
     .only = ENS_SOURCE_OIDC,
     .end = ENS_SEARCH_FOUND,
     .text = "ok os 60 OIDC"},
    {.variables = {FAKE_KEYS},
     .only = ENS_SOURCE_OIDC,
     .end = ENS_SEARCH_FAILED,
     .text = "OIDC: nothing is set"},
    {SETTING(access_key, "ak"), SETTING(secret_key, "sk"), .variables = {FAKE_KEYS},
     .only = ENS_SOURCE_ENVIRONMENT, .end = ENS_SEARCH_FOUND,
     .text = "ek es 0 environment (FAKE_KEY)"},

    /* a role on top */
    {SETTING(assume_role.role, "sign /role"), .variables = {FAKE_KEYS},
     .replies = {"keys rk rs 60"}, .asked = "send /role", .end = ENS_SEARCH_FOUND,
     .text = "rk rs 60 environment (FAKE_KEY), role"},
    {.variables = {{"FAKE_OIDC", "send /oidc"}, {"FAKE_ROLE", "sign /role"}},
     .replies = {"keys ok os 90", "keys rk rs 60"},
     .asked = "send /oidc, send /role",
     .end = ENS_SEARCH_FOUND,
     .text = "rk rs 60 OIDC, role"},
    {.variables = {FAKE_KEYS, {"FAKE_ROLE", "sign /role"}},
     .replies = {"code Denied"},
     .asked = "send /role",
     .end = ENS_SEARCH_FAILED,
     .text = "environment (FAKE_KEY): Denied"},
    {.variables = {{"FAKE_ROLE", "sign /role"}},
     .end = ENS_SEARCH_NONE,
     .text = "no credentials for FakeCloud: set FAKE_KEY and FAKE_SECRET; looked at: the "
             "environment, OIDC (nothing is set), HOME/.fake/config (no such file), HOME/.fake-old "
             "(no such file), metadata service http://m (nothing is set), credentials URI (nothing "
             "is set)"},

    /* files, requests and commands */
    {.variables = {{"FAKE_OIDC", "read HOME/.fake/config"}},
     .profile = "keys fk fs 60",
     .end = ENS_SEARCH_FOUND,
     .text = "fk fs 60 OIDC"},
    {.variables = {{"FAKE_OIDC", "read HOME/absent"}, {"FAKE_URI", "keys uk us 0"}},
     .end = ENS_SEARCH_FOUND,
     .text = "uk us 0 credentials URI"},
    {.variables = {{"FAKE_OIDC", "read HOME/."}},
     .end = ENS_SEARCH_FAILED,
     .text = "OIDC: not a regular file"},
    {.variables = {{"FAKE_OIDC", "run a b"}},
     .replies = {"keys ck cs 60"},
     .asked = "run a b",
     .end = ENS_SEARCH_FOUND,
     .text = "ck cs 60 OIDC"},
    {.variables = {{"FAKE_METADATA", "probe /token"}, {"FAKE_URI", "keys uk us 0"}},
     .replies = {""},
     .asked = "send /token",
     .end = ENS_SEARCH_FOUND,
     .text = "uk us 0 credentials URI"},
    {.profile = "default: send /profile\n",
     .replies = {"keys pk ps 60"},
     .asked = "send /profile",
     .end = ENS_SEARCH_FOUND,
     .text = "pk ps 60 profile (HOME/.fake/config), profile"},

    /* what is no key */
    {.variables = {{"FAKE_OIDC", "error it broke"}, {"FAKE_URI", "keys uk us 0"}},
     .end = ENS_SEARCH_FAILED,
     .text = "OIDC: it broke"},
    {.variables = {{"FAKE_OIDC", "keys ok"}},
     .end = ENS_SEARCH_FAILED,
     .text = "OIDC: it gave no keys"},
    {.variables = {{"FAKE_OIDC", "keys ok os -60"}},
     .end = ENS_SEARCH_FAILED,
     .text = "OIDC: the keys that it gave expired on 2026-09-01T07:59:00Z"},
    {.variables = {{"FAKE_OIDC", "keys o\xC3\xA4 os 60"}},
     .end = ENS_SEARCH_FAILED,
     .text = "OIDC: the access key contains a character that is not visible ASCII (byte 2 of 3)"},
};

static const char *with_home(struct ens_arena *arena, const char *text, const char *home)
{
    ENS_AUTO_BUF out = ens_buf_new(8192);

    for (const char *at = text; *at != '\0'; at++) {
        if (strncmp(at, "HOME/", 5) == 0) {
            ens_buf_add(&out, ens_str_of(home));
            at += 3;
        } else {
            ens_buf_add_char(&out, *at);
        }
    }
    return ens_arena_dup(arena, ens_buf_str(&out)).ptr;
}

/* Answers what the search asks for, and notes it. */
static enum ens_search_state answer(struct ens_search *search, enum ens_search_state state,
                                    const char *reply, struct ens_buf *asked)
{
    const struct ens_http_reply http = {
        .struct_size = sizeof(http), .status = 200, .body = ens_str_of(reply)};
    struct ens_search_event event = {
        .got = reply[0] == '\0' ? ENS_GOT_SILENCE : ENS_GOT_REPLY,
        .reply = &http,
        .text = ens_str_of(reply),
        .now_unix_s = NOW,
    };
    size_t count = 0;

    ens_buf_add(asked, ens_str_of(asked->len > 0 ? ", " : ""));
    if (state == ENS_SEARCH_SEND) {
        ens_buf_addf(asked, "send %.*s", ENS_STR_ARG(ens_search_request(search)->target));
    } else {
        const ens_str *words = ens_search_command(search, &count);
        event.got = ENS_GOT_OUTPUT;
        ens_buf_add(asked, ENS_STR("run"));
        for (size_t i = 0; i < count; i++) {
            ens_buf_addf(asked, " %.*s", ENS_STR_ARG(words[i]));
        }
    }
    return ens_search_step(search, &event);
}

static const char *outcome(struct ens_arena *arena, struct ens_search *search,
                           enum ens_search_state state)
{
    if (state != ENS_SEARCH_FOUND) {
        return ens_arena_dup(arena, ens_search_error(search)).ptr;
    }
    struct ens_keys *keys = ens_search_keys(search);
    const struct ens_identity identity = ens_keys_reveal(keys);
    const char *text =
        ens_arena_printf(arena, "%.*s %.*s %lld %s", ENS_STR_ARG(identity.access_key),
                         ENS_STR_ARG(identity.secret_key),
                         (long long)(keys->expires_unix_s != 0 ? keys->expires_unix_s - NOW : 0),
                         keys->source)
            .ptr;
    ens_keys_unref(keys);
    return text;
}

static void run_scene(const struct scene *scene)
{
    struct scratch home = scratch_new();
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF asked = ens_buf_new(1024);
    struct variable variables[VARIABLES_MAX + 2] = {{"HOME", home.path}};
    struct ens_provider provider = fake_provider();
    const struct ens_search_event first = {.got = ENS_GOT_NOTHING, .now_unix_s = NOW};

    provider.sources = fake_sources;
    for (size_t i = 0; i < VARIABLES_MAX && scene->variables[i].name != NULL; i++) {
        variables[i + 1] = (struct variable){
            scene->variables[i].name, with_home(arena, scene->variables[i].value, home.path)};
    }
    struct ens_environment environment = fake_environment(variables);
    if (scene->profile != NULL) {
        scratch_write(&home, ".fake/config", ens_str_of(scene->profile));
    }
    const struct ens_search_options options = {
        .provider = &provider,
        .settings = &scene->settings,
        .environment = &environment,
        .metadata_endpoint = ENS_STR("http://m"),
        .only = scene->only,
    };
    struct ens_search *search = ens_search_new(&options);
    enum ens_search_state state = ens_search_step(search, &first);
    for (size_t i = 0; state == ENS_SEARCH_SEND || state == ENS_SEARCH_RUN; i++) {
        assert_true(i < ENS_COUNT(scene->replies) && scene->replies[i] != NULL);
        state = answer(search, state, scene->replies[i], &asked);
    }
    const char *text = outcome(arena, search, state);
    assert_string_equal(text, with_home(arena, scene->text, home.path));
    assert_int_equal(state, scene->end);
    assert_string_equal(ens_buf_text(&asked), scene->asked != NULL ? scene->asked : "");
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

/* ---- limits and secrets --------------------------------------------------------------------- */

struct bench {
    struct variable variables[3];
    struct ens_environment environment;
    struct ens_provider provider;
    struct ens_search *search;
    enum ens_search_state state;
};

/* A search whose OIDC source follows the script. */
static void begin(struct bench *bench, const char *script)
{
    const struct ens_search_event first = {.got = ENS_GOT_NOTHING, .now_unix_s = NOW};

    *bench = (struct bench){.variables = {{"FAKE_OIDC", script}}, .provider = fake_provider()};
    bench->environment = fake_environment(bench->variables);
    bench->provider.sources = fake_sources;
    const struct ens_search_options options = {.provider = &bench->provider,
                                               .environment = &bench->environment};
    bench->search = ens_search_new(&options);
    bench->state = ens_search_step(bench->search, &first);
}

static void reply(struct bench *bench, const char *body)
{
    const struct ens_http_reply http = {
        .struct_size = sizeof(http), .status = 200, .body = ens_str_of(body)};
    const struct ens_search_event event = {.got = ENS_GOT_REPLY, .reply = &http, .now_unix_s = NOW};

    bench->state = ens_search_step(bench->search, &event);
}

/* A source takes 12 steps at most. */
static void test_steps_are_limited(void **state)
{
    (void)state;
    for (unsigned extra = 0; extra < 2; extra++) {
        struct bench bench;
        begin(&bench, "send /1");
        for (unsigned i = 1; i < ENS_SEARCH_STEPS_MAX + extra; i++) {
            assert_int_equal(bench.state, ENS_SEARCH_SEND);
            reply(&bench, "send /n");
        }
        if (extra == 0) {
            reply(&bench, "keys a b 60");
            assert_int_equal(bench.state, ENS_SEARCH_FOUND);
        } else {
            assert_int_equal(bench.state, ENS_SEARCH_FAILED);
            assert_true(ens_str_is(ens_search_error(bench.search), "OIDC: no keys after 12 steps"));
        }
        ens_search_free(bench.search);
    }
}

/* A reply that was refused may be followed by another to the same request. */
static void test_another_reply(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "send /1");
    reply(&bench, "code Throttled");
    assert_int_equal(bench.state, ENS_SEARCH_FAILED);
    assert_true(ens_str_is(ens_search_answer(bench.search)->code, "Throttled"));
    assert_true(ens_str_is(ens_search_request(bench.search)->target, "/1"));
    reply(&bench, "keys a b 60");
    assert_int_equal(bench.state, ENS_SEARCH_FOUND);
    ens_search_free(bench.search);
}

static void test_file_limit(void **state)
{
    struct scratch home = scratch_new();
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF text = ens_buf_new((size_t)2 * 1024 * 1024);

    (void)state;
    ens_buf_add(&text, ENS_STR("keys a b 60"));
    while (text.len < (size_t)1024 * 1024) {
        ens_buf_add_char(&text, ' ');
    }
    for (unsigned extra = 0; extra < 2; extra++) {
        struct bench bench;
        scratch_write(&home, "token", ens_buf_str(&text));
        begin(&bench, ens_arena_printf(arena, "read %s", scratch_path(&home, "token")).ptr);
        assert_int_equal(bench.state, extra == 0 ? ENS_SEARCH_FOUND : ENS_SEARCH_FAILED);
        ens_search_free(bench.search);
        ens_buf_add_char(&text, ' ');
    }
    scratch_done(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenes),
        cmocka_unit_test(test_steps_are_limited),
        cmocka_unit_test(test_another_reply),
        cmocka_unit_test(test_file_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
