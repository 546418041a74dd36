/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report as GitHub-flavoured Markdown, for a comment on a pull request. Text of a cloud is put in
 * code spans outside of the table, or reduced to letters and digits, so that it can't become
 * markup, links or mentions.
 */
#ifndef ENSURE_CLI_MARKDOWN_H
#define ENSURE_CLI_MARKDOWN_H

#include "cli/report.h"

/* Bytes that are not passed: GitHub takes comments of less than 65,536 characters. Notes on refused
 * and failed instances come first; what does not fit is counted in the last line. */
#define ENS_MARKDOWN_MAX ((size_t)65535)

void ens_markdown_write(struct ens_buf *out, const struct ens_report *report);

/* A code span. Its fence is longer than any run of backticks in the text, which can't close it. */
void ens_markdown_code(struct ens_buf *out, ens_str text);

/* Text of Ensure itself, with the characters of Markdown's syntax escaped. */
void ens_markdown_text(struct ens_buf *out, ens_str text);

#endif
