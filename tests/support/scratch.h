/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary directory for one test, removed with all that is in it. */
#ifndef ENSURE_TESTS_SCRATCH_H
#define ENSURE_TESTS_SCRATCH_H

#include "base/str.h"

struct scratch {
    char path[64];
    char joined[512]; /* what scratch_path returned last */
};

struct scratch scratch_new(void);
void scratch_done(struct scratch *scratch);

/* "DIRECTORY/name", valid until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

/* Makes a file, and the directory it is in. */
void scratch_write(struct scratch *scratch, const char *name, ens_str text);

/* The whole file with a NUL behind it; the caller frees with ens_free. */
char *scratch_read(struct scratch *scratch, const char *name);

#endif
