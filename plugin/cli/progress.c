#include "cli/progress.h"

#include "cli/duration.h"
#include "cli/text.h"

#define BAR_WIDTH 20

static void write_bar(struct ens_buf *out, const struct ens_progress *progress,
                      const struct ens_style *style)
{
    size_t full = progress->total == 0 ? BAR_WIDTH : progress->done * BAR_WIDTH / progress->total;

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

void ens_progress_line(struct ens_buf *out, const struct ens_progress *progress,
                       const struct ens_style *style)
{
    static const char *const doing[] = {
        [ENS_VIEW_PLAN] = "planning",
        [ENS_VIEW_APPLY] = "applying",
        [ENS_VIEW_STATUS] = "reading",
    };
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF words = ens_buf_new(4096);
    size_t head = 10 + BAR_WIDTH; /* columns up to the words */

    ens_buf_addf(out, "%s ", doing[progress->view]);
    write_bar(out, progress, style);
    ens_buf_addf(&words, " %zu/%zu", progress->done, progress->total);
    for (size_t s = 0; s < ENS_STATUS_COUNT; s++) {
        if (progress->by_status[s] > 0) {
            ens_buf_addf(&words, ", %zu %s", progress->by_status[s],
                         ens_status_name((enum ens_status)s));
        }
    }
    if (progress->failed > 0) {
        ens_buf_addf(&words, ", %zu failed", progress->failed);
    }
    ens_buf_addf(&words, "  %.*s", ENS_STR_ARG(ens_duration_text(arena, progress->elapsed_ms)));
    if (style->width == 0) {
        ens_buf_add(out, ens_buf_str(&words));
    } else {
        ens_text_cut(out, ens_buf_str(&words), style->width > head ? style->width - head : 0);
    }
}
