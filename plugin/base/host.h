/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pure layers ask of the outside: time, randomness, environment variables and a place for
 * log lines. Each is a function with its own data, so that tests hand in their own; os/os.h has
 * the real ones. None may be NULL.
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
    int64_t (*mono_ms)(void *ud); /* never goes back; deadlines and waits are in it */
    void *ud;
};

struct ens_entropy {
    void (*fill)(void *ud, void *bytes, size_t size);
    void *ud;
};

struct ens_environment {
    const char *(*get)(void *ud,
                       const char *name); /* NULL: not set; the empty value counts as such */
    void *ud;
};

/* Where audit lines go. */
struct ens_audit_writer {
    /* line: with its end. A failure: it was not written whole, and one diagnostic says why. */
    ens_rc (*write)(void *ud, ens_str line, struct ens_diags *diags);
    void *ud;
};

#endif
