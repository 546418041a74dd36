/* SPDX-License-Identifier: Apache-2.0 */
/* What a find prints, in each of its formats; written as it comes, but for a table. */
#ifndef ENSURE_CLI_FIND_OUTPUT_H
#define ENSURE_CLI_FIND_OUTPUT_H

#include "cli/find_table.h"
#include "cli/options.h"

struct ens_find_output {
    enum ens_format format;
    struct ens_buf out; /* that is not written yet */
    struct ens_find_writer json;
    struct ens_find_table table;
    bool closed; /* standard output can't be written */
};

/* created_at: RFC 3339. */
void ens_find_output_begin(struct ens_find_output *output, enum ens_format format,
                           struct ens_arena *arena, ens_str created_at);
ens_rc ens_find_output_add(struct ens_find_output *output, const struct ens_finding *finding,
                           struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_find_output_end(struct ens_find_output *output, const ens_str *warnings,
                           size_t warning_count, struct ens_diags *diags) ENS_MUST_USE;
void ens_find_output_done(struct ens_find_output *output); /* may be zeroed */

#endif
