/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary directory for a test, removed recursively at its end. */
#ifndef ENSURE_TESTS_SCRATCH_H
#define ENSURE_TESTS_SCRATCH_H

#include "base/str.h"

struct scratch {
    char path[64];
    char joined[512]; /* last result of scratch_path */
};

struct scratch scratch_new(void);
void scratch_done(struct scratch *scratch);

/* "DIRECTORY/name", valid until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

/* Writes a file, and creates its directory. */
void scratch_write(struct scratch *scratch, const char *name, ens_str text);

/* The content of a file, NUL-terminated; the caller frees it with ens_free. */
char *scratch_read(struct scratch *scratch, const char *name);

#endif
