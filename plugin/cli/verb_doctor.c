/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/timestamp.h"
#include "cli/diagnosis_table.h"
#include "cli/interrupt.h"
#include "cli/operation.h"
#include "cli/runner.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "os/os.h"

#define INDENT 2

static ens_rc check_places(const struct ens_options *options, struct ens_diags *diags)
{
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < options->argument_count; i++) {
        struct ens_place place;
        rc = ens_place_parse(ens_str_of(options->arguments[i].text), NULL, &place, diags);
    }
    return rc;
}

ens_rc ens_verb_doctor_print(enum ens_format format, const struct ens_diagnoses *diagnoses,
                             struct ens_diags *diags)
{
    ENS_AUTO_BUF out = ens_buf_new(ENS_DOCUMENT_MAX);

    if (format == ENS_FORMAT_JSON) {
        ens_diagnoses_write(&out, diagnoses, INDENT);
    } else {
        const struct ens_style style = ens_terminal_style(STDOUT_FILENO);
        ens_diagnosis_table(&out, diagnoses, &style);
    }
    for (size_t i = 0; i < diagnoses->warning_count; i++) {
        ens_diags_add(diags, ENS_WARNING, NULL, NULL, "%.*s", ENS_STR_ARG(diagnoses->warnings[i]));
    }
    return ens_runner_write(STDOUT_FILENO, format, ens_buf_str(&out), diags);
}

static enum ens_exit_code code_of(const struct ens_options *options,
                                  const struct ens_diagnoses *diagnoses)
{
    switch (ens_diagnoses_health(diagnoses, options->argument_count > 0)) {
    case ENS_HEALTH_GOOD:
        return ENS_EXIT_OK;
    case ENS_HEALTH_NO_KEYS:
        return ENS_EXIT_USAGE;
    case ENS_HEALTH_SICK:
        break;
    }
    return ENS_EXIT_FAILED;
}

enum ens_exit_code ens_verb_doctor(struct ens_arena *arena, const struct ens_options *options,
                                   struct ens_diags *diags)
{
    ENS_AUTO_SESSION *session = NULL;
    ENS_AUTO_DIAGS own = {0};
    char now[ENS_TIMESTAMP_SIZE];
    struct ens_diagnoses diagnoses = {0};

    if (check_places(options, diags) != ENS_OK || ens_session_open(&session, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    ens_interrupt_hold();
    const ens_rc rc = ens_session_diagnose(session, options->arguments, options->argument_count,
                                           arena, &diagnoses, &own);
    if (rc == ENS_CANCELLED && ens_interrupted()) { /* twice: nothing is known */
        ens_timestamp_format(ens_os_clock.unix_ms(ens_os_clock.ud) / 1000, now);
        diagnoses.created_at = ens_str_of(now);
    } else if (rc != ENS_OK) {
        ens_diags_append(diags, &own);
        return ENS_EXIT_USAGE;
    }
    if (ens_verb_doctor_print(options->format, &diagnoses, diags) != ENS_OK) {
        return ENS_EXIT_USAGE;
    }
    return ens_interrupted() ? ENS_EXIT_INTERRUPTED : code_of(options, &diagnoses);
}
