/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/action_progress.h"

#include <string.h>

#include "base/buf.h"
#include "core/messages.h"
#include "terraform/tally.h"

#define TEXT_MAX (ENS_ID_MAX + ENS_MESSAGE_MAX + (size_t)32) /* bytes that are compared */

/* The last text about an instance, or the last line over all. */
struct told {
    char text[TEXT_MAX];
    size_t length; /* of the whole text */
};

/* An instance that is counted. */
struct counted {
    enum ens_status status;
    enum ens_class class; /* once decided */
    bool reported;        /* there was an event */
    bool looked_at;       /* ... since the last line */
    bool decided;
    bool started;
};

struct ens_tf_progress {
    size_t count;
    size_t open; /* not decided */
    size_t looked_at;
    struct told *told;       /* one per instance; where they are counted, one in all */
    struct counted *counted; /* NULL: each has texts of its own */
};

struct ens_tf_progress *ens_tf_progress_new(struct ens_arena *arena, size_t count)
{
    struct ens_tf_progress *progress = ens_arena_alloc(arena, sizeof(*progress));
    const bool each = count <= ENS_TF_TOLD_EACH_MAX;

    *progress = (struct ens_tf_progress){.count = count, .open = count};
    progress->told = ens_arena_array(arena, each ? count : 1, sizeof(*progress->told));
    progress->counted = each ? NULL : ens_arena_array(arena, count, sizeof(*progress->counted));
    return progress;
}

/* The text, unless it was told last. */
static ens_str tell(struct told *last, ens_str text)
{
    const size_t compared = text.len < sizeof(last->text) ? text.len : sizeof(last->text);

    if (text.len == last->length && memcmp(text.ptr, last->text, compared) == 0) {
        return ENS_STR("");
    }
    memcpy(last->text, text.ptr, compared);
    last->length = text.len;
    return text;
}

/* ---- counted instances ----------------------------------------------------------------------- */

static void add_part(struct ens_buf *out, size_t count, const char *what)
{
    if (count > 0) {
        ens_buf_addf(out, ", %zu %s", count, what);
    }
}

/* "After 12 s: 20 of 200 instances running, 150 starting, 30 stopped; 180 starts accepted." */
static ens_str line_of(const struct ens_tf_progress *progress, struct ens_arena *arena,
                       int64_t elapsed_ms)
{
    static const char *const class_words[] = {
        [ENS_CLASS_RUNNING] = "running",
        [ENS_CLASS_UNFINISHED] = "unfinished",
        [ENS_CLASS_REFUSED] = "refused",
        [ENS_CLASS_FAILED] = "failed",
    };
    ENS_AUTO_BUF out = ens_buf_new(TEXT_MAX);
    size_t by_status[ENS_STATUS_COUNT] = {0};
    size_t by_class[ENS_COUNT(class_words)] = {0};
    size_t unreported = 0;
    size_t started = 0;

    for (size_t i = 0; i < progress->count; i++) {
        const struct counted *one = &progress->counted[i];
        by_class[one->class] += one->decided ? 1 : 0;
        by_status[one->status] += one->reported && !one->decided ? 1 : 0;
        unreported += one->reported ? 0 : 1;
        started += one->started ? 1 : 0;
    }
    ens_buf_addf(&out, "After %lld s: %zu of %zu instances running", (long long)(elapsed_ms / 1000),
                 by_class[ENS_CLASS_RUNNING], progress->count);
    for (int status = 0; status < ENS_STATUS_COUNT; status++) {
        add_part(&out, by_status[status], ens_status_name((enum ens_status)status));
    }
    add_part(&out, unreported, "to be read or started");
    for (size_t i = ENS_CLASS_RUNNING + 1; i < ENS_COUNT(class_words); i++) {
        add_part(&out, by_class[i], class_words[i]);
    }
    if (started > 0) {
        ens_buf_addf(&out, "; %zu start%s accepted", started, ens_plural(started));
    }
    ens_buf_add(&out, ENS_STR("."));
    return ens_arena_dup(arena, ens_buf_str(&out));
}

static void begin_look(struct ens_tf_progress *progress)
{
    progress->looked_at = 0;
    for (size_t i = 0; i < progress->count; i++) {
        progress->counted[i].looked_at = false;
    }
}

static void count_event(struct ens_tf_progress *progress, struct counted *one,
                        const struct ens_result *result, bool decided)
{
    one->reported = true;
    one->status = result->status;
    one->started = result->started;
    one->decided = decided;
    if (decided) {
        one->class = ens_result_class(result);
        progress->open--;
    } else {
        one->looked_at = true;
        progress->looked_at++;
    }
}

/* A look is over when it has shown every instance that is not decided, or when an instance is shown
 * again before that, because not all are read at the same time. */
static ens_str counted_event(struct ens_tf_progress *progress, struct ens_arena *arena,
                             size_t index, const struct ens_result *result, bool decided)
{
    struct counted *one = &progress->counted[index];
    ens_str line = ENS_STR("");

    if (one->looked_at) {
        line = line_of(progress, arena, result->elapsed_ms);
        begin_look(progress);
    }
    count_event(progress, one, result, decided);
    if (line.len == 0 && progress->open > 0 && progress->looked_at == progress->open) {
        line = line_of(progress, arena, result->elapsed_ms);
        begin_look(progress);
    }
    return line.len == 0 ? line : tell(&progress->told[0], line);
}

/* ---- all ------------------------------------------------------------------------------------- */

ens_str ens_tf_progress_event(struct ens_tf_progress *progress, struct ens_arena *arena,
                              size_t index, const struct ens_result *result, bool decided)
{
    ENS_ASSERT(index < progress->count);
    if (progress->counted != NULL) {
        return counted_event(progress, arena, index, result, decided);
    }
    return tell(&progress->told[index],
                ens_arena_printf(arena, "%.*s: %s. %.*s", ENS_STR_ARG(result->target.id),
                                 ens_status_name(result->status), ENS_STR_ARG(result->message)));
}

size_t ens_tf_progress_end(const struct ens_tf_progress *progress, struct ens_arena *arena,
                           const struct ens_tf_report *report, const ens_str **ret)
{
    struct ens_tf_tally tallies[ENS_TF_TALLIES_MAX];

    if (progress->counted == NULL) {
        return 0;
    }
    const size_t count = ens_tf_tally(report, tallies);
    ens_str *texts = ens_arena_array(arena, count, sizeof(*texts));
    for (size_t i = 0; i < count; i++) {
        texts[i] = ens_arena_printf(arena, "%.*s.",
                                    ENS_STR_ARG(ens_tf_tally_text(arena, report, &tallies[i])));
    }
    *ret = texts;
    return count;
}
