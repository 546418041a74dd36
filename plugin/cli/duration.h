/* Lengths of time as people write them: "10m", "1h30m", "1.5s", "500ms". */
#ifndef ENSURE_CLI_DURATION_H
#define ENSURE_CLI_DURATION_H

#include "base/arena.h"

#define ENS_DURATION_MAX_MS ((int64_t)24 * 3600 * 1000)

/* One or more decimal numbers, each with a unit (h, m, s, ms), that add up to more than nothing and
 * at most ENS_DURATION_MAX_MS; parts of a millisecond are dropped. */
bool ens_duration_parse(ens_str text, int64_t *ret_ms);

/* Short, for tables: "340 ms", "2.1 s", "1m 05s", "2h 03m". */
ens_str ens_duration_text(struct ens_arena *arena, int64_t ms);

#endif
