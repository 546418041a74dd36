/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <string.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "cli/text.h"
#include "core/duration.h"
#include "os/os.h"

#define LINE_MAX_BYTES 8192
#define BAR_WIDTH      20
#define REDRAW_MS      200
#define LINE_MS        10000

static void write_bar(struct ens_buf *out, const struct ens_progress_counts *counts,
                      const struct ens_style *style)
{
    size_t full = counts->total == 0 ? BAR_WIDTH : counts->done * BAR_WIDTH / counts->total;

    ens_style_on(out, style, ENS_TONE_GOOD);
    for (size_t i = 0; i < full; i++) {
        ens_buf_add(out, style->ascii ? ENS_STR("#") : ENS_STR("\xE2\x94\x81"));
    }
    ens_style_off(out, style, ENS_TONE_GOOD);
    ens_style_on(out, style, ENS_TONE_DIM);
    for (size_t i = full; i < BAR_WIDTH; i++) {
        ens_buf_add(out, style->ascii ? ENS_STR(".") : ENS_STR("\xE2\x94\x80"));
    }
    ens_style_off(out, style, ENS_TONE_DIM);
}

static void write_words(struct ens_buf *out, const struct ens_progress_counts *counts)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_buf_addf(out, "%zu/%zu", counts->done, counts->total);
    for (size_t s = 0; s < ENS_STATUS_COUNT; s++) {
        if (counts->by_status[s] > 0) {
            ens_buf_addf(out, ", %zu %s", counts->by_status[s],
                         ens_status_name((enum ens_status)s));
        }
    }
    if (counts->failed > 0) {
        ens_buf_addf(out, ", %zu failed", counts->failed);
    }
    ens_buf_addf(out, "  %.*s", ENS_STR_ARG(ens_duration_text(arena, counts->elapsed_ms)));
}

static void write_found(struct ens_buf *out, const struct ens_progress_counts *counts)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_buf_addf(out, "finding: %zu instance%s  %.*s", counts->done, ens_plural(counts->done),
                 ENS_STR_ARG(ens_duration_text(arena, counts->elapsed_ms)));
}

void ens_progress_text(struct ens_buf *out, const struct ens_progress_counts *counts,
                       const struct ens_style *style)
{
    static const char *const doing[] = {
        [ENS_VIEW_PLAN] = "planning",
        [ENS_VIEW_APPLY] = "applying",
        [ENS_VIEW_STATUS] = "reading",
    };
    ENS_AUTO_BUF words = ens_buf_new(4096);
    size_t head = 11 + BAR_WIDTH; /* columns before the text */

    if (counts->find) {
        write_found(&words, counts);
        ens_text_cut(out, ens_buf_str(&words), style->width > 0 ? style->width : words.len);
        return;
    }
    ens_buf_addf(out, "%s ", counts->wait ? "waiting" : doing[counts->view]);
    write_words(&words, counts);
    if (style->width == 0) {
        ens_buf_add(out, ens_buf_str(&words));
        return;
    }
    write_bar(out, counts, style);
    ens_buf_add_char(out, ' ');
    ens_text_cut(out, ens_buf_str(&words), style->width > head ? style->width - head : 0);
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* What is kept per target, in a byte: NEW, DONE, or the status that is counted in by_status. */
enum { TARGET_NEW = ENS_STATUS_COUNT, TARGET_DONE };

static int64_t now_ms(void)
{
    return ens_os_clock.mono_ms(ens_os_clock.ud);
}

static void show(struct ens_progress *progress)
{
    ENS_AUTO_BUF line = ens_buf_new(LINE_MAX_BYTES);
    bool redrawn = progress->mode == ENS_PROGRESS_REDRAWN;

    progress->changed = false;
    progress->shown_ms = now_ms();
    progress->counts.elapsed_ms = progress->shown_ms - progress->began_ms;
    ens_buf_add(&line, redrawn ? ENS_STR("\r") : ENS_STR("ensure: "));
    ens_progress_text(&line, &progress->counts, &progress->style);
    /* Erase the rest of the previous text. */
    ens_buf_add(&line, redrawn ? ENS_STR("\x1b[K") : ENS_STR("\n"));
    if (ens_terminal_write(STDERR_FILENO, ens_buf_str(&line), NULL) != ENS_OK) {
        progress->mode = ENS_PROGRESS_OFF;
    }
}

static void begin(struct ens_progress *progress)
{
    progress->style = ens_terminal_style(STDERR_FILENO);
    progress->began_ms = now_ms();
    progress->shown_ms = progress->began_ms;
    if (ens_terminal_can_redraw(STDERR_FILENO)) {
        progress->mode = ENS_PROGRESS_REDRAWN;
        progress->style.width--; /* some terminals wrap after writing to the last column */
        show(progress);
    } else {
        progress->mode = ENS_PROGRESS_LINES;
        progress->style = (struct ens_style){0};
    }
}

struct ens_progress ens_progress_begin(struct ens_arena *arena, enum ens_view view, bool wait,
                                       size_t total, bool quiet)
{
    struct ens_progress progress = {.counts = {.view = view, .wait = wait, .total = total}};

    if (!quiet && total > 0) {
        progress.targets = ens_arena_alloc(arena, total);
        memset(progress.targets, TARGET_NEW, total);
        begin(&progress);
    }
    return progress;
}

struct ens_progress ens_progress_begin_find(bool quiet)
{
    struct ens_progress progress = {.counts = {.find = true}};

    if (!quiet) {
        begin(&progress);
    }
    return progress;
}

void ens_progress_found(struct ens_progress *progress)
{
    progress->counts.done++;
}

void ens_progress_update(struct ens_progress *progress, size_t index,
                         const struct ens_result *result, bool final)
{
    if (progress->mode == ENS_PROGRESS_OFF || progress->targets[index] == TARGET_DONE) {
        return;
    }
    if (progress->targets[index] != TARGET_NEW) {
        progress->counts.by_status[progress->targets[index]]--;
    }
    progress->targets[index] = final ? (uint8_t)TARGET_DONE : (uint8_t)result->status;
    if (final) {
        progress->counts.done++;
        progress->counts.failed +=
            ens_standing_of(progress->counts.view, result) == ENS_STANDING_BAD ? 1 : 0;
    } else {
        progress->counts.by_status[result->status]++;
    }
    progress->changed = true;
}

int64_t ens_progress_tick(struct ens_progress *progress)
{
    const bool redrawn = progress->mode == ENS_PROGRESS_REDRAWN;
    const bool news = redrawn && progress->changed && progress->counts.total <= ENS_WINDOW;
    const int64_t interval = redrawn ? REDRAW_MS : LINE_MS;

    if (progress->mode == ENS_PROGRESS_OFF) {
        return -1;
    }
    if (news || now_ms() - progress->shown_ms >= interval) {
        show(progress);
    }
    int64_t left = progress->shown_ms + interval - now_ms();
    return left > 0 ? left : 0;
}

void ens_progress_end(struct ens_progress *progress)
{
    if (progress->mode == ENS_PROGRESS_REDRAWN) {
        ens_terminal_note(ENS_STR("\r\x1b[K"));
    }
    progress->mode = ENS_PROGRESS_OFF;
}
