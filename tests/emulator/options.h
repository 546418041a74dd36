/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_OPTIONS_H
#define EMU_OPTIONS_H

/* The command line. */

#include "base/diag.h"

struct emu_options {
    char host[64];    /* as given, for the URLs */
    char address[64]; /* IPv4 */
    unsigned port;    /* of the first listener; 0: any free ports */
    const char *world_file;
    char *tls_cert; /* file name, or NULL */
    const char *tls_key;
    int64_t boot_ms;
    int64_t latency_ms;
    int64_t keys_live_ms; /* 0: as long as was asked for */
    int64_t clock_offset_ms;
    const char **faults;
    size_t fault_count;
    uint64_t seed;
    bool env;
    bool exit_with_parent;
};

enum emu_options_outcome {
    EMU_OPTIONS_RUN,
    EMU_OPTIONS_HELP,
    EMU_OPTIONS_VERSION,
    EMU_OPTIONS_BAD
};

/* The result borrows argv. */
enum emu_options_outcome emu_options_read(int argc, char **argv, struct emu_options *ret_options,
                                          struct ens_diags *diags);
void emu_options_done(struct emu_options *options);
extern const char emu_options_help[];

#endif
