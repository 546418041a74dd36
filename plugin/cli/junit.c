/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/junit.h"

#include "cli/markup.h"
#include "cli/notes.h"

enum verdict { PASSED, FAILURE, ERROR };

static enum verdict verdict_of(const struct ens_report *report, const struct ens_result *result)
{
    if (ens_report_failed(report, result)) {
        return FAILURE;
    }
    return report->view == ENS_VIEW_APPLY && ens_result_class(result) == ENS_CLASS_UNFINISHED
               ? ERROR
               : PASSED;
}

static void attribute(struct ens_buf *out, const char *name, ens_str value)
{
    ens_buf_addf(out, " %s=\"", name);
    ens_markup_text(out, value);
    ens_buf_add_char(out, '"');
}

static void add_time(struct ens_buf *out, int64_t elapsed_ms)
{
    ens_buf_addf(out, " time=\"%lld.%03d\"", (long long)(elapsed_ms / 1000),
                 (int)(elapsed_ms % 1000));
}

/* "MESSAGE ADVICE (CODE, HTTP 400, request ...)", with what is empty left out. */
static ens_str explained(struct ens_arena *arena, const struct ens_result *result)
{
    const ens_str answer = ens_answer_text(arena, result);

    return ens_arena_printf(arena, "%.*s%s%.*s%s%.*s%s", ENS_STR_ARG(result->message),
                            result->message.len > 0 && result->advice.len > 0 ? " " : "",
                            ENS_STR_ARG(result->advice), answer.len > 0 ? " (" : "",
                            ENS_STR_ARG(answer), answer.len > 0 ? ")" : "");
}

static void write_case(struct ens_buf *out, const struct ens_report *report,
                       const struct ens_result *result)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_target *target = &result->target;
    const enum verdict verdict = verdict_of(report, result);
    const char *element = verdict == FAILURE ? "failure" : "error";

    ens_buf_add(out, ENS_STR("    <testcase"));
    attribute(out, "classname",
              ens_arena_printf(arena, "%.*s.%.*s", ENS_STR_ARG(target->cloud),
                               ENS_STR_ARG(target->region)));
    attribute(out, "name", target->id);
    add_time(out, result->elapsed_ms);
    if (verdict == PASSED) {
        ens_buf_add(out, ENS_STR("/>\n"));
        return;
    }
    ens_buf_addf(out, ">\n      <%s", element);
    attribute(out, "message", result->message);
    attribute(out, "type", ens_str_of(ens_reason_name(result->reason)));
    ens_buf_add_char(out, '>');
    ens_markup_text(out, explained(arena, result));
    ens_buf_addf(out, "</%s>\n    </testcase>\n", element);
}

/* Starts that are planned without the cloud's consent pass, and are told in the output. */
static void write_unverified(struct ens_buf *out, const struct ens_report *report)
{
    for (size_t i = 0; i < report->document->count; i++) {
        const struct ens_result result = ens_document_result(report->document, i);
        if (ens_report_shows(report, &result) &&
            ens_standing_of(report->view, &result) == ENS_STANDING_UNVERIFIED) {
            ENS_AUTO_ARENA *arena = ens_arena_new();
            ens_markup_text(out, ens_target_text(arena, &result.target));
            ens_buf_addf(out, ": unverified, %s: ", ens_reason_name(result.reason));
            ens_markup_text(out, explained(arena, &result));
            ens_buf_add_char(out, '\n');
        }
    }
}

static void write_warnings(struct ens_buf *out, const struct ens_document *document)
{
    for (size_t i = 0; i < document->warning_count; i++) {
        ens_buf_add(out, ENS_STR("warning: "));
        ens_markup_text(out, document->warnings[i]);
        ens_buf_add_char(out, '\n');
    }
}

/* Attributes of the suite. The counts are of the cases that it has, as readers expect. */
static void write_counts(struct ens_buf *out, const struct ens_report *report)
{
    size_t counts[] = {[PASSED] = 0, [FAILURE] = 0, [ERROR] = 0};
    int64_t longest = 0;
    const ens_str time = report->document->created_at;

    for (size_t i = 0; i < report->document->count; i++) {
        const struct ens_result result = ens_document_result(report->document, i);
        if (ens_report_shows(report, &result)) {
            counts[verdict_of(report, &result)]++;
            longest = result.elapsed_ms > longest ? result.elapsed_ms : longest;
        }
    }
    ens_buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
                 counts[PASSED] + counts[FAILURE] + counts[ERROR], counts[FAILURE], counts[ERROR]);
    add_time(out, longest);
    attribute(out, "timestamp", ens_str_cut(time, 'Z', &(ens_str){NULL, 0})); /* schema: no zone */
}

void ens_junit_write(struct ens_buf *out, const struct ens_report *report)
{
    const char *name = report->view == ENS_VIEW_APPLY ? "ensure.apply" : "ensure.plan";

    ens_buf_add(out, ENS_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"));
    ens_buf_addf(out, "  <testsuite id=\"0\" package=\"ensure\" name=\"%s\" hostname=\"localhost\"",
                 name);
    write_counts(out, report);
    ens_buf_add(out, ENS_STR(">\n    <properties/>\n"));
    for (size_t i = 0; i < report->document->count; i++) {
        const struct ens_result result = ens_document_result(report->document, i);
        if (ens_report_shows(report, &result)) {
            write_case(out, report, &result);
        }
    }
    ens_buf_add(out, ENS_STR("    <system-out>"));
    write_unverified(out, report);
    ens_buf_add(out, ENS_STR("</system-out>\n    <system-err>"));
    write_warnings(out, report->document);
    ens_buf_add(out, ENS_STR("</system-err>\n  </testsuite>\n</testsuites>\n"));
}
