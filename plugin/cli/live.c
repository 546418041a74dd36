#include "cli/live.h"

#include <unistd.h>

#include "cli/terminal.h"
#include "os/os.h"

#define LINE_MAX_BYTES 8192

struct ens_live_target {
    bool known; /* counted in by_status */
    bool done;
    enum ens_status status;
};

static int64_t now_ms(void)
{
    return ens_os_clock.mono_ms(ens_os_clock.ud);
}

static void draw(struct ens_live *live)
{
    ENS_AUTO_BUF line = ens_buf_new(LINE_MAX_BYTES);

    live->progress.elapsed_ms = now_ms() - live->began_ms;
    ens_buf_add(&line, ENS_STR("\r"));
    ens_progress_line(&line, &live->progress, &live->style);
    ens_buf_add(&line, ENS_STR("\x1b[K")); /* erase what is left of the line before */
    if (ens_terminal_write(STDERR_FILENO, ens_buf_str(&line), NULL) != ENS_OK) {
        live->on = false;
    }
}

struct ens_live ens_live_begin(struct ens_arena *arena, enum ens_view view, size_t total)
{
    struct ens_live live = {.on = ens_terminal_can_redraw(STDERR_FILENO) && total > 0,
                            .style = ens_terminal_style(STDERR_FILENO),
                            .progress = {.view = view, .total = total},
                            .began_ms = now_ms()};

    if (live.on) {
        live.style.width--; /* the last column would make some terminals begin a new line */
        live.targets = ens_arena_array(arena, total, sizeof(*live.targets));
        draw(&live);
    }
    return live;
}

void ens_live_update(struct ens_live *live, size_t index, const struct ens_result *result,
                     bool final)
{
    if (!live->on || live->targets[index].done) {
        return;
    }
    struct ens_live_target *target = &live->targets[index];
    if (target->known) {
        live->progress.by_status[target->status]--;
    }
    *target = (struct ens_live_target){.known = !final, .done = final, .status = result->status};
    if (final) {
        live->progress.done++;
        live->progress.failed +=
            ens_standing_of(live->progress.view, result) == ENS_STANDING_BAD ? 1 : 0;
    } else {
        live->progress.by_status[result->status]++;
    }
    draw(live);
}

void ens_live_end(struct ens_live *live)
{
    if (live->on) {
        live->on = false;
        ens_rc rc = ens_terminal_write(STDERR_FILENO, ENS_STR("\r\x1b[K"), NULL);
        (void)rc;
    }
}
