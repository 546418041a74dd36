/* Puts a report out in the format that was asked for. */
#ifndef ENSURE_CLI_SHOW_H
#define ENSURE_CLI_SHOW_H

#include "cli/options.h"
#include "cli/report.h"

/* fd decides what tables look like. JSON is one document and nothing else. */
ens_rc ens_show(int fd, enum ens_format format, const struct ens_report *report,
                struct ens_diags *diags) ENS_MUST_USE;

#endif
