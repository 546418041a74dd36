/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rendered reports, compared with files in golden/: each document there in several formats. After
 * an intended change run ENS_GOLDEN_UPDATE=1 <this program>, and review the difference with the
 * change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/github.h"
#include "cli/junit.h"
#include "cli/markdown.h"
#include "cli/page.h"
#include "cli/table.h"
#include "cli/text.h"

#define GOLDEN    ENS_TESTS_DIR "/cli/golden/"
#define FILE_SIZE ((size_t)1024 * 1024)

static const struct ens_style piped = {0};
static const struct ens_style terminal = {
    .colour = true, .symbols = true, .ascii = false, .width = 80};
static const struct ens_style narrow = {.symbols = true, .ascii = true, .width = 60};
static const struct ens_style narrowest = {.symbols = true, .ascii = true, .width = 40};

/* The part of the page that is made of the document, without style and script. */
static void write_body(struct ens_buf *out, const struct ens_report *report)
{
    ENS_AUTO_BUF page = ens_buf_new(FILE_SIZE);

    ens_page_write(&page, report);
    const char *begin = strstr(ens_buf_text(&page), "<header>");
    assert_non_null(begin);
    const char *end = strstr(begin, "<script>");
    assert_non_null(end);
    ens_buf_add(out, (ens_str){begin, (size_t)(end - begin)});
}

static const struct golden {
    const char *expected;
    const char *document;
    const char *plan;
    enum ens_view view;
    const struct ens_style *style; /* of a table; NULL: another format */
    void (*write)(struct ens_buf *out, const struct ens_report *report);
} goldens[] = {
    {"plan.piped.txt", "plan.json", NULL, ENS_VIEW_PLAN, &piped, NULL},
    {"plan.terminal.txt", "plan.json", NULL, ENS_VIEW_PLAN, &terminal, NULL},
    {"plan.narrow.txt", "plan.json", NULL, ENS_VIEW_PLAN, &narrow, NULL},
    {"plan.narrowest.txt", "plan.json", NULL, ENS_VIEW_PLAN, &narrowest, NULL},
    {"plan.md", "plan.json", NULL, ENS_VIEW_PLAN, NULL, ens_markdown_write},
    {"apply.piped.txt", "apply.json", NULL, ENS_VIEW_APPLY, &piped, NULL},
    {"apply.terminal.txt", "apply.json", "saved.json", ENS_VIEW_APPLY, &terminal, NULL},
    {"apply.narrowest.txt", "apply.json", "saved.json", ENS_VIEW_APPLY, &narrowest, NULL},
    {"apply.md", "apply.json", "saved.json", ENS_VIEW_APPLY, NULL, ens_markdown_write},
    {"status.piped.txt", "status.json", NULL, ENS_VIEW_STATUS, &piped, NULL},
    {"status.terminal.txt", "status.json", NULL, ENS_VIEW_STATUS, &terminal, NULL},
    {"status.narrowest.txt", "status.json", NULL, ENS_VIEW_STATUS, &narrowest, NULL},
    {"status.md", "status.json", NULL, ENS_VIEW_STATUS, NULL, ens_markdown_write},
    {"plan.junit.xml", "plan.json", NULL, ENS_VIEW_PLAN, NULL, ens_junit_write},
    {"apply.junit.xml", "apply.json", NULL, ENS_VIEW_APPLY, NULL, ens_junit_write},
    {"plan.body.txt", "plan.json", NULL, ENS_VIEW_PLAN, NULL, write_body},
    {"apply.body.txt", "apply.json", "saved.json", ENS_VIEW_APPLY, NULL, write_body},
    {"plan.github.txt", "plan.json", NULL, ENS_VIEW_PLAN, NULL, ens_github_annotations},
    {"apply.github.txt", "apply.json", NULL, ENS_VIEW_APPLY, NULL, ens_github_annotations},
    {"empty.terminal.txt", "empty.json", NULL, ENS_VIEW_PLAN, &terminal, NULL},
    {"empty.md", "empty.json", NULL, ENS_VIEW_PLAN, NULL, ens_markdown_write},
};

static ens_str read_file(struct ens_arena *arena, const char *name)
{
    ens_str path = ens_arena_printf(arena, GOLDEN "%s", name);
    char *text = ens_arena_alloc(arena, FILE_SIZE);
    FILE *file = fopen(path.ptr, "rb");

    if (file == NULL) {
        return (ens_str){text, 0};
    }
    size_t length = fread(text, 1, FILE_SIZE, file);
    assert_int_equal(fclose(file), 0);
    assert_true(length < FILE_SIZE);
    return (ens_str){text, length};
}

static void write_file(struct ens_arena *arena, const char *name, ens_str text)
{
    ens_str path = ens_arena_printf(arena, GOLDEN "%s", name);
    FILE *file = fopen(path.ptr, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static struct ens_document document_of(struct ens_arena *arena, const char *name)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_document document = {0};

    if (ens_document_read(arena, read_file(arena, name), name, &document, &diags) != ENS_OK) {
        fail_msg("%s: %s", diags.items[0].where, diags.items[0].summary);
    }
    return document;
}

/* As the results of a run are kept; they come in another order than that of the targets. */
static void keep_results(struct ens_arena *arena, struct ens_document *document)
{
    document->kept.texts.arena = arena;
    for (size_t i = document->count; i > 0; i--) {
        ens_result_list_set(&document->kept, i - 1, &document->results[i - 1]);
    }
    document->results = NULL;
}

static void write_table(struct ens_buf *out, const struct ens_report *report,
                        const struct ens_style *style)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_table *table = ens_table_begin(arena, out, report, style);

    while (ens_table_next(table)) {
        ; /* all stays in the buffer */
    }
}

static void write_report(struct ens_buf *out, const struct golden *golden,
                         const struct ens_report *report)
{
    if (golden->style == NULL) {
        golden->write(out, report);
    } else {
        write_table(out, report, golden->style);
    }
    assert_false(ens_buf_failed(out));
}

static void assert_fits(ens_str text, size_t width)
{
    while (text.len > 0) {
        assert_true(ens_text_width(ens_str_cut(text, '\n', &text)) <= width);
    }
}

static void test_golden(void **state)
{
    const struct golden *golden = *state;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(FILE_SIZE);
    ENS_AUTO_BUF kept = ens_buf_new(FILE_SIZE);
    struct ens_document document = document_of(arena, golden->document);
    struct ens_document plan = {0};
    struct ens_report report = {.view = golden->view, .document = &document};

    if (golden->plan != NULL) {
        plan = document_of(arena, golden->plan);
        report.plan = &plan;
    }
    write_report(&out, golden, &report);
    if (getenv("ENS_GOLDEN_UPDATE") != NULL) {
        write_file(arena, golden->expected, ens_buf_str(&out));
    }
    ens_str expected = read_file(arena, golden->expected);
    if (!ens_str_eq(ens_buf_str(&out), expected)) {
        fail_msg("golden/%s differs from:\n%s", golden->expected, ens_buf_text(&out));
    }
    if (golden->style != NULL && !golden->style->colour && golden->style->width > 0) {
        assert_fits(ens_buf_str(&out), golden->style->width);
    }
    keep_results(arena, &document);
    keep_results(arena, &plan);
    write_report(&kept, golden, &report);
    assert_string_equal(ens_buf_text(&kept), ens_buf_text(&out));
}

/* A table of several pieces, each of which is written out before the next one. */
static void test_pieces(void **state)
{
    enum { COUNT = 1050 };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_document document = {.kind = ENS_DOCUMENT_PLAN, .count = COUNT};
    const struct ens_report report = {.view = ENS_VIEW_PLAN, .document = &document};
    ENS_AUTO_BUF whole = ens_buf_new(FILE_SIZE);
    ENS_AUTO_BUF piece = ens_buf_new(FILE_SIZE);
    ENS_AUTO_BUF joined = ens_buf_new(FILE_SIZE);
    size_t pieces = 0;

    (void)state;
    document.kept.texts.arena = arena;
    for (size_t i = 0; i < COUNT; i++) {
        const struct ens_result result = {
            .target = {ENS_STR("baidu"), i % 2 == 0 ? ENS_STR("bj") : ENS_STR("gz"),
                       ens_arena_printf(arena, "i-%zu", i)},
            .status = ENS_STATUS_RUNNING,
        };
        ens_result_list_set(&document.kept, i, &result);
        ens_document_count_result(&document, &result);
    }
    write_table(&whole, &report, &piped);
    struct ens_table *table = ens_table_begin(arena, &piece, &report, &piped);
    while (ens_table_next(table)) {
        assert_true(ens_str_ends(ens_buf_str(&piece), ENS_STR("\n")));
        ens_buf_add(&joined, ens_buf_str(&piece));
        ens_buf_reset(&piece);
        pieces++;
    }
    assert_true(pieces > 5);
    assert_int_equal(piece.len, 0);
    assert_string_equal(ens_buf_text(&joined), ens_buf_text(&whole));
    assert_non_null(strstr(ens_buf_text(&whole), "\n\nbaidu/gz\n"));
    assert_non_null(strstr(ens_buf_text(&whole), "\n1050 instances: 1050 running\n"));
}

int main(void)
{
    struct CMUnitTest tests[ENS_COUNT(goldens) + 1];

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        return 1;
    }
    for (size_t i = 0; i < ENS_COUNT(goldens); i++) {
        tests[i] = (struct CMUnitTest){.name = goldens[i].expected,
                                       .test_func = test_golden,
                                       .initial_state = (void *)(uintptr_t)&goldens[i]};
    }
    tests[ENS_COUNT(goldens)] = (struct CMUnitTest)cmocka_unit_test(test_pieces);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
