/* SPDX-License-Identifier: Apache-2.0 */
/* Output to file descriptors: detects what a terminal supports, writes text. */
#ifndef ENSURE_CLI_TERMINAL_H
#define ENSURE_CLI_TERMINAL_H

#include "base/diag.h"
#include "cli/style.h"

/* Sets the locale for measuring text (cli/text.h), and opens closed standard streams, so that their
 * descriptors are not reused for other files. Call it once, before any file is opened. */
void ens_terminal_begin(void);

bool ens_terminal_is(int fd);

/* Plain and of unlimited width where fd is no terminal; without colours where NO_COLOR is set, and
 * without symbols too on a dumb terminal. */
struct ens_style ens_terminal_style(int fd);

/* Whether the terminal on fd can redraw a line. */
bool ens_terminal_can_redraw(int fd);

/* Writes all of the text; else ENS_IO. */
ens_rc ens_terminal_write(int fd, ens_str text, struct ens_diags *diags) ENS_MUST_USE;

/* Writes to standard error. Its failure is ignored: there is nowhere to report it. */
void ens_terminal_note(ens_str text);

/* Adds one line per diagnostic, as "ensure: where: summary". */
void ens_terminal_put_diags(struct ens_buf *out, const struct ens_diags *diags);

/* Reads a line after a question on standard error and says whether it is "yes". false at the end of
 * input and when interrupt_fd becomes readable. */
bool ens_terminal_ask(const char *question, int interrupt_fd);

#endif
