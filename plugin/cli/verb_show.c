/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/input.h"
#include "cli/operation.h"
#include "cli/verbs.h"

/* Prints a saved document as the verb that wrote it; sends no request. */
enum ens_exit_code ens_verb_show(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags)
{
    /* The verb that wrote a document of the kind, whose formats it has. */
    static const enum ens_verb writers[] = {
        [ENS_DOCUMENT_PLAN] = ENS_VERB_PLAN,
        [ENS_DOCUMENT_APPLY] = ENS_VERB_APPLY,
        [ENS_DOCUMENT_STATUS] = ENS_VERB_STATUS,
    };
    const char *path = options->arguments[0].text;
    struct ens_document document = {0};
    const char *formats = NULL;

    if (ens_input_document(arena, path, &document, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    if (document.kind == ENS_DOCUMENT_FLEET) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL,
                      "%s is a fleet: expected a saved plan, result or status", path);
        return ENS_EXIT_USAGE;
    }
    const enum ens_verb writer = writers[document.kind];
    if (!ens_verb_has_format(writer, options->format, &formats)) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL,
                      "%s was written by ensure %s, which has the formats: %s", path,
                      ens_verbs[writer].name, formats);
        return ENS_EXIT_USAGE;
    }
    const struct ens_report report = {.view = ens_view_of(document.kind), .document = &document};
    ens_operation_warn(&document, diags);
    return ens_report_print(STDOUT_FILENO, options->format, &report, diags) == ENS_OK
               ? ENS_EXIT_OK
               : ENS_EXIT_USAGE;
}
