/* SPDX-License-Identifier: Apache-2.0 */
/* The log sinks write to stderr, which the tests redirect to a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/os.h"

typedef void sink_fn(struct ens_log *log, enum ens_log_level fallback);

/* Returns what the function writes to stderr; the caller frees it. */
static char *capture(void (*function)(const struct ens_log *log), sink_fn *sink)
{
    struct ens_log log = {0};
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);

    assert_non_null(file);
    assert_true(before >= 0);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    sink(&log, ENS_LOG_INFO);
    function(&log);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    (void)close(before);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    char *text = ens_alloc((size_t)size + 1);
    rewind(file);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    (void)fclose(file);
    return text;
}

static void expect_text(void (*function)(const struct ens_log *log), const char *expected)
{
    char *text = capture(function, ens_os_log_text);

    assert_string_equal(text, expected);
    ens_free(text);
}

/* Returns the only line that the function writes, parsed as JSON. */
static json_t *capture_json(void (*function)(const struct ens_log *log))
{
    char *text = capture(function, ens_os_log_hclog);
    size_t len = strlen(text);
    json_error_t error;

    assert_true(len > 0 && len <= (size_t)64 * 1024);
    assert_ptr_equal(strchr(text, '\n'), text + len - 1);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        fail_msg("%s: %s", error.text, text);
    }
    ens_free(text);
    return json;
}

static void expect_member(const json_t *json, const char *name, const char *expected)
{
    const char *value = json_string_value(json_object_get(json, name));

    assert_non_null(value);
    assert_string_equal(value, expected);
}

static void log_plain(const struct ens_log *log)
{
    ens_log(log, ENS_LOG_WARN, "http", "took %d ms", 5);
}

static void log_pairs(const struct ens_log *log)
{
    const struct ens_pair pairs[] = {
        {ENS_STR_INIT("word"), ENS_STR_INIT("i-1/x:y")},
        {ENS_STR_INIT("blank"), ENS_STR_INIT("a b")},
        {ENS_STR_INIT("pretend"), ENS_STR_INIT("x y=z")},
        {ENS_STR_INIT("quote"), ENS_STR_INIT("a\"b")},
        {ENS_STR_INIT("empty"), ENS_STR_INIT("")},
        {ENS_STR_INIT("wide"), ENS_STR_INIT("\xE4\xBD\xA0")},
    };
    ens_log_pairs(log, ENS_LOG_INFO, "m", "said", pairs, ENS_COUNT(pairs));
}

static void log_dirty(const struct ens_log *log)
{
    const struct ens_pair pairs[] = {
        {ENS_STR_INIT("v"), ENS_STR_INIT("x\nerror m: forged\x1b[31m\xff")},
    };
    ens_log_pairs(log, ENS_LOG_ERROR, "m", "two\nlines \x1b[0m", pairs, 1);
}

static void log_reserved(const struct ens_log *log)
{
    const struct ens_pair pairs[] = {
        {ENS_STR_INIT("@message"), ENS_STR_INIT("forged")},
        {ENS_STR_INIT("@level"), ENS_STR_INIT("forged")},
        {ENS_STR_INIT("@timestamp"), ENS_STR_INIT("forged")},
        {ENS_STR_INIT("a\"b\nc"), ENS_STR_INIT("odd name")},
    };
    ens_log_pairs(log, ENS_LOG_ERROR, "m", "real", pairs, ENS_COUNT(pairs));
}

static void log_much(const struct ens_log *log)
{
    enum { PAIRS = 40, SIZE = 10000 };
    struct ens_pair pairs[PAIRS];
    char *bytes = ens_alloc(SIZE + 1);

    memset(bytes, '\xff', SIZE); /* each byte becomes three */
    for (size_t i = 0; i < PAIRS; i++) {
        pairs[i] = (struct ens_pair){ENS_STR("n"), {bytes, SIZE}};
    }
    pairs[PAIRS - 1] = (struct ens_pair){ENS_STR("last"), ENS_STR("short")};
    ens_log_pairs(log, ENS_LOG_ERROR, "m", bytes, pairs, PAIRS);
    ens_free(bytes);
}

static void log_below(const struct ens_log *log)
{
    ens_log(log, ENS_LOG_DEBUG, "m", "not shown");
}

static void test_text(void **state)
{
    (void)state;
    expect_text(log_plain, "warn http: took 5 ms\n");
    expect_text(log_pairs, "info m: said word=i-1/x:y blank=\"a b\" pretend=\"x y=z\" "
                           "quote=\"a\\\"b\" empty=\"\" wide=\"\xE4\xBD\xA0\"\n");
    expect_text(log_dirty, "error m: two\\nlines \xEF\xBF\xBD[0m "
                           "v=\"x\\nerror m: forged\xEF\xBF\xBD[31m\xEF\xBF\xBD\"\n");
    expect_text(log_below, "");
}

static void test_text_length(void **state)
{
    char *text = capture(log_much, ens_os_log_text);
    size_t len = strlen(text);

    (void)state;
    assert_true(len <= (size_t)64 * 1024);
    assert_ptr_equal(strchr(text, '\n'), text + len - 1);
    assert_non_null(
        strstr(text, " last=short\n")); /* pairs after one that is too long are written */
    ens_free(text);
}

static void test_hclog(void **state)
{
    json_t *json = capture_json(log_plain);
    unsigned digits = 0;

    (void)state;
    assert_int_equal(json_object_size(json), 4);
    expect_member(json, "@level", "warn");
    expect_member(json, "@message", "took 5 ms");
    expect_member(json, "@module", "http");
    const char *time = json_string_value(json_object_get(json, "@timestamp"));
    assert_int_equal(strlen(time), strlen("2026-01-02T03:04:05.123456Z"));
    for (size_t i = 0; i < strlen(time); i++) {
        digits += time[i] >= '0' && time[i] <= '9';
    }
    assert_int_equal(digits, 20);
    assert_int_equal(time[19], '.');
    assert_int_equal(time[26], 'Z');
    json_decref(json);
}

static void test_hclog_pairs(void **state)
{
    json_t *json = capture_json(log_pairs);

    (void)state;
    expect_member(json, "word", "i-1/x:y");
    expect_member(json, "quote", "a\"b");
    expect_member(json, "empty", "");
    json_decref(json);
    json = capture_json(log_dirty);
    expect_member(json, "@message", "two\nlines \xEF\xBF\xBD[0m");
    expect_member(json, "v", "x\nerror m: forged\xEF\xBF\xBD[31m\xEF\xBF\xBD");
    json_decref(json);
}

static void test_hclog_reserved_names(void **state)
{
    json_t *json = capture_json(log_reserved);

    (void)state;
    expect_member(json, "@message", "real");
    expect_member(json, "@level", "error");
    expect_member(json, "_message", "forged");
    expect_member(json, "_level", "forged");
    expect_member(json, "_timestamp", "forged");
    expect_member(json, "a_b_c", "odd name");
    json_decref(json);
}

static void test_hclog_length(void **state)
{
    char *text = capture(log_much, ens_os_log_hclog);

    (void)state;
    assert_true(strlen(text) <= (size_t)64 * 1024);
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    expect_member(json, "last", "short");
    json_decref(json);
    ens_free(text);
}

static char limit_bytes[8194];

static void log_at_limit(const struct ens_log *log)
{
    const struct ens_pair pairs[] = {
        {ENS_STR_INIT("at"), {limit_bytes, 8192}},
        {ENS_STR_INIT("over"), {limit_bytes, 8193}},
    };
    ens_log_pairs(log, ENS_LOG_ERROR, "m", limit_bytes, pairs, 2);
}

static void test_value_limit(void **state)
{
    static const char *const names[] = {"@message", "at", "over"};

    (void)state;
    memset(limit_bytes, 'x', sizeof(limit_bytes) - 1);
    json_t *json = capture_json(log_at_limit);
    for (size_t i = 0; i < ENS_COUNT(names); i++) {
        assert_int_equal(json_string_length(json_object_get(json, names[i])), 8192);
    }
    json_decref(json);
}

/* ---- the level ---- */

static void test_level(void **state)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_log log = {0};

    (void)state;
    assert_int_equal(setenv("ENSURE_LOG", "TRACE", 1), 0);
    ens_os_log_text(&log, ENS_LOG_WARN);
    assert_int_equal(log.level, ENS_LOG_TRACE);
    assert_int_equal(unsetenv("ENSURE_LOG"), 0);
    ens_os_log_hclog(&log, ENS_LOG_WARN);
    assert_int_equal(log.level, ENS_LOG_WARN);
    assert_int_equal(setenv("ENSURE_LOG", "loud", 1), 0);
    ens_os_log_text(&log, ENS_LOG_INFO);
    assert_int_equal(log.level, ENS_LOG_INFO);
    ens_os_log_check(&ens_os_environment, &diags);
    assert_int_equal(diags.count, 1);
    assert_string_equal(diags.items[0].where, "ENSURE_LOG");
    assert_string_equal(diags.items[0].summary, "\"loud\" is none of error, warn, info, debug and "
                                                "trace, and is ignored");
    assert_int_equal(unsetenv("ENSURE_LOG"), 0);
}

/* ---- threads ---- */

#define THREADS 4
#define LINES   50

static void *log_often(void *ud)
{
    const struct ens_log *log = ud;
    char *text = ens_alloc(6001); /* longer than PIPE_BUF */

    memset(text, 'x', 6000);
    const struct ens_pair pair = {ENS_STR("v"), {text, 6000}};
    for (int i = 0; i < LINES; i++) {
        ens_log_pairs(log, ENS_LOG_INFO, "m", "said", &pair, 1);
    }
    ens_free(text);
    return NULL;
}

static void log_together(const struct ens_log *log)
{
    struct ens_log copy = *log;
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, log_often, &copy), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
}

static void test_lines_do_not_mix(void **state)
{
    char *text = capture(log_together, ens_os_log_hclog);
    ens_str rest = ens_str_of(text);
    size_t lines = 0;

    (void)state;
    while (rest.len > 0) {
        ens_str line = ens_str_cut(rest, '\n', &rest);
        json_t *json = json_loadb(line.ptr, line.len, 0, NULL);
        assert_non_null(json);
        json_decref(json);
        lines++;
    }
    assert_int_equal(lines, THREADS * LINES);
    ens_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_length),
        cmocka_unit_test(test_hclog),
        cmocka_unit_test(test_hclog_pairs),
        cmocka_unit_test(test_hclog_reserved_names),
        cmocka_unit_test(test_hclog_length),
        cmocka_unit_test(test_value_limit),
        cmocka_unit_test(test_level),
        cmocka_unit_test(test_lines_do_not_mix),
    };
    (void)unsetenv("ENSURE_LOG");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
