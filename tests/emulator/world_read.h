/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_WORLD_READ_H
#define EMU_WORLD_READ_H

/* Reads the JSON format of worlds, see README.md. Strict: an unknown or misplaced member is an
 * error that says where it is and what was expected. */

#include "world.h"

/* Reads a world, to be freed by emu_world_done(). `name` names it in messages. On failure diags
 * gets one sentence and the world is zeroed. */
bool emu_world_load(struct emu_world *world, const char *name, ens_str text,
                    struct ens_diags *diags);
/* Restores all instances as they were read. */
void emu_world_restore(struct emu_world *world);
/* Creates or changes one instance: only the members in `json` change; "deleted": true removes it.
 * `where` is the prefix of messages. */
bool emu_world_put(struct emu_world *world, const char *where, json_t *json,
                   struct ens_diags *diags);

#endif
