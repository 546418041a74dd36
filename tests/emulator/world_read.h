/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_WORLD_READ_H
#define EMU_WORLD_READ_H

/* The JSON form of a world, which README.md documents; strict: an unknown or misplaced member is an
 * error that says where and what was expected. */

#include "world.h"

/* Reads a world, which emu_world_done() ends. `name` is how messages call it. On failure diags has
 * one sentence and the world is zeroed. */
bool emu_world_load(struct emu_world *world, const char *name, ens_str text,
                    struct ens_diags *diags);
/* Puts all instances back as they were read. */
void emu_world_restore(struct emu_world *world);
/* Creates or changes one instance: only the members in `json` change; "deleted": true removes it.
 * `where` is what messages are about. */
bool emu_world_put(struct emu_world *world, const char *where, json_t *json,
                   struct ens_diags *diags);

#endif
