/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/operation.h"
#include "cli/providers.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#define OUTPUT_MAX ((size_t)16 * 1024 * 1024)

enum ens_exit_code ens_verb_providers(struct ens_arena *arena, const struct ens_options *options,
                                      struct ens_diags *diags)
{
    ENS_AUTO_SESSION *session = NULL;
    ENS_AUTO_BUF out = ens_buf_new(OUTPUT_MAX);
    struct ens_capabilities capabilities = {0};

    if (ens_session_open(&session, diags) != ENS_OK ||
        ens_session_capabilities(session, arena, &capabilities, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (options->format == ENS_FORMAT_JSON) {
        ens_capabilities_write(&out, &capabilities);
    } else {
        ens_providers_table(&out, &capabilities);
        for (size_t i = 0; i < capabilities.warning_count; i++) {
            ens_diags_add(diags, ENS_WARNING, NULL, NULL, "%.*s",
                          ENS_STR_ARG(capabilities.warnings[i]));
        }
    }
    return ens_terminal_write(STDOUT_FILENO, ens_buf_str(&out), diags) == ENS_OK ? ENS_EXIT_OK
                                                                                 : ENS_EXIT_USAGE;
}
