/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/markdown.h"

#include "cli/notes.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/text.h"

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

static void write_table(struct ens_buf *out, const struct ens_report *report)
{
    size_t count = 0;
    const struct ens_column *columns = ens_table_columns(report->view, &count);

    for (size_t c = 0; c < count; c++) {
        ens_buf_addf(out, "| %s ", columns[c].title);
    }
    ens_buf_add(out, ENS_STR("|\n"));
    for (size_t c = 0; c < count; c++) {
        ens_buf_add(out, ENS_STR("| --- "));
    }
    ens_buf_add(out, ENS_STR("|\n"));
    for (size_t i = 0; i < report->document->count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_result *result = &report->document->results[i];
        if (!ens_report_shows(report, result)) {
            continue;
        }
        ens_buf_add(out, ENS_STR("| "));
        ens_markdown_code(out, ens_target_text(arena, &result->target));
        for (size_t c = 1; c < count; c++) {
            ens_buf_add(out, ENS_STR(" | "));
            table_word(out, columns[c].cell(arena, report->view, result).text);
        }
        ens_buf_add(out, ENS_STR(" |\n"));
    }
}

static void write_span(struct ens_buf *out, const char *before, ens_str text)
{
    if (text.len > 0) {
        ens_buf_add(out, ens_str_of(before));
        ens_markdown_code(out, text);
    }
}

static void write_note(struct ens_buf *out, const struct ens_document *document,
                       const struct ens_note *note)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t shown = note->count < ENS_NOTES_MAX ? note->count : ENS_NOTES_MAX;

    ens_buf_addf(out, "\n**%s: %s**\n\n", ens_note_title(note->kind),
                 ens_reason_name(note->reason));
    for (size_t i = 0; i < shown; i++) {
        const struct ens_result *result = &document->results[note->indexes[i]];
        write_span(out, "- ", ens_target_text(arena, &result->target));
        write_span(out, ": ", ens_text_clean(arena, result->message));
        write_span(out, " ", ens_answer_text(arena, result));
        ens_buf_add_char(out, '\n');
    }
    if (shown < note->count) {
        ens_buf_addf(out, "- and %zu more\n", note->count - shown);
    }
    if (note->advice.len > 0) {
        ens_buf_add(out, ENS_STR("\n> "));
        ens_markdown_text(out, ens_text_clean(arena, note->advice));
        ens_buf_add_char(out, '\n');
    }
}

static void write_changes(struct ens_buf *out, const struct ens_report *report)
{
    bool any = false;

    for (size_t i = 0; i < report->plan->count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_result *planned = &report->plan->results[i];
        const struct ens_result *found = &report->document->results[i];
        if (ens_result_changed(planned, found)) {
            ens_buf_add(out, any ? ENS_STR("") : ENS_STR("\n**Changed since the plan**\n\n"));
            any = true;
            write_span(out, "- ", ens_target_text(arena, &found->target));
            ens_buf_addf(out, ": %.*s\n", ENS_STR_ARG(ens_change_text(arena, planned, found)));
        }
    }
}

void ens_markdown_write(struct ens_buf *out, const struct ens_report *report)
{
    static const char *const titles[] = {
        [ENS_VIEW_PLAN] = "Plan",
        [ENS_VIEW_APPLY] = "Apply",
        [ENS_VIEW_STATUS] = "Status",
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t count = 0;
    const struct ens_note *notes = ens_notes_of(arena, report, &count);

    ens_buf_addf(out, "### Ensure: %s\n\n", titles[report->view]);
    ens_summary_line(out, report, &plain);
    ens_buf_add(out, ENS_STR("\n"));
    if (report->document->count > 0) {
        ens_buf_add_char(out, '\n');
        write_table(out, report);
    }
    for (size_t i = 0; i < count; i++) {
        write_note(out, report->document, &notes[i]);
    }
    if (report->plan != NULL) {
        write_changes(out, report);
    }
}
