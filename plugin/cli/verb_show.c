/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/input.h"
#include "cli/operation.h"
#include "cli/verbs.h"

/* Prints a saved document as the verb that wrote it; sends no request. */
enum ens_exit_code ens_verb_show(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags)
{
    const char *path = options->arguments[0].text;
    struct ens_document document = {0};

    if (ens_input_document(arena, path, &document, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (document.kind == ENS_DOCUMENT_FLEET) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL,
                      "%s is a fleet: expected a saved plan, result or status", path);
        return ENS_EXIT_USAGE;
    }
    const struct ens_report report = {.view = ens_view_of(document.kind), .document = &document};
    return ens_report_print(STDOUT_FILENO, options->format, &report, diags) == ENS_OK
               ? ENS_EXIT_OK
               : ENS_EXIT_USAGE;
}
