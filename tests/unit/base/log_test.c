/* SPDX-License-Identifier: Apache-2.0 */
/* log.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/log.h"

struct heard {
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

static void hear(void *ud, enum ens_log_level level, const char *module, const char *message,
                 const struct ens_pair *pairs, size_t pair_count)
{
    struct heard *heard = ud;

    (void)pairs;
    heard->count++;
    heard->level = level;
    heard->pair_count = pair_count;
    copy(heard->module, sizeof(heard->module), module);
    copy(heard->message, sizeof(heard->message), message);
}

static void test_levels(void **state)
{
    (void)state;
    for (unsigned limit = ENS_LOG_ERROR; limit <= ENS_LOG_TRACE; limit++) {
        for (unsigned level = ENS_LOG_ERROR; level <= ENS_LOG_TRACE; level++) {
            struct heard heard = {0};
            struct ens_log log = {hear, &heard, (enum ens_log_level)limit};
            ens_log(&log, (enum ens_log_level)level, "m", "%d", 1);
            ens_log_pairs(&log, (enum ens_log_level)level, "m", "x", NULL, 0);
            assert_int_equal(heard.count, level <= limit ? 2 : 0);
        }
    }
    ens_log(NULL, ENS_LOG_ERROR, "m", "nobody listens");
    ens_log_pairs(NULL, ENS_LOG_ERROR, "m", "nobody listens", NULL, 0);
}

static void test_lines(void **state)
{
    const struct ens_pair pairs[] = {{ENS_STR_INIT("a"), ENS_STR_INIT("b")}};
    struct heard heard = {0};
    struct ens_log log = {hear, &heard, ENS_LOG_INFO};
    char long_text[5000];

    (void)state;
    ens_log(&log, ENS_LOG_WARN, "part", "%s=%d", "x", 5);
    assert_string_equal(heard.module, "part");
    assert_string_equal(heard.message, "x=5");
    assert_int_equal(heard.level, ENS_LOG_WARN);
    ens_log_pairs(&log, ENS_LOG_INFO, "part", "said", pairs, 1);
    assert_string_equal(heard.message, "said");
    assert_int_equal(heard.pair_count, 1);
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    ens_log(&log, ENS_LOG_INFO, "part", "%s", long_text);
    assert_int_equal(strlen(heard.message), 1023);
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
