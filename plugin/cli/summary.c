/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/summary.h"

#include "cli/tally.h"
#include "core/duration.h"

/* A list of counts without zeros, wrapped at the width of the terminal. */
struct parts {
    struct ens_buf *out;
    const struct ens_style *style;
    size_t count; /* written so far */
    size_t at;    /* column */
};

/* Writes the separator, or a line break if text of this width does not fit behind it. */
static void separate(struct parts *parts, ens_str separator, size_t width)
{
    const size_t end = parts->at + separator.len + width + 1; /* with the comma that may follow */
    bool full = parts->style->width > 0 && end > parts->style->width;

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

/* The breakdown of the previous part, in brackets. */
static void detail(struct parts *parts, const size_t *numbers, const char *const *names,
                   size_t count)
{
    size_t left = 0;
    bool first = true;

    for (size_t i = 0; i < count; i++) {
        left += numbers[i] > 0 ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        ENS_AUTO_BUF text = ens_buf_new(256);
        if (numbers[i] == 0) {
            continue;
        }
        left--;
        ens_buf_addf(&text, "%s%zu %s%s", first ? "(" : "", numbers[i], names[i],
                     left == 0 ? ")" : "");
        separate(parts, first ? ENS_STR(" ") : ENS_STR(", "), text.len);
        ens_buf_add(parts->out, ens_buf_str(&text));
        first = false;
    }
}

static void plan_parts(struct parts *parts, const struct ens_summary *summary,
                       const struct ens_tally *tally)
{
    static const enum ens_confidence order[] = {ENS_CONFIDENCE_VALIDATED, ENS_CONFIDENCE_SIMULATED,
                                                ENS_CONFIDENCE_UNVERIFIED, ENS_CONFIDENCE_OBSERVED};
    size_t by_confidence[ENS_COUNT(order)];
    const char *names[ENS_COUNT(order)];

    for (size_t c = 0; c < ENS_COUNT(order); c++) {
        names[c] = ens_confidence_name(order[c]);
        by_confidence[c] = tally->starts[order[c]];
    }
    part(parts, ENS_TONE_GOOD, summary->none, "running");
    part(parts, ENS_TONE_GOOD, summary->start, "to start");
    detail(parts, by_confidence, names, ENS_COUNT(order));
    part(parts, ENS_TONE_BUSY, summary->wait, "wait");
    part(parts, ENS_TONE_BAD, summary->refuse, "refused");
}

/* The classes, which add up to the total; of the running ones also how many were started. */
static void apply_parts(struct parts *parts, const struct ens_summary *summary,
                        const struct ens_tally *tally)
{
    static const char *const names[ENS_TALLY_RUNNING_COUNT] = {
        [ENS_TALLY_STARTED] = "after a start",
        [ENS_TALLY_WAITED] = "waited for",
        [ENS_TALLY_ALREADY] = "already",
    };

    part(parts, ENS_TONE_GOOD, summary->running, "running");
    detail(parts, tally->running, names, ENS_TALLY_RUNNING_COUNT);
    part(parts, ENS_TONE_BUSY, summary->unfinished, "unfinished");
    part(parts, ENS_TONE_BAD, summary->refused, "refused");
    part(parts, ENS_TONE_BAD, summary->failed, "failed");
    if (summary->started > 0) {
        ENS_AUTO_BUF text = ens_buf_new(64);
        ens_buf_addf(&text, "%zu started", summary->started);
        separate(parts, ENS_STR("; "), text.len);
        ens_buf_add(parts->out, ens_buf_str(&text));
    }
}

static void status_parts(struct parts *parts, const struct ens_summary *summary)
{
    static const enum ens_status order[] = {
        ENS_STATUS_RUNNING,  ENS_STATUS_STARTING, ENS_STATUS_STOPPED,
        ENS_STATUS_STOPPING, ENS_STATUS_BUSY,     ENS_STATUS_FAILED,
        ENS_STATUS_DELETING, ENS_STATUS_ABSENT,   ENS_STATUS_UNKNOWN};

    for (size_t i = 0; i < ENS_COUNT(order); i++) {
        const struct ens_result one = {.status = order[i]};
        part(parts, ens_style_tone(ens_standing_of(ENS_VIEW_STATUS, &one)),
             summary->by_status[order[i]], ens_status_name(order[i]));
    }
}

void ens_summary_line(struct ens_buf *out, const struct ens_report *report,
                      const struct ens_style *style)
{
    const struct ens_document *document = report->document;
    const struct ens_tally tally = ens_tally_of(report);
    const size_t count = tally.count;
    struct parts parts = {.out = out, .style = style};
    size_t before = out->len;

    if (document->shard.count > 0) {
        ens_buf_addf(out, "shard %zu/%zu, ", document->shard.index, document->shard.count);
    }
    ens_buf_addf(out, "%zu instance%s%s", count, ens_plural(count), count == 0 ? "" : ":");
    parts.at = out->len - before;
    switch (report->view) {
    case ENS_VIEW_PLAN:
        plan_parts(&parts, &document->summary, &tally);
        return;
    case ENS_VIEW_STATUS:
        status_parts(&parts, &document->summary);
        return;
    case ENS_VIEW_APPLY:
        break;
    }
    apply_parts(&parts, &document->summary, &tally);
    if (count > 0) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        ens_str time = ens_duration_text(arena, tally.longest_ms);
        separate(&parts, ENS_STR("; "), time.len);
        ens_buf_add(out, time);
    }
}
