/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/notes.h"

#include "cli/text.h"

#define INDENT 4

ens_str ens_answer_text(struct ens_arena *arena, const struct ens_result *result)
{
    ens_str code = ens_text_clean(arena, result->provider_code);
    ens_str request = ens_text_clean(arena, result->request_id);
    ens_str text = code;

    if (result->http_status != 0) {
        text = ens_arena_printf(arena, "%.*s%sHTTP %u", ENS_STR_ARG(text),
                                text.len == 0 ? "" : ", ", (unsigned)result->http_status);
    }
    if (request.len > 0) {
        text = ens_arena_printf(arena, "%.*s%srequest %.*s", ENS_STR_ARG(text),
                                text.len == 0 ? "" : ", ", ENS_STR_ARG(request));
    }
    return text;
}

ens_str ens_change_text(struct ens_arena *arena, const struct ens_result *planned,
                        const struct ens_result *found)
{
    return ens_arena_printf(arena, "planned %s (%s), now %s (%s)", ens_action_name(planned->action),
                            ens_status_name(planned->status), ens_action_name(found->action),
                            ens_status_name(found->status));
}

struct writer {
    struct ens_buf *out;
    const struct ens_style *style;
};

/* A paragraph in a tone. bullet: the character before its first line, or 0. */
static void paragraph(const struct writer *writer, enum ens_tone tone, size_t indent, char bullet,
                      ens_str text)
{
    ENS_AUTO_BUF lines = ens_buf_new(ENS_DOCUMENT_MAX);

    ens_text_wrap(&lines, text, indent, writer->style->width);
    if (lines.len == 0) {
        return;
    }
    if (bullet != 0) {
        lines.ptr[indent - 2] = bullet;
    }
    ens_style_put(writer->out, writer->style, tone, (ens_str){lines.ptr, lines.len - 1});
    ens_buf_add_char(writer->out, '\n');
}

static void line(const struct writer *writer, enum ens_tone tone, size_t indent, ens_str text)
{
    paragraph(writer, tone, indent, 0, text);
}

/* One instance: its target, the cloud's answer, and the message unless the next instance has the
 * same. */
static void write_member(const struct writer *writer, const struct ens_result *result,
                         bool repeated)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    line(writer, ENS_TONE_PLAIN, INDENT / 2,
         ens_text_clean(arena, ens_target_text(arena, &result->target)));
    line(writer, ENS_TONE_DIM, INDENT, ens_answer_text(arena, result));
    if (!repeated) {
        line(writer, ENS_TONE_PLAIN, INDENT, ens_text_clean(arena, result->message));
    }
}

static void write_note(const struct writer *writer, const struct ens_document *document,
                       const struct ens_note *note)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    bool bad = note->kind != ENS_NOTE_UNVERIFIED && note->kind != ENS_NOTE_UNFINISHED;
    size_t shown = note->count < ENS_NOTES_MAX ? note->count : ENS_NOTES_MAX;

    ens_buf_add_char(writer->out, '\n');
    line(writer, bad ? ENS_TONE_BAD : ENS_TONE_BUSY, 0,
         ens_arena_printf(arena, "%s: %s", ens_note_title(note->kind),
                          ens_reason_name(note->reason)));
    for (size_t i = 0; i < shown; i++) {
        const struct ens_result result = ens_document_result(document, note->indexes[i]);
        const bool repeated =
            i + 1 < shown &&
            ens_str_eq(ens_document_result(document, note->indexes[i + 1]).message, result.message);
        write_member(writer, &result, repeated);
    }
    if (shown < note->count) {
        line(writer, ENS_TONE_DIM, INDENT / 2,
             ens_arena_printf(arena, "and %zu more", note->count - shown));
    }
    if (note->advice.len > 0) {
        paragraph(writer, ENS_TONE_HINT, INDENT, '>', ens_text_clean(arena, note->advice));
    }
}

static void write_changes(const struct writer *writer, const struct ens_report *report)
{
    size_t count = 0;

    for (size_t i = 0; i < report->plan->count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct ens_result planned = ens_document_result(report->plan, i);
        const struct ens_result found = ens_document_result(report->document, i);
        if (!ens_result_changed(&planned, &found)) {
            continue;
        }
        if (count == 0) {
            ens_buf_add_char(writer->out, '\n');
            line(writer, ENS_TONE_BUSY, 0, ENS_STR("Changed since the plan"));
        }
        count++;
        if (count <= ENS_NOTES_MAX) {
            line(writer, ENS_TONE_PLAIN, INDENT / 2, ens_target_text(arena, &found.target));
            line(writer, ENS_TONE_DIM, INDENT, ens_change_text(arena, &planned, &found));
        }
    }
    if (count > ENS_NOTES_MAX) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        line(writer, ENS_TONE_DIM, INDENT / 2,
             ens_arena_printf(arena, "and %zu more", count - ENS_NOTES_MAX));
    }
}

void ens_notes_write(struct ens_buf *out, const struct ens_report *report,
                     const struct ens_style *style)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct writer writer = {.out = out, .style = style};
    const struct ens_notes notes = ens_notes_of(arena, report);

    for (size_t i = 0; i < notes.count; i++) {
        write_note(&writer, report->document, &notes.items[i]);
    }
    if (report->plan != NULL) {
        write_changes(&writer, report);
    }
}
