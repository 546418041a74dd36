/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/find_output.h"

#include <unistd.h>

#include "cli/runner.h"
#include "cli/terminal.h"

#define INDENT 2

static ens_rc write_out(struct ens_find_output *output, struct ens_diags *diags)
{
    ens_rc rc = ens_runner_write(STDOUT_FILENO, output->format, ens_buf_str(&output->out), diags);

    ens_buf_reset(&output->out);
    output->closed = rc != ENS_OK;
    return rc;
}

void ens_find_output_begin(struct ens_find_output *output, enum ens_format format,
                           struct ens_arena *arena, ens_str created_at)
{
    *output = (struct ens_find_output){.format = format,
                                       .out = ens_buf_new(ENS_DOCUMENT_MAX),
                                       .table = {.texts = {.arena = arena}}};
    if (format == ENS_FORMAT_JSON) {
        output->json = ens_find_begin(&output->out, created_at, INDENT);
    }
}

ens_rc ens_find_output_add(struct ens_find_output *output, const struct ens_finding *finding,
                           struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (output->format == ENS_FORMAT_JSON) {
        ens_find_add(&output->json, finding);
    } else if (output->format == ENS_FORMAT_TARGETS) {
        ens_buf_add(&output->out, ens_target_text(arena, &finding->target));
        ens_buf_add_char(&output->out, '\n');
    } else {
        ens_find_table_add(&output->table, finding);
    }
    return output->out.len < ENS_PIECE_MIN ? ENS_OK : write_out(output, diags);
}

ens_rc ens_find_output_end(struct ens_find_output *output, const ens_str *warnings,
                           size_t warning_count, struct ens_diags *diags)
{
    if (output->format == ENS_FORMAT_JSON) {
        ens_find_end(&output->json, warnings, warning_count);
    } else if (output->format != ENS_FORMAT_TARGETS) {
        const struct ens_style style = ens_terminal_style(STDOUT_FILENO);
        ens_find_table_write(&output->out, &output->table, &style);
    }
    if (ens_buf_failed(&output->out)) {
        return ens_fail(diags, ENS_LIMIT, NULL, "the result is larger than %zu bytes",
                        output->out.max);
    }
    return write_out(output, diags);
}

void ens_find_output_done(struct ens_find_output *output)
{
    ens_buf_done(&output->out);
}
