/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/markdown.h"

#include "cli/notes.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/text.h"

#define CLOSING_MAX ((size_t)256) /* bytes of the closing line of a page that was cut */

static const struct ens_style plain = {0};

void ens_markdown_code(struct ens_buf *out, ens_str text)
{
    size_t longest = 0;
    size_t run = 0;

    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    bool pad = longest > 0; /* a blank separates the fence from backticks of the text */
    for (size_t i = 0; i <= longest; i++) {
        ens_buf_add_char(out, '`');
    }
    ens_buf_add(out, pad ? ENS_STR(" ") : ENS_STR(""));
    ens_buf_add(out, text);
    ens_buf_add(out, pad ? ENS_STR(" ") : ENS_STR(""));
    for (size_t i = 0; i <= longest; i++) {
        ens_buf_add_char(out, '`');
    }
}

void ens_markdown_text(struct ens_buf *out, ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (ens_str_all_in((ens_str){text.ptr + i, 1}, "\\`*_{}[]<>()#+!|~@&$")) {
            ens_buf_add_char(out, '\\');
        }
        ens_buf_add_char(out, text.ptr[i]);
    }
}

/* The text of a table cell: characters that Markdown may interpret become '?'. */
static void table_word(struct ens_buf *out, ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain_char = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == ' ' || c == '_' || c == '-' || c == '.' ||
                          c == '(' || c == ')';
        ens_buf_add_char(out, (char)(plain_char ? c : '?'));
    }
}

/* ---- the page -------------------------------------------------------------------------------- */

/* Pieces are written whole or not at all; once one does not fit, none is, so that what is left out
 * is the end. */
struct page {
    struct ens_buf *out;
    const struct ens_report *report;
    size_t end; /* length of out that is not passed, but for the closing line */
    bool full;
    size_t listed; /* instances in the table */
};

static bool put(struct page *page, const struct ens_buf *piece)
{
    page->full = page->full || ens_buf_failed(piece) || page->out->len + piece->len > page->end;
    if (!page->full) {
        ens_buf_add(page->out, ens_buf_str(piece));
    }
    return !page->full;
}

static struct ens_buf piece_new(void)
{
    return ens_buf_new(ENS_MARKDOWN_MAX);
}

static void write_head(struct page *page)
{
    size_t count = 0;
    const struct ens_column *columns = ens_table_columns(page->report->view, &count);
    ENS_AUTO_BUF piece = piece_new();

    ens_buf_add_char(&piece, '\n');
    for (size_t c = 0; c < count; c++) {
        ens_buf_addf(&piece, "| %s ", columns[c].title);
    }
    ens_buf_add(&piece, ENS_STR("|\n"));
    for (size_t c = 0; c < count; c++) {
        ens_buf_add(&piece, ENS_STR("| --- "));
    }
    ens_buf_add(&piece, ENS_STR("|\n"));
    (void)put(page, &piece);
}

static bool write_row(struct page *page, const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF piece = piece_new();
    size_t count = 0;
    const struct ens_column *columns = ens_table_columns(page->report->view, &count);

    ens_buf_add(&piece, ENS_STR("| "));
    ens_markdown_code(&piece, ens_target_text(arena, &result->target));
    for (size_t c = 1; c < count; c++) {
        ens_buf_add(&piece, ENS_STR(" | "));
        table_word(&piece, columns[c].cell(arena, page->report->view, result).text);
    }
    ens_buf_add(&piece, ENS_STR(" |\n"));
    return put(page, &piece);
}

/* Refused and failed instances first. Returns how many there are to list. */
static size_t write_table(struct page *page)
{
    const struct ens_report *report = page->report;
    size_t total = 0;

    if (report->document->count > 0) {
        write_head(page);
    }
    for (int others = 0; others < 2; others++) {
        for (size_t i = 0; i < report->document->count; i++) {
            const struct ens_result result = ens_document_result(report->document, i);
            bool failed = ens_report_failed(report, &result);
            if (!ens_report_shows(report, &result) || failed == (others == 1)) {
                continue;
            }
            total++;
            page->listed += !page->full && write_row(page, &result) ? 1 : 0;
        }
    }
    return total;
}

static void write_span(struct ens_buf *out, const char *before, ens_str text)
{
    if (text.len > 0) {
        ens_buf_add(out, ens_str_of(before));
        ens_markdown_code(out, text);
    }
}

static void write_member(struct page *page, const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF piece = piece_new();

    write_span(&piece, "- ", ens_target_text(arena, &result->target));
    write_span(&piece, ": ", ens_text_clean(arena, result->message));
    write_span(&piece, " ", ens_answer_text(arena, result));
    ens_buf_add_char(&piece, '\n');
    (void)put(page, &piece);
}

static void write_note(struct page *page, const struct ens_note *note)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF head = piece_new();
    ENS_AUTO_BUF rest = piece_new();
    size_t shown = note->count < ENS_NOTES_MAX ? note->count : ENS_NOTES_MAX;

    ens_buf_addf(&head, "\n**%s: %s**\n", ens_note_title(note->kind),
                 ens_reason_name(note->reason));
    if (note->advice.len > 0) {
        ens_buf_add(&head, ENS_STR("\n> "));
        ens_markdown_text(&head, ens_text_clean(arena, note->advice));
        ens_buf_add_char(&head, '\n');
    }
    ens_buf_add_char(&head, '\n');
    (void)put(page, &head);
    for (size_t i = 0; i < shown && !page->full; i++) {
        const struct ens_result result =
            ens_document_result(page->report->document, note->indexes[i]);
        write_member(page, &result);
    }
    if (shown < note->count) {
        ens_buf_addf(&rest, "- and %zu more\n", note->count - shown);
        (void)put(page, &rest);
    }
}

static void write_changes(struct page *page)
{
    const struct ens_report *report = page->report;
    bool any = false;

    for (size_t i = 0; i < report->plan->count && !page->full; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_BUF piece = piece_new();
        const struct ens_result planned = ens_document_result(report->plan, i);
        const struct ens_result found = ens_document_result(report->document, i);
        if (ens_result_changed(&planned, &found)) {
            ens_buf_add(&piece, any ? ENS_STR("") : ENS_STR("\n**Changed since the plan**\n\n"));
            any = true;
            write_span(&piece, "- ", ens_target_text(arena, &found.target));
            ens_buf_addf(&piece, ": %.*s\n", ENS_STR_ARG(ens_change_text(arena, &planned, &found)));
            (void)put(page, &piece);
        }
    }
}

static void write_begin(struct page *page)
{
    static const char *const titles[] = {
        [ENS_VIEW_PLAN] = "Plan",
        [ENS_VIEW_APPLY] = "Apply",
        [ENS_VIEW_STATUS] = "Status",
    };
    const struct ens_document *document = page->report->document;
    ENS_AUTO_BUF piece = piece_new();

    ens_buf_addf(&piece, "### Ensure: %s\n\n", titles[page->report->view]);
    ens_summary_line(&piece, page->report, &plain);
    ens_buf_add_char(&piece, '\n');
    (void)put(page, &piece);
    for (size_t i = 0; i < document->warning_count && !page->full; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ENS_AUTO_BUF warning = piece_new();
        ens_buf_add(&warning, ENS_STR("\n**Warning:** "));
        ens_markdown_text(&warning, ens_text_clean(arena, document->warnings[i]));
        ens_buf_add_char(&warning, '\n');
        (void)put(page, &warning);
    }
}

void ens_markdown_write(struct ens_buf *out, const struct ens_report *report)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct page page = {
        .out = out, .report = report, .end = out->len + ENS_MARKDOWN_MAX - CLOSING_MAX};
    const struct ens_notes notes = ens_notes_of(arena, report);

    write_begin(&page);
    for (size_t i = 0; i < notes.count && !page.full; i++) {
        write_note(&page, &notes.items[i]);
    }
    if (report->plan != NULL) {
        write_changes(&page);
    }
    size_t total = write_table(&page);
    if (page.full) {
        ens_buf_addf(out,
                     "\nCut to fit into a comment: %zu of %zu instances are in the table. The "
                     "formats json and html have all of them.\n",
                     page.listed, total);
    }
}
