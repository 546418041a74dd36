/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ctrl-C (and SIGTERM, SIGHUP): a dedicated thread waits for the signals (sigwait), so that their
 * handling is not limited to async-signal-safe functions.
 *
 * Before ens_interrupt_hold() a signal ends the process at once, with exit code 130: nothing was
 * done yet. After it, the first signal is recorded and stops the watched operation; the second
 * cancels the operation, or ends the process where there is none; the third ends the process.
 */
#ifndef ENSURE_CLI_INTERRUPT_H
#define ENSURE_CLI_INTERRUPT_H

#include <stdbool.h>

#include "base/diag.h"

/* An operation that can be interrupted. Both are called on the signal thread and must not block. */
struct ens_interruptible {
    void (*stop)(void *ud);   /* end soon, with the results known so far */
    void (*cancel)(void *ud); /* end now */
    void *ud;
};

/* Call it before any other thread is created: threads inherit the signal mask, which blocks the
 * signals. Fails where no thread or file descriptor can be created. */
ens_rc ens_interrupt_begin(struct ens_diags *diags) ENS_MUST_USE;

void ens_interrupt_hold(void);
bool ens_interrupted(void);
int ens_interrupt_fd(void); /* becomes readable with the first signal after the hold */

/* Sets the operation that signals stop. After NULL no function of the previous one is called. An
 * operation that is set after the first signal is stopped at once. */
void ens_interrupt_watch(const struct ens_interruptible *operation);

#endif
