/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"
#include "cli/operation.h"
#include "cli/runner.h"
#include "cli/verbs.h"
#include "core/merge.h"
#include "core/target_file.h"

static ens_rc read_part(struct ens_arena *arena, const char *path, struct ens_document *ret,
                        struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX);
    const char *name = ens_input_name(path);
    ens_rc rc = ens_input_text(path, &text, diags);

    if (rc == ENS_OK) {
        rc = ens_input_check_document(ens_buf_str(&text), name, "a plan, a result or a status",
                                      diags);
    }
    return rc == ENS_OK ? ens_target_file_read(arena, ens_buf_str(&text), name, ret, diags) : rc;
}

/* Reads all files. Each that can't be read is one diagnostic. */
static ens_rc read_parts(struct ens_arena *arena, const struct ens_options *options,
                         struct ens_merge_part *parts, struct ens_diags *diags)
{
    struct ens_document *documents =
        ens_arena_array(arena, options->argument_count, sizeof(*documents));
    ens_rc first = ENS_OK;

    for (size_t i = 0; i < options->argument_count; i++) {
        const char *path = options->arguments[i].text;
        ens_rc rc = read_part(arena, path, &documents[i], diags);
        parts[i] = (struct ens_merge_part){ens_input_name(path), &documents[i]};
        first = first == ENS_OK ? rc : first;
    }
    return first;
}

enum ens_exit_code ens_verb_merge(struct ens_arena *arena, const struct ens_options *options,
                                  struct ens_diags *diags)
{
    struct ens_merge_part *parts = ens_arena_array(arena, options->argument_count, sizeof(*parts));
    struct ens_document merged = {0};

    if (read_parts(arena, options, parts, diags) != ENS_OK ||
        ens_document_merge(arena, parts, options->argument_count, &merged, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    const struct ens_report report = {.view = ens_view_of(merged.kind), .document = &merged};
    if (ens_operation_print(parts[0].name, options->format, &merged, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    ens_runner_tell(&report, diags);
    return ens_exit_code_of(&report, false);
}
