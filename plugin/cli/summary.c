/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"

#include "core/duration.h"

/* A list of counts that leaves out what is not there, and breaks where the terminal ends. */
struct parts {
    struct ens_buf *out;
    const struct ens_style *style;
    size_t count; /* written so far */
    size_t at;    /* column */
};

/* Room for something this wide behind a separator: a new line if there is none left. */
static void separate(struct parts *parts, ens_str separator, size_t width)
{
    bool full = parts->style->width > 0 && parts->at + separator.len + width > parts->style->width;

    ens_buf_add(parts->out, full ? ens_str_trim(separator) : separator);
    parts->at += separator.len + width;
    if (full) {
        ens_buf_add(parts->out, ENS_STR("\n  "));
        parts->at = 2 + width;
    }
}

static void part(struct parts *parts, enum ens_tone tone, size_t number, const char *what)
{
    ENS_AUTO_BUF text = ens_buf_new(256);

    if (number == 0) {
        return;
    }
    ens_buf_addf(&text, "%zu %s", number, what);
    separate(parts, parts->count++ == 0 ? ENS_STR(" ") : ENS_STR(", "), text.len);
    ens_style_put(parts->out, parts->style, tone, ens_buf_str(&text));
}

/* What stands in brackets behind the part before. */
static void detail(struct parts *parts, const size_t *numbers, const char *const *names,
                   size_t count)
{
    ENS_AUTO_BUF text = ens_buf_new(1024);

    for (size_t i = 0; i < count; i++) {
        if (numbers[i] > 0) {
            ens_buf_addf(&text, "%s%zu %s", text.len == 0 ? "(" : ", ", numbers[i], names[i]);
        }
    }
    if (text.len > 0) {
        ens_buf_add_char(&text, ')');
        separate(parts, ENS_STR(" "), text.len);
        ens_buf_add(parts->out, ens_buf_str(&text));
    }
}

static void plan_parts(struct parts *parts, const struct ens_document *document)
{
    static const enum ens_confidence order[] = {ENS_CONFIDENCE_VALIDATED, ENS_CONFIDENCE_SIMULATED,
                                                ENS_CONFIDENCE_UNVERIFIED, ENS_CONFIDENCE_OBSERVED};
    size_t by_confidence[ENS_COUNT(order)] = {0};
    const char *names[ENS_COUNT(order)];

    for (size_t c = 0; c < ENS_COUNT(order); c++) {
        names[c] = ens_confidence_name(order[c]);
        for (size_t i = 0; i < document->count; i++) {
            const struct ens_result *result = &document->results[i];
            by_confidence[c] +=
                result->action == ENS_ACTION_START && result->confidence == order[c] ? 1 : 0;
        }
    }
    part(parts, ENS_TONE_GOOD, document->summary.none, "running");
    part(parts, ENS_TONE_GOOD, document->summary.start, "to start");
    detail(parts, by_confidence, names, ENS_COUNT(order));
    part(parts, ENS_TONE_BUSY, document->summary.wait, "wait");
    part(parts, ENS_TONE_BAD, document->summary.refuse, "refused");
}

static void apply_parts(struct parts *parts, const struct ens_document *document)
{
    enum { STARTED, WAITED, ALREADY, KINDS };
    static const char *const names[KINDS] = {"started", "waited for", "already"};
    size_t running[KINDS] = {0};
    size_t still = 0;
    size_t refused = 0;
    size_t failed = 0;

    for (size_t i = 0; i < document->count; i++) {
        const struct ens_result *result = &document->results[i];
        if (!ens_result_failed(result, true)) {
            running[result->started                     ? STARTED
                    : result->action == ENS_ACTION_NONE ? ALREADY
                                                        : WAITED]++;
        } else if (ens_result_still_starting(result)) {
            still++;
        } else if (result->action == ENS_ACTION_REFUSE) {
            refused++;
        } else {
            failed++;
        }
    }
    part(parts, ENS_TONE_GOOD, running[STARTED] + running[WAITED] + running[ALREADY], "running");
    detail(parts, running, names, KINDS);
    part(parts, ENS_TONE_BUSY, still, "still starting");
    part(parts, ENS_TONE_BAD, refused, "refused");
    part(parts, ENS_TONE_BAD, failed, "failed");
}

static void status_parts(struct parts *parts, const struct ens_document *document)
{
    static const enum ens_status order[] = {
        ENS_STATUS_RUNNING,  ENS_STATUS_STARTING, ENS_STATUS_STOPPED,
        ENS_STATUS_STOPPING, ENS_STATUS_BUSY,     ENS_STATUS_FAILED,
        ENS_STATUS_DELETING, ENS_STATUS_ABSENT,   ENS_STATUS_UNKNOWN};
    size_t numbers[ENS_STATUS_COUNT] = {0};

    for (size_t i = 0; i < document->count; i++) {
        numbers[document->results[i].status]++;
    }
    for (size_t i = 0; i < ENS_COUNT(order); i++) {
        const struct ens_result one = {.status = order[i]};
        part(parts, ens_style_tone(ens_standing_of(ENS_VIEW_STATUS, &one)), numbers[order[i]],
             ens_status_name(order[i]));
    }
}

static int64_t longest(const struct ens_document *document)
{
    int64_t longest = 0;

    for (size_t i = 0; i < document->count; i++) {
        int64_t elapsed = document->results[i].elapsed_ms;
        longest = elapsed > longest ? elapsed : longest;
    }
    return longest;
}

void ens_summary_line(struct ens_buf *out, const struct ens_report *report,
                      const struct ens_style *style)
{
    const struct ens_document *document = report->document;
    struct parts parts = {.out = out, .style = style};
    size_t before = out->len;

    ens_buf_addf(out, "%zu instance%s%s", document->count, document->count == 1 ? "" : "s",
                 document->count == 0 ? "" : ":");
    parts.at = out->len - before;
    switch (report->view) {
    case ENS_VIEW_PLAN:
        plan_parts(&parts, document);
        return;
    case ENS_VIEW_STATUS:
        status_parts(&parts, document);
        return;
    case ENS_VIEW_APPLY:
        break;
    }
    apply_parts(&parts, document);
    if (document->count > 0) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ens_str time = ens_duration_text(arena, longest(document));
        separate(&parts, ENS_STR("; "), time.len);
        ens_buf_add(out, time);
    }
}
