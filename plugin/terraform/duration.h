/* Durations as Go writes them, which is how Terraform users do: "90s", "10m", "1h30m", "1.5h". */
#ifndef ENSURE_TERRAFORM_DURATION_H
#define ENSURE_TERRAFORM_DURATION_H

#include "base/diag.h"

/* Longer than zero and at most max_ms; *ret_ms is rounded up to whole milliseconds. */
ens_rc ens_duration_parse(ens_str text, int64_t max_ms, const char *where, int64_t *ret_ms,
                          struct ens_diags *diags) ENS_MUST_USE;

#endif
