/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/operation.h"
#include "cli/reasons.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#define OUTPUT_MAX ((size_t)16 * 1024 * 1024)

/* The tables are those of the plugin process, which has the providers. */
enum ens_exit_code ens_verb_explain(struct ens_arena *arena, const struct ens_options *options,
                                    struct ens_diags *diags)
{
    ENS_AUTO_SESSION *session = NULL;
    ENS_AUTO_BUF out = ens_buf_new(OUTPUT_MAX);
    const ens_str word =
        ens_str_of(options->argument_count > 0 ? options->arguments[0].text : NULL);
    const struct ens_style style = ens_terminal_style(STDOUT_FILENO);
    struct ens_capabilities capabilities = {0};
    struct ens_explanation *items = NULL;
    size_t count = 0;

    if (ens_session_open(&session, diags) != ENS_OK ||
        ens_session_capabilities(session, arena, &capabilities, diags) != ENS_OK ||
        ens_explain(arena, &capabilities, word, &items, &count, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (options->format == ENS_FORMAT_JSON) {
        ens_explain_write(&out, word, items, count);
    } else if (options->format == ENS_FORMAT_MARKDOWN) {
        ens_reasons_markdown(&out, items, count);
    } else {
        ens_reasons_text(&out, items, count, &style);
    }
    return ens_terminal_write(STDOUT_FILENO, ens_buf_str(&out), diags) == ENS_OK ? ENS_EXIT_OK
                                                                                 : ENS_EXIT_USAGE;
}
