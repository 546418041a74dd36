/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report as one HTML page without any outside request: the template plugin/cli/page, in which
 * {{NAME}} stands for a part that is written here. A content security policy allows only the style
 * and the script of the template, by their hashes; text of a cloud is escaped. Without scripts the
 * page shows all instances, but can't be filtered, sorted and grouped.
 */
#ifndef ENSURE_CLI_PAGE_H
#define ENSURE_CLI_PAGE_H

#include "cli/report.h"

void ens_page_write(struct ens_buf *out, const struct ens_report *report);

/* The template with its style, script and their hashes, embedded by CMake. */
extern const char ens_page_template[];

#endif
