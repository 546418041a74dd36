/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a find on terminals of several widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>

#include "cli/find_table.h"
#include "cli/text.h"

static const struct ens_pair tags[] = {{{"env", 3}, {"ci", 2}}, {{"team", 4}, {"red\x1b[1m", 7}}};

static const struct ens_finding findings[] = {
    {.target = {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), ENS_STR_INIT("i-bp1")},
     .name = ENS_STR_INIT("web-\xe4\xb8\x80"), /* a wide character */
     .status = ENS_STATUS_STOPPED,
     .zone = ENS_STR_INIT("cn-hangzhou-b"),
     .instance_type = ENS_STR_INIT("ecs.g7.large"),
     .charge_type = ENS_STR_INIT("PostPaid"),
     .tags = tags,
     .tag_count = 2},
    {.target = {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), ENS_STR_INIT("i-bp2")},
     .status = ENS_STATUS_RUNNING},
    {.target = {ENS_STR_INIT("baidu"), ENS_STR_INIT("bj"), ENS_STR_INIT("i-3")},
     .name = ENS_STR_INIT("db"),
     .status = ENS_STATUS_FAILED},
};

static const char all[] =
    "  INSTANCE  STATUS   NAME    ZONE           TYPE          PAID      TAGS\n"
    "alibaba/cn-hangzhou\n"
    "  i-bp1     stopped  web-\xe4\xb8\x80  cn-hangzhou-b  ecs.g7.large  "
    "PostPaid  env=ci team=red\xEF\xBF\xBD[1m\n"
    "  i-bp2     running\n"
    "\n"
    "baidu/bj\n"
    "  i-3       failed   db\n"
    "\n"
    "3 found: 1 running, 1 stopped, 1 failed\n";

#define WIDE "\xe5\xae\x9e"
#define ROW(id, name_, status_, zone_)                                                             \
    {                                                                                              \
        .target = {ENS_STR_INIT("alibaba"), ENS_STR_INIT("cn-hangzhou"), ENS_STR_INIT(id)},        \
        .name = ENS_STR_INIT(name_), .status = ENS_STATUS_##status_, .zone = ENS_STR_INIT(zone_),  \
        .instance_type = ENS_STR_INIT("ecs.g7.large"), .charge_type = ENS_STR_INIT("PostPaid"),    \
        .tags = tags, .tag_count = 1                                                               \
    }

/* With ids as long as the cloud's: names that are long, wide, or no text for a terminal. */
static const struct ens_finding long_names[] = {
    ROW("i-bp67acfmxazb4p0001", "runner-of-a-team-with-a-long-name-1", STOPPED, "cn-hangzhou-h"),
    ROW("i-bp67acfmxazb4p0002", WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE,
        RUNNING, "cn-hangzhou-h"),
    ROW("i-bp67acfmxazb4p0003", "a\x1b[2J\nb\xe2\x80\xae", RUNNING, "cn-hangzhou-h"),
};

#define ELLIPSIS "\xe2\x80\xa6"
#define BAD      "\xef\xbf\xbd"

static const char at_40[] = "  INSTANCE              STATUS\n"
                            "alibaba/cn-hangzhou\n"
                            "  i-bp67acfmxazb4p0001  stopped\n"
                            "  i-bp67acfmxazb4p0002  running\n"
                            "  i-bp67acfmxazb4p0003  running\n"
                            "\n"
                            "3 found: 2 running, 1 stopped\n";

/* A wide character that does not fit leaves a column empty. */
static const char at_70[] =
    "  INSTANCE              STATUS   NAME                    ZONE\n"
    "alibaba/cn-hangzhou\n"
    "  i-bp67acfmxazb4p0001  stopped  runner-of-a-team-with" ELLIPSIS "  cn-hangzhou-h\n"
    "  i-bp67acfmxazb4p0002  running  " WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE ELLIPSIS
    "   cn-hangzhou-h\n"
    "  i-bp67acfmxazb4p0003  running  a" BAD "[2J b" BAD "                cn-hangzhou-h\n"
    "\n"
    "3 found: 2 running, 1 stopped\n";

static const char at_80[] =
    "  INSTANCE              STATUS   NAME                              ZONE\n"
    "alibaba/cn-hangzhou\n"
    "  i-bp67acfmxazb4p0001  stopped  runner-of-a-team-with-a-long-na" ELLIPSIS "  cn-hangzhou-h\n"
    "  i-bp67acfmxazb4p0002  running  " WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE
        WIDE "        cn-hangzhou-h\n"
    "  i-bp67acfmxazb4p0003  running  a" BAD "[2J b" BAD "                          cn-hangzhou-h\n"
    "\n"
    "3 found: 2 running, 1 stopped\n";

static const char at_120[] =
    "  INSTANCE              STATUS   NAME                                 ZONE           TYPE     "
    "     PAID      TAGS\n"
    "alibaba/cn-hangzhou\n"
    "  i-bp67acfmxazb4p0001  stopped  runner-of-a-team-with-a-long-name-1  cn-hangzhou-h  "
    "ecs.g7.large  PostPaid  env=ci\n"
    "  i-bp67acfmxazb4p0002  running  " WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE
        WIDE "           cn-hangzhou-h  ecs.g7.large  PostPaid  env=ci\n"
    "  i-bp67acfmxazb4p0003  running  a" BAD "[2J b" BAD
    "                             cn-hangzhou-h  ecs.g7.large  PostPaid  env=ci\n"
    "\n"
    "3 found: 2 running, 1 stopped\n";

static const char narrow[] = "  INSTANCE  STATUS   NAME    ZONE\n"
                             "alibaba/cn-hangzhou\n"
                             "  i-bp1     stopped  web-\xe4\xb8\x80  cn-hangzhou-b\n"
                             "  i-bp2     running\n"
                             "\n"
                             "baidu/bj\n"
                             "  i-3       failed   db\n"
                             "\n"
                             "3 found: 1 running, 1 stopped, 1 failed\n";

static void write_rows(struct ens_buf *out, const struct ens_finding *rows, size_t count,
                       size_t width, size_t failed)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_find_table table = {.texts = {.arena = arena}, .failed = failed};
    const struct ens_style style = {.width = width};

    for (size_t i = 0; i < count; i++) {
        ens_find_table_add(&table, &rows[i]);
    }
    ens_find_table_write(out, &table, &style);
}

static void write_table(struct ens_buf *out, size_t width, size_t failed)
{
    write_rows(out, findings, ENS_COUNT(findings), width, failed);
}

static void test_widths(void **state)
{
    static const struct {
        size_t width;
        const char *text;
    } rows[] = {{0, all}, {200, all}, {50, narrow}, {43, narrow}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(65536);
        write_table(&out, rows[i].width, 0);
        assert_string_equal(ens_buf_text(&out), rows[i].text);
    }
}

/* One long name does not hide the zones; columns stay aligned beside wide characters. */
static void test_long_names(void **state)
{
    static const struct {
        size_t width;
        const char *text;
    } rows[] = {{40, at_40}, {70, at_70}, {80, at_80}, {120, at_120}, {200, at_120}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_BUF out = ens_buf_new(65536);
        write_rows(&out, long_names, ENS_COUNT(long_names), rows[i].width, 0);
        assert_string_equal(ens_buf_text(&out), rows[i].text);
    }
}

/* From 40 columns on, no line is wider than the terminal, whatever the texts are. */
static void test_no_line_is_wider(void **state)
{
    char long_text[201];
    char long_id[65] = "i-";

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        long_text[i] = 'x';
    }
    long_text[200] = '\0';
    for (size_t i = 2; i < 64; i++) {
        long_id[i] = 'y';
    }
    for (size_t width = 40; width < 200; width += 7) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_BUF out = ens_buf_new(65536);
        struct ens_find_table table = {.texts = {.arena = arena}, .failed = 2};
        const struct ens_style style = {.width = width, .symbols = true, .ascii = true};
        struct ens_finding finding = findings[0];
        finding.target.region = ENS_STR("a-region-whose-name-has-32-bytes");
        finding.name = ens_str_of(long_text);
        finding.zone = finding.name;
        ens_find_table_add(&table, &finding);
        finding.target.id = ens_str_of(long_id);
        ens_find_table_add(&table, &finding);
        ens_find_table_write(&out, &table, &style);
        for (ens_str rest = ens_buf_str(&out); rest.len > 0;) {
            const ens_str line = ens_str_cut(rest, '\n', &rest);
            assert_in_range(ens_text_width(line), 0, width);
        }
    }
}

static void test_ends(void **state)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(65536);
    const struct ens_find_table none = {.texts = {.arena = arena}};
    const struct ens_find_table failed = {.texts = {.arena = arena}, .failed = 2};
    const struct ens_style style = {0};

    (void)state;
    ens_find_table_write(&out, &none, &style);
    ens_find_table_write(&out, &failed, &style);
    assert_string_equal(ens_buf_text(&out), "0 found\n0 found; 2 regions could not be listed\n");
    ens_buf_reset(&out);
    write_table(&out, 0, 1);
    assert_true(
        ens_str_ends(ens_buf_str(&out), ENS_STR("1 failed; 1 region could not be listed\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_no_line_is_wider),
        cmocka_unit_test(test_ends),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
