/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/find_output.h"
#include "cli/input.h"
#include "cli/operation.h"
#include "cli/verbs.h"
#include "core/saved.h"
#include "core/target_file.h"

#define EXPECTED "a saved plan, result, status, find or diagnosis"

/* The file, and how it is to be printed. */
struct show {
    struct ens_arena *arena;
    const char *name;
    enum ens_format format;
    struct ens_diags *diags;
};

static ens_rc print_find(const struct show *show, const struct ens_saved *saved)
{
    struct ens_find_output output;
    ens_rc rc = ENS_OK;

    ens_find_output_begin(&output, show->format, show->arena, saved->created_at);
    for (size_t i = 0; rc == ENS_OK && i < saved->count; i++) {
        rc = ens_find_output_add(&output, &saved->findings[i], show->diags);
    }
    if (rc == ENS_OK) {
        rc = ens_find_output_end(&output, saved->warnings, saved->warning_count, show->diags);
    }
    ens_find_output_done(&output);
    for (size_t i = 0; i < saved->warning_count; i++) {
        ens_diags_add(show->diags, ENS_WARNING, NULL, NULL, "%.*s",
                      ENS_STR_ARG(saved->warnings[i]));
    }
    return rc;
}

static ens_rc print_diagnoses(const struct show *show, const struct ens_saved *saved)
{
    const struct ens_diagnoses diagnoses = {.created_at = saved->created_at,
                                            .warnings = saved->warnings,
                                            .warning_count = saved->warning_count,
                                            .items = saved->diagnoses,
                                            .count = saved->count};

    return ens_verb_doctor_print(show->format, &diagnoses, show->diags);
}

static ens_rc print_saved(const struct show *show, const struct ens_saved *saved)
{
    const bool find = saved->kind == ENS_SAVED_FIND;
    ens_rc rc = ens_operation_check_format(show->name, find ? ENS_VERB_FIND : ENS_VERB_DOCTOR,
                                           show->format, show->diags);

    if (rc != ENS_OK) {
        return rc;
    }
    return find ? print_find(show, saved) : print_diagnoses(show, saved);
}

static ens_rc print_results(const struct show *show, ens_str text)
{
    struct ens_document document = {0};
    ens_rc rc = ens_target_file_read(show->arena, text, show->name, &document, show->diags);

    if (rc == ENS_OK && document.kind == ENS_DOCUMENT_FLEET) {
        rc = ens_fail(show->diags, ENS_INVALID, NULL, "%s is a fleet: expected " EXPECTED,
                      show->name);
    }
    return rc == ENS_OK ? ens_operation_print(show->name, show->format, &document, show->diags)
                        : rc;
}

/* Prints a saved document as the verb that wrote it; sends no request. */
enum ens_exit_code ens_verb_show(struct ens_arena *arena, const struct ens_options *options,
                                 struct ens_diags *diags)
{
    ENS_AUTO_BUF text = ens_buf_new(ENS_DOCUMENT_MAX);
    const char *path = options->arguments[0].text;
    const struct show show = {arena, ens_input_name(path), options->format, diags};
    struct ens_saved saved = {0};
    ens_rc rc = ens_input_text(path, &text, diags);

    if (rc == ENS_OK) {
        rc = ens_input_check_document(ens_buf_str(&text), show.name, EXPECTED, diags);
    }
    if (rc == ENS_OK) {
        rc = ens_saved_read(arena, ens_buf_str(&text), show.name, &saved, diags);
    }
    if (rc == ENS_OK) {
        rc = saved.kind != ENS_SAVED_OTHER ? print_saved(&show, &saved)
                                           : print_results(&show, ens_buf_str(&text));
    }
    return rc == ENS_OK ? ENS_EXIT_OK : ENS_EXIT_USAGE;
}
