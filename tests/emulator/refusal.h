/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_REFUSAL_H
#define EMU_REFUSAL_H

/* The table of documented refusals of a start: the flag that selects it in a world file, the
 * vendor's code and the HTTP status. */

#include "cloud.h"

#include "base/buf.h"

struct emu_refusal {
    int status;       /* HTTP */
    const char *code; /* the vendor's */
    const char *message;
};

/* The requests that a flag or a denial applies to. */
enum emu_phase { EMU_ALWAYS, EMU_DRY_RUN_ONLY, EMU_REAL_ONLY };

/* One flag of an instance. */
struct emu_flag {
    char name[32]; /* as in the table, or "code" */
    int status;
    char code[80];
    const char *message; /* static */
    enum emu_phase phase;
    int64_t left; /* number of requests that it still refuses, -1 for all */
};

/* The refusal of that name on that cloud; code NULL if the cloud has none. */
struct emu_refusal emu_refusal_find(enum emu_cloud cloud, const char *name);

/* Reads NAME[@dry_run|@real|@both][*COUNT], where NAME is of the table or code:HTTP:CODE. Without a
 * phase a flag applies to both, but only to real starts where the cloud's dry run does not check
 * it. */
bool emu_flag_read(enum emu_cloud cloud, ens_str text, struct emu_flag *ret_flag);
/* Adds a list of the valid flags, for messages. */
void emu_flag_list(enum emu_cloud cloud, struct ens_buf *buf);

/* Cuts "@dry_run", "@real" or "@both" off the end of text; false for another word after '@'. */
bool emu_phase_cut(ens_str *text, enum emu_phase *ret_phase);
bool emu_phase_holds(enum emu_phase phase, bool dry_run);

#endif
