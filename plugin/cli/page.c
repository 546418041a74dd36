/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/page.h"

#include <string.h>

#include "cli/markup.h"
#include "cli/notes.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "core/document_fields.h"

struct page {
    struct ens_buf *out;
    const struct ens_report *report;
    struct ens_arena *arena; /* for what lives as long as the page */
};

static void put(const struct page *page, ens_str markup)
{
    ens_buf_add(page->out, markup);
}

/* An element with text, nothing if that is empty. open is the start tag, such as "<p class=x>". */
static void put_text(const struct page *page, const char *open, ens_str text, const char *close)
{
    if (text.len > 0) {
        put(page, ens_str_of(open));
        ens_markup_text(page->out, text);
        put(page, ens_str_of(close));
    }
}

static const char *class_of(enum ens_standing standing)
{
    switch (ens_style_tone(standing)) {
    case ENS_TONE_GOOD:
        return "good";
    case ENS_TONE_BUSY:
        return "busy";
    case ENS_TONE_BAD:
        return "bad";
    case ENS_TONE_PLAIN:
    case ENS_TONE_DIM:
    case ENS_TONE_TITLE:
    case ENS_TONE_HINT:
        break;
    }
    return "dim";
}

/* ---- above the table ------------------------------------------------------------------------- */

static void put_title(const struct page *page)
{
    put(page,
        page->report->view == ENS_VIEW_APPLY ? ENS_STR("Ensure: Apply") : ENS_STR("Ensure: Plan"));
}

static void put_summary(const struct page *page)
{
    static const struct ens_style plain = {0};
    ENS_AUTO_BUF line = ens_buf_new(4096);

    ens_summary_line(&line, page->report, &plain);
    ens_markup_text(page->out, ens_buf_str(&line));
}

static void put_time(const struct page *page)
{
    ens_markup_text(page->out, page->report->document->created_at);
}

static void put_counts(const struct page *page)
{
    const struct ens_document *document = page->report->document;

    for (const struct ens_count *count = ens_document_counts(document->kind); count->name != NULL;
         count++) {
        ens_buf_addf(page->out, "<div><dt>%s</dt><dd>%zu</dd></div>\n", count->name,
                     ens_document_count_of(&document->summary, count));
    }
}

static void put_warnings(const struct page *page)
{
    const struct ens_document *document = page->report->document;

    if (document->warning_count > 0) {
        put(page, ENS_STR("<section aria-labelledby=\"warnings\">\n"
                          "<h2 id=\"warnings\">Warnings</h2>\n"));
        for (size_t i = 0; i < document->warning_count; i++) {
            put_text(page, "<div class=\"warning busy\"><p>", document->warnings[i],
                     "</p></div>\n");
        }
        put(page, ENS_STR("</section>\n"));
    }
}

static void put_target(const struct page *page, const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    put_text(page, "<code>", ens_target_text(arena, &result->target), "</code>");
}

static void put_answer(const struct page *page, const char *open, const struct ens_result *result,
                       const char *close)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    put_text(page, open, ens_answer_text(arena, result), close);
}

static void put_more(const struct page *page, size_t count)
{
    if (count > ENS_NOTES_MAX) {
        ens_buf_addf(page->out, "<li>and %zu more</li>\n", count - ENS_NOTES_MAX);
    }
}

/* number: from 1; several notes can be of one reason. */
static void put_note(const struct page *page, const struct ens_note *note, size_t number)
{
    const bool bad = note->kind != ENS_NOTE_UNVERIFIED && note->kind != ENS_NOTE_UNFINISHED;
    const char *reason = ens_reason_name(note->reason);

    ens_buf_addf(page->out, "<div class=\"note %s\">\n<h3>%s: %s (%zu)</h3>\n",
                 bad ? "bad" : "busy", ens_note_title(note->kind), reason, note->count);
    put_text(page, "<p>", note->advice, "</p>\n");
    put(page, ENS_STR("<ul>\n"));
    for (size_t i = 0; i < note->count && i < ENS_NOTES_MAX; i++) {
        const struct ens_result result =
            ens_document_result(page->report->document, note->indexes[i]);
        put(page, ENS_STR("<li>"));
        put_target(page, &result);
        put_text(page, "<br>", result.message, "");
        put_answer(page, "<br><code class=\"dim\">", &result, "</code>");
        put(page, ENS_STR("</li>\n"));
    }
    put_more(page, note->count);
    ens_buf_addf(
        page->out,
        "</ul>\n<button type=\"button\" data-reason=\"%s\" aria-label=\"Show %s in the table "
        "(note %zu)\" hidden>Show %s in the table</button>\n</div>\n",
        reason, reason, number, reason);
}

static void put_notes(const struct page *page)
{
    const struct ens_notes notes = ens_notes_of(page->arena, page->report);

    if (notes.count > 0) {
        put(page, ENS_STR("<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">Notes</h2>\n"));
        for (size_t i = 0; i < notes.count; i++) {
            put_note(page, &notes.items[i], i + 1);
        }
        put(page, ENS_STR("</section>\n"));
    }
}

static void put_changes(const struct page *page)
{
    const struct ens_document *plan = page->report->plan;
    size_t count = 0;

    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_result planned = ens_document_result(plan, i);
        const struct ens_result found = ens_document_result(page->report->document, i);
        if (!ens_result_changed(&planned, &found)) {
            continue;
        }
        if (count++ == 0) {
            put(page, ENS_STR("<section aria-labelledby=\"changes\">\n"
                              "<h2 id=\"changes\">Changed since the plan</h2>\n<ul>\n"));
        }
        if (count <= ENS_NOTES_MAX) {
            put(page, ENS_STR("<li>"));
            put_target(page, &found);
            put_text(page, ": ", ens_change_text(arena, &planned, &found), "</li>\n");
        }
    }
    put_more(page, count);
    put(page, count > 0 ? ENS_STR("</ul>\n</section>\n") : ENS_STR(""));
}

/* ---- the table: columns of the view, and one more for message, answer and advice ------------- */

static void put_column(const struct page *page, const char *title)
{
    const ens_str rest = ens_str_of(title);

    put(page, ENS_STR("<th scope=\"col\">"));
    for (size_t i = 0; i < rest.len; i++) { /* titles are in capitals, for terminals */
        const char c = rest.ptr[i];
        ens_buf_add_char(page->out, (char)(i > 0 && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    put(page, ENS_STR("</th>"));
}

static void put_columns(const struct page *page)
{
    size_t count = 0;
    const struct ens_column *columns = ens_table_columns(page->report->view, &count);

    for (size_t c = 0; c < count; c++) {
        put_column(page, columns[c].title);
    }
    put_column(page, "DETAILS");
}

/* A cell of a coloured column, or of the time, which is sorted by its value. */
static void put_cell(const struct page *page, const struct ens_column *column,
                     const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_cell cell = column->cell(arena, page->report->view, result);

    if (ens_str_is(ens_str_of(column->title), "TIME")) {
        ens_buf_addf(page->out, "<td data-value=\"%lld\">", (long long)result->elapsed_ms);
    } else if (cell.tone == ENS_TONE_GOOD || cell.tone == ENS_TONE_BUSY ||
               cell.tone == ENS_TONE_BAD) {
        ens_buf_addf(page->out, "<td class=\"%s\">",
                     class_of(ens_standing_of(page->report->view, result)));
    } else {
        put(page, ENS_STR("<td>"));
    }
    ens_markup_text(page->out, cell.text);
    put(page, ENS_STR("</td>"));
}

static void put_row(const struct page *page, const struct ens_result *result)
{
    size_t count = 0;
    const struct ens_column *columns = ens_table_columns(page->report->view, &count);

    ens_buf_addf(page->out, "<tr data-reason=\"%s\"><th scope=\"row\">",
                 ens_reason_name(result->reason));
    put_target(page, result);
    put(page, ENS_STR("</th>"));
    for (size_t c = 1; c < count; c++) {
        put_cell(page, &columns[c], result);
    }
    put(page, ENS_STR("<td>"));
    ens_markup_text(page->out, result->message);
    put_text(page, "<br>", result->advice, "");
    put_answer(page, "<br><code class=\"dim\">", result, "</code>");
    put(page, ENS_STR("</td></tr>\n"));
}

static void put_rows(const struct page *page)
{
    const struct ens_document *document = page->report->document;

    for (size_t i = 0; i < document->count && !ens_buf_failed(page->out); i++) {
        const struct ens_result result = ens_document_result(document, i);
        if (ens_report_shows(page->report, &result)) {
            put_row(page, &result);
        }
    }
}

/* ---- the template ---------------------------------------------------------------------------- */

static void put_part(const struct page *page, ens_str name)
{
    static const struct {
        const char *name;
        void (*put)(const struct page *page);
    } parts[] = {
        {"title", put_title},     {"summary", put_summary},   {"time", put_time},
        {"counts", put_counts},   {"warnings", put_warnings}, {"notes", put_notes},
        {"changes", put_changes}, {"columns", put_columns},   {"rows", put_rows},
    };

    for (size_t i = 0; i < ENS_COUNT(parts); i++) {
        if (ens_str_is(name, parts[i].name)) {
            parts[i].put(page);
            return;
        }
    }
    ens_assert_failed("the template names a part that there is not", __FILE__, __LINE__);
}

void ens_page_write(struct ens_buf *out, const struct ens_report *report)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct page page = {.out = out, .report = report, .arena = arena};
    const char *rest = ens_page_template;

    for (const char *open = strstr(rest, "{{"); open != NULL; open = strstr(rest, "{{")) {
        const char *close = strstr(open, "}}");
        ENS_ASSERT(close != NULL);
        put(&page, (ens_str){rest, (size_t)(open - rest)});
        put_part(&page, (ens_str){open + 2, (size_t)(close - open) - 2});
        rest = close + 2;
    }
    put(&page, ens_str_of(rest));
}
