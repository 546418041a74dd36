/* Progress on standard error while work is under way: one line that is drawn anew with each event.
 * Silent where standard error is no terminal that can do that. */
#ifndef ENSURE_CLI_LIVE_H
#define ENSURE_CLI_LIVE_H

#include "cli/progress.h"

struct ens_live {
    bool on;
    struct ens_style style;
    struct ens_progress progress;
    int64_t began_ms;
    struct ens_live_target *targets; /* in the arena */
};

struct ens_live ens_live_begin(struct ens_arena *arena, enum ens_view view, size_t total);

/* What is known of a target now; final: it is finished. */
void ens_live_update(struct ens_live *live, size_t index, const struct ens_result *result,
                     bool final);

void ens_live_end(struct ens_live *live); /* takes the line away; more than once is fine */

#endif
