/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "core/selector.h"
#include "support/fake_provider.h"

#define X8   "xxxxxxxx"
#define X64  X8 X8 X8 X8 X8 X8 X8 X8
#define X256 X64 X64 X64 X64

/* ---- reading --------------------------------------------------------------------------------- */

static void test_whole(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_selector selector = {0};

    (void)state;
    assert_int_equal(
        ens_selector_parse(arena,
                           ENS_STR("{\"cloud\": \"alibaba\", \"region\": \"cn-hangzhou\", "
                                   "\"status\": [\"stopped\", \"unknown\"], \"tags\": {\"env\": "
                                   "\"ci\", \"empty\": \"\"}, \"name\": \"web-*\", \"zone\": "
                                   "\"z\", \"group\": \"rg-1\", \"limit\": 100000}"),
                           "s", &selector, &diags),
        ENS_OK);
    assert_true(ens_str_is(selector.cloud, "alibaba"));
    assert_true(ens_str_is(selector.region, "cn-hangzhou"));
    assert_int_equal(selector.statuses, 1u << ENS_STATUS_STOPPED | 1u << ENS_STATUS_UNKNOWN);
    assert_int_equal(selector.tag_count, 2);
    assert_true(ens_str_is(selector.name, "web-*"));
    assert_true(ens_str_is(selector.zone, "z"));
    assert_true(ens_str_is(selector.group, "rg-1"));
    assert_int_equal(selector.limit, 100000);
    assert_string_equal(ens_selector_text(arena, &selector).ptr,
                        "status unknown, status stopped, tag env=ci, tag empty=, name web-*, "
                        "zone z, group rg-1");
}

static void test_errors(void **state)
{
    static const struct {
        const char *members; /* beside cloud and region */
        const char *error;
    } rows[] = {
        {"\"colour\": \"red\"", "s: unknown key \"colour\": a selector has cloud, region, status, "
                                "tags, name, zone, group and limit"},
        {"\"status\": \"stopped\"", "s.status: wrong type: expected a list of statuses"},
        {"\"status\": [1]", "s.status: wrong type: expected a list of statuses"},
        {"\"status\": [\"Stopped\"]",
         "s.status: \"Stopped\" is not a status to look for (running, starting, stopped, stopping, "
         "busy, failed, deleting or unknown)"},
        {"\"status\": [\"absent\"]",
         "s.status: \"absent\" is not a status to look for (running, starting, stopped, stopping, "
         "busy, failed, deleting or unknown)"},
        {"\"tags\": [\"env=ci\"]", "s.tags: wrong type: expected an object of texts"},
        {"\"tags\": {\"env\": 1}", "s.tags: wrong type: expected an object of texts"},
        {"\"tags\": {\"\": \"ci\"}", "s.tags: a tag needs a key"},
        {"\"name\": null", "s.name: wrong type: expected text"},
        {"\"name\": \"x" X256 "\"", "s.name: expected at most 256 bytes, got 257"},
        {"\"tags\": {\"env\": \"x" X256 "\"}", "s.tags: expected at most 256 bytes, got 257"},
        {"\"limit\": 0", "s.limit: expected a whole number from 1 to 100000"},
        {"\"limit\": 100001", "s.limit: expected a whole number from 1 to 100000"},
        {"\"limit\": \"1\"", "s.limit: expected a whole number from 1 to 100000"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_selector selector = {0};
        ens_str text =
            ens_arena_printf(arena, "{\"cloud\": \"c\", \"region\": \"r\", %s}", rows[i].members);
        assert_int_not_equal(ens_selector_parse(arena, text, "s", &selector, &diags), ENS_OK);
        assert_int_equal(diags.count, 1);
        assert_string_equal(ens_diag_line(arena, &diags.items[0]).ptr, rows[i].error);
    }
}

static void test_places(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"[]", "s: wrong type: expected a selector (an object)"},
        {"{", "s: not JSON (line 1, column 1): string or '}' expected near end of file"},
        {"", "s: not JSON (line 1, column 0): '[' or '{' expected near end of file"},
        {"{\"region\": \"r\"}", "s.cloud: missing: a selector needs a cloud and a region"},
        {"{\"cloud\": \"c\"}", "s.region: missing: a selector needs a cloud and a region"},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_DIAGS diags = {0};
        struct ens_selector selector = {0};
        assert_int_not_equal(
            ens_selector_parse(arena, ens_str_of(rows[i].text), "s", &selector, &diags), ENS_OK);
        assert_string_equal(ens_diag_line(arena, &diags.items[0]).ptr, rows[i].error);
    }
}

/* At the limits, and one beyond. */
static void test_limits(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_selector selector = {.cloud = ENS_STR("c"), .region = ENS_STR("r")};

    (void)state;
    selector.name = ENS_STR(X256);
    selector.limit = ENS_SELECTOR_LIMIT_MAX;
    assert_int_equal(ens_selector_check(&selector, "", NULL), ENS_OK);
    selector.limit++;
    assert_int_equal(ens_selector_check(&selector, "", NULL), ENS_LIMIT);
    selector.limit = 0;
    selector.zone = ENS_STR("\xff");
    assert_int_equal(ens_selector_check(&selector, "", NULL), ENS_MALFORMED);
    selector.zone = ENS_STR("");
    for (int i = 0; i < ENS_SELECTOR_TAGS_MAX; i++) {
        const ens_str key = ens_arena_printf(arena, "k%d", i);
        assert_int_equal(ens_selector_add_tag(&selector, arena, key, ENS_STR("v"), "", NULL),
                         ENS_OK);
    }
    assert_int_equal(
        ens_selector_add_tag(&selector, arena, ENS_STR("more"), ENS_STR("v"), "", NULL), ENS_LIMIT);
    assert_int_equal(ens_selector_add_tag(&selector, arena, ENS_STR("k3"), ENS_STR("w"), "", NULL),
                     ENS_INVALID);
}

/* ---- matching -------------------------------------------------------------------------------- */

static void test_matches(void **state)
{
    static const struct {
        const char *members;
        bool matches;
    } rows[] = {
        {"", true},
        {", \"status\": [\"stopped\"]", true},
        {", \"status\": [\"running\", \"stopped\"]", true},
        {", \"status\": [\"running\"]", false},
        {", \"status\": []", true},
        {", \"name\": \"web-1\"", true},
        {", \"name\": \"web-*\"", true},
        {", \"name\": \"*-1\"", true},
        {", \"name\": \"*\"", true},
        {", \"name\": \"web\"", false},
        {", \"name\": \"Web-1\"", false}, /* case counts */
        {", \"zone\": \"zone-b\"", true},
        {", \"zone\": \"zone-*\"", false}, /* a pattern only in the name */
        {", \"group\": \"rg-1\"", true},
        {", \"group\": \"shop\"", true}, /* its name */
        {", \"group\": \"rg\"", false},
        {", \"tags\": {\"env\": \"ci\"}", true},
        {", \"tags\": {\"env\": \"ci\", \"empty\": \"\"}", true},
        {", \"tags\": {\"env\": \"ci\", \"team\": \"red\"}", false}, /* all must hold */
        {", \"tags\": {\"env\": \"\"}", false},
        {", \"tags\": {\"env\": \"*\"}", false},
        {", \"tags\": {\"ENV\": \"ci\"}", false},
    };
    static const struct ens_pair env = {{"env", 3}, {"ci", 2}};
    static const struct ens_pair empty = {{"empty", 5}, {"", 0}};
    static const struct ens_pair *const tags[] = {&env, &empty};
    static const ens_str groups[] = {{"rg-1", 4}, {"shop", 4}};
    const struct ens_found found = {
        .struct_size = sizeof(found),
        .name = ENS_STR("web-1"),
        .zone = ENS_STR("zone-b"),
        .groups = groups,
        .group_count = 2,
        .tags = tags,
        .tag_count = 2,
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        struct ens_selector selector = {0};
        ens_str text =
            ens_arena_printf(arena, "{\"cloud\": \"c\", \"region\": \"r\"%s}", rows[i].members);
        assert_int_equal(ens_selector_parse(arena, text, "", &selector, NULL), ENS_OK);
        if (ens_selector_matches(&selector, &found, ENS_STATUS_STOPPED) != rows[i].matches) {
            fail_msg("%s", rows[i].members);
        }
    }
}

/* What the cloud is asked for: its own words for the statuses, and nothing where one of them has no
 * row. */
static void test_filter(void **state)
{
    static const struct {
        unsigned statuses;
        const char *words;
    } rows[] = {
        {0, ""},
        {1u << ENS_STATUS_STOPPED, "DOWN FROZEN "},
        {1u << ENS_STATUS_STOPPED | 1u << ENS_STATUS_UNKNOWN, ""},
    };
    const struct ens_provider provider = fake_provider();

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_BUF words = ens_buf_new(4096);
        struct ens_selector selector = {.statuses = rows[i].statuses, .name = ENS_STR("web")};
        assert_int_equal(
            ens_selector_add_tag(&selector, arena, ENS_STR("k"), ENS_STR("v"), "", NULL), ENS_OK);
        const struct ens_filter filter = ens_selector_filter(arena, &selector, &provider);
        for (size_t j = 0; j < filter.word_count; j++) {
            ens_buf_addf(&words, "%.*s ", ENS_STR_ARG(filter.words[j]));
        }
        assert_string_equal(ens_buf_text(&words), rows[i].words);
        assert_true(ens_str_is(filter.name, "web"));
        assert_int_equal(filter.tag_count, 1);
        assert_true(ens_str_is(filter.tags[0]->value, "v"));
        assert_int_equal(filter.struct_size, sizeof(filter));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),   cmocka_unit_test(test_errors),
        cmocka_unit_test(test_places),  cmocka_unit_test(test_limits),
        cmocka_unit_test(test_matches), cmocka_unit_test(test_filter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
