/* One live line about work that is under way: a bar, how many are done, and what is happening. */
#ifndef ENSURE_CLI_PROGRESS_H
#define ENSURE_CLI_PROGRESS_H

#include "cli/style.h"

struct ens_progress {
    enum ens_view view;
    size_t total;
    size_t done;
    size_t failed;                      /* of those done */
    size_t by_status[ENS_STATUS_COUNT]; /* of those not done, as far as they were read */
    int64_t elapsed_ms;
};

/* Without line ends; not wider than the style's width. */
void ens_progress_line(struct ens_buf *out, const struct ens_progress *progress,
                       const struct ens_style *style);

#endif
