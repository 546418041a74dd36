/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "core/messages.h"
#include "support/fake_provider.h"

static const struct ens_target target = {ENS_STR_INIT("fake"), ENS_STR_INIT("moon-1"),
                                         ENS_STR_INIT("i-1")};

static const char *compose(struct ens_arena *arena, enum ens_message sentence,
                           const struct ens_outcome *outcome)
{
    const struct ens_provider provider = fake_provider();
    const struct ens_facts facts = {
        .provider = &provider,
        .target = &target,
        .word = ENS_STR("DOWN"),
        .lock = ENS_STR("security"),
        .expired_unix_s = 1788249600,
        .outcome = outcome,
    };
    return ens_message_compose(arena, sentence, &facts).ptr;
}

/* Every message begins with a capital, ends with one full stop, and contains no placeholder. */
static void test_each_is_a_sentence(void **state)
{
    const struct ens_outcome outcome = {
        .http_status = 403, .code = ENS_STR("Denied"), .message = ENS_STR("You are not allowed. ")};

    (void)state;
    for (int i = 0; i < ENS_MESSAGE_COUNT; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const char *text = compose(arena, (enum ens_message)i, &outcome);
        size_t length = strlen(text);
        assert_true(length > 10);
        assert_true(text[0] >= 'A' && text[0] <= 'Z');
        assert_int_equal(text[length - 1], '.');
        assert_int_not_equal(text[length - 2], '.');
        assert_null(strpbrk(text, "{}"));
        assert_null(strstr(text, "  "));
    }
}

static void test_causes(void **state)
{
    static const struct {
        struct ens_outcome outcome;
        const char *text;
    } rows[] = {
        {{.http_status = 403, .code = ENS_STR_INIT("Denied"), .message = ENS_STR_INIT("No.\n")},
         "The instance could not be read: Denied: No."},
        {{.http_status = 403,
          .code = ENS_STR_INIT("Denied"),
          .message = ENS_STR_INIT("\xE4\xBD\x99\xE9\xA2\x9D\xE4\xB8\x8D\xE8\xB6\xB3\xE3\x80\x82 ")},
         "The instance could not be read: Denied: "
         "\xE4\xBD\x99\xE9\xA2\x9D\xE4\xB8\x8D\xE8\xB6\xB3."},
        {{.http_status = 403, .message = ENS_STR_INIT("No\xEF\xBC\x8E.\xEF\xBD\xA1")},
         "The instance could not be read: No."},
        {{.http_status = 403, .code = ENS_STR_INIT("Denied")},
         "The instance could not be read: Denied."},
        {{.http_status = 403, .message = ENS_STR_INIT("No")},
         "The instance could not be read: No."},
        {{.http_status = 503}, "The instance could not be read: HTTP 503 without an error code."},
        {{.http_status = 200, .detail = ENS_STR_INIT("it is not JSON")},
         "The instance could not be read: HTTP 200, it is not JSON."},
        {{.detail = ENS_STR_INIT("could not resolve host x")},
         "The instance could not be read: could not resolve host x."},
        {{.http_status = 0}, "The instance could not be read: no reply came."},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        assert_string_equal(compose(arena, ENS_MESSAGE_UNREADABLE, &rows[i].outcome), rows[i].text);
    }
}

static void test_values(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    (void)state;
    assert_string_equal(compose(arena, ENS_MESSAGE_ABSENT, NULL),
                        "FakeCloud has no such instance in moon-1.");
    assert_string_equal(compose(arena, ENS_MESSAGE_LOCKED, NULL),
                        "The instance is locked by FakeCloud (security).");
    assert_string_equal(compose(arena, ENS_MESSAGE_EXPIRED, NULL),
                        "The instance expired on 2026-09-01T08:00:00Z.");
    assert_string_equal(compose(arena, ENS_MESSAGE_COMING_UP, NULL),
                        "The instance is coming up by itself (DOWN).");
}

/* A message begins with the start that was sent, if there was one. */
static void test_start_is_mentioned_first(void **state)
{
    static const struct {
        enum ens_message message;
        enum ens_start_sent start;
        const char *text;
    } rows[] = {
        {ENS_MESSAGE_FAILED, ENS_START_LOST,
         "A start was sent and its answer was lost; the instance is in a state that it can't be "
         "started from (DOWN)."},
        {ENS_MESSAGE_ABSENT, ENS_START_ACCEPTED,
         "The start was accepted, but FakeCloud has no such instance in moon-1."},
        {ENS_MESSAGE_STARTED, ENS_START_ACCEPTED, "The instance was started and is running."},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_provider provider = fake_provider();
        const struct ens_facts facts = {.provider = &provider,
                                        .target = &target,
                                        .word = ENS_STR("DOWN"),
                                        .start = rows[i].start};
        assert_string_equal(ens_message_compose(arena, rows[i].message, &facts).ptr, rows[i].text);
    }
}

static void test_text_of_clouds_is_filtered(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    char exact[ENS_CLOUD_WORD_MAX + 2];

    (void)state;
    memset(exact, 'x', sizeof(exact));
    ens_str at_limit =
        ens_cloud_text(arena, (ens_str){exact, ENS_CLOUD_WORD_MAX}, ENS_CLOUD_WORD_MAX);
    assert_int_equal(at_limit.len, ENS_CLOUD_WORD_MAX);
    ens_str beyond =
        ens_cloud_text(arena, (ens_str){exact, ENS_CLOUD_WORD_MAX + 1}, ENS_CLOUD_WORD_MAX);
    assert_int_equal(beyond.len, ENS_CLOUD_WORD_MAX + 3);
    assert_true(ens_str_ends(beyond, ENS_STR("xxx...")));
    assert_true(
        ens_str_is(ens_cloud_text(arena, ENS_STR(" a\r\nb\tc\n"), 100), "a\xef\xbf\xbd b c"));
    assert_true(ens_utf8_valid(ens_cloud_text(arena, ENS_STR("\xff\xfe zz"), 100)));
    assert_true(ens_str_is(ens_cloud_text(arena, ENS_STR("a\0bcd"), 3), "a\xef\xbf\xbd"
                                                                        "b..."));
    /* Not cut in the middle of a character. */
    assert_true(ens_str_is(ens_cloud_text(arena, ENS_STR("a\xe4\xb8\xad"), 2), "a..."));
    assert_int_equal(ens_cloud_text(arena, ENS_STR(""), 100).len, 0);
    assert_int_equal(ens_cloud_text(arena, (ens_str){NULL, 0}, 100).len, 0);
}

static void test_keys_are_redacted(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str key = ENS_STR("secret-1");
    char huge[ENS_REDACT_MAX + 1];

    (void)state;
    assert_true(ens_str_is(ens_text_redact(arena, ENS_STR("a secret-1 and secret-1"), key),
                           "a *** and ***"));
    assert_true(ens_str_is(ens_text_redact(arena, ENS_STR("secret-1"), key), "***"));
    assert_true(ens_str_is(ens_text_redact(arena, ENS_STR("secret-"), key), "secret-"));
    assert_true(ens_str_is(ens_text_redact(arena, ENS_STR(""), key), ""));
    assert_true(ens_str_is(ens_text_redact(arena, (ens_str){NULL, 0}, key), ""));
    assert_true(ens_str_is(ens_text_redact(arena, ENS_STR("text"), ENS_STR("")), "text"));
    assert_true(ens_str_is(ens_text_redact(arena, ENS_STR("shorts"), ENS_STR("short")), "shorts"));
    memset(huge, 'y', sizeof(huge));
    assert_int_equal(ens_text_redact(arena, (ens_str){huge, sizeof(huge)}, key).len,
                     ENS_REDACT_MAX);
}

/* Long texts of a cloud are cut: a message keeps its end and does not exceed its limit. */
static void test_long_texts_are_cut(void **state)
{
    char long_text[2000];
    const struct ens_provider provider = fake_provider();

    (void)state;
    memset(long_text, 'x', sizeof(long_text));
    const ens_str text = {long_text, sizeof(long_text)};
    const struct ens_outcome outcome = {.http_status = 400, .code = text, .message = text};
    for (int message = 0; message < ENS_MESSAGE_COUNT; message++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_facts facts = {.provider = &provider,
                                        .target = &target,
                                        .word = text,
                                        .lock = text,
                                        .start = ENS_START_UNCLEAR,
                                        .capacity_released = true,
                                        .outcome = &outcome};
        ens_str sentence = ens_message_compose(arena, (enum ens_message)message, &facts);
        assert_in_range(sentence.len, 1, ENS_MESSAGE_MAX);
        assert_true(ens_str_ends(sentence, ENS_STR(".")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_a_sentence),
        cmocka_unit_test(test_causes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_start_is_mentioned_first),
        cmocka_unit_test(test_text_of_clouds_is_filtered),
        cmocka_unit_test(test_keys_are_redacted),
        cmocka_unit_test(test_long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
