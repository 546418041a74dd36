/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ctrl-C (and SIGTERM, SIGHUP): signals are taken by a thread of their own, so that what they ask
 * for may be done with ordinary functions.
 *
 * Before ens_interrupt_hold() a signal ends the process at once, with exit code 130: nothing was
 * done yet. After it, the first one is noted and asks the watched operation to stop; the second
 * cancels the operation, or ends the process where there is none; the third ends the process.
 */
#ifndef ENSURE_CLI_INTERRUPT_H
#define ENSURE_CLI_INTERRUPT_H

#include <stdbool.h>

#include "base/diag.h"

/* An operation that can be interrupted. Both are called on the signal thread and must not block. */
struct ens_interruptible {
    void (*stop)(void *ud);   /* end soon, with what is known */
    void (*cancel)(void *ud); /* end now */
    void *ud;
};

/* Call it before any other thread is made: they inherit that the signals are blocked. It fails when
 * the system has no thread or no descriptor for it. */
ens_rc ens_interrupt_begin(struct ens_diags *diags) ENS_MUST_USE;

void ens_interrupt_hold(void);
bool ens_interrupted(void);
int ens_interrupt_fd(void); /* becomes readable with the first signal after the hold */

/* The operation that runs from now on; NULL: none, and no function of the last one is called any
 * more. An operation that begins after the first signal is stopped at once. */
void ens_interrupt_watch(const struct ens_interruptible *operation);

#endif
