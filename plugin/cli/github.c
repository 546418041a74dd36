/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/github.h"

#include "cli/notes.h"
#include "cli/text.h"

/* Escapes the data of a command, and with property the value of one of its properties. Clean text
 * has no line ends. */
static void escaped(struct ens_buf *out, ens_str text, bool property)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '%' || (property && (c == ':' || c == ','))) {
            ens_buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
        } else {
            ens_buf_add_char(out, c);
        }
    }
}

/* "::error title=SUBJECT%3A REASON::MESSAGE ADVICE (CODE, HTTP 400, request ...)" */
static void annotate(struct ens_buf *out, const char *command, ens_str subject,
                     const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str answer = ens_answer_text(arena, result);

    ens_buf_addf(out, "::%s title=", command);
    escaped(out, subject, true);
    escaped(out, ENS_STR(": "), true);
    escaped(out, ens_str_of(ens_reason_name(result->reason)), true);
    ens_buf_add(out, ENS_STR("::"));
    escaped(out, ens_text_clean(arena, result->message), false);
    if (result->advice.len > 0) {
        ens_buf_add_char(out, ' ');
        escaped(out, ens_text_clean(arena, result->advice), false);
    }
    if (answer.len > 0) {
        ens_buf_add(out, ENS_STR(" ("));
        escaped(out, answer, false);
        ens_buf_add(out, ENS_STR(")"));
    }
    ens_buf_add_char(out, '\n');
}

static bool is_unsure(enum ens_view view, const struct ens_result *result)
{
    return ens_standing_of(view, result) == ENS_STANDING_UNVERIFIED ||
           (view == ENS_VIEW_APPLY && ens_result_class(result) == ENS_CLASS_UNFINISHED);
}

void ens_github_result(struct ens_buf *out, const struct ens_report *report,
                       const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str target = ens_target_text(arena, &result->target);

    if (!ens_report_shows(report, result)) {
        return;
    }
    if (ens_report_failed(report, result)) {
        annotate(out, "error", target, result);
    } else if (is_unsure(report->view, result)) {
        annotate(out, "warning", target, result);
    }
}

void ens_github_failure(struct ens_buf *out, const struct ens_find_failure *failure)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_result result = {
        .reason = failure->reason,
        .message = failure->message,
        .advice = failure->advice,
        .provider_code = failure->provider_code,
        .http_status = failure->http_status,
        .request_id = failure->request_id,
    };

    annotate(out, "error",
             ens_arena_printf(arena, "%.*s/%.*s", ENS_STR_ARG(failure->cloud),
                              ENS_STR_ARG(failure->region)),
             &result);
}

void ens_github_warning(struct ens_buf *out, ens_str warning)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_buf_add(out, ENS_STR("::warning::"));
    escaped(out, ens_text_clean(arena, warning), false);
    ens_buf_add_char(out, '\n');
}

void ens_github_annotations(struct ens_buf *out, const struct ens_report *report)
{
    const struct ens_document *document = report->document;

    for (size_t i = 0; report->tally == NULL && i < document->count; i++) {
        const struct ens_result result = ens_document_result(document, i);
        ens_github_result(out, report, &result);
    }
    for (size_t i = 0; i < document->warning_count; i++) {
        ens_github_warning(out, document->warnings[i]);
    }
}

/* What of a line was seen. Characters beyond ASCII count as blanks: some are, and the runner
 * skips them. */
enum seen { SEEN_BLANKS, SEEN_COLON, SEEN_TEXT };

static enum seen see(enum seen seen, char c)
{
    if (c == '\n') {
        return SEEN_BLANKS;
    }
    if (seen == SEEN_BLANKS && (c == ' ' || (unsigned char)c >= 0x80)) {
        return SEEN_BLANKS;
    }
    return seen == SEEN_BLANKS && c == ':' ? SEEN_COLON : SEEN_TEXT;
}

void ens_github_defuse(struct ens_buf *out, ens_str text, const char *colon, const char *bracket)
{
    enum seen seen = SEEN_BLANKS;
    size_t hashes = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == ':' && seen == SEEN_COLON) {
            ens_buf_add(out, ens_str_of(colon));
        } else if (c == '[' && hashes >= 2) {
            ens_buf_add(out, ens_str_of(bracket));
        } else {
            ens_buf_add_char(out, c);
        }
        seen = see(seen, c);
        hashes = c == '#' ? hashes + 1 : 0;
    }
}
