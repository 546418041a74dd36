/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/reasons.h"

#include "cli/markdown.h"
#include "cli/text.h"

#define LIST_MAX ((size_t)64 * 1024) /* bytes of the codes of one cloud */

/* "Expired (status)"; error codes have no addition. */
static ens_str code_text(struct ens_arena *arena, const struct ens_code *code)
{
    ens_str pattern = ens_text_clean(arena, code->pattern);

    return code->kind == ENS_CODE_KIND_ERROR
               ? pattern
               : ens_arena_printf(arena, "%.*s (%s)", ENS_STR_ARG(pattern),
                                  ens_code_kind_name(code->kind));
}

/* ---- for terminals --------------------------------------------------------------------------- */

struct text {
    struct ens_buf *out;
    const struct ens_style *style;
    struct ens_arena *arena;
};

static void paragraph(const struct text *text, enum ens_tone tone, size_t indent, ens_str words)
{
    ENS_AUTO_BUF lines = ens_buf_new(LIST_MAX);

    ens_text_wrap(&lines, ens_text_clean(text->arena, words), indent, text->style->width);
    if (lines.len > 0) {
        ens_style_put(text->out, text->style, tone, (ens_str){lines.ptr, lines.len - 1});
        ens_buf_add_char(text->out, '\n');
    }
}

static void advice(const struct text *text, size_t indent, ens_str sentence)
{
    if (sentence.len > 0) {
        paragraph(text, ENS_TONE_HINT, indent,
                  ens_arena_printf(text->arena, "> %.*s", ENS_STR_ARG(sentence)));
    }
}

static void write_cloud(const struct text *text, const struct ens_explained_cloud *cloud)
{
    ENS_AUTO_BUF list = ens_buf_new(LIST_MAX);

    ens_buf_add_char(text->out, '\n');
    paragraph(text, ENS_TONE_TITLE, 2, cloud->provider->title);
    for (size_t i = 0; i < cloud->code_count; i++) {
        if (cloud->codes[i].advice.len == 0) {
            ens_str code = code_text(text->arena, &cloud->codes[i]);
            ens_buf_addf(&list, "%s%.*s", list.len == 0 ? "" : ", ", ENS_STR_ARG(code));
        }
    }
    paragraph(text, ENS_TONE_PLAIN, 4, ens_buf_str(&list));
    advice(text, 4, cloud->advice);
    for (size_t i = 0; i < cloud->code_count; i++) {
        if (cloud->codes[i].advice.len > 0) {
            paragraph(text, ENS_TONE_PLAIN, 4, code_text(text->arena, &cloud->codes[i]));
            advice(text, 6, cloud->codes[i].advice);
        }
    }
    if (cloud->code_count == 0 && cloud->advice.len == 0) {
        paragraph(text, ENS_TONE_DIM, 4, ENS_STR("no code of its own"));
    }
}

void ens_reasons_text(struct ens_buf *out, const struct ens_explanation *items, size_t count,
                      const struct ens_style *style)
{
    for (size_t i = 0; i < count; i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        const struct text text = {.out = out, .style = style, .arena = arena};
        const struct ens_explanation *item = &items[i];
        ens_buf_add(out, i == 0 ? ENS_STR("") : ENS_STR("\n"));
        paragraph(&text, ENS_TONE_TITLE, 0, ens_str_of(ens_reason_name(item->reason)));
        paragraph(&text, ENS_TONE_PLAIN, 2, ens_str_of(ens_reason_meaning(item->reason)));
        advice(&text, 2, ens_str_of(ens_reason_advice(item->reason)));
        if (item->by_word) {
            paragraph(&text, ENS_TONE_DIM, 2,
                      ENS_STR("The code is in no table; a word in it tells of a missing "
                              "permission."));
        }
        for (size_t c = 0; c < item->cloud_count; c++) {
            write_cloud(&text, &item->clouds[c]);
        }
    }
}

/* ---- Markdown -------------------------------------------------------------------------------- */

static void markdown_codes(struct ens_buf *out, struct ens_arena *arena,
                           const struct ens_explained_cloud *cloud)
{
    const char *before = ": ";

    for (size_t i = 0; i < cloud->code_count; i++) {
        const struct ens_code *code = &cloud->codes[i];
        ens_buf_add(out, ens_str_of(before));
        ens_markdown_code(out, ens_text_clean(arena, code->pattern));
        if (code->kind != ENS_CODE_KIND_ERROR) {
            ens_buf_addf(out, " (%s)", ens_code_kind_name(code->kind));
        }
        before = ", ";
    }
    ens_buf_add_char(out, '\n');
}

static void markdown_cloud(struct ens_buf *out, const struct ens_explained_cloud *cloud)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_buf_add(out, ENS_STR("- "));
    ens_markdown_text(out, ens_text_clean(arena, cloud->provider->title));
    markdown_codes(out, arena, cloud);
    if (cloud->advice.len > 0) {
        ens_buf_add(out, ENS_STR("  - "));
        ens_markdown_text(out, ens_text_clean(arena, cloud->advice));
        ens_buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < cloud->code_count; i++) {
        const struct ens_code *code = &cloud->codes[i];
        if (code->advice.len > 0) {
            ens_buf_add(out, ENS_STR("  - "));
            ens_markdown_code(out, ens_text_clean(arena, code->pattern));
            ens_buf_add(out, ENS_STR(": "));
            ens_markdown_text(out, ens_text_clean(arena, code->advice));
            ens_buf_add_char(out, '\n');
        }
    }
}

void ens_reasons_markdown(struct ens_buf *out, const struct ens_explanation *items, size_t count)
{
    ens_buf_add(
        out,
        ENS_STR(
            "# Reasons\n\n"
            "Each result of Ensure has one of these reasons, whatever the cloud and the front end. "
            "`ensure explain REASON` prints what is here, `ensure explain CODE` what a code of a "
            "cloud "
            "means.\n\n"
            "Of each cloud the codes that become the reason are listed: error codes of replies, "
            "where "
            "`*` stands for any run of characters and a special pattern goes before a general one, "
            "words for the status of an instance, and locks on it. An error code that is not "
            "listed is "
            "judged by words in it that tell of a missing permission, else by the HTTP status.\n\n"
            "The page is made by `ensure explain --format markdown`.\n"));
    for (size_t i = 0; i < count; i++) {
        const struct ens_explanation *item = &items[i];
        const char *general = ens_reason_advice(item->reason);
        ens_buf_addf(out, "\n## %s\n\n", ens_reason_name(item->reason));
        ens_markdown_text(out, ens_str_of(ens_reason_meaning(item->reason)));
        ens_buf_add(out, ENS_STR("\n"));
        if (general[0] != '\0') {
            ens_buf_add(out, ENS_STR("\n> "));
            ens_markdown_text(out, ens_str_of(general));
            ens_buf_add_char(out, '\n');
        }
        const char *before = "\n";
        for (size_t c = 0; c < item->cloud_count; c++) {
            if (item->clouds[c].code_count > 0 || item->clouds[c].advice.len > 0) {
                ens_buf_add(out, ens_str_of(before));
                markdown_cloud(out, &item->clouds[c]);
                before = "";
            }
        }
    }
}
