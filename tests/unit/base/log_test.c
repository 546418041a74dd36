/* SPDX-License-Identifier: Apache-2.0 */
/* log.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/log.h"

struct captured {
    int count;
    enum ens_log_level level;
    char module[32];
    char message[2048];
    size_t pair_count;
};

static void copy(char *out, size_t size, const char *text)
{
    assert_true(strlen(text) < size);
    memcpy(out, text, strlen(text) + 1);
}

static void capture_line(void *ud, enum ens_log_level level, const char *module,
                         const char *message, const struct ens_pair *pairs, size_t pair_count)
{
    struct captured *captured = ud;

    (void)pairs;
    captured->count++;
    captured->level = level;
    captured->pair_count = pair_count;
    copy(captured->module, sizeof(captured->module), module);
    copy(captured->message, sizeof(captured->message), message);
}

static void test_levels(void **state)
{
    (void)state;
    for (unsigned limit = ENS_LOG_ERROR; limit <= ENS_LOG_TRACE; limit++) {
        for (unsigned level = ENS_LOG_ERROR; level <= ENS_LOG_TRACE; level++) {
            struct captured captured = {0};
            struct ens_log log = {capture_line, &captured, (enum ens_log_level)limit};
            ens_log(&log, (enum ens_log_level)level, "m", "%d", 1);
            ens_log_pairs(&log, (enum ens_log_level)level, "m", "x", NULL, 0);
            assert_int_equal(captured.count, level <= limit ? 2 : 0);
        }
    }
    ens_log(NULL, ENS_LOG_ERROR, "m", "discarded");
    ens_log_pairs(NULL, ENS_LOG_ERROR, "m", "discarded", NULL, 0);
}

static void test_lines(void **state)
{
    const struct ens_pair pairs[] = {{ENS_STR_INIT("a"), ENS_STR_INIT("b")}};
    struct captured captured = {0};
    struct ens_log log = {capture_line, &captured, ENS_LOG_INFO};
    char long_text[5000];

    (void)state;
    ens_log(&log, ENS_LOG_WARN, "part", "%s=%d", "x", 5);
    assert_string_equal(captured.module, "part");
    assert_string_equal(captured.message, "x=5");
    assert_int_equal(captured.level, ENS_LOG_WARN);
    ens_log_pairs(&log, ENS_LOG_INFO, "part", "said", pairs, 1);
    assert_string_equal(captured.message, "said");
    assert_int_equal(captured.pair_count, 1);
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    ens_log(&log, ENS_LOG_INFO, "part", "%s", long_text);
    assert_int_equal(strlen(captured.message), 1023);
}

static void test_names(void **state)
{
    static const char *const names[] = {"error", "warn", "info", "debug", "trace"};
    enum ens_log_level level = ENS_LOG_ERROR;

    (void)state;
    for (unsigned i = 0; i < ENS_COUNT(names); i++) {
        assert_string_equal(ens_log_level_name((enum ens_log_level)i), names[i]);
        assert_true(ens_log_level_parse(ens_str_of(names[i]), &level));
        assert_int_equal(level, i);
    }
    assert_true(ens_log_level_parse(ENS_STR("DeBuG"), &level));
    assert_int_equal(level, ENS_LOG_DEBUG);
    assert_false(ens_log_level_parse(ENS_STR(""), &level));
    assert_false(ens_log_level_parse(ENS_STR("debug "), &level));
    assert_false(ens_log_level_parse(ENS_STR("all"), &level));
    assert_int_equal(level, ENS_LOG_DEBUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
