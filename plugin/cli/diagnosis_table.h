/* SPDX-License-Identifier: Apache-2.0 */
/* The table output of the verb doctor: a paragraph for each cloud. */
#ifndef ENSURE_CLI_DIAGNOSIS_TABLE_H
#define ENSURE_CLI_DIAGNOSIS_TABLE_H

#include "cli/style.h"
#include "core/diagnosis.h"

void ens_diagnosis_table(struct ens_buf *out, const struct ens_diagnoses *diagnoses,
                         const struct ens_style *style);

#endif
