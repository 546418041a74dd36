/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces through which the pure layers reach the operating system: clock, entropy, environment
 * variables, audit log. Each is a function pointer with its own data, so that tests can substitute
 * it; os/os.h implements them. No function pointer may be NULL.
 */
#ifndef ENSURE_BASE_HOST_H
#define ENSURE_BASE_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "base/str.h"

struct ens_diags;

struct ens_clock {
    int64_t (*unix_ms)(void *ud); /* UTC */
    int64_t (*mono_ms)(void *ud); /* monotonic; deadlines and waits use it */
    void *ud;
};

struct ens_entropy {
    void (*fill)(void *ud, void *bytes, size_t size);
    void *ud;
};

struct ens_environment {
    /* NULL: not set, or set to the empty string. */
    const char *(*get)(void *ud, const char *name);
    void *ud;
};

/* Where audit lines go. */
struct ens_audit_writer {
    /* line includes the line end. Fails, with one diagnostic, if it was not written completely. */
    ens_rc (*write)(void *ud, ens_str line, struct ens_diags *diags);
    void *ud;
};

#endif
